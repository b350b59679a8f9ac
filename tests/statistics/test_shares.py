import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from course_lib.errors import CourseError
from course_lib.statistics import minimum_n, paired_bootstrap_difference, wilson_interval


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_equals_scipy(counts):
    n_right, n = counts
    expected = binomtest(n_right, n).proportion_ci(method="wilson")
    interval = wilson_interval(n_right, n)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-9)
    assert 0 <= interval.low <= interval.value <= interval.high <= 1


@pytest.mark.parametrize(("n_right", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_an_impossible_share_is_refused(n_right, n):
    with pytest.raises(CourseError, match="n_right"):
        wilson_interval(n_right, n)


def power(n, shares, discordant, n_studies=300):
    """Share of simulated studies that find the difference, with paired bootstrap intervals."""
    rng = np.random.default_rng(2)
    gap = shares[1] - shares[0]
    only_a, only_b = (discordant - gap) / 2, (discordant + gap) / 2
    both = shares[0] - only_a
    cases = rng.choice(4, p=[both, only_a, only_b, 1 - both - only_a - only_b], size=(n_studies, n))
    a, b = (cases == 0) | (cases == 1), (cases == 0) | (cases == 2)
    return np.mean([paired_bootstrap_difference(b[i], a[i], n_resamples=300).sign == 1 for i in range(n_studies)])


@pytest.mark.parametrize("discordant", [0.10, 0.396])
def test_the_number_of_questions_finds_the_difference_in_about_80_of_100_studies(discordant):
    n = minimum_n(0.70, 0.76, discordant=discordant)
    assert 0.72 <= power(n, (0.70, 0.76), discordant) <= 0.88
    assert power(n // 3, (0.70, 0.76), discordant) < 0.6


def test_arms_that_fail_independently_are_the_default():
    assert minimum_n(0.70, 0.76) == minimum_n(0.70, 0.76, discordant=0.70 * 0.24 + 0.76 * 0.30)


def test_smaller_gaps_and_more_power_need_more_questions():
    assert minimum_n(0.70, 0.73) > minimum_n(0.70, 0.76) > minimum_n(0.70, 0.90)
    assert minimum_n(0.70, 0.76, power=0.9) > minimum_n(0.70, 0.76) == minimum_n(0.76, 0.70)


@pytest.mark.parametrize(("a", "b", "discordant"), [(0.7, 0.7, None), (0.7, 0.8, 0.05), (0.7, 0.8, 1.2)])
def test_equal_shares_and_impossible_discordance_are_refused(a, b, discordant):
    with pytest.raises(CourseError, match="cannot be told apart"):
        minimum_n(a, b, discordant=discordant)
