"""Brings the released lessons into a learner's folder and overwrites nothing that a learner has written.

What was handed out is kept beside the record, as hashes. So a copy that nobody has touched can follow a new release,
and a lesson that was put beside the learner's own is put there once.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_lib.data import hash_content
from course_lib.files import write_whole
from course_lib.learning.folder import WorkFolder

NOTES = "handed_out.json"
LENGTH_OF_HASH = 8


@dataclass(frozen=True)
class Copy:
    """What became of one lesson.

    Parameters
    ----------
    name
        Of the notebook.
    state
        ``"new"``, ``"as released"``, ``"updated"`` (the copy was untouched), ``"yours"`` (you have changed it) or
        ``"beside"`` (so have we, and the new one stands beside yours).
    beside
        Name of the notebook that was put beside; empty if none was.
    """

    name: str
    state: str
    beside: str = ""


def bring_lessons(released: Sequence[Path], folder: WorkFolder) -> list[Copy]:
    """Copy the lessons into the folder and return what became of each.

    Raises
    ------
    CourseError
        The file system refuses.
    """
    with folder.explained():
        notes = _read_notes(folder.home / NOTES)
        before = json.dumps(notes)
        copies = [_bring(path, folder.path / path.name, notes) for path in released]
        if json.dumps(notes) != before:
            write_whole(folder.home / NOTES, (json.dumps(notes, indent=1) + "\n").encode())
    return copies


def _bring(path: Path, own: Path, notes: dict[str, Any]) -> Copy:
    content = path.read_bytes()
    new, taken, offered = hash_content(content), notes["taken"], notes["offered"]
    now = hash_content(own.read_bytes()) if own.exists() else None
    if now in (None, taken.get(path.name)) and now != new:
        write_whole(own, content)
        taken[path.name] = new
        return Copy(path.name, "updated" if now else "new")
    if now == new:
        taken[path.name] = new
        return Copy(path.name, "as released")
    if new in (taken.get(path.name), offered.get(path.name)):
        return Copy(path.name, "yours")
    beside = own.with_name(f"{own.stem}.new-{new[:LENGTH_OF_HASH]}.ipynb")
    if not beside.exists():
        write_whole(beside, content)
    offered[path.name] = new
    return Copy(path.name, "beside", beside.name)


def _read_notes(path: Path) -> dict[str, dict[str, str]]:
    """Return what was handed out; without it every changed copy counts as the learner's own, so nothing is lost."""
    try:
        content = json.loads(path.read_bytes())
        return {part: {str(name): str(value) for name, value in content[part].items()} for part in ("taken", "offered")}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {"taken": {}, "offered": {}}
