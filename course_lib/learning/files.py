"""Files that stand under their name whole or not at all, and sentences for what the file system refuses."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from course_lib.errors import CourseError


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under another name and then rename it: a killed process leaves the old one."""
    draft = path.with_name(f"{path.name}.tmp")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn an error of the file system into a sentence about ``folder``.

    Raises
    ------
    CourseError
        With the reason and what to do.
    """
    try:
        yield
    except OSError as error:
        where = error.filename or folder
        raise CourseError(
            f"{where} cannot be used ({error.strerror or error}): make room, or give a folder of yours with --folder"
        ) from error
