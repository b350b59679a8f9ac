"""Constrained decoding: the form holds whatever the model would rather say, and the batch makes no difference."""

import json
import re

import numpy as np
import pytest

from course_lib.errors import CourseError
from course_lib.models.constraints import (
    allow_texts,
    choose_from,
    end_token,
    follow_pattern,
    follow_schema,
    object_schema,
)

LABELS = ["billing", "bills", "returns"]
KEYS = ["city", "date"]


def test_only_beginnings_of_the_texts_may_go_on():
    constraint = allow_texts([[5, 6], [5, 7], [8]], end_id=1)
    assert [constraint(written) for written in ([], [5], [5, 7], [8])] == [[5, 8], [6, 7], [1], [1]]


def test_a_text_that_begins_another_one_may_end_or_go_on():
    assert allow_texts([[5], [5, 6]], end_id=1)([5]) == [1, 6]


def test_nothing_may_follow_what_begins_no_text():
    assert allow_texts([[5, 6]], end_id=1)([9]) == []


def test_each_answer_is_one_of_the_texts_and_ends_by_itself(tiny_model, prompts):
    free = tiny_model.generate(prompts, max_new_tokens=12)
    bound = tiny_model.generate(prompts, max_new_tokens=12, constraint=choose_from(tiny_model, LABELS))
    assert not {completion.text for completion in free} & set(LABELS)
    assert {completion.text for completion in bound} <= set(LABELS)
    assert {completion.finish for completion in bound} == {"stop"}


def test_a_constraint_gives_the_same_answers_alone_and_in_a_batch(tiny_model, prompts):
    constraint = follow_pattern(tiny_model, "[a-m ]{3,9}[0-9]")
    together = tiny_model.generate(prompts, max_new_tokens=24, constraint=constraint)
    alone = [tiny_model.generate([prompt], max_new_tokens=24, constraint=constraint)[0] for prompt in prompts]
    assert [completion.text for completion in together] == [completion.text for completion in alone]


def test_the_best_allowed_token_wins(tiny_model, prompts):
    best = tiny_model.generate(prompts[:1], max_new_tokens=12, constraint=choose_from(tiny_model, LABELS))[0].text
    first = [tiny_model.encode_answer(label)[0] for label in LABELS]
    scores = tiny_model.log_probabilities([prompts[0]] * 3, [tiny_model.tokenizer.decode([token]) for token in first])
    assert tiny_model.encode_answer(best)[0] == first[int(np.argmax(scores))]


def test_json_has_the_keys_of_the_schema_in_its_order(tiny_model, prompts):
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string", "maxLength": 6}, "n": {"type": "integer", "maximum": 99}},
        "required": ["city", "n"],
        "additionalProperties": False,
    }
    completions = tiny_model.generate(prompts, max_new_tokens=60, constraint=follow_schema(tiny_model, schema))
    finished = [completion.text for completion in completions if completion.finish == "stop"]
    assert finished
    assert all(list(json.loads(text)) == ["city", "n"] for text in finished)
    assert all(text.startswith('{"city": "') for text in finished)


def test_schema_of_an_object_names_each_key_once():
    schema = object_schema(KEYS)
    assert list(schema["properties"]) == schema["required"] == KEYS
    assert schema["additionalProperties"] is False


def test_a_pattern_is_matched_as_a_whole(tiny_model, prompts):
    completions = tiny_model.generate(
        prompts, max_new_tokens=40, constraint=follow_pattern(tiny_model, "Hi [a-z]{1,8}!")
    )
    assert all(re.fullmatch("Hi [a-z]{1,8}!", completion.text) for completion in completions)


def test_a_cut_answer_says_so(tiny_model, prompts):
    completion = tiny_model.generate(prompts[:1], max_new_tokens=2, constraint=follow_pattern(tiny_model, "[a-c]{40}"))[
        0
    ]
    assert completion.finish == "length"


def test_without_a_constraint_nothing_changes(tiny_model, prompts):
    everything = list(range(len(tiny_model.tokenizer)))
    free = tiny_model.generate(prompts, max_new_tokens=12)
    bound = tiny_model.generate(prompts, max_new_tokens=12, constraint=lambda written: everything)
    assert [completion.text for completion in free] == [completion.text for completion in bound]


def test_a_constraint_that_allows_nothing_is_named(tiny_model, prompts):
    with pytest.raises(CourseError, match="allows no token"):
        tiny_model.generate(prompts[:1], constraint=lambda written: [])


@pytest.mark.parametrize("texts", [[], ["billing", " "]])
def test_labels_without_text_are_refused(tiny_model, texts):
    with pytest.raises(CourseError, match="at least one text"):
        choose_from(tiny_model, texts)


@pytest.mark.parametrize(
    ("make", "form"), [(follow_schema, {"type": "nonsense"}), (follow_pattern, "(unclosed"), (follow_pattern, "(?=a)b")]
)
def test_a_form_that_is_none_is_refused_with_a_sentence(tiny_model, make, form):
    with pytest.raises(CourseError, match="that decoding can follow"):
        make(tiny_model, form)


def test_end_token_ends_an_answer(tiny_model):
    assert tiny_model.tokenizer.decode([end_token(tiny_model)]) == "<|end|>"
