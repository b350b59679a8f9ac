"""Attacks on what a process in a box may do."""

READ_ONLY = """
import os

def attack(folders):
    got = []
    for folder in folders:
        try:
            open(os.path.join(folder, "planted"), "w").close()
            got.append(folder)
        except OSError:
            pass
    return got
"""

PROCESSES = """
import ctypes
import os
import sys

def attack():
    got = []
    for name in ("fork", "vfork"):
        child = os.fork if name == "fork" else ctypes.CDLL(None).vfork
        try:
            pid = child()
            if pid == 0:
                os._exit(0)
            if pid > 0:
                got.append(name)
        except OSError:
            pass
    try:
        os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {})
        got.append("spawn")
    except OSError:
        pass
    try:
        os.execv(sys.executable, [sys.executable, "-c", ""])
    except OSError:
        pass
    return got
"""

THREADS_WORK = """
import threading

def attack():
    seen = []
    thread = threading.Thread(target=seen.append, args=(1,))
    thread.start()
    thread.join()
    return len(seen)
"""

SYSTEM_CALLS = """
import ctypes
import errno
import os

def attack(numbers):
    library = ctypes.CDLL(None, use_errno=True)
    got = []
    for name, number in numbers.items():
        ctypes.set_errno(0)
        result = library.syscall(ctypes.c_long(number), *(ctypes.c_long(0) for _ in range(6)))
        if result != -1 or ctypes.get_errno() != errno.EPERM:
            got.append(name)
    return got
"""

PRIVILEGES = """
import ctypes
import os

def attack():
    library = ctypes.CDLL(None, use_errno=True)
    got = []
    if library.prctl(39, 0, 0, 0, 0) != 1:
        got.append("new privileges")
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    if library.capget(header, data) != 0 or any(data):
        got.append("capabilities")
    try:
        os.setuid(0)
        got.append("user 0")
    except OSError:
        pass
    return got
"""
