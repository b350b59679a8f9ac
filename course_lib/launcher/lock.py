"""A lock between processes, so that two starts at the same time do not install into one ``.venv``."""

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from course_lib.errors import CourseError
from course_lib.launcher.processes import say

if os.name == "nt":
    import msvcrt
else:
    import fcntl


@contextmanager
def locked(path: Path, patience_s: float = 3600, pause_s: float = 0.5) -> Iterator[None]:
    """Hold the lock file ``path``, waiting up to ``patience_s`` for whoever holds it.

    The operating system frees the lock when its holder ends, however it ends, so a killed start leaves none behind.

    Raises
    ------
    CourseError
        Another process still holds it after ``patience_s`` seconds.
    """
    with path.open("a+b") as file:
        deadline = time.monotonic() + patience_s
        is_first_try = True
        while not _try_lock(file):
            if time.monotonic() > deadline:
                raise CourseError("another start of the course is still installing: wait for it, or stop it")
            if is_first_try:
                say("course: another start is installing the packages, waiting for it")
            is_first_try = False
            time.sleep(pause_s)
        try:
            yield
        finally:
            _unlock(file)


def _try_lock(file: BinaryIO) -> bool:
    """Take the lock if it is free; a file system that knows no locks counts as free."""
    try:
        if os.name == "nt":
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


def _unlock(file: BinaryIO) -> None:
    """Free the lock; closing the file does it on POSIX."""
    if os.name == "nt":
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
