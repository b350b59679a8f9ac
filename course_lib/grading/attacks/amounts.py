"""Attacks that use up what a box may use."""

DISK = """
import os

def attack(folder, most_mb):
    chunk = os.urandom(1 << 20)
    written = 0
    for number in range(most_mb):
        try:
            with open(os.path.join(folder, str(number)), "wb") as file:
                file.write(chunk)
            written += 1
        except OSError:
            break
    return written
"""

ONE_FILE = """
def attack(most_mb):
    written = 0
    try:
        with open("/tmp/large", "wb", buffering=0) as file:
            for _ in range(most_mb):
                written += file.write(bytes(1 << 20)) / (1 << 20)
    except OSError:
        pass
    return written
"""

MEMORY = """
def attack(most_mb):
    kept = []
    try:
        for _ in range(most_mb):
            kept.append(bytearray(1 << 20))
    except MemoryError:
        pass
    return len(kept)
"""

SHARED_MEMORY = """
import mmap
import time

def attack(most_mb):
    kept = []
    try:
        for _ in range(most_mb // 8):
            kept.append(mmap.mmap(-1, 8 << 20))
            kept[-1].write(bytes(8 << 20))
    except (OSError, MemoryError):
        pass
    time.sleep(1)
    return 8 * len(kept)
"""

MANY_THREADS = """
import threading
import time

def attack(most):
    threading.stack_size(65536)
    n = 0
    try:
        for n in range(most):
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    except RuntimeError:
        pass
    time.sleep(2)
    return n
"""

LOOP = """
import signal

def attack():
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
"""
