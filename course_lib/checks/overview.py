"""``progress``: what is done, what is open, what comes next, and how well your confidence fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from course_lib.checks.catalogue import exercises_of, lesson_numbers
from course_lib.checks.core import Exercise
from course_lib.checks.display import View, show_view
from course_lib.checks.findings import VERDICTS
from course_lib.checks.markup import OPEN, box, element, plain
from course_lib.checks.predictions import calibrate
from course_lib.checks.record import read_record

MARGIN = 0.1  # of confidence over outcomes that is worth a word
_LEFT = "text-align:left"


def progress(lesson: str | None = None) -> None:
    """Show what you have done, what is open and what comes next.

    Parameters
    ----------
    lesson
        Only this one: ``"03"``; all without it.
    """
    shown = sum_up(read_record(), _exercises(lesson))
    show_view(View(render_progress(shown), render_progress_html(shown)))


def read_progress(lesson: str | None = None, folder: Path | None = None) -> dict[str, Any]:
    """Return what `progress` shows, as data.

    Parameters
    ----------
    lesson
        Only this one.
    folder
        Of the record; the one that the kernel of a notebook finds unless given.
    """
    return sum_up(read_record(folder), _exercises(lesson))


def _exercises(lesson: str | None) -> dict[str, list[Exercise]]:
    return {number: exercises_of(number) for number in ([lesson.zfill(2)] if lesson else lesson_numbers())}


def sum_up(record: Mapping[str, Any], exercises: Mapping[str, Sequence[Exercise]]) -> dict[str, Any]:
    """Return the state of the course for one learner.

    Returns
    -------
    dict
        ``lessons`` (number, exercises, done, points, earned, hints, open), ``next`` (the first open core exercise, else
        the first open one, or None), ``calibration``, ``claims`` (verdict -> count) and ``rows`` (count).
    """
    open_ones = [e for found in exercises.values() for e in found if not _is_done(record, e)]
    first = next((exercise for exercise in open_ones if exercise.level == "core"), next(iter(open_ones), None))
    counts = Counter(judged.get("verdict") for judged in record["claims"].values())
    return {
        "lessons": [_sum_up_lesson(record, number, found) for number, found in exercises.items()],
        "next": {"exercise": first.id, "title": first.title, "minutes": first.minutes} if first else None,
        "calibration": calibrate(record["predictions"]),
        "claims": {verdict: counts[verdict] for verdict in VERDICTS},
        "rows": len(record["rows"]),
    }


def _is_done(record: Mapping[str, Any], exercise: Exercise) -> bool:
    return bool(record["results"].get(exercise.id, {}).get("passed"))


def _sum_up_lesson(record: Mapping[str, Any], number: str, exercises: Sequence[Exercise]) -> dict[str, Any]:
    best = [record["results"].get(exercise.id, {}).get("best", 0) for exercise in exercises]
    return {
        "number": number,
        "exercises": len(exercises),
        "done": sum(_is_done(record, exercise) for exercise in exercises),
        "points": sum(exercise.points for exercise in exercises),
        "earned": sum(min(points, exercise.points) for points, exercise in zip(best, exercises, strict=True)),
        "hints": sum(record["hints"].get(exercise.id, 0) for exercise in exercises),
        "open": [exercise.id for exercise in exercises if not _is_done(record, exercise)],
    }


def calibration_words(found: Mapping[str, Any]) -> str:
    """Return the calibration as a sentence.

    Examples
    --------
    >>> calibration_words({"written": 4, "revealed": 4, "brier": 0.31, "confidence": 0.8, "right": 0.5})
    '4 of 4 predictions revealed: 50% right at 80% confidence, too sure so far;
    Brier 0.31 (0 is best, a coin gets 0.25)'
    """
    if not found["revealed"]:
        return f"{found['written']} predictions written, none revealed yet"
    gap = found["confidence"] - found["right"]
    verdict = "too sure" if gap > MARGIN else "not sure enough" if gap < -MARGIN else "well judged"
    counts = f"{found['revealed']} of {found['written']} predictions revealed"
    shares = f"{found['right']:.0%} right at {found['confidence']:.0%} confidence"
    return f"{counts}: {shares}, {verdict} so far; Brier {found['brier']:.2f} (0 is best, a coin gets 0.25)"


def _rows(shown: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return the table of lessons as text, with its head."""
    head = ("lesson", "done", "points", "hints", "open")
    return [
        head,
        *(
            (
                lesson["number"],
                f"{lesson['done']} of {lesson['exercises']}",
                f"{lesson['earned']} of {lesson['points']}",
                str(lesson["hints"]),
                ", ".join(lesson["open"]) or "nothing",
            )
            for lesson in shown["lessons"]
        ),
    ]


def _sentences(shown: Mapping[str, Any]) -> list[str]:
    verdicts = ", ".join(f"{n} {verdict}" for verdict, n in shown["claims"].items() if n) or "none yet"
    following = shown["next"]
    return [
        calibration_words(shown["calibration"]),
        f"claims judged: {verdicts}; rows on your scoreboard: {shown['rows']}",
        f"next: {following['exercise']}, {following['title']}" if following else "next: nothing is open",
    ]


def render_progress(shown: Mapping[str, Any]) -> str:
    """Return progress as text, the same each time."""
    rows = _rows(shown)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, *_sentences(shown)])


def render_progress_html(shown: Mapping[str, Any]) -> str:
    """Return progress as HTML: a table with headings of columns and rows, then sentences."""
    head, *rows = _rows(shown)
    headings = "".join(element("th", plain(cell), scope="col", style=_LEFT) for cell in head)
    body = ""
    for number, *cells in rows:
        label = element("th", plain(number), scope="row", style=_LEFT)
        body += element("tr", label + "".join(element("td", plain(cell), style=_LEFT) for cell in cells))
    caption = element("caption", "Exercises by lesson", style=_LEFT)
    table = element("table", caption + element("thead", element("tr", headings)) + element("tbody", body))
    sentences = "".join(element("p", plain(words), style="margin:.3em 0 0 0") for words in _sentences(shown))
    return box(table + sentences, "Your progress", OPEN)
