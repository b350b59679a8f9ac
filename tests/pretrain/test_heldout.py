import re
from collections.abc import Iterable
from functools import cache
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.text import normalise
from course_lib.world import VERSIONS, world
from course_lib.world.genres import COMPANY_GENRES
from course_lib.world.names import SUBJECTS
from course_lib.world.relations import Relation
from course_lib.world.values import VALUES
from tools.pretrain.corpus import MIXTURES, draw_sample
from tools.pretrain.genres import WIDE_GENRES
from tools.pretrain.passages import ALL_RELATIONS, ALL_SUBJECTS

N_SAMPLES = 3_000
SHORTEST = 12
"""Characters that a literal piece of a wording needs to tell it from others."""


def training_templates(relation: Relation) -> tuple[str, ...]:
    return (*relation.statements, *relation.questions)


def heldout_templates(relation: Relation) -> tuple[str, ...]:
    return (*relation.heldout_statements, *relation.heldout_questions)


def shape(template: str) -> str:
    """Return a wording without what does not make it another one: case, blanks, punctuation, articles."""
    return " ".join(re.sub(r"[^\w{}]|\b(?:the|a|an)\b", " ", normalise(template)).split())


# --- the banks


@pytest.mark.parametrize("relation", ALL_RELATIONS, ids=lambda relation: relation.name)
def test_a_relation_has_enough_wordings_and_none_both_in_training_and_held_out(relation):
    for training, heldout in (
        (relation.statements, relation.heldout_statements),
        (relation.questions, relation.heldout_questions),
    ):
        assert len(training) >= 8
        assert len(heldout) >= 2
        shapes = [shape(template) for template in (*training, *heldout)]
        assert len(set(shapes)) == len(shapes)


@pytest.mark.parametrize("relation", ALL_RELATIONS, ids=lambda relation: relation.name)
def test_every_template_holds_each_placeholder_exactly_once_and_no_other_brace(relation):
    for template in (*relation.statements, *relation.heldout_statements):
        assert sorted(re.findall(r"{.*?}|[{}]", template)) == ["{s}", "{v}"], template
    for template in (*relation.questions, *relation.heldout_questions):
        assert re.findall(r"{.*?}|[{}]", template) == ["{s}"], template


def test_no_held_out_wording_is_a_training_wording_of_another_relation():
    training = {shape(text) for relation in ALL_RELATIONS for text in training_templates(relation)}
    heldout = {shape(text) for relation in ALL_RELATIONS for text in heldout_templates(relation)}
    assert not training & heldout


def test_no_question_fits_two_relations_of_one_kind_of_entity():
    for one, other in combinations(ALL_RELATIONS, 2):
        if one.subject == other.subject:
            questions = [
                {shape(text) for text in (*relation.questions, *relation.heldout_questions)}
                for relation in (one, other)
            ]
            assert not questions[0] & questions[1], (one.name, other.name)


def test_the_banks_are_as_wide_as_promised():
    assert len({relation.name for relation in ALL_RELATIONS}) == len(ALL_RELATIONS) >= 60
    assert all(relation.value in VALUES and relation.subject in ALL_SUBJECTS for relation in ALL_RELATIONS)
    genres = (*COMPANY_GENRES, *WIDE_GENRES)
    assert len({genre.name for genre in genres}) == len(genres) >= 25
    assert {subject for genre in COMPANY_GENRES for subject in genre.subjects} == set(SUBJECTS)


# --- the search for held-out wordings in texts


def pieces_of(template: str) -> list[str]:
    return [piece.casefold() for piece in re.split(r"{[sv]}", template)]


@cache
def fragments() -> dict[str, str | None]:
    """Return for each held-out template the longest literal piece that gives it away, if one is long enough."""
    training = "\n".join(text.casefold() for relation in ALL_RELATIONS for text in training_templates(relation))
    found = {}
    for relation in ALL_RELATIONS:
        for template in heldout_templates(relation):
            longest = max(pieces_of(template), key=len)
            telling = len(longest.strip()) >= SHORTEST and longest not in training
            found[template] = longest if telling else None
    return found


def as_pattern(template: str) -> re.Pattern[str]:
    """Return what finds the whole template, whatever subject and value stand in it."""
    return re.compile(r"(?<!\w)" + r"[^\n]{1,60}?".join(re.escape(piece) for piece in pieces_of(template)))


def find_heldout(texts: Iterable[str]) -> list[str]:
    """Return the held-out templates that occur in ``texts``: their longest piece, or all pieces in a row."""
    joined = "\n".join(texts).casefold()
    return [
        template
        for template, fragment in fragments().items()
        if (fragment in joined if fragment else all(piece in joined for piece in pieces_of(template)))
        and (fragment or as_pattern(template).search(joined))
    ]


def test_most_held_out_wordings_have_a_piece_that_gives_them_away():
    telling = [fragment for fragment in fragments().values() if fragment]
    assert len(telling) > 0.75 * len(fragments())


@pytest.mark.parametrize("relation", ALL_RELATIONS, ids=lambda relation: relation.name)
def test_a_planted_held_out_wording_is_found(relation):
    rng = Random(relation.name)
    subject, value = ALL_SUBJECTS[relation.subject](rng), VALUES[relation.value](rng)
    for template in heldout_templates(relation):
        planted = relation.state(subject, value, template)
        assert template in find_heldout(["Good morning.", f"Noted: {planted} Thank you."])
    innocent = [relation.state(subject, value, template) for template in training_templates(relation)]
    assert not find_heldout(innocent)


# --- no training text holds one


@pytest.mark.parametrize("stage", MIXTURES)
def test_no_pre_training_sample_holds_a_held_out_wording(stage):
    rng = Random(f"held-out-{stage}")
    drawn = [draw_sample(rng, stage) for _ in range(N_SAMPLES // len(MIXTURES))]
    assert not find_heldout("".join(text for text, _ in sample) for sample in drawn)


@settings(max_examples=3)
@given(st.integers(min_value=0, max_value=10**9))
def test_no_document_and_no_task_item_for_training_holds_a_held_out_wording(seed):
    for version in VERSIONS:
        company = world(seed, version)
        assert not find_heldout(f"{document.title}\n{document.text}" for document in company.documents)
    for task in world(seed, 1).tasks.values():
        assert not find_heldout(f"{item.input}\n{item.target}" for item in (*task.train, *task.dev))


@settings(max_examples=3)
@given(st.integers(min_value=0, max_value=10**9))
def test_no_question_for_training_holds_a_held_out_wording_and_the_others_do(seed):
    questions = [question for asked in world(seed, 1).questions.values() for question in asked]
    for wording, is_found in (("train", False), ("heldout", True)):
        texts = [question.text for question in questions if question.wording == wording]
        assert len(texts) > 100
        assert bool(find_heldout(texts)) == is_found
