import json
import os
import subprocess
import sys
import threading

import pytest

from course_lib.grading.boundary import read_reply, write_request
from course_lib.grading.runner.notebook import Notebook
from course_lib.grading.runner.serving import answer, read_lines, write_all


def test_lines_are_read_whole_whatever_the_chunks():
    reading, writing = os.pipe()
    text = b"one\n" + b"x" * 200_000 + b"\nrest"
    thread = threading.Thread(target=lambda: (write_all(writing, text), os.close(writing)))
    thread.start()
    assert list(read_lines(reading)) == [b"one", b"x" * 200_000]
    thread.join()
    os.close(reading)


@pytest.fixture
def ask(monkeypatch):
    """Return a function that puts a request to a runner in this process and returns the value of its reply."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    notebook = Notebook()

    def ask_runner(**request):
        number, line = write_request(request)
        reply = answer(notebook, json.loads(line))
        return read_reply(f'{{"id":"{number}",{reply}}}'.encode(), number)

    return ask_runner


CALL = {"do": "call", "function": "f", "arguments": {"$tuple": [{"$tuple": [[1]]}, {}]}, "give": "value"}


def test_what_is_asked_is_what_comes_back(ask):
    ask(do="cell", source="def f(x):\n    x.append(2)\n    return len(x)", name="ex_04_1")
    assert ask(**CALL) == 2
    assert ask(**CALL | {"give": "arguments"}) == {"$tuple": [{"$tuple": [[1, 2]]}, {}]}
    assert ask(do="start") is None


@pytest.mark.parametrize(
    "body",
    [
        "class E(Exception):\n        def __str__(self): raise ValueError\n    raise E",
        "class E(Exception):\n        __traceback__ = property(lambda self: 1 / 0)\n    raise E",
        "M = type('M', (type,), {'__name__': property(lambda c: 1 / 0)})\n    raise M('E', (Exception,), {})",
        "raise KeyboardInterrupt",
        "raise SystemExit(0)",
        "raise GeneratorExit",
    ],
)
def test_an_exception_that_lies_is_still_an_error(ask, body):
    ask(do="cell", source=f"def f(x):\n    {body}", name="ex_04_1")
    with pytest.raises(Exception, match=r"raised \w+"):
        ask(**CALL)


@pytest.mark.parametrize(
    "value",
    [
        "type('L', (list,), {'__iter__': lambda s: iter([7]), '__len__': lambda s: 7})([1])",
        "[type('I', (int,), {'__eq__': lambda s, o: True, '__hash__': lambda s: 0})(1)]",
        "(lambda d: [d['a']])(type('D', (dict,), {'__getitem__': lambda s, k: 1})(a=2))",
    ],
)
def test_a_result_that_lies_is_made_anew_as_its_base(ask, value):
    ask(do="cell", source=f"def f(x):\n    return {value}", name="ex_04_1")
    got = ask(**CALL)
    assert got == [1]
    assert {type(got), type(got[0])} == {list, int}


def test_a_runner_over_the_standard_streams_answers_line_by_line(unisolated, quick):
    running = unisolated.start(quick)
    try:
        for request in ({"do": "cell", "source": "print('x')\ndef f(x): return x", "name": "a"}, CALL):
            number, line = write_request(request)
            running.requests.write(line)
            last = read_reply(running.replies.read(1 << 16), number)
        assert last == [1]
        assert running.prints.read(10) == b"x\n"
    finally:
        assert running.end() == 0
        running.close()


def test_the_program_in_the_box_loads_nothing_heavy():
    code = (
        "import sys, course_lib.grading.runner.nursery; print(*sorted(name for name in sys.modules if '.' not in name))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "torch", "IPython", "pydantic", "psutil", "typer"} & set(done.stdout.split())
