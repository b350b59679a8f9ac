"""Predictions written before a run, with a confidence, and how well the confidence fits.

A prediction with confidence c that turns out right (1) or wrong (0) costs (c - outcome) squared: the Brier score
(Brier 1950), 0 at best; who always says 0.5 gets 0.25.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from course_lib.checks import codec
from course_lib.checks.compare import Rules, find_difference
from course_lib.checks.display import View, show_view
from course_lib.checks.markup import BAD, GOOD, OPEN, box, element, plain
from course_lib.checks.record import RecordError, changing
from course_lib.checks.showing import show
from course_lib.errors import CourseError

BIN_EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_ID = re.compile(r"\d\d\.[a-z0-9_]{1,40}")


def predict(id: str, value: Any, confidence: float = 0.8) -> None:
    """Write down what you expect, before the cell that shows it; once that has run, a prediction stays as it is.

    Parameters
    ----------
    id
        Lesson and letter: ``"01.a"``.
    value
        What you expect, plain data; None while you have not decided.
    confidence
        The chance, 0 to 1, that you give yourself to be right.

    Raises
    ------
    CourseError
        A malformed id, a confidence beyond 0 and 1, a value that is not plain data.
    """
    _refuse_malformed(id, confidence)
    plain_value = codec.encode(value, "prediction")
    try:
        with changing() as record:
            entry = record["predictions"].get(id, {})
            if "right" not in entry and value is not None:
                entry = {"value": plain_value, "confidence": float(confidence)}
                record["predictions"][id] = entry
    except RecordError as error:
        print(f"not kept: {error}")
        entry = {"value": plain_value, "confidence": float(confidence)}
    _show_words(id, _prediction_words(entry, plain_value), OPEN)


def _refuse_malformed(id: str, confidence: float) -> None:
    if not isinstance(id, str) or not _ID.fullmatch(id):
        raise CourseError(f'expected the name of a prediction such as "01.a", got {id!r}')
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 <= confidence <= 1:
        raise CourseError(f"expected a confidence between 0 and 1, got {confidence!r}: 0.8 means 8 times out of 10")


def _prediction_words(entry: Mapping[str, Any], wanted: Any) -> str:
    if not entry:
        return "no prediction yet: put what you expect in the place of None"
    words = f"you predict {_show_plain(entry['value'])}, {entry['confidence']:.0%} sure"
    if "right" not in entry:
        return words
    return f"{words}, as before the run" + (": it is known now, so it stays" if wanted != entry["value"] else "")


def _show_plain(plain_value: Any) -> str:
    return show(codec.decode(plain_value), 80)


def reveal(id: str, truth: Any, *, tolerance: float = 0.0, right: bool | None = None) -> None:
    """Compare a prediction with what came out, and keep both.

    Parameters
    ----------
    id
        That of `predict`.
    truth
        What came out, plain data.
    tolerance
        How far a number may be off, in its own unit.
    right
        Whether the prediction counts as right, where equality is not the question.

    Raises
    ------
    CourseError
        A malformed id, or a truth that is not plain data.
    """
    _refuse_malformed(id, 0.5)
    plain_truth = codec.encode(truth, "truth")
    try:
        with changing() as record:
            entry = record["predictions"].get(id)
            if entry is not None:
                predicted = codec.decode(entry["value"])
                entry["truth"] = plain_truth
                entry["right"] = _agrees(codec.decode(plain_truth), predicted, tolerance) if right is None else right
    except RecordError as error:
        print(f"not kept: {error}")
        entry = None
    if entry is None:
        _show_words(id, f"no prediction was written; it is {_show_plain(plain_truth)}", OPEN)
        return
    _show_words(id, _outcome_words(entry), GOOD if entry["right"] else BAD)


def _agrees(truth: Any, predicted: Any, tolerance: float) -> bool:
    if tolerance and all(type(value) in (int, float) for value in (truth, predicted)):
        return abs(truth - predicted) <= tolerance
    return find_difference(truth, predicted, Rules(numbers_mix=True)) is None


def _outcome_words(entry: Mapping[str, Any]) -> str:
    verdict = "right" if entry["right"] else "wrong"
    predicted = f"you predicted {_show_plain(entry['value'])}, {entry['confidence']:.0%} sure"
    return f"{predicted}; it is {_show_plain(entry['truth'])}: {verdict}, Brier {brier(entry):.2f} (0 is best)"


def brier(entry: Mapping[str, Any]) -> float:
    """Return the Brier score of one revealed prediction.

    >>> round(brier({"confidence": 0.8, "right": True}), 3)
    0.04
    """
    return (entry["confidence"] - entry["right"]) ** 2


def calibrate(predictions: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return how well confidence and outcome agree over all revealed predictions.

    Returns
    -------
    dict
        ``written`` and ``revealed`` (counts), ``brier``, ``confidence`` and ``right`` (means; None without revealed
        ones), and ``bins``: from, to, n, confidence, right of those that hold any.

    Examples
    --------
    >>> found = calibrate({"01.a": {"confidence": 0.9, "right": True}, "01.b": {"confidence": 0.7}})
    >>> found["written"], found["revealed"], round(found["brier"], 3)
    (2, 1, 0.01)
    """
    revealed = [entry for entry in predictions.values() if "right" in entry]
    bins = [
        {"from": low, "to": high, "n": len(inside), **_means(inside)}
        for low, high in zip(BIN_EDGES, BIN_EDGES[1:], strict=False)
        if (inside := [entry for entry in revealed if low <= entry["confidence"] < high + (high == 1.0)])
    ]
    score = sum(map(brier, revealed)) / len(revealed) if revealed else None
    return {
        "written": len(predictions),
        "revealed": len(revealed),
        "brier": score,
        **_means(revealed),
        "bins": bins,
    }


def _means(entries: Sequence[Mapping[str, Any]]) -> dict[str, float | None]:
    n = len(entries)
    return {key: sum(entry[key] for entry in entries) / n if n else None for key in ("confidence", "right")}


def _show_words(id: str, words: str, colour: str) -> None:
    html = box(f"{element('strong', plain(id))} {plain(words)}", f"Prediction {id}: {words}", colour)
    show_view(View(f"{id}  {words}", html))
