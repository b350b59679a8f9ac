"""What is in a folder or an archive, before anything of it is opened."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from course_lib.grading.notebook_file import RefusedError, read_bytes

NOTEBOOK, ZIP, OWN_RECORD = ".ipynb", ".zip", ".course"
SKIPPED = {"__MACOSX", "solutions", "node_modules", "venv", "env"}  # besides names that begin with a dot
MOST_DEPTH = 8
MOST_ENTRIES = 200_000
LINK = "there is a link in it, and links are not followed: look at it yourself, or ask for the file itself"


def nothing() -> bytes:
    """Stand in for the content of what is no file."""
    raise RefusedError("no file", "expected a file, got a folder: hand in the notebook")


@dataclass(frozen=True)
class Entry:
    """One file or folder.

    Parameters
    ----------
    name
        Its path from where the listing begins, with slashes.
    read
        Returns the bytes of a file; raises `RefusedError`.
    is_folder
        Whether it is one.
    reason
        Why whoever handed it in is not graded; empty for what is in order.
    """

    name: str
    read: Callable[[], bytes] = nothing
    is_folder: bool = False
    reason: str = ""

    @property
    def kind(self) -> str:
        """The ending of its name, in small letters; empty for a folder."""
        return "" if self.is_folder else PurePosixPath(self.name).suffix.lower()


@dataclass(frozen=True)
class Listing:
    """Everything that is in one place, but for what nobody hands in."""

    entries: tuple[Entry, ...]

    def children(self) -> dict[str, "Listing"]:
        """Return what is in each folder, and each file by itself, by the first part of the name."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(PurePosixPath(entry.name).parts[0], []).append(entry)
        return {top: Listing(tuple(found[top])) for top in sorted(found)}

    def file(self, top: str) -> Entry | None:
        """Return the file that is called ``top`` and nothing else."""
        return next((entry for entry in self.entries if entry.name == top and not entry.is_folder), None)

    def inside(self, top: str) -> "Listing":
        """Return what is in the folder ``top``, named from there."""
        below = [entry for entry in self.entries if entry.name.startswith(f"{top}/")]
        return Listing(tuple(replace(entry, name=entry.name[len(top) + 1 :]) for entry in below))


def is_skipped(name: str) -> bool:
    """Tell whether a path is of the kind that nobody hands in; the record of hints is handed in."""
    return any((part.startswith(".") and part != OWN_RECORD) or part in SKIPPED for part in PurePosixPath(name).parts)


def list_folder(folder: Path, only: str = "") -> Listing:
    """Return what is in a folder; links are listed with a reason and not followed.

    Parameters
    ----------
    folder
        The folder.
    only
        Name of the one file in it that is wanted; empty for all.

    Raises
    ------
    RefusedError
        There is far more than a class hands in.
    """
    if only:
        return Listing((describe(folder / only, only),))
    entries = []
    for entry in walk(folder, "", MOST_DEPTH):
        entries.append(entry)
        if len(entries) > MOST_ENTRIES:
            raise RefusedError("too large", f"more than {MOST_ENTRIES} files: give the folder of the submissions alone")
    return Listing(tuple(entries))


def walk(folder: Path, prefix: str, depth: int) -> Iterator[Entry]:
    """Yield what is in a folder and the folders below."""
    try:
        found = sorted(os.scandir(folder), key=lambda item: item.name)
    except OSError as error:
        yield Entry(prefix.rstrip("/") or ".", is_folder=True, reason=f"it cannot be opened: {error.strerror}")
        return
    for item in found:
        name = f"{prefix}{item.name}"
        if is_skipped(item.name):
            continue
        entry = describe(Path(item.path), name)
        yield entry
        if entry.is_folder and depth:
            yield from walk(Path(item.path), f"{name}/", depth - 1)


def describe(path: Path, name: str) -> Entry:
    """Return what is at a path."""
    if path.is_symlink():
        return Entry(name, reason=LINK)
    return Entry(name, is_folder=True) if path.is_dir() else Entry(name, partial(read_bytes, path))
