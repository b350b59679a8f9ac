"""Attacks on what is outside of a box."""

NETWORK = """
import socket

def attack(port, path):
    got = []
    for family, address in ((socket.AF_INET, ("127.0.0.1", port)), (socket.AF_UNIX, path)):
        try:
            with socket.socket(family) as connection:
                connection.settimeout(1)
                connection.connect(address)
            got.append(str(address))
        except OSError:
            pass
    return got
"""

FILES = """
def attack(paths):
    got = []
    for path in paths:
        try:
            open(path, "rb").read(1)
            got.append(path)
        except IsADirectoryError:
            got.append(path)
        except OSError:
            pass
    return got
"""

ANSWERS = """
import os

def attack(root):
    words = ("lesson_", "answers", "solutions", "notebooks", "lessons", "tests", ".git")
    return [
        os.path.join(folder, name)
        for folder, folders, files in os.walk(root)
        for name in folders + files
        if name.startswith(words)
    ]
"""

OTHER_PROCESSES = """
import os

def attack(pids):
    got = []
    for pid in pids:
        try:
            os.kill(pid, 0)
            got.append(f"process {pid}")
        except ProcessLookupError:
            pass
        except PermissionError:
            got.append(f"process {pid}")
        if os.path.exists(f"/proc/{pid}/environ"):
            got.append(f"/proc/{pid}")
    if os.getpgrp() == 0:
        got.append("a process group outside, which a signal to one's own group reaches")
    return got
"""

VARIABLES = """
import os

def attack():
    return sorted(os.environ)
"""

DESCRIPTORS = """
import os
import stat

def attack():
    got = []
    for number in range(4096):
        try:
            mode = os.fstat(number).st_mode
        except OSError:
            continue
        got.append("pipe" if stat.S_ISFIFO(mode) else "device" if stat.S_ISCHR(mode) else "other")
    return got
"""

LEAVE_BEHIND = """
import threading
import time

def attack():
    open("/tmp/left", "w").close()
    open("/dev/shm/left", "w").close()
    threading.Thread(target=time.sleep, args=(60,)).start()
"""

LEFT_BEHIND = """
import os

def attack():
    return os.listdir("/tmp") + os.listdir("/dev/shm")
"""
