"""Files that stand under their name whole or not at all, locks that die with their holder, refusals as sentences."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from course_lib.errors import CourseError


def write_whole(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file so that its name stands for all of it or for what was there before, even when the power fails.

    Parameters
    ----------
    path
        In a folder that exists.
    content
        All of the file.
    mode
        Rights of the file, where the system knows any.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    if os.name != "nt":  # Windows cannot open folders
        _bring_to_disk(path.parent)


def _bring_to_disk(folder: Path) -> None:
    """Make a renaming in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def explained(what: object, advice: str, kind: type[CourseError] = CourseError) -> Iterator[None]:
    """Turn an error of the file system into a sentence.

    Parameters
    ----------
    what
        What cannot be used: a phrase, or a folder where the error does not name the file in it.
    advice
        What to do.
    kind
        Of the error raised.

    Raises
    ------
    CourseError
        Or the ``kind`` given, with the reason.
    """
    try:
        yield
    except OSError as error:
        where = error.filename or what if isinstance(what, Path) else what
        raise kind(f"{where} cannot be used ({error.strerror or error}): {advice}") from error


@contextmanager
def locked(path: Path, patience_s: float, busy: CourseError) -> Iterator[None]:
    """Keep other processes out while the block runs; the system frees the lock when its holder ends, however it ends.

    Where the file system knows no locks, one process at a time is safe all the same, and nothing is locked.

    Parameters
    ----------
    path
        Of the lock file.
    patience_s
        How long to wait for another holder.
    busy
        Raised after that.
    """
    lock = _take(path, patience_s, busy)
    try:
        yield
    finally:
        if lock is not None:
            lock.close()


def _take(path: Path, patience_s: float, busy: CourseError) -> sqlite3.Connection | None:
    """Return what holds the lock until it is closed."""
    lock = None
    try:
        lock = sqlite3.connect(path, timeout=patience_s, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if lock is not None:
            lock.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise busy from error
        return None
    return lock
