"""The learner's record: one local file with results, predictions, hints, scoreboard rows and judged claims.

It is written as a whole under another name and then renamed, while a lock keeps other kernels out, so that a killed
kernel or two open notebooks lose nothing. A file that cannot be read is set aside and said, never overwritten.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from course_lib.errors import CourseError
from course_lib.files import explained, locked, write_whole

SCHEMA = 1
FILE = "record.json"
FOLDER = ".course"
PATIENCE_S = 10.0
PARTS: dict[str, type] = {"results": dict, "predictions": dict, "hints": dict, "rows": list, "claims": dict}
"""Name of a part -> its type; all but ``hints`` (exercise -> how many were read) hold dicts."""


class RecordError(CourseError):
    """The record cannot be read or written."""


def find_folder() -> Path:
    """Return the folder of the record: ``$COURSE_HOME``, else the nearest ``.course`` upward, else one here."""
    if home := os.environ.get("COURSE_HOME"):
        return Path(home)
    here = Path.cwd()
    return next((place / FOLDER for place in (here, *here.parents) if (place / FOLDER).is_dir()), here / FOLDER)


def read_record(folder: Path | None = None) -> dict[str, Any]:
    """Return the record; an empty one if there is none yet.

    Raises
    ------
    RecordError
        A newer version of the course wrote it, or the file system refuses.
    """
    folder = folder or find_folder()
    if not (folder / FILE).exists():
        return empty_record()
    with _explained(folder), _locked(folder):
        return _load(folder)


@contextmanager
def changing(folder: Path | None = None) -> Iterator[dict[str, Any]]:
    """Give the record to the block, and write it when the block ends without an error.

    Raises
    ------
    RecordError
        As `read_record`; or another kernel holds the record for more than `PATIENCE_S` seconds.
    """
    folder = folder or find_folder()
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            record = _load(folder)
            yield record
            _save(folder, record)


def empty_record() -> dict[str, Any]:
    """Return the record of someone who begins."""
    return {"schema": SCHEMA, **{part: kind() for part, kind in PARTS.items()}}


def _explained(folder: Path) -> AbstractContextManager[None]:
    """Turn an error of the file system into a sentence."""
    return explained(f"your record in {folder}", "make room or set COURSE_HOME to a folder of yours", RecordError)


def _locked(folder: Path) -> AbstractContextManager[None]:
    """Keep other kernels out while the block runs."""
    busy = RecordError(f"another kernel has held your record in {folder} for {PATIENCE_S:g} s: stop it and try again")
    return locked(folder / "record.lock", PATIENCE_S, busy)


def _load(folder: Path) -> dict[str, Any]:
    """Return the record in a folder; set a file aside that is none."""
    path = folder / FILE
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return empty_record()
    except (ValueError, RecursionError):
        return _set_aside(path, "it is damaged")
    schema = content.get("schema") if isinstance(content, dict) else None
    if type(schema) is int and schema > SCHEMA:
        raise RecordError(
            f"{path} was written by a newer version of the course (schema {schema}, this one reads {SCHEMA}): "
            "update the course, or set COURSE_HOME to another folder"
        )
    if type(schema) is not int or schema < SCHEMA:
        return _set_aside(path, "an older version of the course wrote it, or something else did")
    return content if _is_whole(content) else _set_aside(path, "it is damaged")


def _is_whole(content: dict[str, Any]) -> bool:
    """Tell whether all parts are there and hold what they should."""
    if any(not isinstance(content.get(part), kind) for part, kind in PARTS.items()):
        return False
    entries = [*content["rows"]]
    for part in ("results", "predictions", "claims"):
        entries += content[part].values()
    return all(isinstance(entry, dict) for entry in entries) and all(
        type(n_hints) is int for n_hints in content["hints"].values()
    )


def _set_aside(path: Path, reason: str) -> dict[str, Any]:
    """Rename a file that cannot be used, say so, and return an empty record."""
    n = 1
    while (aside := path.with_name(f"{FILE}.broken-{n}")).exists():
        n += 1
    path.rename(aside)
    print(
        f"course: your record {path} cannot be used, {reason}: kept as {aside.name}, a new one begins", file=sys.stderr
    )
    return empty_record()


def _save(folder: Path, record: dict[str, Any]) -> None:
    """Write the record so that its name always stands for a whole file."""
    write_whole(folder / FILE, f"{json.dumps(record, indent=1, allow_nan=False)}\n".encode())
