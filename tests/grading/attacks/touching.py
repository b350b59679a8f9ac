"""Attacks on others: their work, their results, the grader, the boxes that come after."""

from course_lib.grading.attacks import reach, rights
from course_lib.grading.box.runtime import INSIDE
from tests.grading.attacks.attack import Attack, by_cells
from tests.grading.attacks.leaking import by_attack

FOLDERS = ["@GRADES@", "@GRADES@/results", "@HANDED_IN@", "/", "/etc", "/usr/lib", "/dev", INSIDE, "/packages/0"]
KILL = """
import os
import signal

def attack():
    for pid in (*@PIDS@, 0, -1, *range(1, 40)):
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(pid, number)
            except OSError:
                pass
    return []
"""
DELETE = """
import os
import shutil

def attack():
    for folder in ("@GRADES@", "@HANDED_IN@", "/course/course_lib", "/tmp", "/dev/shm"):
        shutil.rmtree(folder, ignore_errors=True)
    return [name for name in ("/course/course_lib/errors.py", "/usr/lib") if not os.path.exists(name)]
"""
LINKS = """
import os

def attack():
    for number, target in enumerate(("@GRADES@/results", "@HANDED_IN@", "/proc/1/root", "/dev/fd/3", "../../..")):
        os.symlink(target, f"/tmp/link{number}")
        try:
            yield os.listdir(f"/tmp/link{number}/.") if target != "../../.." else os.listdir("/tmp/link4/" + "@GRADES@")
        except OSError:
            pass
        try:
            os.link(target, f"/tmp/hard{number}")
            yield target
        except OSError:
            pass
"""
LIMITS = """
import os
import resource

def attack():
    for pid in (*@PIDS@, 1):
        for limit in (resource.RLIMIT_CPU, resource.RLIMIT_DATA, resource.RLIMIT_NOFILE):
            try:
                before = resource.prlimit(0, limit)
                resource.prlimit(pid, limit, (10**9, 10**9))
                if resource.prlimit(0, limit) != before:
                    yield limit
            except (OSError, ValueError):
                pass
    for change in (lambda: os.nice(-5), lambda: os.setpriority(os.PRIO_PROCESS, @PIDS@[0], 19)):
        try:
            yield change()
        except OSError:
            pass
"""
SHARED = """
def attack():
    try:
        open("/dev/shm/course", "xb").write(b"poison")
    except FileExistsError:
        yield "course"
"""
POISON = """
import builtins, json, sys
import numpy as np
from course_lib.checks import codec
from course_lib.grading.runner import serving

def attack():
    np.add = np.array = json.dumps = codec.dumps = serving.answer = None
    sys.path.insert(0, "/tmp")
    for name in list(sys.modules):
        if name.startswith("course_lib"):
            del sys.modules[name]
    for name in ("json.py", "numpy.py", "course_lib.py"):
        open("/tmp/" + name, "w").write("raise SystemExit")
    return []
"""
HUGE = """
def double_value(value):
    kept = []
    while True:
        kept.append(bytearray(1 << 20))
"""
ON_OTHERS = {
    "write": ("files in the folders of results, of others' work and of the course", rights.READ_ONLY, repr(FOLDERS)),
    "delete": ("everything that it can see, deleted", DELETE, ""),
    "links": ("links from its own folder to those of others", LINKS, ""),
    "limits": ("other limits for itself and for the grader", LIMITS, ""),
    "programs": ("new processes and programs that outlive it", rights.PROCESSES, ""),
    "privileges": ("privileges that it was not given", rights.PRIVILEGES, ""),
    "shared memory": ("a piece of shared memory for the boxes that come after", SHARED, ""),
}


def list_touching() -> list[Attack]:
    """Return the attacks; the honest submissions between them say whether one had an effect."""
    left = f"\n{reach.LEAVE_BEHIND}\nattack()\nprint('tried')\ndef double_value(value):\n    return 0"
    poison = f"\n{POISON}\nattack()\ndef double_value(value):\n    return 0"
    return [
        *(by_attack(name, "touch", *rest) for name, rest in ON_OTHERS.items()),
        by_attack("kill", "touch", "every process that it can name, killed", KILL, ""),
        by_cells("leave behind", "touch", "files and a running thread for the box that comes after", left),
        by_cells("poison", "touch", "other functions in the process that all boxes are copies of", poison, "crashed"),
        by_cells(
            "memory of neighbours",
            "touch",
            "all memory that it can have, beside neighbours",
            HUGE,
            "out of memory or timeout",
        ),
    ]
