"""The threshold below which a system is silent."""

import math

from course_lib.rag.abstaining import choose_threshold, measure_threshold

SCORES, RIGHT = [0.9, 0.7, 0.5, 0.3], [True, False, True, False]


def test_a_threshold_is_the_lowest_that_keeps_the_cap():
    assert choose_threshold(SCORES, RIGHT, cap=0.25) == 0.5
    assert choose_threshold(SCORES, RIGHT, cap=0.5) == 0.3
    assert choose_threshold(SCORES, RIGHT, cap=0.0) == 0.9


def test_equal_scores_are_answered_together():
    assert choose_threshold([0.9, 0.9, 0.4], [True, False, True], cap=0.0) == math.inf
    assert measure_threshold([0.9, 0.9, 0.4], [True, False, True], 0.9)["coverage"] == 2 / 3


def test_invention_is_a_share_of_all_questions():
    assert measure_threshold(SCORES, RIGHT, 0.7) == {"coverage": 0.5, "invention": 0.25}
    assert measure_threshold(SCORES, RIGHT, math.inf) == {"coverage": 0.0, "invention": 0.0}
