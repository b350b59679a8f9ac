import math

import numpy as np
import pytest

from course_lib.errors import CourseError
from course_lib.statistics import Interval, contrast_interval
from course_lib.statistics import resampling as engine


def first(means):
    return means[0]


def test_the_same_seed_gives_the_same_interval_and_another_seed_another():
    scores = np.random.default_rng(0).random(60)
    assert contrast_interval([scores], first, seed=1) == contrast_interval([scores], first, seed=1)
    assert contrast_interval([scores], first, seed=1) != contrast_interval([scores], first, seed=2)


def test_the_interval_equals_one_from_a_plain_loop():
    scores = np.random.default_rng(3).random(40)
    rng = np.random.default_rng(5)
    means = [scores[rng.integers(40, size=40)].mean() for _ in range(4000)]
    interval = contrast_interval([scores], first, n_resamples=4000)
    assert interval.value == pytest.approx(scores.mean())
    assert (interval.low, interval.high) == pytest.approx(np.quantile(means, [0.025, 0.975]), abs=0.01)


def test_large_samples_are_resampled_in_blocks_that_hold_all_resamples(monkeypatch):
    monkeypatch.setattr(engine, "_BLOCK", 100)
    totals = engine._resample(np.ones((1, 30)), n_resamples=11, seed=0)
    assert totals.tolist() == [[30.0] * 11]


def test_weight_zero_leaves_a_question_out():
    interval = contrast_interval([[1, 0, 1, 0, 9]], first, weights=[[1, 1, 1, 1, 0]])
    assert (interval.value, interval.n) == (0.5, 4)
    assert interval.high <= 1


def test_weights_weigh():
    assert contrast_interval([[1.0, 0.0]], first, weights=[[3, 1]]).value == 0.75


def test_a_higher_confidence_gives_a_wider_interval():
    scores = np.random.default_rng(0).random(60)
    narrow, wide = (contrast_interval([scores], first, confidence=share) for share in (0.5, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high


@pytest.mark.parametrize(
    ("columns", "settings", "message"),
    [
        ([[]], {}, "at least one question"),
        ([[1, 2], [1]], {}, "pair the arms"),
        ([[1, math.nan]], {}, "finite"),
        ([[1, 2]], {"clusters": ["a"]}, "one cluster per question"),
        ([[1, 2]], {"weights": [[0, 0]]}, "not all zero"),
        ([[1, 2]], {"weights": [[1, -1]]}, "weights must be"),
        ([[1, 2]], {"weights": [[1, 1, 1]]}, "shape"),
    ],
)
def test_what_cannot_be_resampled_is_refused(columns, settings, message):
    with pytest.raises(CourseError, match=message):
        contrast_interval(columns, first, **settings)


@pytest.mark.parametrize(("low", "high", "sign"), [(0.1, 0.2, 1), (-0.2, -0.1, -1), (-0.1, 0.1, 0), (0.0, 0.1, 0)])
def test_the_sign_is_known_only_when_the_interval_leaves_zero_out(low, high, sign):
    assert Interval(0.1, low, high, 10).sign == sign


def test_infinite_ends_are_null_in_json():
    assert Interval(0.5, -math.inf, math.inf, 3).as_dict() == {"value": 0.5, "low": None, "high": None, "n": 3}
