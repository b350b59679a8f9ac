"""Checks of lesson 04: the threshold below which a system says that it does not know."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

from course_lib.checks import Exercise, expect_close, expect_true
from course_lib.rag.abstaining import choose_threshold as best_threshold
from course_lib.rag.abstaining import measure_threshold

ex_04_6 = Exercise(
    "ex_04_6",
    "choose the threshold of silence",
    points=3,
    minutes=15,
    pattern="G1 G8",
    hints=(
        "How does the share of wrong answers move when the threshold rises by one score? And the share of answers?",
        "Try every score as a threshold, from the lowest up, and return the first that keeps the wrong answers among "
        "all questions within the cap; infinity if none does.",
        "for t in sorted(set(scores)): n = sum(s >= t and not ok for s, ok in zip(scores, right)); "
        "if n / len(scores) <= cap: return t",
    ),
)


def draw_scored(rng: Random, n: int = 9) -> tuple[list[float], list[bool], float]:
    """Return scores in tenths, hence with ties, whether each answer is right, and a cap."""
    scores = [rng.randint(1, 9) / 10 for _ in range(n)]
    right = [rng.random() < score or score == max(scores) for score in scores]
    right[scores.index(min(scores))] = False
    return scores, right, rng.choice([0.1, 0.15, 0.2, 0.25])


def _answered(scores: Sequence[float], threshold: float) -> list[bool]:
    return [score >= threshold for score in scores]


@ex_04_6.check
def keeps_the_cap(choose_threshold, cases):
    """wrong answers stay within the cap, counted among all questions"""
    for scores, right, cap in cases.draw(draw_scored, n=4):
        expect_true(
            choose_threshold,
            (scores, right, cap),
            holds=lambda t, s=scores, r=right, c=cap: measure_threshold(s, r, t)["invention"] <= c,
            says=f"a threshold t with at most {cap:.0%} of all {len(scores)} questions answered wrongly at score >= t",
            help="questions at the threshold itself are answered: score >= t",
        )


@ex_04_6.check(after=keeps_the_cap)
def is_no_more_silent_than_needed(choose_threshold, cases):
    """answers as many questions as the cap allows"""
    for scores, right, cap in cases.draw(draw_scored, n=4):
        best = best_threshold(scores, right, cap)
        expect_true(
            choose_threshold,
            (scores, right, cap),
            holds=lambda t, s=scores, b=best: _answered(s, t) == _answered(s, b) and t in (*s, math.inf),
            says=f"one of the scores, with which {sum(_answered(scores, best))} of the {len(scores)} are answered",
            help="take the lowest threshold that keeps the cap, and count wrong answers among all questions, not only "
            "among those answered",
        )


@ex_04_6.check(after=keeps_the_cap)
def the_cap_itself_is_allowed(choose_threshold):
    """invention may reach the cap"""
    args = ([0.9, 0.7, 0.5, 0.3], [True, False, True, False], 0.25)
    help = "at 0.5 one of the four is answered wrongly, and that is the cap itself: invention <= cap, a share of all "
    help += "questions and not only among those answered"
    expect_close(choose_threshold, args, expected=0.5, tolerance=0.0, help=help)


@ex_04_6.check(after=keeps_the_cap)
def can_fall_silent(choose_threshold):
    """returns infinity where even the best-scored answer is wrong and no wrong answer is allowed"""
    args = ([0.9, 0.9, 0.4], [True, False, True], 0.0)
    help = "both answers at 0.9 are given or none is, and one of them is wrong: return math.inf"
    expect_close(choose_threshold, args, expected=float("inf"), tolerance=0.0, help=help)


@ex_04_6.check(after=is_no_more_silent_than_needed)
def holds_on_hidden_questions(choose_threshold, cases):
    """a threshold chosen on 300 questions keeps the cap, within 6 points, on 300 others"""
    rng = cases.rng("hidden questions")
    (scores, right, _), (others, outcomes, _) = (draw_scored(rng, 300) for _ in range(2))
    best = measure_threshold(others, outcomes, best_threshold(scores, right, 0.15))["coverage"]

    def holds(threshold: float) -> bool:
        found = measure_threshold(others, outcomes, threshold)
        return found["invention"] <= 0.21 and found["coverage"] >= best - 0.05

    says = f"at most 21% wrong and at least {best - 0.05:.0%} answered on the others"
    expect_true(choose_threshold, (scores, right, 0.15), holds=holds, says=says)
