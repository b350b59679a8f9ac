import pytest

from course_lib.checks.poll import CASES, LEVERS, vote
from course_lib.checks.record import read_record
from course_lib.errors import CourseError

pytestmark = pytest.mark.usefixtures("home")


def stored():
    return read_record()["predictions"]


def test_votes_are_kept_as_predictions_with_or_without_a_confidence():
    vote(prices="RAG", voice=("fine-tuning", 0.6), basics=None)
    assert stored() == {
        "00.poll_prices": {"value": "RAG", "confidence": 0.8},
        "00.poll_voice": {"value": "fine-tuning", "confidence": 0.6},
    }


def test_a_vote_may_be_changed():
    vote(prices="RAG")
    vote(prices=("prompt", 0.5))
    assert stored()["00.poll_prices"] == {"value": "prompt", "confidence": 0.5}


def test_who_has_not_voted_is_told_the_words_to_choose_from(capsys):
    vote(**dict.fromkeys(case.name for case in CASES))
    told = capsys.readouterr().out
    assert told.count("\n") == 1
    assert all(lever in told for lever in LEVERS)
    assert stored() == {}


@pytest.mark.parametrize("given", ["rag", ("RAG", 0.5, 0.5), ("maybe", 0.5), (None, 2, 3)])
def test_another_word_than_the_four_is_refused_and_nothing_is_kept(given):
    with pytest.raises(CourseError, match="expected one of RAG, fine-tuning, prompt, nothing for audit"):
        vote(prices="RAG", audit=given)
    assert stored() == {}


def test_a_confidence_in_percent_is_refused():
    with pytest.raises(CourseError, match="between 0 and 1"):
        vote(audit=("RAG", 90))


def test_an_unknown_case_is_refused_with_the_names_there_are():
    with pytest.raises(CourseError, match="no case 'price': expected prices, voice"):
        vote(price="RAG")


def test_cases_have_names_of_their_own():
    assert len({case.name for case in CASES}) == len(CASES) == 6
    assert all(case.text.endswith(".") for case in CASES)
