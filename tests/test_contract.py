import inspect
import json
import re
from random import Random
from types import SimpleNamespace

import pytest

from course_lib import contract
from course_lib import contract_items as items
from course_lib.contract import BANDS, MEANINGS, choose_capabilities, measure_contract
from course_lib.errors import CourseError
from course_lib.text import ABSTAIN, contains_value, normalise
from course_lib.world import names, world
from course_lib.world.entities import distinctive_word
from course_lib.world.public import public_facts
from course_lib.world.wordings import RELATIONS
from tests.scripted import RuleModel
from tools.pretrain import phrases, skills

QUICK = ("c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8")
DRAWS = range(120)
FIELDS = {"value", "low", "high", "n", "band", "ok"}
VALUE = "24 euros"
TRAINED = re.compile(
    "|".join(
        re.escape(template).replace(re.escape("{s}"), ".{2,60}?")
        for relation in RELATIONS.values()
        for template in (*relation.questions, relation.heldout_questions[0])
    ),
    re.IGNORECASE,
)


def request_of(item):
    return item.prompt[-1]["content"]


def question_of(item):
    return request_of(item).rsplit("Question: ", 1)[-1]


def echo(prompt):
    return prompt[-1]["content"]


def measure(rule, *only, n=12):
    return measure_contract(RuleModel(rule), n=n, only=only)


@pytest.fixture(scope="module")
def silent():
    """Return the contract of a model that says nothing."""
    return measure(lambda prompt: "", *QUICK)


@pytest.fixture(scope="module")
def echoing():
    """Return the contract of a model that repeats the request."""
    return measure(echo, *QUICK)


# --- the items


@pytest.mark.parametrize("n_passages", [1, 6])
def test_the_value_stands_exactly_once_in_the_passages(n_passages):
    for number in DRAWS:
        passages, gold, _ = items._passages(Random(number), n_passages)
        context = normalise(" ".join(passages))
        assert len(passages) == n_passages
        assert contains_value(context, gold.value)
        whole = re.compile(rf"(?<!\w){re.escape(normalise(gold.value))}(?!\w)")  # $9 is no part of $969
        assert not contains_value(whole.sub("#", context, count=1), gold.value), (passages, gold)


def test_no_two_passages_are_about_entities_of_one_name():
    for number in DRAWS:
        passages, gold, _ = items._passages(Random(number), 6)
        word = distinctive_word(gold.subject)
        assert sum(word in passage for passage in passages) == 1


def test_a_missing_answer_is_really_missing():
    for number in DRAWS:
        passages, _, missing = items._passages(Random(number), 3)
        assert distinctive_word(missing.subject) not in " ".join(passages)
        assert distinctive_word(missing.subject) in question_of(items.missing_answer(Random(number)))


@pytest.mark.parametrize("make", [items.reading, items.missing_answer, items.hidden_order])
def test_questions_on_passages_are_in_wordings_that_neither_training_nor_selection_saw(make):
    for number in DRAWS:
        assert not TRAINED.fullmatch(question_of(make(Random(number))))


def test_public_facts_are_asked_in_wordings_that_neither_training_nor_selection_saw():
    drawn = [items.public_knowledge(number) for number in range(2 * len(public_facts()))]
    assert not [request_of(item) for item in drawn if TRAINED.fullmatch(request_of(item))]
    assert len({request_of(item) for item in drawn}) == len(drawn)


def test_formats_stand_in_no_training_sample():
    assert not set(items.FORMATS) & set(skills.FIXED_FORMATS)
    rng = Random(0)
    assert not {skills.draw_format(rng) for _ in range(3000)} & set(items.FORMATS)


def bank_of_phrases():
    found = []
    for name, value in inspect.getmembers(phrases):
        if name.isupper():
            groups = value.values() if isinstance(value, dict) else [value]
            found += [text for group in groups for text in ([group] if isinstance(group, str) else group)]
    return [text.casefold() for text in found]


@pytest.mark.parametrize("template", [*items.ORDERS, *items.FORMAT_RULES])
def test_orders_and_rules_stand_in_no_training_phrase(template):
    bank = bank_of_phrases()
    assert "output format: {}" in bank
    longest = max(template.casefold().split("{}"), key=len).strip(" .;")
    assert len(longest) > 8
    assert not [text for text in bank if longest in text or text.strip(" .{}") == longest]


def test_a_reading_item_is_shown_by_its_value_only():
    for number in range(20):
        item, (_, gold, _) = items.reading(Random(number)), items._passages(Random(number), 1)
        assert item.shows(f"It is {gold.value}.")
        assert not item.shows(ABSTAIN)


def test_a_told_format_wants_exactly_the_pattern_of_the_rule(monkeypatch):
    monkeypatch.setattr(items, "_noted", lambda rng: ("What does it cost?", VALUE))
    for number in range(40):
        item = items.told_format(Random(number))
        pattern = item.prompt[0]["content"].split(": ", 1)[1]
        assert item.shows(pattern.replace("X", VALUE))
        assert not item.shows(VALUE)
        assert not item.shows(pattern.replace("X", "25 euros"))


def test_a_shown_format_is_shown_four_times_and_wants_the_same(monkeypatch):
    values = iter(f"{number} euros" for number in range(10**6))
    monkeypatch.setattr(items, "_noted", lambda rng: ("What does it cost?", next(values)))
    for number in range(20):
        item = items.shown_format(Random(number))
        shots = [turn["content"] for turn in item.prompt if turn["role"] == "assistant"]
        assert len(shots) == 4
        value = f"{5 * number + 4} euros"
        assert item.shows(shots[0].replace(f"{5 * number} euros", value))
        assert not item.shows(shots[0])
        assert not item.shows(value)


def test_a_contradiction_is_followed_only_by_the_value_of_the_passage():
    truths = {(fact.subject, fact.value) for fact in public_facts()}
    for number in DRAWS:
        item = items.contradiction(Random(number))
        context, _, question = request_of(item).rpartition("\nQuestion: ")
        assert item.shows(context)
        known = [value for subject, value in truths if subject in question]
        assert known
        assert not any(item.shows(value) and contains_value(question, value) for value in known)


def test_a_hidden_order_is_obeyed_by_the_word_that_only_the_order_holds():
    for number in DRAWS:
        item = items.hidden_order(Random(number))
        passages, gold, _ = items._passages(Random(number), 2)
        assert item.shows(request_of(item))
        assert not item.shows(" ".join(passages))
        assert not item.shows(gold.value)


def test_internal_facts_are_those_of_the_world_that_is_asked_for():
    entities = {fact.entity for version in (1, 2, 3) for fact in world(0, version).facts if not fact.public}
    drawn = items.internal_knowledge(0)
    assert len(drawn) > 100
    assert all(any(entity.casefold() in request_of(item).casefold() for entity in entities) for item in drawn)


def test_style_and_skill_are_shown_by_their_targets():
    voice, skill = world(0, 1).tasks["voice"].test[0], world(0, 1).probe[0]
    assert items.default_style(voice).shows(voice.target)
    assert not items.default_style(voice).shows(voice.value)
    assert items.default_style(voice).prompt[-1]["content"] == voice.input
    assert items.default_style(voice, "Answer.").prompt[-1]["content"] == f"Answer.\n{voice.input}"
    assert items.general_skill(skill).shows(f" {skill.target}\n")
    assert not items.general_skill(skill).shows(f"{skill.target} or so")


def test_every_kind_of_entity_can_be_asked_about():
    kinds = {kind for kind in names.SUBJECTS}
    drawn = {RELATIONS[items._passages(Random(number), 1)[1].relation].subject for number in range(300)}
    assert drawn == kinds


# --- the measurement


def test_every_capability_has_a_band_and_a_meaning():
    assert set(BANDS) == set(MEANINGS)
    assert {name.split("_")[0] for name in BANDS} == {f"c{number}" for number in range(1, 11)}


def test_the_measurement_is_one_json_object_of_the_documented_shape(silent):
    assert list(silent) == choose_capabilities(QUICK)
    read = json.loads(json.dumps(silent, allow_nan=False))
    for name, entry in read.items():
        assert set(entry) == FIELDS
        assert entry["band"] == list(BANDS[name])
        assert entry["n"] == 12
        assert 0 <= entry["low"] <= entry["value"] <= entry["high"] <= 1
        assert isinstance(entry["ok"], bool)


def test_a_silent_model_shows_nothing(silent):
    assert {entry["value"] for entry in silent.values()} == {0.0}
    assert {name for name, entry in silent.items() if entry["ok"]} == {"c3_internal", "c6"}


def test_a_model_that_repeats_the_request_holds_all_values_and_obeys_all_orders(echoing):
    assert {name for name, entry in echoing.items() if entry["value"] == 1} == {"c1", "c1_distractors", "c4", "c8"}
    assert echoing["c1"]["ok"]
    assert echoing["c8"]["ok"]


def test_a_value_above_its_band_misses_it(echoing):
    assert echoing["c4"]["value"] > BANDS["c4"][1]
    assert not echoing["c4"]["ok"]


def test_distractors_must_make_reading_harder(echoing):
    assert not echoing["c1_distractors"]["ok"]

    def skim(prompt):
        return "" if "[6] " in echo(prompt) and len(echo(prompt)) % 6 == 0 else echo(prompt)

    harder = measure(skim, "c1", n=40)
    assert harder["c1"]["value"] == 1
    assert 0.7 <= harder["c1_distractors"]["value"] < 1
    assert harder["c1_distractors"]["ok"]


def test_abstaining_sometimes_is_in_the_band_and_always_is_not():
    always = measure(lambda prompt: ABSTAIN, "c5")["c5"]
    sometimes = measure(lambda prompt: ABSTAIN if len(echo(prompt)) % 2 else "24 euros", "c5", n=60)["c5"]
    assert (always["value"], always["ok"]) == (1.0, False)
    assert 0.3 < sometimes["value"] < 0.9
    assert sometimes["ok"]


def test_a_model_that_knows_the_public_facts_is_in_the_band_of_c3():
    def recall(prompt):
        return " / ".join(fact.value for fact in public_facts() if fact.subject in echo(prompt))

    assert measure(recall, "c3", n=60)["c3"] == measure(recall, "c3", n=60)["c3"]
    assert measure(recall, "c3", n=60)["c3"]["ok"]


def test_a_skilled_model_is_in_the_band_of_c7():
    targets = {item.input: item.target for item in world(0, 1).probe}
    assert measure(lambda prompt: targets[echo(prompt)], "c7")["c7"]["ok"]


@pytest.fixture
def tunable(monkeypatch):
    """Replace training: the tuned model writes what ``says`` makes of a prompt."""

    def provide(says, seconds=30.0):
        monkeypatch.setattr(contract, "tune", lambda *arguments, **options: SimpleNamespace(seconds=seconds))
        monkeypatch.setattr(contract, "attach", lambda model, adapter: RuleModel(says))

    return provide


@pytest.mark.parametrize(("seconds", "in_time"), [(119.0, True), (121.0, False)])
def test_a_voice_that_was_learnt_in_time_is_in_the_band(tunable, seconds, in_time):
    task = world(0, 1).tasks["voice"]
    targets = {f"{task.request}\n{item.input}": item.target for item in task.test}
    tunable(lambda prompt: targets[echo(prompt)], seconds)
    measured = measure(lambda prompt: "", "c9", n=20)
    assert set(measured) == {"c9", "c9_seconds"}
    assert (measured["c9"]["value"], measured["c9"]["n"], measured["c9"]["ok"]) == (1.0, 20, True)
    assert (measured["c9_seconds"]["value"], measured["c9_seconds"]["ok"]) == (seconds, in_time)


def test_a_voice_that_was_not_learnt_misses_the_band(tunable):
    tunable(lambda prompt: "24 euros")
    assert not measure(lambda prompt: "", "c9", n=20)["c9"]["ok"]


@pytest.mark.parametrize(("learns", "reads", "ok"), [(True, False, True), (False, True, False)])
def test_c10_is_the_lead_of_tuning_over_retrieval(tunable, monkeypatch, learns, reads, ok):
    values = {
        RELATIONS[fact.attribute].ask(fact.entity, template): fact.value
        for fact in world(0, 1).facts
        for template in RELATIONS[fact.attribute].heldout_questions
    }
    tunable(lambda prompt: values[echo(prompt)] if learns else "no")

    class Reader:
        def __init__(self, index, model):
            assert index == "index"

        def answer(self, questions):
            return [SimpleNamespace(text=values[question] if reads else "no") for question in questions]

    monkeypatch.setattr("course_lib.rag.Rag", Reader)
    monkeypatch.setattr("course_lib.retrieval.Index.build", lambda documents, **options: "index")
    monkeypatch.setattr(contract, "Embedder", lambda: None)
    measured = measure(lambda prompt: "", "c10")["c10"]
    assert measured["value"] == (1.0 if learns else -1.0)
    assert (measured["lora"], measured["rag"], measured["ok"]) == (float(learns), float(reads), ok)
    assert FIELDS < set(measured)


def test_an_unknown_capability_is_refused():
    with pytest.raises(CourseError, match="no capability c11: expected some of c1, c1_distractors"):
        measure(echo, "c1", "c11")


def test_a_part_of_a_capability_can_be_asked_for():
    assert choose_capabilities(["c1_distractors", "c9_seconds"]) == ["c1_distractors", "c9_seconds"]
    assert choose_capabilities([]) == list(BANDS)


def test_each_measurement_is_named_before_it_starts():
    told = []
    measure_contract(RuleModel(echo), n=2, only=["c7", "c8"], progress=told.append)
    assert told == ["c7", "c8"]


def test_a_model_behind_an_endpoint_is_refused(monkeypatch):
    monkeypatch.setattr(contract, "load_model", lambda spec: SimpleNamespace(name=spec))
    with pytest.raises(CourseError, match="'far' behind an endpoint"):
        measure_contract("far", only=["c1"])


def test_the_same_seed_gives_the_same_items_and_another_one_others():
    assert measure(echo, "c2", n=3) == measure(echo, "c2", n=3)
    drawn = []
    for seed in (0, 0, 1):
        model = RuleModel(echo)
        measure_contract(model, n=3, seed=seed, only=["c1"])
        drawn.append(model.prompts)
    assert drawn[0] == drawn[1] != drawn[2]
