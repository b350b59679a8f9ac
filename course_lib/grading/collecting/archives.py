"""Reads zip archives without unpacking them: no name in one is ever a path here, and no size in one is believed."""

import io
import re
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from course_lib.grading.collecting.listing import LINK, Entry, Listing, is_skipped
from course_lib.grading.notebook_file import MOST_BYTES, RefusedError

MOST_MEMBERS = 50_000
LOCKED, DEFLATED = 0x1, (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
OUTSIDE = "a name in its archive leads out of the archive: look at it yourself, or ask for the notebook alone"
FAULTS = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError)


def open_archive(source: Path | bytes) -> Listing:
    """Return what is in an archive.

    Parameters
    ----------
    source
        Its path, or its bytes.

    Raises
    ------
    RefusedError
        It cannot be read, or has far too many members.
    """
    try:
        with zipfile.ZipFile(opened(source)) as archive:
            members = archive.infolist()
    except FAULTS as error:
        raise RefusedError("no archive", f"the zip archive cannot be read ({shorten(error)}): make it anew") from None
    if len(members) > MOST_MEMBERS:
        raise RefusedError("too large", f"more than {MOST_MEMBERS} files in one archive: hand in the notebook alone")
    counts = Counter(member.filename for member in members)
    entries = [describe(member, source, counts[member.filename]) for member in members]
    return Listing(tuple(entry for entry in entries if entry.name and not is_skipped(entry.name)))


def opened(source: Path | bytes) -> Path | io.BytesIO:
    """Return what the zip module opens."""
    return io.BytesIO(source) if isinstance(source, bytes) else source


def shorten(error: BaseException) -> str:
    """Return the first words of an error."""
    return str(error)[:80] or type(error).__name__


def describe(member: zipfile.ZipInfo, source: Path | bytes, n_same: int) -> Entry:
    """Return one member, its name made harmless."""
    name = "/".join(part for part in re.split(r"[/\\]", member.filename) if part not in ("", ".", ".."))
    if member.is_dir():
        return Entry(name, is_folder=True, reason=OUTSIDE if is_outside(member.filename) else "")
    return Entry(name, partial(read_member, source, member), reason=find_reason(member, n_same))


def find_reason(member: zipfile.ZipInfo, n_same: int) -> str:
    """Return why nobody should open a member; empty for most."""
    reasons: dict[str, Callable[[], bool]] = {
        OUTSIDE: lambda: is_outside(member.filename),
        LINK: lambda: stat.S_ISLNK(member.external_attr >> 16),
        "its archive is locked with a password: ask for it without one": lambda: bool(member.flag_bits & LOCKED),
        "its archive is packed in an unusual way: make it anew": lambda: member.compress_type not in DEFLATED,
        "two files in its archive have one name: make it anew": lambda: n_same > 1,
    }
    return next((reason for reason, applies in reasons.items() if applies()), "")


def is_outside(name: str) -> bool:
    r"""Tell whether a name, taken for a path, would lead out of the folder that it is unpacked in.

    Examples
    --------
    >>> [is_outside(name) for name in ("a/b.ipynb", "../b", "a/..\\..\\b", "/etc/b", "C:\\b")]
    [False, True, True, True, True]
    """
    parts = re.split(r"[/\\]", name)
    return ".." in parts or parts[0] == "" or re.match(r"[A-Za-z]:", name) is not None


def read_member(source: Path | bytes, member: zipfile.ZipInfo) -> bytes:
    """Return the content of a member; no more than a notebook may have is unpacked.

    Raises
    ------
    RefusedError
        It is too large or cannot be unpacked.
    """
    try:
        with zipfile.ZipFile(opened(source)) as archive, archive.open(member) as file:
            data = file.read(MOST_BYTES + 1)
    except FAULTS as error:
        raise RefusedError("unreadable", f"its archive is damaged ({shorten(error)}): make it anew") from None
    if len(data) > MOST_BYTES:
        raise RefusedError("too large", f"more than {MOST_BYTES // 2**20} MB: clear all outputs and hand it in again")
    return data
