"""The exercise that the tests of the checks are about: keep the k best chunks."""

import numpy as np

from course_lib.checks import Exercise, expect_equal, expect_length, expect_same

SCORES = np.array([0.1, 0.9, 0.5])
HINTS = (
    "Which numpy function gives positions instead of values?",
    "Sort once, then slice once; the sort must be stable.",
    "np.argsort sorts upward; negate the scores to sort downward.",
)

ex_03_4 = Exercise("ex_03_4", "keep the k best chunks", points=2, hints=HINTS)


def draw_scores(rng):
    """Return scores with ties, and k."""
    return np.array([rng.choice([0.1, 0.2, 0.3, 0.4]) for _ in range(rng.randint(6, 9))]), rng.randint(3, 5)


@ex_03_4.check
def returns_k_positions(top_k):
    """returns exactly k positions"""
    expect_length(top_k, args=(SCORES, 2), length=2)


@ex_03_4.check(after=returns_k_positions)
def best_score_first(top_k):
    """the best score comes first"""
    words = {(2, 1): "this is the right set, in rising order"}
    expect_equal(top_k, args=(SCORES, 2), expected=[1, 2], help_if=words)


@ex_03_4.check(after=best_score_first)
def ties_keep_document_order(top_k, cases):
    """ties keep document order"""
    for scores, k in cases.draw(draw_scores, n=3):
        expect_equal(top_k, args=(scores, k), expected=reference(scores, k))


@ex_03_4.check(after=returns_k_positions)
def scale_does_not_count(top_k, cases):
    """the scale of the scores does not count"""
    for scores, k in cases.draw(draw_scores, n=2):
        expect_same(top_k, (scores, k), (2 * scores, k), why="only the order of the scores counts")


def reference(scores, k):
    return np.argsort(-scores, kind="stable")[:k].tolist()
