import json
import math

import pytest

from course_lib.experiments.base import Finding, Result, judge, row
from course_lib.statistics import Interval

UP, DOWN, OPEN = Interval(0.3, 0.1, 0.5, 9), Interval(-0.3, -0.5, -0.1, 9), Interval(0.1, -0.2, 0.4, 9)
NONE = Interval(0.0, -0.02, 0.02, 9)


def result(seed, **findings):
    """Return the result of a seed: name of a finding -> (interval, predicted sign)."""
    found = tuple(Finding(name, interval, sign, 0.05) for name, (interval, sign) in findings.items())
    return Result("E00", seed, (), found)


@pytest.mark.parametrize(
    ("interval", "margin", "sign"),
    [
        (UP, 0.0, "+"),
        (DOWN, 0.0, "-"),
        (OPEN, 0.0, "?"),
        (NONE, 0.05, "0"),
        (NONE, 0.0, "?"),
        (UP, 0.1, "?"),
        (UP, 0.6, "0"),
        (Interval(0.3, 0.1, math.inf, 9), 0.0, "+"),
    ],
)
def test_the_sign_is_what_the_interval_allows(interval, margin, sign):
    assert Finding("x", interval, "+", margin).sign == sign


def test_all_findings_of_all_seeds_as_predicted_are_support():
    assert judge([result(seed, a=(UP, "+"), b=(DOWN, "-"), c=(NONE, "0")) for seed in range(3)]) == "supported"


def test_one_finding_against_its_prediction_for_every_seed_refutes():
    assert judge([result(seed, a=(UP, "+"), b=(DOWN, "+")) for seed in range(3)]) == "refuted"
    assert judge([result(seed, a=(UP, "0")) for seed in range(3)]) == "refuted"


@pytest.mark.parametrize(
    "results",
    [
        [result(0, a=(UP, "+")), result(1, a=(UP, "+")), result(2, a=(DOWN, "+"))],
        [result(0, a=(DOWN, "+")), result(1, a=(DOWN, "+")), result(2, a=(OPEN, "+"))],
        [result(0, a=(OPEN, "+")), result(1, a=(OPEN, "+"))],
        [result(0, a=(UP, "+")), result(1, a=(OPEN, "+"))],
        [result(0, a=(UP, "+")), result(1)],
        [result(0, a=(UP, "+"), b=(DOWN, "+")), result(1, a=(UP, "+"))],
        [result(0), result(1)],
        [],
    ],
)
def test_seeds_that_disagree_open_intervals_and_missing_findings_depend(results):
    assert judge(results) == "depends"


def test_a_row_is_json_even_where_the_interval_is_open():
    made = row("RAG", "inkb", "accuracy", Interval(0.5, -math.inf, 0.7, 9), 3)
    assert json.loads(json.dumps(made, allow_nan=False)) == {
        "arm": "RAG", "set": "inkb", "metric": "accuracy", "value": 0.5, "low": None, "high": 0.7, "n": 9, "seed": 3
    }  # fmt: skip


def test_a_result_is_plain_data():
    assert json.loads(json.dumps(result(1, a=(UP, "+")).to_dict()))["findings"][0]["interval"]["low"] == 0.1
