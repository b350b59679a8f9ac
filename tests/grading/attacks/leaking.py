"""Attacks that want to know what nobody may know: expected values, hidden inputs, the work of others, this computer."""

from course_lib.checks.catalogue import ROOT
from course_lib.grading.attacks import reach, rights
from course_lib.grading.probes import of_home, probes_of_rights
from tests.grading.attacks.attack import INPUT, Attack, by_cells

FILES = [
    *of_home(),
    *(str(ROOT / name) for name in ("README.md", "solutions", "lessons/answers", "course_lib/checks/core.py", ".git")),
    *("@GRADES@", "@GRADES@/cohort_seed.txt", "@GRADES@/results", "@HANDED_IN@", "@HANDED_IN@/b honest", "@SECRET@"),
    *("/proc/1/environ", "/proc/self/environ", "/proc/self/maps", "/proc/kcore", "/etc/passwd", "/etc/hostname"),
    *("/sys", "/run", "/var", "/dev/mem", "/dev/kmsg", "/dev/pts/0", "/dev/tty"),
]
NAMES = """
import socket

def attack():
    for look_up in (
        lambda: socket.getaddrinfo("localhost", @PORT@),
        lambda: socket.gethostbyname("example.org"),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 53)),
        lambda: socket.socket(socket.AF_INET6).connect(("::1", @PORT@)),
        lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
        lambda: socket.socket(socket.AF_UNIX).connect("\\0course"),
        lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM),
    ):
        try:
            yield look_up()
        except OSError:
            pass
"""
MODULES = """
def attack():
    for name in ("checks.lesson_04", "checks.core", "checks.answers", "grading.marking", "grading.boundary", "cli"):
        try:
            yield __import__(f"course_lib.{name}", fromlist=["*"]).__file__
        except ImportError:
            pass
"""
# The words are written backwards: an attack must not find itself.
MEMORY = """
import gc
import sys

def attack():
    words = ("ssalc-eht-fo-dees", "tsenoh-eht-fo-terces", "YRANAC_ESRUOC")
    for found in gc.get_objects() + [vars(module) for module in list(sys.modules.values())]:
        parts = found.values() if isinstance(found, dict) else found if isinstance(found, (list, tuple)) else ()
        for part in parts:
            if isinstance(part, (str, bytes)) and len(part) < 100_000:
                text = part if isinstance(part, str) else part.decode("latin-1")
                yield from (word for word in words if word in text[::-1])
"""
OUTSIDE = {
    "network": ("the network of this computer, and its sockets", reach.NETWORK, "@PORT@, '@SOCKET@'"),
    "names": ("names of the network, datagrams and other kinds of sockets", NAMES, ""),
    "files": ("solutions, seed, results, others' work, /proc of the parent, devices", reach.FILES, repr(FILES)),
    "answers": ("solutions, tests and references among the course's own files", reach.ANSWERS, "'/course'"),
    "secret modules": ("modules that hold references and the grader itself", MODULES, ""),
    "processes": ("the grader's process and its parent", reach.OTHER_PROCESSES, "@PIDS@"),
    "variables": ("variables of whoever grades", reach.VARIABLES, ""),
    "descriptors": ("descriptors that were left open", reach.DESCRIPTORS, ""),
    "own memory": ("the seed and others' work among its own objects", MEMORY, ""),
    "left behind": ("what boxes before have left in the folders for files", reach.LEFT_BEHIND, ""),
}
# A box has these: descriptors of its own, and its own variables.
EXPECTED = {
    "descriptors": "got if got == 'other' else None",
    "variables": "got if not got.isupper() or 'CANARY' in got or 'SECRET' in got else None",
}
SEEN = "\nseen = []\ndef double_value(value):\n    seen.append(value)\n    return 2 * value"
RAISED = "\ndef double_value(value):\n    "
INPUTS = {
    "in an error": ("the message of an error", RAISED + f"raise ValueError(f'{INPUT}{{value}}')", "failed", 8),
    "in a class": (
        "the name of an exception",
        RAISED + f"raise type(f'{INPUT}{{value}}', (Exception,), {{}})",
        "failed",
        8,
    ),
    "in a base": (
        "the name of a class that an exception has as its base",
        RAISED + f"raise type('ValueError', (type(f'{INPUT}{{value}}', (Exception,), {{}}),), {{}})",
        "failed",
        8,
    ),
    "in a value": ("a wrong value", RAISED + f"return f'{INPUT}{{value}}'", "failed", 8),
    "in a type": ("the name of a type", RAISED + f"return type(f'{INPUT}{{value}}', (), {{}})()", "failed", 8),
    "in print": ("what is printed", RAISED + f"print(f'{INPUT}{{value}}')\n    return 0", "failed", 8),
    "in exit": ("the exit status", RAISED + "if value == 2: return 4\n    __import__('os')._exit(value)", "crashed", 8),
    "in signal": (
        "the number of a signal",
        RAISED + "if value == 2: return 4\n    import ctypes\n    ctypes.string_at(0)",
        "crashed",
        8,
    ),
}
LATER = {
    "in a later error": ("the error of a later cell", f"\nraise ValueError(f'{INPUT}{{seen[-1]}}')", 8),
    "in a later value": (
        "the value of a later exercise, for its public case",
        f"\ndef square_value(value):\n    return f'{INPUT}{{seen[-1]}}'",
        8,
    ),
    "in a later exit": ("the exit status of a later cell", "\nimport os\nos._exit(seen[-1])", 8),
    "in a later line": (
        "the line of the error of a later call",
        f"\nexec(compile('def square_value(value): raise {INPUT}' + str(seen[-1]), '<ex_98_2>', 'exec'))",
        8,
    ),
    "in a later syntax error": ("the text of a later syntax error", f"\nexec(f'{INPUT}{{seen[-1]}} = = 1')", 8),
}


def by_attack(name: str, aim: str, tries: str, source: str, words: str, kept: str = "got") -> Attack:
    """Return an attack by text from `course_lib.grading.attacks` or of its form: its result is what it has got."""
    cell = (
        f"\n{source}\nfor got in attack({words}):\n    if ({kept}) is not None: print('reached:', got)\n"
        "print('tried')\ndef double_value(value):\n    return 0"
    )
    return by_cells(name, aim, tries, cell)


def list_leaking() -> list[Attack]:
    """Return the attacks on what is outside, and those that carry hidden inputs to where a student reads them."""
    outside = [
        by_attack(name, "leak", tries, source, words, EXPECTED.get(name, "got"))
        for name, (tries, source, words) in OUTSIDE.items()
    ]
    calls = next(probe.arguments["numbers"] for probe in probes_of_rights() if probe.source is rights.SYSTEM_CALLS)
    inputs = [
        by_cells(f"input {name}", "leak", f"hidden inputs in {tries}", *rest) for name, (tries, *rest) in INPUTS.items()
    ]
    later = [
        by_cells(f"input {name}", "leak", f"hidden inputs in {tries}", SEEN, "passed", earned, ex_98_2=cell)
        for name, (tries, cell, earned) in LATER.items()
    ]
    return [
        *outside,
        by_attack(
            "tracing",
            "leak",
            "the memory of other processes, and 60 rarely used calls",
            rights.SYSTEM_CALLS,
            f"{calls}",
        ),
        *inputs,
        *later,
    ]
