"""Checks of lesson 01: compare two systems on the same questions, plan how many there should be."""

from random import Random

import numpy as np

from course_lib.checks import Exercise, Rules, expect_close, expect_same, expect_true
from course_lib.statistics import minimum_n

MIXED = Rules(numbers_mix=True, tolerance=1e-9)
BAND = 0.12  # of the number of items: formulas and simulations differ by a few in a hundred

ex_01_3 = Exercise(
    "ex_01_3",
    "compare two systems by a paired bootstrap",
    points=3,
    minutes=10,
    pattern="G2 G7",
    hints=(
        "In each resample, which questions does system A answer, and which does system B?",
        "Subtract first: one difference a question. Then take their mean at the positions of each resample.",
        "means = [np.mean(differences[positions]) for positions in resamples]; np.percentile(means, [2.5, 97.5]).",
    ),
)


def draw_pair(rng: Random) -> tuple[list[int], list[int], list[list[int]]]:
    """Return scores of two systems on the same questions, and resamples of the positions."""
    n = rng.randint(30, 36)
    a = [int(rng.random() < 0.7) for _ in range(n)]
    b = [score if rng.random() < 0.6 else int(rng.random() < 0.3) for score in a]
    return a, b, [[rng.randrange(n) for _ in range(n)] for _ in range(100)]


def pair_reference(a: list[int], b: list[int], resamples: list[list[int]]) -> list[float]:
    """Return the difference of the means, and the ends of its 95 % interval."""
    differences = np.subtract(a, b)
    means = [differences[positions].mean() for positions in resamples]
    return [float(differences.mean()), *map(float, np.percentile(means, [2.5, 97.5]))]


@ex_01_3.check
def difference_first(paired_difference):
    """the first number is mean(a) - mean(b)"""
    expected = 0.25
    args = ([1, 1, 0, 1], [1, 0, 0, 1], [[0, 1, 2, 3], [1, 1, 2, 3]])
    words = "this is mean(b) - mean(a): above zero should mean that a is better"
    expect_true(
        paired_difference,
        args,
        holds=lambda got: len(got) == 3 and abs(got[0] - expected) < 1e-9,
        says="[0.25, low, high]",
        help=words if _first(paired_difference, args) == -expected else "",
    )


def _first(handle, args):
    """Return the first number that an answer gives, None where there is none."""
    try:
        return float(handle(*args)[0])
    except (TypeError, ValueError, IndexError):
        return None


@ex_01_3.check(after=difference_first)
def same_questions_for_both(paired_difference, cases):
    """low and high are the 2.5th and the 97.5th percentile of the resampled differences"""
    for a, b, resamples in cases.draw(draw_pair, n=4):
        expect_close(
            paired_difference,
            (a, b, resamples),
            expected=pair_reference(a, b, resamples),
            tolerance=1e-9,
            help_if=_explain_pair(a, b, resamples),
            help="which positions does each mean take? Only those of the resample that you are given",
        )


def _explain_pair(a: list[int], b: list[int], resamples: list[list[int]]):
    """Return a function that names the mistake behind wrong ends of an interval."""
    a, b = np.asarray(a), np.asarray(b)
    means = [(a - b)[positions].mean() for positions in resamples]
    shuffled = [a[these].mean() - b[those].mean() for these, those in zip(resamples, resamples[::-1], strict=True)]
    half = 1.96 * np.std(a - b) / np.sqrt(len(a))
    famous = (
        (np.percentile(means, [5, 95]), "these ends hold 90 % of the resamples: 95 % leaves 2.5 % on each side"),
        ([min(means), max(means)], "these are the extremes of all resamples: 2.5 % of them lie beyond each end"),
        (np.percentile(shuffled, [2.5, 97.5]), "a and b must answer the same questions in each resample"),
        ([np.mean(a - b) - half, np.mean(a - b) + half], "this is the formula for a bell curve: use the resamples"),
    )

    def explain(got: list) -> str | None:
        return next((words for ends, words in famous if np.allclose(got[1:], ends, atol=1e-9)), None)

    return explain


@ex_01_3.check(after=same_questions_for_both)
def swapping_turns_the_sign(paired_difference, cases):
    """swapping the systems turns the sign and nothing else"""
    for a, b, resamples in cases.draw(draw_pair, n=2):
        expect_same(
            paired_difference,
            (a, b, resamples),
            (b, a, resamples),
            rules=MIXED,
            why="b - a is a - b with the other sign, and so are its ends",
            change=lambda got: [float(-end) for end in (got[0], got[2], got[1])],
        )


ex_01_4 = Exercise(
    "ex_01_4",
    "plan the number of items",
    points=2,
    level="stretch",
    minutes=9,
    pattern="G2 G8",
    hints=(
        "Only questions on which the two systems differ say anything; the rest is silence that makes n larger.",
        "The gap has to be 2.8 standard errors wide; a standard error is sqrt((differ - gap ** 2) / n). Solve for n.",
        "differ = only_a + only_b; gap = abs(only_a - only_b); n = ceil(2.8 ** 2 * (differ - gap ** 2) / gap ** 2).",
    ),
)


def draw_shares(rng: Random) -> tuple[float, float]:
    """Return the shares of questions that one system alone gets right."""
    low, gap = rng.randint(2, 12) / 100, rng.randint(3, 8) / 100
    shares = (round(low, 2), round(low + gap, 2))
    return shares if rng.random() < 0.5 else shares[::-1]


def plan_reference(only_a: float, only_b: float) -> int:
    """Return the smallest n, by Connor's formula."""
    return minimum_n(only_a, only_b, discordant=only_a + only_b)


def expect_enough(handle, only_a: float, only_b: float) -> None:
    """Say no unless the number of items is near the reference."""
    n = plan_reference(only_a, only_b)
    low, high = int(n * (1 - BAND)), int(n * (1 + BAND)) + 1
    gap, differ = abs(only_a - only_b), only_a + only_b
    expect_true(
        handle,
        (only_a, only_b),
        holds=lambda got: type(got) is int and low <= got <= high,
        says=f"a whole number from {low} to {high}",
        help=_explain_plan(_first_number(handle, only_a, only_b), gap, differ),
    )


def _first_number(handle, only_a: float, only_b: float) -> float:
    """Return what an answer gives as a number, 0 where it gives none."""
    try:
        return float(handle(only_a, only_b))
    except (TypeError, ValueError):
        return 0.0


def _explain_plan(got: float, gap: float, differ: float) -> str:
    """Return the words for a famous wrong number of items."""
    famous = (
        (2.8**2 * differ / gap, "the gap counts squared: half the gap needs four times the items"),
        (2.8**2 * (differ - gap**2) / gap, "the gap counts squared: half the gap needs four times the items"),
        (
            1.96**2 * (differ - gap**2) / gap**2,
            "with 1.96 the gap is found every second time: 1.96 + 0.84 makes it 80 %",
        ),
        (2.8**2 * 2 * 0.25 / gap**2, "this is for two systems with questions of their own: here both answer the same"),
    )
    return next((words for value, words in famous if abs(got - value) <= max(1, 0.03 * value)), "")


@ex_01_4.check
def seventy_and_seventy_six(smallest_n):
    """0.70 against 0.76, where the systems differ on one question in ten"""
    expect_enough(smallest_n, 0.02, 0.08)


@ex_01_4.check(after=seventy_and_seventy_six)
def other_shares(smallest_n, cases):
    """other shares"""
    for only_a, only_b in cases.draw(draw_shares, n=4):
        expect_enough(smallest_n, only_a, only_b)


@ex_01_4.check(after=seventy_and_seventy_six)
def either_may_be_better(smallest_n, cases):
    """which of the two is better does not count"""
    for only_a, only_b in cases.draw(draw_shares, n=2):
        expect_same(smallest_n, (only_a, only_b), (only_b, only_a), why="a gap is as wide from either side")
