"""Attacks that want the grading to stop, or this computer to run out of something."""

from course_lib.grading.attacks import amounts
from tests.grading.attacks.attack import Attack, by_cells

DOUBLE = "\ndef double_value(value):\n"
STUBBORN = amounts.LOOP + "\n" + "double_value = lambda value: attack()"
# Which limit ends a box first is a race that the speed of the computer decides.
ENDED = "crashed or out of memory or timeout"
REFUSED_OR_ENDED = "failed or out of memory or timeout"  # memory may also be refused
PLENTY = {
    "disk": ("a full temporary folder", amounts.DISK, "'/tmp', 200"),
    "shared disk": ("a full /dev/shm", amounts.DISK, "'/dev/shm', 200"),
    "large file": ("a file of 200 MB", amounts.ONE_FILE, "200"),
    "memory in pieces": ("memory, a megabyte at a time, as much as there is", amounts.MEMORY, "4000", REFUSED_OR_ENDED),
}
ANSWERS = {
    "loop": ("a loop", "    while True: pass", "timeout"),
    "sleep": ("a sleep of a day", "    __import__('time').sleep(86_400)", "timeout"),
    "exceptions caught": (
        "a loop that catches every exception",
        "    while True:\n        try:\n            while True: pass\n        except BaseException: pass",
        "timeout",
    ),
    "deadlock": (
        "a lock that waits for itself",
        "    import threading\n    lock = threading.Lock()\n    lock.acquire()\n    lock.acquire()",
        "timeout",
    ),
    "event loop": (
        "an event loop that never ends",
        "    import asyncio\n    asyncio.run(asyncio.Event().wait())",
        "timeout",
    ),
    "pattern": (
        "a regular expression that takes for ever",
        "    import re\n    re.match('(a+)+$', 'a' * 50 + 'b')",
        "timeout",
    ),
    "power": ("arithmetic that no signal interrupts", "    return 9 ** 9 ** 9", "timeout"),
    "digits": (
        "a number that takes long to write down",
        "    import sys\n    sys.set_int_max_str_digits(0)\n    return str(7 ** 9_000_000)",
        "timeout",
    ),
    "own requests": (
        "a read of the grader's own requests",
        "    import os\n    for number in range(3, 9):\n        try: os.read(number, 9)\n        except OSError: pass",
        "timeout",
    ),
    "stopped": (
        "a process that stops itself",
        "    import os, signal, time\n    os.kill(os.getpid(), signal.SIGSTOP)\n    time.sleep(86_400)",
        "timeout",
    ),
    "just below": (
        "many calls, each of them just below its limit",
        "    import time\n    end = time.process_time() + 0.25\n    while time.process_time() < end: pass",
    ),
    "input": ("a question to nobody", "    return input('well? ')"),
    "recursion": ("recursion without end", "    return double_value(value)"),
    "deep recursion": (
        "recursion that Python does not stop",
        "    import sys\n    sys.setrecursionlimit(10**9)\n    f = lambda: [f()]\n    f()",
        ENDED,
    ),
    "output": ("output without end", "    while True: print('x' * 65_536)", ENDED),
    "small output": (
        "output without end, a byte at a time",
        "    import os\n    while True: os.write(1, b'.')",
        "timeout",
    ),
    "memory": ("10 GB of memory", "    return len(bytearray(10**10))", "out of memory"),
    "mapped memory": (
        "memory that the kernel does not count",
        "    import mmap\n    kept = []\n    while True:\n        kept.append(mmap.mmap(-1, 8 << 20))\n"
        "        kept[-1].write(bytes(8 << 20))",
        ENDED,
    ),
    "objects": (
        "memory for lists that contain each other",
        "    kept = []\n    while True: kept = [kept, [kept] * 10_000]",
        ENDED,
    ),
    "names of files": (
        "a million empty files",
        "    for n in range(10**6): open(f'/tmp/{n}', 'w').close()",
    ),
    "open files": ("a million open files", "    return len([open('/dev/null') for _ in range(10**6)])"),
    "fork bomb": ("processes that make processes", "    import os\n    while True: os.fork()"),
    "detached child": (
        "a detached child that keeps the output open",
        "    import subprocess, sys\n"
        "    subprocess.Popen([sys.executable, '-c', 'while 1: pass'], start_new_session=True)",
    ),
    "thread bomb": (
        "threads that make threads",
        "    import threading\n    threading.stack_size(65_536)\n"
        "    def more():\n        while True: threading.Thread(target=more).start()\n    more()",
        ENDED,
    ),
    "waiting threads": (
        "threads that no end waits for",
        "    import threading, time\n    threading.Thread(target=time.sleep, args=(86_400,)).start()\n    return 0",
    ),
    "fault": ("a memory fault", "    import ctypes\n    ctypes.string_at(0)", "crashed"),
    "abort": ("an abort", "    import os\n    os.abort()", "crashed"),
    "kill itself": (
        "a kill of itself",
        "    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)\n    return 0",
    ),
    "alarm": (
        "an alarm and a timer",
        "    import signal, time\n    signal.setitimer(signal.ITIMER_REAL, 0.01)\n    time.sleep(0.1)\n    return 0",
    ),
}
CELLS = {
    "loop in a cell": ("a loop before there is an answer", "\nwhile True: pass", "timeout"),
    "import that hangs": (
        "a module of its own that hangs when it is imported",
        "\nimport sys\nopen('/tmp/slow.py', 'w').write('while True: pass')\nsys.path.insert(0, '/tmp')\nimport slow",
        "timeout",
    ),
    "signals ignored": ("a loop that ignores all signals and exceptions", STUBBORN, "timeout"),
    "brackets": ("a text that breaks the parser", "\nx = " + "(" * 100_000 + ")" * 100_000, "error"),
    "signs": ("a text that breaks the compiler", "\nx = " + "-" * 100_000 + "1", "error"),
    "decoded source": ("a text whose encoding lies", "\n# coding: utf-7\nx = +AAA-", "error"),
    "magics": (
        "magics that would run programs, in IPython's own way",
        "\n%system sleep 86400\n!sleep 86400\nx = !cat /etc/passwd\ndef double_value(value):\n    return 0",
    ),
    "script magic": ("a magic that hands the cell to a shell", "\n%%bash\nsleep 86400", "error"),
    "awaiting": ("a cell that awaits for ever", "\nimport asyncio\nawait asyncio.Event().wait()", "timeout"),
    "finaliser": (
        "objects that loop when they are deleted",
        "\nclass Late:\n    def __del__(self):\n        while True: pass\n"
        "def double_value(value):\n    Late()\n    return 0",
        "timeout",
    ),
}


def list_hanging() -> list[Attack]:
    """Return the attacks by functions and by cells."""
    plenty = [
        by_cells(name, "hang", tries, f"\n{source}\ndef double_value(value):\n    attack({words})", *rest)
        for name, (tries, source, words, *rest) in PLENTY.items()
    ]
    answers = [by_cells(name, "hang", tries, DOUBLE + body, *rest) for name, (tries, body, *rest) in ANSWERS.items()]
    return [*answers, *plenty, *(by_cells(name, "hang", *rest) for name, rest in CELLS.items())]
