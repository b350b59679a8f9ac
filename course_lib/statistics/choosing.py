"""How often a test set of n questions picks the wrong one of several systems (experiment E41)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from course_lib.errors import CourseError

SIZES = (5, 20, 100, 300)
"""Numbers of questions that E41 tries."""


@dataclass(frozen=True)
class BlindChoice:
    """What comes of choosing by a test set of one size.

    Parameters
    ----------
    n_questions
        In the test set.
    wrong
        P(wrong pick): the share of test sets that pick another system than the best, in [0, 1].
    regret
        Mean accuracy that the picks lose against the best system, >= 0.
    """

    n_questions: int
    wrong: float
    regret: float


def choose_blindly(
    scores: Mapping[str, Sequence[float] | np.ndarray], n_questions: int, *, n_resamples: int = 2000, seed: int = 0
) -> BlindChoice:
    """Return how often the system with the most points on a small test set is not the best one.

    All questions at hand stand for the truth: the best system is the one with the highest mean over them. Each test set
    is drawn from them with replacement, the same questions for all systems. Systems that tie on a test set are picked
    with equal chance; systems that tie over all questions are all best.

    Parameters
    ----------
    scores
        Name of a system -> its score on each question, shape (n,); at least two systems, questions in one order.
    n_questions
        Size of each test set.
    n_resamples
        Number of test sets.
    seed
        Of the draws.

    Raises
    ------
    CourseError
        Fewer than two systems, columns of different lengths, or a size below one.

    Examples
    --------
    >>> choose_blindly({"A": [1, 1, 1, 0], "B": [0, 0, 0, 0]}, n_questions=20).wrong
    0.0
    """
    table = _stack(scores)
    if n_questions < 1:
        raise CourseError(f"a test set has at least 1 question, got {n_questions}")
    drawn = np.random.default_rng(seed).integers(table.shape[1], size=(n_resamples, n_questions))
    points = table[:, drawn].sum(axis=2)  # (n_systems, n_resamples)
    # sums of the same scores in another order may differ in their last digit
    picked = np.isclose(points, points.max(axis=0), rtol=0, atol=1e-9)
    chance = picked / picked.sum(axis=0)
    lost = table.mean(axis=1).max() - table.mean(axis=1)  # (n_systems,)
    return BlindChoice(n_questions, float(chance[lost > 1e-12].sum() / n_resamples), float((lost @ chance).mean()))


def choose_by_size(
    scores: Mapping[str, Sequence[float] | np.ndarray],
    sizes: Sequence[int] = SIZES,
    *,
    n_resamples: int = 2000,
    seed: int = 0,
) -> list[BlindChoice]:
    """Return `choose_blindly` for each size of the test set."""
    return [choose_blindly(scores, size, n_resamples=n_resamples, seed=seed) for size in sizes]


def enough_questions(choices: Sequence[BlindChoice], risk: float = 0.05) -> int | None:
    """Return the smallest size from which on P(wrong pick) stays within ``risk``; None if no size is large enough.

    >>> enough_questions([BlindChoice(5, 0.3, 0.02), BlindChoice(20, 0.04, 0.01), BlindChoice(100, 0.0, 0.0)])
    20
    """
    enough = None
    for choice in sorted(choices, key=lambda choice: -choice.n_questions):
        if choice.wrong > risk:
            break
        enough = choice.n_questions
    return enough


def _stack(scores: Mapping[str, Sequence[float] | np.ndarray]) -> np.ndarray:
    """Return the scores as an array of shape (n_systems, n)."""
    lengths = {name: len(column) for name, column in scores.items()}
    if len(scores) < 2 or len(set(lengths.values())) != 1 or 0 in lengths.values():
        raise CourseError(
            f"expected two or more systems with one score for each question, got {lengths}: put the same questions to "
            "all of them, in one order"
        )
    return np.array([np.asarray(column, dtype=float) for column in scores.values()])
