"""Repair: at most two calls, only where there are faults, only where the context has room."""

import json

import pytest

from course_lib.models.repairing import MOST_CALLS, ask_again, find_faults, generate_with_repair
from course_lib.prompting import user
from tests.scripted import RuleModel

KEYS = ["city", "date"]
GOOD = json.dumps({"city": "Oslo", "date": "3 May"})


@pytest.mark.parametrize(
    ("output", "faults"),
    [
        (GOOD, []),
        (json.dumps(json.loads(GOOD), indent=2), []),
        ("", ["not JSON"]),
        (f"Sure: {GOOD}", ["not JSON"]),
        (GOOD[:-1], ["not JSON"]),
        ("[" * 100_000, ["not JSON"]),
        ('["Oslo"]', ["not an object"]),
        ("null", ["not an object"]),
        ("{}", ["missing: city", "missing: date"]),
        ('{"city": null, "day": "3"}', ["missing: date", "unexpected: day", "not text: city"]),
        ('{"day": 3, "city": "Oslo", "date": "3 May"}', ["unexpected: day"]),
    ],
)
def test_all_faults_are_named(output, faults):
    assert find_faults(output, KEYS) == faults


def test_second_prompt_shows_the_answer_and_leaves_the_first_alone():
    prompt = [user("Order?")]
    longer = ask_again(prompt, "Oslo", ["not JSON", "missing: city"])
    assert prompt == [user("Order?")]
    assert [turn["role"] for turn in longer] == ["user", "assistant", "user"]
    assert "not JSON; missing: city" in longer[-1]["content"]


def test_only_faulty_answers_are_asked_for_again():
    model = RuleModel(lambda prompt: GOOD if len(prompt) > 1 or "good" in prompt[0]["content"] else "Oslo")
    completions = generate_with_repair(model, [[user("good")], [user("bad")]], KEYS, 8)
    assert [[one.text for one in both] for both in completions] == [[GOOD], ["Oslo", GOOD]]
    assert len(model.prompts) == 3


def test_a_model_that_never_learns_is_asked_twice():
    model = RuleModel(lambda prompt: "Oslo")
    completions = generate_with_repair(model, [[user("bad")]] * 3, KEYS, 8)
    assert [len(both) for both in completions] == [MOST_CALLS] * 3
    assert len(model.prompts) == 3 * MOST_CALLS


def test_a_repair_that_does_not_fit_is_not_tried():
    model = RuleModel(lambda prompt: "word " * 20, context_length=40)
    assert len(generate_with_repair(model, [[user("bad")]], KEYS, 20)[0]) == 1
