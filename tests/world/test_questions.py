import re
from collections import Counter, defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.text import contains_value
from course_lib.world import VERSIONS, Fact, Question, World, world
from course_lib.world.relations import Relation
from course_lib.world.wordings import RELATIONS

SEEDS = st.integers(min_value=0, max_value=10**9)
few = settings(max_examples=3)
ABOUT_ONE_FACT = ("public", "inkb", "changed", "deleted", "added", "paraphrase", "falsepremise", "conflict")


def as_pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.escape(template).replace(re.escape("{s}"), "(.+)"), re.IGNORECASE)


def patterns_of(bank: str) -> list[tuple[Relation, re.Pattern[str]]]:
    return [(relation, as_pattern(text)) for relation in RELATIONS.values() for text in getattr(relation, bank)]


TRAIN, HELDOUT = patterns_of("questions"), patterns_of("heldout_questions")


def read_question(text: str, patterns: list[tuple[Relation, re.Pattern[str]]]) -> list[tuple[Relation, str]]:
    """Return each relation and entity that the question may ask for."""
    return [(relation, match[1]) for relation, pattern in patterns if (match := pattern.fullmatch(text))]


def facts_of(company: World, question: Question) -> list[Fact]:
    facts = {fact.id: fact for fact in company.facts}
    return [facts[name] for name in question.facts]


def all_questions(company: World) -> list[Question]:
    return [question for questions in company.questions.values() for question in questions]


# --- every set


@few
@given(SEEDS)
def test_an_answerable_question_has_one_right_value_and_it_stands_in_its_source(seed):
    for version in VERSIONS:
        company = world(seed, version)
        documents = {document.id: document for document in company.documents}
        n_values = Counter((fact.entity, fact.attribute) for fact in company.facts)
        for question in all_questions(company):
            facts = facts_of(company, question)
            assert bool(facts) == (question.answer is not None)
            assert question.documents == tuple(fact.document for fact in facts)
            assert question.answer not in question.rejected
            if facts:
                assert facts[-1].value == question.answer
                assert all(n_values[fact.entity, fact.attribute] == 1 for fact in facts)
                source = f"{documents[facts[-1].document].title}\n{documents[facts[-1].document].text}"
                assert contains_value(source, question.answer), question
                assert facts[-1].entity.casefold() in source.casefold(), question


@few
@given(SEEDS)
def test_the_same_text_never_has_two_answers(seed):
    for version in VERSIONS:
        answers = defaultdict(set)
        for question in all_questions(world(seed, version)):
            answers[question.text].add(question.answer)
        assert not {text: found for text, found in answers.items() if len(found) > 1}


@few
@given(SEEDS)
def test_every_version_asks_the_same_questions_under_the_same_ids(seed):
    asked = [[(q.id, q.set, q.text, q.wording) for q in all_questions(world(seed, version))] for version in VERSIONS]
    assert asked[0] == asked[1] == asked[2]
    assert len({name for name, *_ in asked[0]}) == len(asked[0])


@few
@given(SEEDS)
def test_a_question_about_one_fact_asks_for_its_attribute_of_its_entity(seed):
    company = world(seed, 3)
    for name in ABOUT_ONE_FACT:
        for question in company.questions[name]:
            for fact in facts_of(company, question):
                bank = HELDOUT if question.wording == "heldout" else TRAIN
                templates = [pattern for relation, pattern in bank if relation.name == fact.attribute]
                matches = [match for template in templates if (match := template.search(question.text))]
                assert any(match[1].casefold().endswith(fact.entity.casefold()) for match in matches), question


# --- what the versions do to an answer


@few
@given(SEEDS)
def test_each_set_has_the_history_that_its_name_tells(seed):
    answers = {
        version: {question.id: question for question in all_questions(world(seed, version))} for version in VERSIONS
    }
    for name, last in answers[3].items():
        first, values = answers[1][name], [answers[version][name].answer for version in VERSIONS]
        if last.set in ("public", "inkb", "paraphrase", "falsepremise", "conflict"):
            assert values[0] == values[1] == values[2] is not None
        if last.set == "changed":
            assert None not in values
            assert len(set(values)) > 1
            assert set(last.rejected) == set(values) - {last.answer}
        if last.set == "deleted":
            assert first.answer is not None
            assert last.answer is None
            assert first.answer in last.rejected
        if last.set == "added":
            assert first.answer is None
            assert last.answer is not None
        if last.set in ("changed", "deleted", "added"):
            assert first.rejected == ()


# --- single sets


@few
@given(SEEDS)
def test_paraphrases_ask_for_each_fact_in_four_wordings_one_of_them_held_out(seed):
    by_fact = defaultdict(list)
    for question in world(seed, 1).questions["paraphrase"]:
        by_fact[question.facts].append(question)
    assert len(by_fact) == 50
    for questions in by_fact.values():
        assert Counter(question.wording for question in questions) == {"train": 3, "heldout": 1}
        assert len({question.text for question in questions}) == 4


@few
@given(SEEDS)
def test_only_questions_marked_so_are_in_a_wording_that_is_held_out(seed):
    company = world(seed, 1)
    for question in (*company.questions["public"], *company.questions["paraphrase"], *company.questions["inkb"]):
        asked = (facts_of(company, question)[0].attribute, facts_of(company, question)[0].entity.casefold())
        for wording, bank in (("heldout", HELDOUT), ("train", TRAIN)):
            readings = {(relation.name, entity.casefold()) for relation, entity in read_question(question.text, bank)}
            assert (asked in readings) == (question.wording == wording), question
    assert {question.wording for question in company.questions["public"]} == {"heldout"}


@few
@given(SEEDS)
def test_a_chain_leads_from_the_named_thing_by_way_of_a_person_to_the_answer(seed):
    for version in VERSIONS:
        company = world(seed, version)
        assert len(company.questions["multihop"]) >= 20
        for question in company.questions["multihop"]:
            first, second = facts_of(company, question)
            assert RELATIONS[first.attribute].value == "person"
            assert (first.value, second.value) == (second.entity, question.answer)
            assert f"{RELATIONS[first.attribute].noun} of " in question.text
            assert question.text.count(first.entity) == 1
            assert first.value not in question.text
            asked = read_question(question.text.replace(first.entity, "X"), TRAIN)
            assert second.attribute in {relation.name for relation, _ in asked}


@few
@given(SEEDS)
def test_no_version_states_what_an_unanswerable_question_asks_for(seed):
    worlds = [world(seed, version) for version in VERSIONS]
    stated = {(fact.entity, fact.attribute) for company in worlds for fact in company.facts}
    entities = {entity for entity, _ in stated}
    texts = "\n".join(f"{d.title}\n{d.text}" for company in worlds for d in company.documents).casefold()
    n_unknown = 0
    for question in worlds[0].questions["unanswerable"]:
        readings = read_question(question.text, TRAIN)
        assert readings, question
        assert not [(relation, entity) for relation, entity in readings if (entity, relation.name) in stated], question
        if not any(entity in entities for _, entity in readings):
            n_unknown += 1
            assert not [entity for _, entity in readings if entity.casefold() in texts], question
    assert n_unknown == len(worlds[0].questions["unanswerable"]) / 2


@few
@given(SEEDS)
def test_a_false_premise_claims_a_value_that_differs_from_the_truth(seed):
    company = world(seed, 2)
    for question in company.questions["falsepremise"]:
        (fact,), (false,) = facts_of(company, question), question.rejected
        assert contains_value(question.text, false), question
        assert not contains_value(question.text, question.answer), question
        assert not contains_value(false, question.answer)
        assert not contains_value(question.answer, false)
        assert false != fact.entity


@few
@given(SEEDS)
def test_a_conflict_has_the_valid_and_the_outdated_value_in_the_corpus(seed):
    for version in VERSIONS:
        company = world(seed, version)
        assert len(company.questions["conflict"]) == 24
        for question in company.questions["conflict"]:
            (fact,), (outdated,) = facts_of(company, question), question.rejected
            about = [d for d in company.documents if fact.entity.casefold() in f"{d.title}\n{d.text}".casefold()]
            assert [d for d in about if fact.id in d.facts and contains_value(d.text, fact.value)]
            assert [d for d in about if "no longer valid" in d.title and contains_value(d.text, outdated)]
            assert outdated != fact.value
