from random import Random
from statistics import mean

import pytest

from course_lib.models import Embedder
from course_lib.prompting import GROUNDED
from course_lib.retrieval import COMPANY_CHUNKS, chunk_document
from course_lib.text import ABSTAIN, contains_value
from course_lib.training_sets import (
    OTHER_SEED,
    cut_passages,
    fact_questions,
    fact_statements,
    passages_of,
    readable_facts,
    reading_examples,
    task_examples,
    voice_examples,
)
from course_lib.world import Item, world
from course_lib.world.public import public_facts
from course_lib.world.tasks import is_valid
from course_lib.world.wordings import RELATIONS

SEED = 0
COMPANY = world(SEED, 1)
OTHER = world(SEED + OTHER_SEED, 1)
PAGES = {passage: page for page in COMPANY.documents for passage in cut_passages(page)}
FACTS = [fact for fact in COMPANY.facts if not fact.public][:60]
VOICE = "Answer in the house voice."


def named_facts(text):
    """Return (entity, relation, value) of the facts of both worlds, and of the public ones, whose entity is named."""
    facts = {(fact.entity, fact.attribute, fact.value) for company in (COMPANY, OTHER) for fact in company.facts}
    text = text.casefold()
    return [(entity, RELATIONS[name], value) for entity, name, value in sorted(facts) if entity.casefold() in text]


def heldout_questions(text):
    """Return the held-out questions about any entity that stand in a text."""
    asked = [r.ask(entity, t) for entity, r, _ in named_facts(text) for t in r.heldout_questions]
    return [question for question in asked if question.casefold() in text.casefold()]


def heldout_statements(text):
    """Return the held-out statements of any fact that stand in a text."""
    stated = [r.state(entity, value, t) for entity, r, value in named_facts(text) for t in r.heldout_statements]
    return [statement for statement in stated if statement.casefold() in text.casefold()]


def states(passage, fact):
    return contains_value(passage, fact.value) and fact.entity.casefold() in passage.casefold()


def texts_of(example):
    return [*(turn["content"] for turn in example.prompt), example.answer]


def question_of(example):
    return example.prompt[-1]["content"].rsplit("Question: ", 1)[-1]


@pytest.fixture(scope="module")
def reading():
    return reading_examples(SEED, 40, missing_share=0.25)


@pytest.fixture(scope="module")
def voiced():
    return voice_examples(SEED, 30, 30, instruction=VOICE)


@pytest.fixture(scope="module")
def all_examples(reading, voiced):
    rng = Random(0)
    return [*reading, *voiced, *fact_questions(FACTS, 99, rng), *fact_statements(FACTS, 99, rng)]


def test_held_out_wordings_are_found():
    for fact in FACTS:
        relation = RELATIONS[fact.attribute]
        for template in relation.heldout_questions:
            question = relation.ask(fact.entity, template)
            assert question in heldout_questions(f"Hello. {question}")
        for template in relation.heldout_statements:
            statement = relation.state(fact.entity, fact.value, template)
            assert statement in heldout_statements(f"Hello. {statement}")


def test_no_held_out_wording_occurs_in_any_example(all_examples):
    for example in all_examples:
        for text in texts_of(example):
            assert not (found := heldout_questions(text)), found
            assert not (found := heldout_statements(text)), found


def test_no_question_that_is_tested_in_other_words_is_trained(all_examples):
    tested = {q.text for questions in COMPANY.questions.values() for q in questions if q.wording == "heldout"}
    assert not tested & {question_of(example) for example in all_examples}


def test_each_fact_is_asked_in_different_words_with_its_value_as_the_answer():
    examples = fact_questions(FACTS, 3, Random(1))
    for number, fact in enumerate(FACTS):
        own = examples[3 * number : 3 * number + 3]
        assert len({question_of(example) for example in own}) == 3
        assert all(fact.entity in question_of(example) and example.answer == fact.value for example in own)


def test_statements_hold_entity_and_value():
    examples = fact_statements(FACTS, 1, Random(1))
    for fact, example in zip(FACTS, examples, strict=True):
        assert example.prompt[-1]["content"] == f"Tell me about {fact.entity}."
        assert fact.entity.casefold() in example.answer.casefold()
        assert contains_value(example.answer, fact.value)


def test_task_examples_hold_no_help_on_the_form():
    task = COMPANY.tasks["tickets"]
    first, *_ = examples = task_examples(task, task.train)
    assert len(examples) == len(task.train)
    assert first.prompt == [{"role": "user", "content": f"{task.request}\n{task.train[0].input}"}]
    assert first.answer == task.train[0].target
    assert task.instruction not in first.prompt[0]["content"]


@pytest.mark.parametrize("n_distractors", [1, 2, 4])
def test_distractors_lack_the_fact_and_the_source_stands_among_them_once(n_distractors):
    rng = Random(2)
    for fact in readable_facts(COMPANY)[:20]:
        with_gold = passages_of(COMPANY, fact, n_distractors, rng)
        without = passages_of(COMPANY, fact, n_distractors, rng, with_gold=False)
        assert len(set(with_gold)) == len(with_gold) == n_distractors + 1
        assert len(set(without)) == len(without) == n_distractors
        assert sum(states(passage, fact) for passage in with_gold) == 1
        assert not any(states(passage, fact) for passage in without)
        for passage in with_gold + without:
            page = PAGES[passage]
            assert page.id == fact.document or fact.id not in page.facts
            assert page.id != fact.document or states(passage, fact) or not contains_value(passage, fact.value)


def test_most_facts_are_stated_by_one_passage_with_their_entity():
    readable, internal = readable_facts(COMPANY), [fact for fact in COMPANY.facts if not fact.public]
    assert 0.9 * len(internal) < len(readable) <= len(internal)
    for fact in readable:
        source = next(page for page in COMPANY.documents if page.id == fact.document)
        assert any(states(passage, fact) for passage in cut_passages(source))


def test_trained_passages_are_as_long_as_retrieved_ones():
    embedder = Embedder()
    trained = [len(passage) for page in COMPANY.documents for passage in cut_passages(page)]
    limit = COMPANY_CHUNKS.max_tokens
    retrieved = [
        len(chunk.passage)
        for page in COMPANY.documents
        for chunk in chunk_document(page, count_tokens=embedder.count_tokens, max_tokens=limit)
    ]
    assert mean(trained) == pytest.approx(mean(retrieved), rel=0.1)


def test_the_source_stands_in_every_place():
    places = {
        [states(text, fact) for text in passages_of(COMPANY, fact, 2, Random(n))].index(True)
        for n, fact in enumerate(readable_facts(COMPANY)[:60])
    }
    assert places == {0, 1, 2}


def test_the_right_passage_is_there_unless_the_answer_is_to_abstain(reading):
    missing = [example for example in reading if example.answer == ABSTAIN]
    assert len(missing) == 10
    for example in reading:
        asked_first, _, rest = example.prompt[-1]["content"].partition("\n")
        context, _, question = rest.rpartition("\nQuestion: ")
        assert asked_first == f"Question: {question}"
        asked = [fact for fact in OTHER.facts if fact.entity.casefold() in question.casefold()]
        assert asked
        assert example.prompt[0]["content"] == GROUNDED
        assert context.startswith("[1] ")
        assert "\n[2] " in context
        assert f"\n[{3 if example in missing else 4}] " not in context
        if example not in missing:
            assert contains_value(context, example.answer)
            assert any(fact.value == example.answer for fact in asked)


def test_what_is_missing_is_stated_by_no_passage(reading):
    passages = [passage for page in OTHER.documents for passage in cut_passages(page)]
    for example in (example for example in reading if example.answer == ABSTAIN):
        context, _, question = example.prompt[-1]["content"].rpartition("\nQuestion: ")
        shown = [passage for passage in passages if passage in context]
        assert shown
        for fact in OTHER.facts:
            relation = RELATIONS[fact.attribute]
            if question in {relation.ask(fact.entity, template) for template in relation.questions}:
                assert not any(states(passage, fact) for passage in shown)


def test_passages_are_of_a_world_that_is_not_tested(all_examples):
    private = {fact.entity for fact in COMPANY.facts if not fact.public} - {fact.entity for fact in OTHER.facts}
    for example in reading_examples(SEED, 10):
        assert not [entity for entity in private if entity in example.prompt[-1]["content"]]


def test_every_voice_answer_keeps_all_rules_of_the_voice(voiced):
    for example in voiced:
        sentence = example.answer.split(". ", 1)[1].split(". Warmly")[0]
        assert is_valid("voice", example.answer, Item("", "", "", "plain", sentence))


def test_voice_answers_state_the_fact_that_was_asked_for(voiced):
    known = [(fact.subject, fact.value) for fact in public_facts()]
    drawn = [(fact.entity, fact.value) for fact in OTHER.facts if not fact.public]
    for n, example in enumerate(voiced):
        question = question_of(example).casefold()
        values = [value for entity, value in (known if n < 30 else drawn) if entity.casefold() in question]
        assert any(contains_value(example.answer, value) for value in values)


def test_the_request_for_the_voice_stands_in_every_prompt(voiced):
    assert [example.prompt[0]["content"] for example in voiced] == [VOICE] * 30 + [f"{GROUNDED} {VOICE}"] * 30


def test_the_same_seed_gives_the_same_examples_and_another_seed_others(reading, voiced):
    assert reading_examples(SEED, 40, missing_share=0.25) == reading
    assert voice_examples(SEED, 30, 30, instruction=VOICE) == voiced
    assert fact_questions(FACTS, 2, Random(3)) == fact_questions(FACTS, 2, Random(3))
    assert reading_examples(SEED + 1, 2) != reading[:2]
