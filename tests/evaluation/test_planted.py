from random import Random

import pytest

from course_lib.evaluation.planted import FAULTY, draw_records, find_asked, score_items, sound
from course_lib.text import ABSTAIN

RECORDS = [
    {"entity": "Orla Lamp", "attribute": "price", "value": "24 euros", "before": "19 euros"},
    {"entity": "Orla Lamp", "attribute": "weight", "value": "3 kg", "before": None},
    {"entity": "Senn Hub", "attribute": "price", "value": "31 euros", "before": None},
]
PRICE, WEIGHT = "What is the price of the Orla Lamp?", "What is the weight of the Orla Lamp?"
UNKNOWN = "What is the weight of the Senn Hub?"


def test_the_sound_system_answers_what_is_known_and_declines_the_rest():
    assert [sound(RECORDS, question) for question in (PRICE, WEIGHT, UNKNOWN, "Hello?")] == [
        "24 euros",
        "3 kg",
        ABSTAIN,
        ABSTAIN,
    ]


def test_what_stands_last_is_asked():
    text = "The price of the Senn Hub is fine. And the weight of the Orla Lamp?"
    assert find_asked(RECORDS, text) == ("Orla Lamp", "weight")


@pytest.mark.parametrize(
    ("fault", "question", "answer"),
    [
        ("inventor", UNKNOWN, "3 kg"),
        ("archivist", PRICE, "19 euros"),
        ("skimmer", WEIGHT, "24 euros"),
        ("yes-man", f"I heard that the weight of the Orla Lamp is 9 kg. {WEIGHT}", "9 kg"),
        ("hedger", PRICE, "24 euros or 19 euros or 31 euros"),
    ],
)
def test_each_system_has_its_fault(fault, question, answer):
    assert answer in FAULTY[fault](RECORDS, question)


@pytest.mark.parametrize(
    ("fault", "question"),
    [("inventor", PRICE), ("archivist", WEIGHT), ("skimmer", PRICE), ("yes-man", PRICE), ("hedger", WEIGHT)],
)
def test_and_no_other_fault(fault, question):
    assert FAULTY[fault](RECORDS, question) == sound(RECORDS, question)


def test_a_hedger_is_caught_by_rejected_values_only():
    item = {"question": PRICE, "gold": "24 euros", "rejected": []}
    assert score_items(FAULTY["hedger"], RECORDS, [item]) == 1
    assert score_items(FAULTY["hedger"], RECORDS, [item | {"rejected": ["31 euros"]}]) == 0


def test_declining_is_right_where_there_is_no_answer():
    item = {"question": UNKNOWN, "gold": None, "rejected": []}
    assert score_items(sound, RECORDS, [item]) == 1
    assert score_items(FAULTY["inventor"], RECORDS, [item]) == 0


@pytest.mark.parametrize("seed", range(10))
def test_records_leave_room_for_every_kind_of_item(seed):
    records = draw_records(Random(seed))
    values = [value for record in records for value in (record["value"], record["before"]) if value]
    assert len(records) == 16
    assert len(values) == len(set(values)) == 22
    shared = [sum(r["attribute"] == record["attribute"] for r in records) for record in records]
    assert sum(n > 1 for n in shared) >= 10
    for record in records:
        question = f"What is the {record['attribute']} of the {record['entity']}?"
        assert sound(records, question) == record["value"]
