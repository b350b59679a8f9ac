"""Which lessons and exercises there are: read from the modules of checks and from the headers of the lessons."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from course_lib.checks.core import Exercise
from course_lib.errors import CourseError, DataError

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "course_lib.checks"
_MODULE = re.compile(r"lesson_(\d\d)(?:_\w+)?")
_TITLE = re.compile(r"^# (\d\d) (\S.*)$", re.MULTILINE)
_FACTS = re.compile(r"<!-- lesson: (.*?) -->", re.DOTALL)
_BUDGET = re.compile(r"<!-- budget: (\d+) minutes; run (\d+) minutes?; memory (\d+) MB -->")


def lesson_numbers() -> list[str]:
    """Return the numbers of the lessons that have exercises: ``["00", "01"]``."""
    return sorted({_MODULE.fullmatch(name)[1] for name in _module_names()})


def _module_names() -> Iterator[str]:
    package = importlib.import_module(PACKAGE)
    for module in pkgutil.iter_modules(package.__path__):
        if _MODULE.fullmatch(module.name):
            yield module.name


def exercises_of(lesson: str) -> list[Exercise]:
    """Return the exercises of a lesson in order; a long lesson may have several modules.

    Raises
    ------
    CourseError
        The lesson has no exercises, or two of them share an id.
    """
    names = sorted(name for name in _module_names() if _MODULE.fullmatch(name)[1] == lesson)
    if not names:
        known = ", ".join(lesson_numbers()) or "none yet"
        raise CourseError(f"there are no exercises of lesson {lesson!r}: the lessons with exercises are {known}")
    modules = [importlib.import_module(f"{PACKAGE}.{name}") for name in names]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Exercise)]
    found = list(dict.fromkeys(found))
    if doubled := [id for id, n in Counter(exercise.id for exercise in found).items() if n > 1]:
        raise CourseError(f"{', '.join(doubled)} stands more than once in {' and '.join(names)}: keep one")
    return sorted(found, key=lambda exercise: int(exercise.id.rpartition("_")[2]))


def find_exercise(id: str) -> Exercise:
    """Return the exercise called ``id``.

    Raises
    ------
    CourseError
        There is none.
    """
    parts = re.fullmatch(r"ex_(\d\d)_\d+", id) if isinstance(id, str) else None
    if parts is None:
        raise CourseError(f'expected the name of an exercise such as "ex_03_4", got {id!r}')
    exercises = exercises_of(parts[1])
    for exercise in exercises:
        if exercise.id == id:
            return exercise
    known = ", ".join(exercise.id for exercise in exercises)
    raise CourseError(f"there is no exercise {id}: lesson {parts[1]} has {known}")


def lessons(root: Path = ROOT) -> list[dict[str, Any]]:
    """Return all lessons in order, as ``course lessons --json`` prints them.

    ``minutes_promised`` is the learner's time, ``minutes_measured`` the run of the solved edition beside
    ``run_minutes_promised``; ``peak_memory_mb`` is measured beside ``memory_mb_promised``. What was not measured, or
    promised, is None.
    """
    budgets = _read_budgets(root / "lessons" / "budgets.json")
    paths = sorted(path for path in (root / "lessons").glob("*.py") if re.match(r"\d\d_", path.name))
    return [_describe_lesson(path, budgets.get(path.stem, {}), root) for path in paths]


def _describe_lesson(path: Path, measured: dict[str, Any], root: Path) -> dict[str, Any]:
    number = path.stem[:2]
    facts = read_header(path)
    return {
        "number": number,
        "name": path.stem,
        "title": facts["title"],
        "minutes_promised": facts["minutes_promised"],
        "minutes_measured": measured.get("run_minutes"),
        "run_minutes_promised": facts["run_minutes_promised"],
        "peak_memory_mb": measured.get("memory_mb"),
        "memory_mb_promised": facts["memory_mb_promised"],
        "exercises": _describe_exercises(number, root / "lessons" / "answers" / path.name),
        "experiments": facts["experiments"],
        "claims": facts["claims"],
    }


def _describe_exercises(number: str, answers_file: Path) -> list[dict[str, Any]]:
    """Return what there is to know about each exercise without doing it."""
    from course_lib.checks.answers import collect

    if number not in lesson_numbers():
        return []
    answers = Counter((answer.exercise, answer.kind) for answer in collect(answers_file))
    return [
        {
            "id": exercise.id,
            "title": exercise.title,
            "level": exercise.level,
            "points": exercise.points,
            "minutes": exercise.minutes,
            "pattern": exercise.pattern,
            "checks": len(exercise.checks),
            "hints": len(exercise.hints),
            "wrong_answers": answers[exercise.id, "wrong"],
            "right_answers": answers[exercise.id, "right"],
        }
        for exercise in exercises_of(number)
    ]


def read_header(path: Path) -> dict[str, Any]:
    """Return what the first cell of a lesson's source says about it.

    ``<!-- lesson: {"experiments": ["E01"], "claims": ["C-frozen"]} -->`` may also give ``title`` and
    ``minutes_promised``; without them the title is that of the first line, ``# 01 Title``, and the minutes are those of
    the line ``<!-- budget: 80 minutes; run 3 minutes; memory 1500 MB -->``.

    Raises
    ------
    CourseError
        The facts are no JSON object, or there is no title.
    """
    header = _first_cell(path.read_text(encoding="utf-8"))
    title, budget, written = _TITLE.search(header), _BUDGET.search(header), _FACTS.search(header)
    minutes, run_minutes, memory_mb = map(int, budget.groups()) if budget else (None, None, None)
    facts = {"title": title[2].strip() if title else None, "minutes_promised": minutes, "experiments": [], "claims": []}
    try:
        facts |= json.loads(written[1]) if written else {}
    except (ValueError, TypeError) as error:
        raise CourseError(
            f"{path.name}: the line <!-- lesson: ... --> of its header is no JSON object: {error}"
        ) from None
    if not facts["title"]:
        raise CourseError(f"{path.name}: its first line is not '# {path.stem[:2]} Title': write one")
    return facts | {"run_minutes_promised": run_minutes, "memory_mb_promised": memory_mb}


def _first_cell(source: str) -> str:
    """Return the text of the first cell of a percent script, without comment signs."""
    cells = re.split(r"^# %%.*$", source, flags=re.MULTILINE)
    lines = (cells[1] if len(cells) > 1 else "").splitlines()
    return "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines)


def _read_budgets(path: Path) -> dict[str, dict[str, Any]]:
    """Return what the solved runs took, by the name of the lesson; nothing before the first run."""
    if not path.exists():
        return {}
    try:
        measured = json.loads(path.read_text(encoding="utf-8"))
        return {name: dict(figures) for name, figures in measured.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path} is not what the builder of the notebooks writes ({error}): build them again"
        ) from error
