"""The learner's own scoreboard and verdicts: rows that lessons add, claims that are judged by them."""

from __future__ import annotations

import math
from typing import Any

from course_lib.checks.display import View, show_view
from course_lib.checks.markup import OPEN, box, plain
from course_lib.checks.record import RecordError, changing, read_record
from course_lib.checks.showing import clean
from course_lib.errors import CourseError

VERDICTS = ("supported", "refuted", "depends", "untested")
ROW_KEY = ("arm", "set", "metric", "seed")


def add_row(
    arm: str, set: str, metric: str, value: float, low: float, high: float, *, n: int, seed: int = 0, lesson: str = ""
) -> None:
    """Add a row to your scoreboard; one with the same arm, set, metric and seed is replaced.

    Parameters
    ----------
    arm, set, metric
        What was measured: ``"RAG"`` on ``"inkb"``, ``"accuracy"``.
    value, low, high
        The measurement with its 95 % interval.
    n
        Number of questions.
    seed
        Of the world.
    lesson
        Where it was measured: ``"04"``.

    Raises
    ------
    CourseError
        A number is none, or the interval does not hold the value.
    """
    numbers = [float(number) for number in (value, low, high)]
    if not all(map(math.isfinite, numbers)) or not numbers[1] <= numbers[0] <= numbers[2] or n < 1:
        raise CourseError(
            f"expected low <= value <= high and n of 1 or more, got {low!r}, {value!r}, {high!r}, n = {n!r}: "
            "take all from one interval"
        )
    row = {"arm": str(arm), "set": str(set), "metric": str(metric)}
    row |= dict(zip(("value", "low", "high"), numbers, strict=True))
    row |= {"n": int(n), "seed": int(seed), "lesson": str(lesson)}
    try:
        with changing() as record:
            others = [other for other in record["rows"] if _key(other) != _key(row)]
            record["rows"] = [*others, row]
    except RecordError as error:
        print(f"not kept: {error}")
    _show(f"{row['arm']} on {row['set']}, {row['metric']}: added to your scoreboard", "Scoreboard")


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in ROW_KEY)


def own_rows() -> list[dict[str, Any]]:
    """Return the rows of your scoreboard, oldest first: arm, set, metric, value, low, high, n, seed, lesson."""
    return read_record()["rows"]


def judge(claim: str, verdict: str, why: str = "") -> None:
    """Write your verdict on a claim into your record; a later one replaces it.

    Parameters
    ----------
    claim
        Its id: ``"C-frozen"``.
    verdict
        ``"supported"``, ``"refuted"``, ``"depends"`` or ``"untested"``.
    why
        What it rests on.

    Raises
    ------
    CourseError
        There is no such verdict.
    """
    if verdict not in VERDICTS:
        raise CourseError(f"expected one of {', '.join(VERDICTS)} as the verdict on {claim}, got {verdict!r}")
    try:
        with changing() as record:
            record["claims"][str(claim)] = {"verdict": verdict, "why": str(why)}
    except RecordError as error:
        print(f"not kept: {error}")
    _show(f"{claim}: {verdict}" + (f", {why}" if why else ""), "Verdict")


def own_verdicts() -> dict[str, dict[str, str]]:
    """Return your verdicts: id of the claim -> ``verdict`` and ``why``."""
    return read_record()["claims"]


def _show(words: str, label: str) -> None:
    show_view(View(clean(words, 1000), box(plain(clean(words, 1000)), label, OPEN)))
