from types import SimpleNamespace

import pytest

from course_lib.evaluation import Answer, judge
from course_lib.text import ABSTAIN


def ask(answer, rejected=()):
    return SimpleNamespace(answer=answer, rejected=rejected)


PRICE = ask("24 euros", ("19 euros",))
UNANSWERABLE = ask(None, ("19 euros",))


@pytest.mark.parametrize("text", ["24 euros", "It costs **24 Euros** [1].", "The price: 24 euros, no more."])
def test_the_gold_value_in_a_sentence_is_right(text):
    assert judge(PRICE, Answer(text)) == "right"


@pytest.mark.parametrize("text", ["19 euros", "It is 24 euros, or 19 euros.", "124 euros", "24", "yes", "24 dollars"])
def test_another_value_a_rejected_one_or_no_value_is_wrong(text):
    assert judge(PRICE, Answer(text)) == "wrong"


@pytest.mark.parametrize("question", [PRICE, UNANSWERABLE])
@pytest.mark.parametrize("text", [ABSTAIN, "The documents do not say whether it is 24 euros."])
def test_saying_that_it_is_unknown_is_an_abstention(question, text):
    assert judge(question, Answer(text)) == "abstained"


@pytest.mark.parametrize("text", ["", "  ", "...", "[1]"])
def test_silence_is_empty_unless_the_system_declined(text):
    assert judge(PRICE, Answer(text)) == "empty"
    assert judge(UNANSWERABLE, Answer(text)) == "empty"
    assert judge(PRICE, Answer(text, abstained=True)) == "abstained"


def test_claiming_to_abstain_does_not_excuse_an_assertion():
    assert judge(UNANSWERABLE, Answer("19 euros", abstained=True)) == "wrong"
    assert judge(PRICE, Answer("19 euros", abstained=True)) == "wrong"


def test_any_statement_on_an_unanswerable_question_is_wrong():
    assert judge(UNANSWERABLE, Answer("24 euros")) == "wrong"


def test_a_rejected_value_inside_the_gold_value_does_not_count_against_it():
    assert judge(ask("9 May 2025", ("9 May",)), Answer("on 9 May 2025")) == "right"


def test_a_citation_mark_is_no_value():
    assert judge(ask("2", ()), Answer("many [2]")) == "wrong"


def test_the_text_is_judged_and_not_the_value():
    assert judge(PRICE, Answer("19 euros", value="24 euros")) == "wrong"


def test_citations_given_as_a_list_become_a_tuple():
    assert Answer("x", citations=["d1"]) == Answer("x", citations=("d1",))
