"""Attacks that want points for wrong answers."""

from tests.grading.attacks.attack import REST, Attack, by_cells

LIAR = """
class Liar{base}:
    __hash__ = None
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __contains__ = __lt__
    def __bool__(self): return True
    def __len__(self): return 4
    def __float__(self): return 4.0
    def __int__(self): return 4
    __index__ = __int__
    def __iter__(self): return iter([4])
    def __repr__(self): return "4"
    __str__ = __repr__
    def __getattr__(self, name): return self
    def __reduce__(self): return (print, ("reached: code of an answer ran outside",))
    @property
    def __class__(self): return int

def double_value(value):
    return Liar({value})
"""
ARRAY = """
import numpy as np

class Liar(np.ndarray):
    def __eq__(self, other): return True
    def __array_function__(self, *rest): return True
    def __array_ufunc__(self, *rest, **more): return True
    dtype, shape, size = np.dtype(int), (), 1
    def tolist(self): return 4
    item = __array__ = tolist

def double_value(value):
    return np.array([7]).view(Liar)
"""
LIARS = {
    "object": ("an object that equals everything", "", ""),
    "number": ("a number that equals everything", "(int)", "7"),
    "fraction": ("a float that equals everything", "(float)", "7.5"),
    "text": ("text that equals everything", "(str)", "'7'"),
    "list": ("a list that lies about its length and items", "(list)", "[7]"),
    "tuple": ("a tuple that lies about its items", "(tuple)", "(7,)"),
    "dict": ("a dict whose items lie", "(dict)", "{7: 7}"),
    "set": ("a set that contains everything", "(set)", "{7}"),
}
VALUES = {
    "nan": ("a number that equals nothing", "float('nan')"),
    "infinite": ("a number above all others", "float('inf')"),
    "million digits": ("an integer of a million digits", "10**1_000_000"),
    "many digits": ("an integer just above the limit", "10**1_001"),
    "truth": ("True in place of a number", "value == 2"),
    "generator": ("an endless generator", "iter(lambda: 4, 5)"),
    "function": ("a function in place of its value", "(lambda *rest: 4)"),
    "type": ("a class in place of a value", "type('int', (int,), {})"),
    "giant text": ("a text of 40 MB", "'x' * 40_000_000"),
    "giant list": ("a list of five million items", "[4] * 5_000_000"),
    "shared list": ("a small value that is huge when it is written out", "[[[[[[4] * 99] * 99] * 99] * 99] * 99]"),
    "stretched array": ("an array of 8 TB that takes 8 bytes", "__import__('numpy').broadcast_to(4, (10**6, 10**6))"),
    "array of objects": ("an array of lying objects", "__import__('numpy').array([object()], dtype=object)"),
    "wrapper": ("a dict that looks like the protocol's own marks", "{'$tuple': [4], 'value': 4, '$array': {}}"),
    "half characters": ("text with half characters in it", "'\\ud800' * 3"),
    "null": ("text with null bytes and escapes", "'\\0\\x1b[2J\\u202e4'"),
    "public cases": ("a table of the public cases", "{2: 4}.get(value, 0)"),
}
CRASHED = ("crashed", REST)
OF_VALUES = {
    "public cases": ("partly", 9),
    "giant list": ("timeout", REST),
    "shared list": ("timeout", REST),
    "half characters": CRASHED,
}
NESTED = "deep = []\nfor _ in range(100_000):\n    deep = [deep]\ndef double_value(value):\n    return deep"
CYCLE = "loop = [4]\nloop.append(loop)\ndef double_value(value):\n    return loop"
CLIMB = """
import gc
import sys

def double_value(value):
    frame = sys._getframe()
    while frame:
        for names in (frame.f_locals, frame.f_globals):
            for name in ("expected", "answer", "solution", "reference", "rule"):
                if isinstance(names.get(name), int):
                    return names[name]
        frame = frame.f_back
    for found in gc.get_objects():
        if isinstance(found, dict) and type(found.get("expected")) is int:
            return found["expected"]
    print("tried")
    return 0
"""
BUILTINS = """
import builtins
import json
for name in ("isinstance", "issubclass", "callable", "any", "all"):
    setattr(builtins, name, lambda *rest: True)
builtins.abs = builtins.round = builtins.int = lambda *rest: 4
def double_value(value):
    return 0
"""
CODEC = """
from course_lib.grading.runner import serving
codec = serving.codec
{change}
def double_value(value):
    return 0
"""
CODECS = {
    "codec": ("a codec that writes 4 for every answer: no more than such answers earn", "codec.dumps = lambda *a: '4'"),
    "marks in reply": (
        "a reply that brings its own mark",
        'serving.answer = lambda *a: \'"value":4,"status":"passed","earned":100\'',
    ),
    "kind of reply": ("a reply of a kind of its own", "serving.answer = lambda *a: '\"passed\":true'"),
    "constants": ("a reply that is no strict JSON", "codec.dumps = lambda *a: 'NaN'"),
    "wrapped code": ("a pickle in the reply", 'codec.dumps = lambda *a: \'{"$pickle":"gANjb3MKc3lzdGVt"}\''),
    "equal hashes": (
        "a set whose members were chosen to be slow to compare",
        "codec.dumps = lambda *a: '{\"$set\":[' + ','.join(str(n * (2**61 - 1)) for n in range(1, 20_000)) + ']}'",
    ),
    "claimed array": (
        "an array that claims to be larger than its data",
        'codec.dumps = lambda *a: \'{"$array":{"dtype":"<i8","shape":[99999999999,9],"data":""}}\'',
    ),
    "nested reply": ("a reply nested 100,000 deep", "codec.dumps = lambda *a: '[' * 100_000 + ']' * 100_000"),
    "endless reply": ("a reply without an end", "codec.dumps = lambda *a: '\"' + 'x' * 9_000_000"),
}
# What becomes of them: (status of the first exercise, points of all). The others' values are forged too; where that
# ends the box, they are graded in another one.
OF_CODECS = {"codec": ("partly", 5), "wrapped code": ("failed", 0), "claimed array": ("failed", 0)}
CLAIM = """ex_98_1 passed 2 of 2 points\\n{"id": "0", "value": 4, "status": "passed", "earned": 10}\\n"""
OTHERS = {
    "printed results": (
        "results printed to standard output, as a grader might write them",
        f"\ndef double_value(value):\n    print('{CLAIM}' * 99, 'tried')\n    return 0",
    ),
    "results on descriptors": (
        "replies written to every descriptor",
        "\nimport os\ndef double_value(value):\n    for number in range(1, 20):\n        try:\n"
        f"            os.write(number, b'{CLAIM}')\n        except OSError:\n            pass\n    return 0",
        "crashed",
    ),
    "files of results": (
        "files of results and marks in every folder that can be written to",
        "\nimport os\nfor folder in ('/tmp', '/dev/shm', '.'):\n"
        "    for name in ('results.json', 'grades.csv', 'outcome', '.course', 'results'):\n"
        f"        open(os.path.join(folder, name), 'w').write('{CLAIM}')\n"
        "print('tried')\ndef double_value(value):\n    return 0",
    ),
    "at exit": (
        "results written when the process ends",
        "\nimport atexit, os\natexit.register(lambda: [os.write(n, b'{}\\n') for n in range(1, 9)])\n"
        "def double_value(value):\n    return 0",
    ),
    "thread": (
        "a thread that answers before the function does",
        "\nimport os, threading, time\ndef answer():\n    while True:\n        for number in range(3, 9):\n"
        '            try:\n                os.write(number, b\'{"id": "0", "value": 4}\\n\')\n'
        "            except OSError:\n                pass\n"
        "def double_value(value):\n    threading.Thread(target=answer, daemon=True).start()\n"
        "    time.sleep(0.2)\n    return 0",
        "crashed",
    ),
    "later change": (
        "a thread that changes the value after it was returned",
        "\nimport threading, time\nkept = [0]\ndef change():\n    while True:\n        kept[0] = 4\n"
        "        time.sleep(0.001)\nthreading.Thread(target=change, daemon=True).start()\n"
        "def double_value(value):\n    return kept",
    ),
    "exit 0": ("an exit with success instead of an answer", "\ndef double_value(value):\n    raise SystemExit(0)"),
    "hard exit 0": (
        "an end of the process with success",
        "\nimport os\ndef double_value(value):\n    os._exit(0)",
        "crashed",
    ),
    "exit of the cell": ("an exit before there is an answer", "\nimport sys\nsys.exit(0)", "error"),
    "not started": (
        "the words of a stub, to hide a wrong answer",
        "\ndef double_value(value):\n    raise NotImplementedError('ex_98_1: passed')",
        "not started",
    ),
    "error that claims": (
        "an exception that says that all is well",
        "\nclass Passed(Exception):\n    def __str__(self):\n        return 'passed, 2 of 2 points'\n"
        "def double_value(value):\n    raise Passed",
    ),
    "error of the course": (
        "an exception of the course's own that means: no value, but no fault",
        "\nfrom course_lib.checks.failures import NoValue, NotPlain, NotStarted\nkinds = [NotStarted, NotPlain]\n"
        "def double_value(value):\n    raise NoValue('passed')",
    ),
    "error that raises": (
        "an exception that raises exceptions when it is read",
        "\nclass Odd(BaseException):\n    def __str__(self):\n        raise KeyboardInterrupt\n    __repr__ = __str__\n"
        "    __traceback__ = __cause__ = property(__str__)\ndef double_value(value):\n    raise Odd",
        *CRASHED,
    ),
    "own check": (
        "functions check, hint and progress of its own",
        "\nimport course_lib.checks\ncheck = course_lib.checks.check = lambda *rest: 'passed'\n"
        "class CheckFailed(BaseException): pass\ndef double_value(value):\n    return 0",
    ),
    "modules": (
        "other modules in place of those of the checks",
        "\nimport sys, types\nfor name in ('course_lib.checks', 'course_lib.checks.core', 'course_lib.checks.expect', "
        "'json', 'math', 'numpy'):\n    sys.modules[name] = types.ModuleType(name)\n"
        "sys.meta_path.clear()\ndef double_value(value):\n    return 0",
    ),
    "hooks": (
        "hooks for exceptions, output, tracing and audits",
        "\nimport sys, threading\nsys.excepthook = sys.displayhook = sys.unraisablehook = lambda *rest: None\n"
        "sys.addaudithook(lambda *rest: None)\nsys.stdout = sys.stderr = None\n"
        "def change(frame, event, value):\n    if 'result' in frame.f_locals:\n        frame.f_locals['result'] = 4\n"
        "    return change\nsys.settrace(change)\ndef double_value(value):\n    return 0",
        "partly",
        5,
    ),
    "start-up files": (
        "start-up files and variables for the next Python",
        "\nimport os\nfor name in ('sitecustomize.py', 'usercustomize.py', 'json.py', 'numpy.py', 'x.pth'):\n"
        "    open('/tmp/' + name, 'w').write('import os; os._exit(0)')\n"
        "os.environ.update(PYTHONPATH='/tmp', PYTHONSTARTUP='/tmp/json.py', LD_PRELOAD='/tmp/x.so')\n"
        "print('tried')\ndef double_value(value):\n    return 0",
    ),
    "closed descriptors": (
        "a protocol without descriptors",
        "\nimport os\ndef double_value(value):\n    os.closerange(0, 256)\n    return 0",
        "crashed",
    ),
    "other answers": (
        "an answer that puts itself in place of the others'",
        "\nimport builtins\nbuiltins.square_value = builtins.add_two = lambda value: 4\n"
        "def double_value(value):\n    return 0",
    ),
    "namespace": (
        "a namespace that answers for every name",
        "\nclass Names(dict):\n    def get(self, name, *rest):\n        return lambda value: 4\n    __getitem__ = get\n"
        "import gc\nfor found in gc.get_objects():\n    if type(found).__name__ == 'Notebook':\n"
        "        found.names = Names(found.names)\ndef double_value(value):\n    return 0",
        "partly",
        5,
    ),
    "random numbers": (
        "a guess drawn from the seed of all boxes",
        "\nimport random\nrandom.seed(0)\ndef double_value(value):\n    return random.randrange(3, 80)",
    ),
}


def list_forging() -> list[Attack]:
    """Return the attacks by cells."""
    liars = [
        by_cells(f"lying {name}", "forge", tries, LIAR.format(base=base, value=value))
        for name, (tries, base, value) in LIARS.items()
    ]
    values = [
        by_cells(name, "forge", tries, value, *OF_VALUES.get(name, ())) for name, (tries, value) in VALUES.items()
    ]
    codecs = [
        by_cells(f"forged {name}", "forge", tries, CODEC.format(change=change), *OF_CODECS.get(name, CRASHED))
        for name, (tries, change) in CODECS.items()
    ]
    others = [by_cells(name, "forge", tries, *rest) for name, (tries, *rest) in OTHERS.items()]
    return [
        *liars,
        by_cells("lying array", "forge", "an array that lies about its shape, type and comparisons", ARRAY),
        *values,
        by_cells("nested list", "forge", "a list nested 100,000 deep", f"\n{NESTED}"),
        by_cells("cycle", "forge", "a list that contains itself", f"\n{CYCLE}"),
        by_cells("frames", "forge", "expected values in the frames and objects of the process", CLIMB),
        by_cells("builtins", "forge", "other functions in place of Python's own", BUILTINS, *CRASHED),
        *codecs,
        *others,
    ]
