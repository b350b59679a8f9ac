"""The behaviour tasks: purity, sizes, targets that score, wrong outputs that do not."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from course_lib.world.names import FIRST, SECOND, SUBJECTS
from course_lib.world.relations import Relation
from course_lib.world.tasks import (
    VOICE_RULES,
    Item,
    Task,
    build_tasks,
    check_voice,
    extract,
    extract_bank,
    house_reply,
    is_right,
    is_valid,
    noise,
    score_extract,
    score_tickets,
    tickets,
    voice_bank,
)
from course_lib.world.tasks.model import SIZES, SLICES, stands_in
from course_lib.world.tasks.voice import THANKS
from course_lib.world.tasks.voice_rules import FORBIDDEN
from course_lib.world.values import VALUES
from course_lib.world.wordings import RELATIONS

SEEDS = st.integers(min_value=0, max_value=10**9)
few = settings(max_examples=8, deadline=None)


def all_items(task: Task) -> list[Item]:
    return [item for split in SIZES for item in getattr(task, split)]


# --- what holds for every seed


@few
@given(SEEDS)
def test_the_same_seed_gives_the_same_tasks(seed):
    assert build_tasks(seed) == build_tasks(seed)


def test_another_seed_gives_other_inputs():
    one, other = build_tasks(1), build_tasks(2)
    invented = {first + second for first in FIRST for second in SECOND}
    for name in one:
        both = {item.input for item in one[name].test} & {item.input for item in other[name].test}
        assert len(both) <= 0.02 * len(one[name].test)
        # only what names nothing can come back
        assert not any(invented & set(re.findall(r"\w+", text.lower())) for text in both)


def test_building_is_quick():
    start = time.process_time()
    build_tasks(5)
    assert time.process_time() - start < 0.5


@few
@given(SEEDS)
def test_splits_have_their_sizes_and_no_input_or_id_comes_twice(seed):
    for task in build_tasks(seed).values():
        assert {split: len(getattr(task, split)) for split in SIZES} == SIZES
        items = all_items(task)
        assert len({item.input.casefold() for item in items}) == len(items)
        assert len({item.id for item in items}) == len(items)


@few
@given(SEEDS)
def test_no_train_input_is_a_part_of_a_held_back_one_or_the_other_way_round(seed):
    for task in build_tasks(seed).values():
        held_back = "\0".join(item.input for item in (*task.dev, *task.test, *task.wild))
        assert not [item for item in task.train if item.input in held_back]
        train = "\0".join(item.input for item in task.train)
        assert not [item for item in (*task.dev, *task.test, *task.wild) if item.input in train]


@few
@given(SEEDS)
def test_every_target_is_valid_and_right(seed):
    for name, task in build_tasks(seed).items():
        for item in all_items(task):
            assert is_valid(name, item.target, item), item
            assert is_right(name, item.target, item), item


@few
@given(SEEDS)
def test_every_value_stands_in_its_input_even_in_the_wild(seed):
    tasks = build_tasks(seed)
    for item in all_items(tasks["extract"]):
        fields = json.loads(item.target)
        assert item.target == json.dumps(fields)
        assert all(stands_in(value, item.input) for value in fields.values()), item
    for item in all_items(tasks["voice"]):
        assert item.value
        assert stands_in(item.value, item.input.split("\nNote: ")[1]), item


@few
@given(SEEDS)
def test_the_slices_of_the_wild_are_even_and_only_the_wild_has_typos(seed):
    for task in build_tasks(seed).values():
        assert Counter(item.slice for item in task.wild) == dict.fromkeys(SLICES, 30)
        assert "typo" not in {item.slice for item in (*task.train, *task.dev, *task.test)}


@few
@given(SEEDS)
def test_clean_messages_have_the_length_that_is_promised(seed):
    tasks = build_tasks(seed)
    for name, (low, high) in {"tickets": (15, 40), "extract": (20, 40)}.items():
        task = tasks[name]
        assert all(low <= len(item.input.split()) <= high for item in (*task.train, *task.dev, *task.test))


@few
@given(SEEDS)
def test_the_six_classes_are_balanced_in_every_split(seed):
    task = build_tasks(seed)["tickets"]
    assert task.labels == ("billing", "delivery", "returns", "technical", "account", "complaint")
    for split in SIZES:
        counts = Counter(item.target for item in getattr(task, split))
        assert set(counts) == set(task.labels)
        assert max(counts.values()) - min(counts.values()) <= 1


# --- the banks


def test_every_topic_has_at_least_25_sentences_and_none_twice():
    assert set(tickets.CARRIERS) == set(tickets.ASIDES) == set(tickets.SHORTS) == set(tickets.LABELS)
    sentences = [sentence for bank in tickets.CARRIERS.values() for sentence in bank]
    assert min(map(len, tickets.CARRIERS.values())) >= 25
    assert len(set(sentences)) == len(sentences)


def test_orders_have_at_least_20_frames_with_all_five_slots():
    assert len(set(extract_bank.FRAMES)) >= 20
    for frame in (*extract_bank.FRAMES, *extract_bank.SHORT_FRAMES):
        assert all(frame.count("{" + key + "}") == 1 for key in extract.KEYS), frame


def test_orders_mention_their_fields_in_many_orders():
    orders = {tuple(re.findall(r"{(\w+)}", frame)) for frame in extract_bank.FRAMES}
    assert len(orders) >= 12


def test_voice_has_at_least_25_question_types():
    assert len(voice_bank.TYPES) >= 25
    for kind in voice_bank.TYPES:
        assert all("{e}" in question for question in (*kind.questions, kind.keyword)), kind
        assert all("{v}" in text for text in (*kind.notes, kind.statement)), kind


# --- tickets


def test_a_linear_model_does_well_on_tickets_but_not_perfectly():
    scores = [linear_accuracy(build_tasks(seed)["tickets"]) for seed in range(3)]
    assert all(0.75 <= test <= 0.98 for test, _ in scores), scores
    assert sum(test - wild for test, wild in scores) > 0, scores


def linear_accuracy(task: Task) -> tuple[float, float]:
    """Return the accuracy of TF-IDF with logistic regression on test and on wild."""
    model = make_pipeline(TfidfVectorizer(sublinear_tf=True), LogisticRegression(C=10, max_iter=1000))
    model.fit([item.input for item in task.train], [item.target for item in task.train])
    return tuple(
        model.score([item.input for item in split], [item.target for item in split]) for split in (task.test, task.wild)
    )


TICKET = Item("tickets-test-000", "Where is my parcel?", "delivery", "plain")


@pytest.mark.parametrize(
    "output",
    ["", "Delivery", "delivery.", "delivery or returns", "The topic is delivery", "delivery\nbilling"],
)
def test_an_output_that_is_no_label_is_neither_valid_nor_right(output):
    assert not is_valid("tickets", output, TICKET)
    assert not score_tickets(output, TICKET)


def test_another_label_is_valid_but_wrong_and_white_space_does_no_harm():
    assert is_valid("tickets", "billing", TICKET)
    assert not is_right("tickets", "billing", TICKET)
    assert is_right("tickets", " delivery\n", TICKET)


# --- extract

FIELDS = {"customer": "Ana Ro", "product": "Tarvo Lamp", "quantity": "2", "city": "Oslo", "date": "3 May"}
ORDER = Item("extract-test-000", "...", json.dumps(FIELDS), "plain")


@pytest.mark.parametrize(
    ("output", "n_right"),
    [
        ("", 0),
        ("Ana Ro wants 2 of the Tarvo Lamp in Oslo on 3 May", 0),
        (json.dumps(list(FIELDS.values())), 0),
        (json.dumps([FIELDS]), 0),
        ("null", 0),
        ("[" * 100_000, 0),
        (f"Here you are: {ORDER.target}", 0),
        (ORDER.target[:-1], 0),
        (ORDER.target.replace('"', "'"), 0),
        (json.dumps(FIELDS | {"quantity": 2}), 4),
        (json.dumps(FIELDS | {"note": "thanks"}), 5),
        (json.dumps({key: FIELDS[key] for key in ("customer", "city")}), 2),
        (json.dumps(FIELDS | {"city": None}), 4),
        (json.dumps({key.title(): value for key, value in FIELDS.items()}), 0),
        (ORDER.target[:-1] + ', "city": "Oslo"}', 5),
        (json.dumps({"order": FIELDS}), 0),
    ],
)
def test_an_output_without_exactly_the_five_string_fields_is_not_valid(output, n_right):
    score = score_extract(output, ORDER)
    assert (score.valid, score.n_right, score.n_fields) == (False, n_right, 5)
    assert not is_valid("extract", output, ORDER)
    assert not is_right("extract", output, ORDER)


@pytest.mark.parametrize(
    "wrong", [{"city": "Oslo "}, {"city": "oslo"}, {"quantity": "two"}, {"date": "3 May 2020"}, {"product": "Lamp"}]
)
def test_a_field_that_is_not_word_for_word_is_valid_but_wrong(wrong):
    output = json.dumps(FIELDS | wrong)
    assert score_extract(output, ORDER).n_right == 4
    assert is_valid("extract", output, ORDER)
    assert not is_right("extract", output, ORDER)


def test_the_order_of_keys_and_the_spaces_do_not_matter():
    output = json.dumps(dict(reversed(FIELDS.items())), indent=1)
    assert is_right("extract", output, ORDER)


# --- voice

QUESTION = Item("voice-test-000", "Question: When does the Oslo store open?\nNote: opens 8 am", "", "plain", "8 am")
GOOD = "Thank you for asking. The Oslo store opens at 8 am. Warmly, the Fennick team"


@pytest.mark.parametrize(
    ("output", "broken"),
    [
        (GOOD.removeprefix("Thank you for asking. "), "opening"),
        (GOOD.replace("Thank you", "Thanks"), "opening"),
        (GOOD.replace("Thank you", "thank you"), "opening"),
        (GOOD.removesuffix(" Warmly, the Fennick team"), "sign_off"),
        (GOOD + ".", "sign_off"),
        (GOOD.replace("Fennick", "fennick"), "sign_off"),
        (GOOD.replace("Warmly,", "Warmly"), "sign_off"),
        (GOOD + " Yours", "sign_off"),
        ("Thank you. Warmly, the Fennick team", "length"),
        (GOOD.replace("asking.", "asking." + " It is open." * 12), "length"),
        (GOOD.replace("The Oslo", "Unfortunately the Oslo"), "words"),
        (GOOD.replace("The Oslo", "Honestly, the Oslo"), "words"),
        (GOOD.replace("asking.", "asking!"), "exclamation"),
        (GOOD.replace("Oslo", "OSLO"), "capitals"),
        (GOOD.replace("8 am", "9 am"), "value"),
        (GOOD.replace("8 am", "18 am"), "value"),
        (GOOD.replace("8 am", "eight"), "value"),
    ],
)
def test_a_reply_that_breaks_a_rule_is_refused(output, broken):
    assert not check_voice(output, QUESTION)[broken]
    assert not is_valid("voice", output, QUESTION)
    assert not is_right("voice", output, QUESTION)


def test_a_good_reply_keeps_every_rule_whatever_its_wording():
    assert set(check_voice(GOOD, QUESTION)) == set(VOICE_RULES)
    assert is_right("voice", GOOD, QUESTION)
    assert is_right("voice", "Thank you, customer. From 8 am on we are here.\nWarmly, the Fennick team\n", QUESTION)


def test_capitals_of_the_input_may_be_used():
    item = Item("", "Question: When does the OSLO store open?\nNote: opens 8 am", "", "plain", "8 am")
    assert is_valid("voice", GOOD.replace("Oslo", "OSLO"), item)


def test_every_rule_says_what_it_asks_in_one_sentence():
    assert all(rule.says.endswith(".") and len(rule.says) > 20 for rule in VOICE_RULES.values())


@pytest.mark.parametrize("relation", RELATIONS.values(), ids=lambda relation: relation.name)
def test_every_statement_of_the_world_fits_into_a_valid_reply(relation: Relation):
    rng = Random(relation.name)
    for template in (*relation.statements, *relation.heldout_statements):
        for _ in range(5):
            value = VALUES[relation.value](rng)
            reply = house_reply(relation.state(SUBJECTS[relation.subject](rng), value, template), rng)
            assert is_valid("voice", reply, Item("", "", "", "plain", value)), reply


def test_the_house_reply_varies_the_thanks_and_nothing_else():
    replies = {house_reply("It opens at 8 am.", Random(i)) for i in range(60)}
    assert replies == {f"{thanks} It opens at 8 am. Warmly, the Fennick team" for thanks in THANKS}


@pytest.mark.parametrize("statement", ["It is cheap.", "It is open. " * 12, "It is CLOSED today."])
def test_a_statement_that_no_valid_reply_can_hold_is_refused(statement):
    with pytest.raises(ValueError, match="rules broken"):
        house_reply(statement, Random(0))


def test_the_instructions_name_every_label_key_and_forbidden_word():
    tasks = build_tasks(0)
    assert all(label in tasks["tickets"].instruction for label in tickets.LABELS)
    assert all(f'"{key}"' in tasks["extract"].instruction for key in extract.KEYS)
    assert all(word in tasks["voice"].instruction for word in FORBIDDEN)
    assert not any(word in task.request for task in tasks.values() for word in ("JSON", "billing", "Warmly"))


# --- noise


@few
@given(SEEDS, st.sampled_from(SLICES))
def test_noise_never_touches_a_protected_value(seed, slice_name):
    text = "Could you please bring 12 units of the Tarvo Lamp 240 to Oslo on 3 May, because you are near?"
    values = ["12", "Tarvo Lamp 240", "Oslo", "3 May"]
    rough = noise.roughen(text, Random(seed), values, slice_name)
    assert all(value in rough for value in values)


def test_typos_change_words_but_no_digits():
    rough = noise.add_typos("Please deliver order 12345 before Monday", Random(0), rate=1.0)
    assert "12345" in rough
    assert rough != "Please deliver order 12345 before Monday"
