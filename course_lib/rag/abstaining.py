"""Silence by rule: answer only when the best passage scores well enough."""

from __future__ import annotations

import math
from collections.abc import Sequence


def choose_threshold(scores: Sequence[float], right: Sequence[bool], cap: float) -> float:
    """Return the lowest threshold that keeps invention within a cap.

    An answer is given where ``score >= threshold``; elsewhere the system says that it does not know.

    Parameters
    ----------
    scores
        Score of the best passage of each question.
    right
        Whether the answer would be right.
    cap
        Largest share of all questions that may get a wrong answer, in [0, 1].

    Returns
    -------
    float
        One of the scores, or infinity where not even the best-scored answers may be given.

    Examples
    --------
    >>> choose_threshold([0.9, 0.7, 0.5, 0.3], [True, True, False, False], cap=0.25)
    0.5
    """
    allowed = [at for at in sorted(set(scores)) if measure_threshold(scores, right, at)["invention"] <= cap]
    return allowed[0] if allowed else math.inf


def measure_threshold(scores: Sequence[float], right: Sequence[bool], threshold: float) -> dict[str, float]:
    """Return what a threshold gives: ``coverage``, share of questions answered; ``invention``, answered wrongly / N.

    >>> measure_threshold([0.9, 0.7, 0.5, 0.3], [True, True, False, False], 0.5)
    {'coverage': 0.75, 'invention': 0.25}
    """
    given = [ok for score, ok in zip(scores, right, strict=True) if score >= threshold]
    return {"coverage": len(given) / len(scores), "invention": given.count(False) / len(scores)}
