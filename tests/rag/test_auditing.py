"""Whether citations hold, and whether answers hang on them."""

import pytest

from course_lib.rag import Rag
from course_lib.rag.auditing import audit_citations, leave_one_out, measure_faithfulness
from course_lib.retrieval import Chunk, Hit

from ..scripted import RuleModel

PASSAGES = ["The hub costs 124 euros.", "The lamp costs 24 euros."]


class Question:
    text = "What does the lamp cost?"


@pytest.mark.parametrize(
    ("answer", "worth"),
    [
        ("24 euros [2]", {2: "supported"}),
        ("24 euros [1]", {1: "unsupported"}),
        ("24 euros [2, 3]", {2: "supported", 3: "no such passage"}),
        ("24 euros [0]", {0: "no such passage"}),
        ("24 euros", {}),
        ("24 euros [2](page)", {}),
    ],
)
def test_each_citation_gets_what_it_is_worth(answer, worth):
    assert audit_citations(answer, PASSAGES) == worth


def ask(rule):
    hits = tuple(
        Hit(Chunk(f"d{number}#0", f"d{number}", "", 0, len(text), text, "staff"), 1.0, number, "bm25")
        for number, text in enumerate(PASSAGES, 1)
    )
    model = RuleModel(rule)
    answers = Rag(None, model, retriever=lambda questions: [hits for _ in questions]).answer([Question()])
    return leave_one_out(answers, [Question()], model), model


def read(prompt):
    request = prompt[-1]["content"]
    passages = request.splitlines()
    place = next((line[1] for line in passages if line.endswith("lamp costs 24 euros.")), "")
    return f"24 euros [{place}]" if place else "I don't know."


def test_each_shown_passage_is_left_out_once():
    [record], model = ask(read)
    assert record == {
        "answer": "24 euros [2]",
        "cited": ["d2#0"],
        "without": {"d1#0": "24 euros [1]", "d2#0": "I don't know."},
    }
    assert len(model.prompts) == 3


def test_an_answer_that_hangs_on_its_citation_is_faithful():
    records, _ = ask(read)
    assert measure_faithfulness(records) == {"faithful": 1.0, "hidden": 0.0}


def test_an_answer_that_never_changes_hangs_on_nothing():
    records, _ = ask(lambda prompt: "24 euros [1]")
    assert measure_faithfulness(records) == {"faithful": 0.0, "hidden": 0.0}


def test_shares_of_nothing_are_none():
    assert measure_faithfulness([]) == {"faithful": None, "hidden": None}
    record = {"answer": "Rome", "cited": [], "without": {"a": "Oslo"}}
    assert measure_faithfulness([record]) == {"faithful": None, "hidden": 1.0}
