"""Runs all lessons of a learner's folder again and says what they gave: data here, looks in `page`."""

import json
import os
import platform
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course_lib.checks.catalogue import exercises_of, lesson_numbers
from course_lib.checks.core import Exercise
from course_lib.checks.predictions import calibrate
from course_lib.checks.record import changing, read_record
from course_lib.data import hash_content
from course_lib.errors import CourseError
from course_lib.files import write_whole
from course_lib.learning.folder import WorkFolder
from course_lib.learning.kernels import refuse_trouble
from course_lib.learning.page import render_certificate
from course_lib.learning.rerun import Rerun, make_surroundings, rerun
from course_lib.learning.versions import (
    course_version,
    fingerprint_weights,
    installed_version,
    is_as_pinned,
    read_pins,
)
from course_lib.models.settings import EMBEDDED_NAMES, read_settings

SCHEMA = 1
FILE = "certificate"
SAYS = (
    "This is a practice certificate: what the lessons of one folder gave when they were run again, from top to bottom "
    "and without network, on the computer of whoever made it. Whoever owns a computer can write any certificate on it, "
    "so this one proves nothing to others. Work that has to count is graded elsewhere, from the notebooks."
)
NOT_CHECKED = "not checked"
_TITLE = re.compile(r"^# \d\d (\S.*)$", re.MULTILINE)

Runner = Callable[[Path, dict[str, str]], Rerun]
Tell = Callable[[dict[str, Any]], None]


def verify(
    folder: WorkFolder,
    released: Sequence[Path],
    root: Path,
    *,
    runner: Runner = rerun,
    tell: Tell = lambda lesson: None,
) -> dict[str, Any]:
    """Run the learner's copies of the released lessons and return the certificate; the learner's record is only read.

    Parameters
    ----------
    folder
        Of the learner.
    released
        The notebooks that the course hands out, in reading order.
    root
        Of the course.
    runner
        Runs one notebook.
    tell
        Called with each lesson as it stands in the certificate, once it is known.

    Raises
    ------
    CourseError
        The folder holds no lesson, the kernel is not in order, or the weights are not those of the course.
    """
    if not any((folder.path / path.name).is_file() for path in released):
        raise CourseError(f"{folder.path} holds no lesson: python3 course.py learn copies them into it")
    refuse_trouble()
    about = describe_course(root, released)
    own = read_record(folder.home)
    lessons, found = run_lessons(folder, released, own, runner, tell)
    return {
        "schema": SCHEMA,
        "says": SAYS,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "points": sum(lesson["points"] for lesson in lessons),
        "earned": sum(lesson["earned"] for lesson in lessons),
        "lessons": lessons,
        "predictions": calibrate(own["predictions"]),
        "rows": found["rows"],
        "claims": found["claims"],
        **about,
    }


def run_lessons(
    folder: WorkFolder, released: Sequence[Path], own: Mapping[str, Any], runner: Runner, tell: Tell
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Run the lessons one after the other with one record; return what each gave, and that record."""
    with tempfile.TemporaryDirectory(prefix="course-verify-", ignore_cleanup_errors=True) as place:
        environment = make_surroundings(Path(place))
        home = Path(environment["COURSE_HOME"])
        with changing(home) as record:
            # What was predicted before a run cannot be run again. All else comes from this run alone.
            record.update(predictions=own["predictions"], hints=own["hints"])
        lessons = []
        for path in released:
            lessons.append(verify_lesson(path, folder, home, environment, runner))
            tell(lessons[-1])
        return lessons, read_record(home)


def verify_lesson(
    path: Path, folder: WorkFolder, home: Path, environment: dict[str, str], runner: Runner
) -> dict[str, Any]:
    """Return what the learner's copy of one lesson gives; ``state`` is ``ran``, ``problems`` or ``missing``."""
    own = folder.path / path.name
    number = path.name[:2]
    ran = runner(own, environment) if own.is_file() else None
    results = read_record(home)["results"] if ran else {}
    exercises = [describe_exercise(exercise, results.get(exercise.id)) for exercise in _exercises(number)]
    return {
        "number": number,
        "name": path.stem,
        "title": read_title(path),
        "state": "missing" if ran is None else "problems" if ran.problems else "ran",
        "points": sum(exercise["points"] for exercise in exercises),
        "earned": sum(exercise["earned"] for exercise in exercises),
        "exercises": exercises,
        "sha256": (ran.sha256 or None) if ran else None,
        "seconds": ran.seconds if ran else None,
        "problems": list(ran.problems) if ran else [],
    }


def _exercises(number: str) -> list[Exercise]:
    return exercises_of(number) if number in lesson_numbers() else []


def describe_exercise(exercise: Exercise, entry: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what the record of the run says of an exercise; what there is to earn comes from the exercise itself."""
    return {
        "id": exercise.id,
        "title": exercise.title,
        "level": exercise.level,
        "points": exercise.points,
        "earned": max(0, min(int(entry.get("earned", 0)), exercise.points)) if entry else 0,
        "status": str(entry.get("status")) if entry else NOT_CHECKED,
    }


def read_title(path: Path) -> str:
    """Return the title of a lesson without its number; the name of its file if it has none."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if found := _TITLE.search("".join(cell["source"])):
            return found[1].strip()
    return path.stem


def describe_course(root: Path, released: Sequence[Path]) -> dict[str, Any]:
    """Return which course, which model and which packages a certificate is about.

    Raises
    ------
    DataError
        The weights are not those of the course.
    """
    settings = read_settings()
    is_embedded = settings.model in EMBEDDED_NAMES and not settings.base_url
    pins = read_pins(root / "requirements.txt")
    installed = {package: installed_version(package) for package in pins}
    return {
        "course": {
            "version": course_version(root),
            "lessons": {path.stem: hash_content(path.read_bytes()) for path in released},
        },
        "model": {
            "name": "embedded" if is_embedded else settings.model,
            "weights_sha256": fingerprint_weights(root / "embedded_model"),
        },
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processor cores",
        "packages": installed,
        "as_pinned": all(is_as_pinned(installed[package], pin) for package, pin in pins.items()),
    }


def write_certificate(certificate: Mapping[str, Any], folder: WorkFolder) -> list[Path]:
    """Write the certificate for programs and for people; return both files.

    Raises
    ------
    CourseError
        The file system refuses.
    """
    data = json.dumps(certificate, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    written = {f"{FILE}.json": data, f"{FILE}.html": render_certificate(certificate)}
    with folder.explained():
        for name, text in written.items():
            write_whole(folder.path / name, text.encode("utf-8", "backslashreplace"))
    return [folder.path / name for name in written]
