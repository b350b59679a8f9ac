import pytest

from course_lib.rag.gating import names_in, trust_passages
from course_lib.world import world

QUESTION = "What does the Tarvo Lamp 220 cost?"


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Role of Kirend Sichobi?", ["Kirend", "Sichobi"]),
        ("If I want to be first at the Geaper store, when do I come?", ["Geaper"]),
        ("Thanks. Who leads it?", ["Thanks", "Who"]),
        ("where is the warehouse", ["warehouse"]),
        ("which is it", []),
    ],
)
def test_names_are_capitals_and_digits_away_from_the_start(question, names):
    assert names_in(question) == names


def test_a_passage_about_the_named_thing_is_trusted():
    assert trust_passages(QUESTION, ["Opening hours: 8 am", "The Tarvo Lamp 220 is 24 euros."])


def test_names_spread_over_passages_are_not_trusted():
    assert not trust_passages(QUESTION, ["The Tarvo hub is red.", "Bus 220 goes to the market."])


def test_without_passages_or_names_there_is_no_trust():
    assert not trust_passages(QUESTION, [])
    assert not trust_passages("which is it", ["which is it"])


def test_a_possessive_does_not_hide_a_name():
    assert trust_passages("What is Kirend Sichobi's role?", ["Kirend Sichobi: head of payroll"])


def test_sources_of_a_world_are_trusted_and_other_documents_are_not():
    company = world(3, 1)
    documents = {document.id: f"{document.title}\n{document.text}" for document in company.documents}
    questions = company.questions["inkb"][:40]
    entities = {fact.id: fact.entity for fact in company.facts}
    trusted = [trust_passages(question.text, [documents[question.documents[0]]]) for question in questions]
    strange = [
        trust_passages(
            question.text, [text for text in documents.values() if entities[question.facts[0]] not in text][:3]
        )
        for question in questions
    ]
    assert sum(trusted) >= 36
    assert sum(strange) <= 4
