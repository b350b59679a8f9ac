import pytest

from course_lib.grading.allowance import Allowance
from course_lib.grading.limits import Limits

LIMITS = Limits(call_s=10, exercise_s=25, submission_s=40, patience=2, grace_s=1)


def test_the_first_call_has_its_own_limit():
    deadline = Allowance(LIMITS).next(10)
    assert (deadline.cpu_s, deadline.wall_s, deadline.words) == (10, 21, "took longer than 10 s")


@pytest.mark.parametrize(("spent_s", "left_s", "words"), [(20, 5, "25 s of the exercise"), (14, 10, "than 10 s")])
def test_what_is_left_of_the_exercise_limits_a_call(spent_s, left_s, words):
    allowance = Allowance(LIMITS)
    allowance.spend(spent_s, 0)
    deadline = allowance.next(10)
    assert deadline.cpu_s == left_s
    assert words in deadline.words


def test_what_is_left_of_the_submission_limits_the_next_exercise():
    allowance = Allowance(LIMITS)
    allowance.spend(24, 0)
    allowance.begin_exercise()
    allowance.spend(12, 0)
    assert allowance.next(10).cpu_s == 4
    assert "whole submission" in allowance.next(10).words
    assert not allowance.used_up


def test_waiting_uses_up_time_too():
    allowance = Allowance(LIMITS)
    allowance.spend(0, 50)
    assert allowance.next(10).wall_s == 1
    assert "of the exercise" in allowance.next(10).wall_words
    allowance.spend(0, 31)
    assert allowance.used_up


def test_limits_grow_with_the_reference_and_stay_in_order():
    limits = Limits(call_s=10, cell_s=20, exercise_s=60, submission_s=300).for_reference(50, exercise_s=100)
    assert (limits.call_s, limits.cell_s, limits.exercise_s, limits.submission_s) == (500, 500, 1000, 1000)
    assert Limits().for_reference(0.01) == Limits()
