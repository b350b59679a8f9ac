"""Which stage broke first."""

import pytest

from course_lib.rag import Rag
from course_lib.rag.tracing import FAULTS, locate_fault, make_trace
from course_lib.retrieval import Index, TextDocument

from ..scripted import RuleModel, WordEmbedder

GOLD = {"document": "d1", "access": "staff", "text": "The lamp costs 24 euros."}
OTHER = {"document": "d2", "access": "staff", "text": "The hub costs 80 euros."}
FINE = {
    "gold": {"document": "d1", "value": "24 euros"},
    "chunks": {"d1#0": GOLD, "d2#0": OTHER},
    "allowed": ["staff"],
    "hits": ["d1#0", "d2#0"],
    "used": ["d1#0", "d2#0"],
    "answer": "24 euros [1]",
    "cited": ["d1#0"],
}
BROKEN = {
    "not indexed": {"chunks": {"d2#0": OTHER}},
    "stale": {"chunks": {"d1#0": GOLD | {"text": "The lamp costs 20 euros."}}},
    "hidden": {"chunks": {"d1#0": GOLD | {"access": "restricted"}}},
    "not retrieved": {"hits": ["d2#0"]},
    "not packed": {"used": ["d2#0"]},
    "abstained": {"answer": "I don't know."},
    "misread": {"answer": "80 euros"},
    "miscited": {"cited": ["d2#0"]},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found(fault):
    assert locate_fault(FINE | BROKEN[fault]) == fault


def test_a_good_answer_has_none():
    assert locate_fault(FINE) == "none"


def test_the_earliest_fault_counts():
    assert locate_fault(FINE | BROKEN["misread"] | BROKEN["not packed"]) == "not packed"


class Question:
    text, answer, documents = "What does the lamp cost?", "24 euros", ("d1",)


@pytest.mark.parametrize(("text", "fault"), [("24 euros [1]", "none"), ("80 euros [1]", "misread")])
def test_a_run_gives_a_trace(text, fault):
    documents = [TextDocument("d1", "Lamp", GOLD["text"]), TextDocument("d2", "Hub", OTHER["text"])]
    index = Index.build(documents, embedder=WordEmbedder())
    [answer] = Rag(index, RuleModel(lambda prompt: text), k=2, retriever="bm25").answer([Question()])
    trace = make_trace(answer, index, Question())
    assert locate_fault(trace) == fault
    assert trace["hits"] == trace["used"] == ["d1#0", "d2#0"]
