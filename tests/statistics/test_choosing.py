import numpy as np
import pytest

from course_lib.errors import CourseError
from course_lib.statistics.choosing import BlindChoice, choose_blindly, choose_by_size, enough_questions

RNG = np.random.default_rng(5)
BETTER = (RNG.random(400) < 0.70).astype(float)
WORSE = np.where(RNG.random(400) < 0.25, (RNG.random(400) < 0.5).astype(float), BETTER)


def test_few_questions_pick_the_wrong_system_often_and_many_seldom():
    choices = choose_by_size({"A": BETTER, "B": WORSE})
    wrong = [choice.wrong for choice in choices]
    assert BETTER.mean() > WORSE.mean()
    assert wrong == sorted(wrong, reverse=True)
    assert wrong[0] > 0.25
    assert wrong[-1] < 0.1


def test_one_question_is_wrong_as_often_as_the_worse_one_alone_is_right_or_a_coin_decides():
    a, b = np.array([1, 1, 0, 0, 1.0]), np.array([0, 1, 0, 1, 0.0])
    # B alone on one question of 5; a tie on two of 5
    assert choose_blindly({"A": a, "B": b}, 1, n_resamples=50_000).wrong == pytest.approx(0.2 + 0.5 * 0.4, abs=0.01)


def test_regret_is_the_chance_of_a_wrong_pick_times_the_gap_of_two_systems():
    choice = choose_blindly({"A": BETTER, "B": WORSE}, 20)
    assert choice.regret == pytest.approx(choice.wrong * (BETTER.mean() - WORSE.mean()))


def test_systems_that_are_equally_good_cannot_be_picked_wrongly():
    assert choose_blindly({"A": BETTER, "B": BETTER[::-1]}, 5).wrong == 0


def test_order_of_the_systems_does_not_count():
    one, other = choose_blindly({"A": BETTER, "B": WORSE}, 20), choose_blindly({"B": WORSE, "A": BETTER}, 20)
    assert one.wrong == pytest.approx(other.wrong)


def test_enough_is_the_size_from_which_the_risk_stays_small():
    sizes = [BlindChoice(5, 0.04, 0), BlindChoice(20, 0.2, 0), BlindChoice(100, 0.05, 0), BlindChoice(300, 0, 0)]
    assert enough_questions(sizes) == 100
    assert enough_questions(sizes[:2]) is None


@pytest.mark.parametrize("scores", [{"A": [1.0]}, {"A": [1.0], "B": [1.0, 0.0]}, {"A": [], "B": []}])
def test_scores_that_cannot_be_compared_are_refused(scores):
    with pytest.raises(CourseError, match="one score for each question"):
        choose_blindly(scores, 5)


def test_an_empty_test_set_is_refused():
    with pytest.raises(CourseError, match="at least 1 question, got 0"):
        choose_blindly({"A": BETTER, "B": WORSE}, 0)
