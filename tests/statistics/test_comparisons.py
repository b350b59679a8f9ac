import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib.metrics import recovery
from course_lib.statistics import (
    bootstrap_interval,
    interaction_interval,
    paired_bootstrap_difference,
    recovery_interval,
    share_interval,
    wilson_interval,
)

N_WORLDS = 400
pairs = arrays(float, st.tuples(st.just(2), st.integers(2, 30)), elements=st.floats(-5, 5))


def coverage(draw, measure, truth):
    """Share of simulated studies whose interval holds the truth."""
    rng = np.random.default_rng(11)
    intervals = [measure(*draw(rng)) for _ in range(N_WORLDS)]
    return np.mean([interval.low <= truth <= interval.high for interval in intervals])


def test_intervals_of_a_mean_hold_the_truth_in_about_95_of_100_studies():
    def measure(scores):
        return bootstrap_interval(scores, n_resamples=400)

    assert 0.90 <= coverage(lambda rng: [rng.random(100) < 0.7], measure, 0.7) <= 0.98
    assert 0.90 <= coverage(lambda rng: [rng.normal(2, 3, 80)], measure, 2.0) <= 0.98


def draw_paired(rng):
    difficulty = rng.normal(size=120)
    return [difficulty + gain + rng.normal(size=120) for gain in (0.5, 0.2)]


def test_intervals_of_a_paired_difference_hold_the_truth_in_about_95_of_100_studies():
    def measure(a, b):
        return paired_bootstrap_difference(a, b, n_resamples=400)

    assert 0.90 <= coverage(draw_paired, measure, 0.3) <= 0.98


def draw_factorial(rng):
    difficulty = rng.normal(size=100)
    return [difficulty + gain + rng.normal(size=100) for gain in (1.2, 0.5, 0.3, 0.0)]


def test_intervals_of_an_interaction_hold_the_truth_in_about_95_of_100_studies():
    def measure(*arms):
        return interaction_interval(*arms, n_resamples=400)

    assert 0.90 <= coverage(draw_factorial, measure, 0.4) <= 0.98


def test_intervals_of_recovery_hold_the_truth_in_about_95_of_100_studies():
    def draw(rng):
        return [rng.random(200) < share for share in (0.5, 0.2, 0.8)]

    assert 0.90 <= coverage(draw, lambda *arms: recovery_interval(*arms, n_resamples=400), 0.5) <= 0.98


FACTS = np.repeat(np.arange(30), 5)


def draw_clustered(rng):
    return [rng.normal(size=30)[FACTS] + rng.normal(0, 0.5, FACTS.size)]


def test_questions_on_one_fact_need_clusters_for_honest_intervals():
    def by_fact(scores):
        return bootstrap_interval(scores, clusters=FACTS, n_resamples=400)

    def by_question(scores):
        return bootstrap_interval(scores, n_resamples=400)

    assert 0.89 <= coverage(draw_clustered, by_fact, 0.0) <= 0.98
    assert coverage(draw_clustered, by_question, 0.0) < 0.75


def test_clusters_of_one_question_change_nothing():
    scores = np.random.default_rng(0).random(50)
    assert bootstrap_interval(scores, clusters=[f"q{n}" for n in range(50)]) == bootstrap_interval(scores)


def test_asking_each_question_twice_does_not_narrow_a_clustered_interval():
    scores = np.random.default_rng(0).random(50)
    once, twice = bootstrap_interval(scores), bootstrap_interval(np.repeat(scores, 2), clusters=np.repeat(range(50), 2))
    assert (twice.low, twice.high) == pytest.approx((once.low, once.high))
    assert (once.n, twice.n) == (50, 100)


@settings(deadline=None)
@given(pairs)
def test_swapping_the_arms_changes_only_the_sign(arms):
    forth = paired_bootstrap_difference(arms[0], arms[1], n_resamples=200)
    back = paired_bootstrap_difference(arms[1], arms[0], n_resamples=200)
    assert (forth.value, forth.low, forth.high) == pytest.approx((-back.value, -back.high, -back.low), abs=1e-9)


@settings(deadline=None)
@given(pairs)
def test_an_arm_does_not_differ_from_itself(arms):
    interval = paired_bootstrap_difference(arms[0], arms[0], n_resamples=50)
    assert (interval.value, interval.low, interval.high) == (0, 0, 0)


def test_pairing_narrows_the_interval_of_arms_that_find_the_same_questions_hard():
    a, b = draw_paired(np.random.default_rng(0))
    paired = paired_bootstrap_difference(a, b)
    unpaired = paired_bootstrap_difference(a, np.random.default_rng(1).permutation(b))
    assert paired.high - paired.low < 0.85 * (unpaired.high - unpaired.low)


def test_the_interaction_is_the_gain_beyond_the_sum():
    interval = interaction_interval(hyb=[1, 1, 1, 1], rag=[1, 1, 0, 0], ft=[0, 0, 0, 1], base=[0, 0, 0, 0])
    assert interval.value == pytest.approx(0.25)


def test_adding_gains_without_more_has_no_interaction():
    base = np.random.default_rng(0).random(30)
    interval = interaction_interval(hyb=base + 3, rag=base + 2, ft=base + 1, base=base)
    assert (interval.value, interval.low, interval.high) == pytest.approx((0, 0, 0), abs=1e-12)


def test_recovery_equals_the_ratio_of_means():
    rng = np.random.default_rng(0)
    prompt, base, tuned = (rng.random(300) < share for share in (0.5, 0.2, 0.8))
    interval = recovery_interval(prompt, base, tuned)
    assert interval.value == pytest.approx(recovery(prompt.mean(), base.mean(), tuned.mean()))
    assert 0 < interval.low < interval.value < interval.high < 1


def test_recovery_is_unbounded_when_tuning_may_have_gained_nothing():
    rng = np.random.default_rng(0)
    interval = recovery_interval(*(rng.random(30) < 0.5 for _ in range(3)))
    assert (interval.low, interval.high) == (-math.inf, math.inf)
    assert math.isnan(recovery_interval([1, 0], [0, 1], [0, 1]).value)


@pytest.mark.parametrize("outcome", [0, 1])
def test_a_share_of_none_or_all_is_not_certain(outcome):
    interval = share_interval([outcome] * 50)
    expected = wilson_interval(50 * outcome, 50)
    assert interval == expected
    assert interval.low < interval.high


def test_a_share_of_none_is_as_sure_as_its_facts_are_many():
    assert share_interval([0] * 50, clusters=FACTS[:50]).high == pytest.approx(wilson_interval(0, 10).high)
    assert share_interval([0] * 50, weights=[1] * 10 + [0] * 40).high == pytest.approx(wilson_interval(0, 10).high)


def test_a_mixed_share_has_the_bootstrap_interval():
    outcomes = [0, 1] * 25
    assert share_interval(outcomes) == bootstrap_interval(outcomes)
