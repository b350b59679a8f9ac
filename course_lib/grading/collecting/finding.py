"""Goes through folders and archives and says what was handed in by whom."""

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path, PurePosixPath

from course_lib.checks.showing import printable
from course_lib.errors import CourseError
from course_lib.grading.collecting.archives import open_archive
from course_lib.grading.collecting.handed import Candidate, Handed
from course_lib.grading.collecting.listing import NOTEBOOK, OWN_RECORD, ZIP, Entry, Listing, list_folder
from course_lib.grading.collecting.names import find_author
from course_lib.grading.notebook_file import RefusedError

RECORD = f"{OWN_RECORD}/record.json"
WHAT = "give notebooks, folders or zip archives"
FOLDER_OF_COURSE = "notebooks"
MOST_LABEL = 400


def collect(paths: Iterable[Path], name: str, others: Collection[str] = ()) -> list[Handed]:
    """Return all submissions, in order of their labels.

    Parameters
    ----------
    paths
        Notebooks; archives and folders with one submission for each student; or folders of one student.
    name
        Of the released notebook, without ending.
    others
        Names of the other lessons' notebooks: beside this one's they are no submissions of it.

    Raises
    ------
    CourseError
        A path does not exist, cannot be read or holds nothing; or two are the same.
    """
    found: dict[str, Handed] = {}
    for path in paths:
        try:
            here = list(collect_path(Path(os.path.abspath(path)), name, others))
        except RefusedError as refused:
            raise CourseError(f"{path} cannot be used: {refused}") from refused
        if not here:
            raise CourseError(f"{path} holds no submission: {WHAT}")
        if doubled := next((handed.label for handed in here if handed.label in found), ""):
            raise CourseError(f"there are two submissions {doubled!r}: give each folder once, under a name of its own")
        found |= {handed.label: handed for handed in here}
    return [found[label] for label in sorted(found)]


def collect_path(path: Path, name: str, others: Collection[str]) -> Iterator[Handed]:
    """Yield what is in one path."""
    if not os.path.lexists(path):
        raise CourseError(f"there is no {path}: {WHAT}")
    if path.is_dir() and not path.is_symlink():
        yield from collect_listing(list_folder(path), path.name, name, others)
    elif path.suffix.lower() == ZIP:
        yield from collect_listing(open_archive(path), path.name, name, others)
    else:
        siblings = list_folder(path.parent, only=path.name)
        yield from (one_file(entry, path.parent.name, "") for entry in siblings.entries)


def collect_listing(listing: Listing, place: str, name: str, others: Collection[str]) -> Iterator[Handed]:
    """Yield the submissions of a folder or an archive called ``place``."""
    if is_of_one_student(listing, name):
        yield one_folder(listing, place, "", place)
        return
    if wrapper := find_wrapper(listing, name):
        yield from collect_listing(listing.inside(wrapper), wrapper, name, others)
        return
    for top, part in listing.children().items():
        entry = part.file(top)
        if entry is None:
            yield one_folder(part.inside(top), f"{place}/{top}", place, top)
        elif is_submission(entry, others):
            yield one_file(entry, place, f"{place}/")


def is_of_one_student(listing: Listing, name: str) -> bool:
    """Tell whether this is the folder that a student works in: the released notebook lies in it under its own name."""
    return any(listing.file(f"{place}{name}{NOTEBOOK}") for place in ("", f"{FOLDER_OF_COURSE}/"))


def find_wrapper(listing: Listing, name: str) -> str:
    """Return the only folder that is there, if it holds several submissions; else nothing."""
    tops = list(listing.children())
    if len(tops) != 1 or listing.file(tops[0]):
        return ""
    inside = listing.inside(tops[0])
    handed_in = [top for top, part in inside.children().items() if has_submission(part)]
    return tops[0] if len(handed_in) > 1 and not is_of_one_student(inside, name) else ""


def has_submission(part: Listing) -> bool:
    """Tell whether there is a notebook or an archive in it."""
    return any(entry.kind in (NOTEBOOK, ZIP) for entry in part.entries)


def is_submission(entry: Entry, others: Collection[str]) -> bool:
    """Tell whether a file beside those of other students is one; what a platform has named after a student is."""
    if entry.kind in (NOTEBOOK, ZIP):
        return PurePosixPath(entry.name).stem not in others
    return bool(entry.reason or find_author(entry.name).id)


def one_file(entry: Entry, parent: str, prefix: str) -> Handed:
    """Return the submission that is one file: a notebook, an archive of one student, or something else."""
    label = f"{prefix}{entry.name}"
    if entry.kind == ZIP and not entry.reason:
        return one_archive(entry, label, parent, entry.name)
    notebooks = (Candidate(entry.name, entry.read),) if entry.kind == NOTEBOOK else ()
    return make_handed(label, parent, entry.name, notebooks, None, entry.reason)


def one_archive(entry: Entry, label: str, parent: str, named: str) -> Handed:
    """Return the submission that is an archive; archives in it stay closed."""
    try:
        listing = open_archive(entry.read())
    except RefusedError as refused:
        return make_handed(label, parent, named, (), None, str(refused))
    kept = tuple(inner for inner in listing.entries if inner.kind != ZIP)
    return one_folder(Listing(kept), label, parent, named)


def one_folder(listing: Listing, label: str, parent: str, named: str) -> Handed:
    """Return the submission that is a folder."""
    reason = next((entry.reason for entry in listing.entries if entry.reason), "")
    found = [Candidate(entry.name, entry.read) for entry in listing.entries if entry.kind == NOTEBOOK]
    archives = [entry for entry in listing.entries if entry.kind == ZIP]
    if not found and len(archives) == 1 and not reason:
        return one_archive(archives[0], label, parent, named)
    record = next((Candidate(entry.name, entry.read) for entry in listing.entries if is_record(entry.name)), None)
    return make_handed(label, parent, named, tuple(found), record, reason)


def is_record(name: str) -> bool:
    """Tell whether a path is that of a student's record."""
    return name == RECORD or name.endswith(f"/{RECORD}")


def make_handed(
    label: str, parent: str, named: str, notebooks: tuple[Candidate, ...], record: Candidate | None, reason: str
) -> Handed:
    """Return a submission with its author, under a label that can be shown, stored and compared."""
    author = find_author(named, parent)
    shown = printable(label, MOST_LABEL)
    if len(label) > MOST_LABEL // 2:  # what was cut may be what tells two of them apart
        shown = f"{shown[: MOST_LABEL // 2]}~{hashlib.sha256(ascii(label).encode()).hexdigest()[:12]}"
    return Handed(shown, author.name, author.id, author.is_late, notebooks, record, reason)
