import re
from collections.abc import Iterable
from functools import cache
from random import Random

import pytest

from course_lib.world import world
from course_lib.world.genres import COMPANY_GENRES
from course_lib.world.names import SUBJECTS
from course_lib.world.relations import Relation
from course_lib.world.values import VALUES
from course_lib.world.wordings import RELATIONS
from tools.pretrain.corpus import MIXTURES, draw_sample
from tools.pretrain.genres import WIDE_GENRES
from tools.pretrain.paraphrases import PARAPHRASES
from tools.pretrain.passages import ALL_RELATIONS, ALL_SUBJECTS, questions_of, statements_of

N_SAMPLES = 3_000
TELLING = 20
"""Characters that a literal piece of a wording needs so that its occurrence anywhere gives the wording away."""


def training_templates(relation: Relation) -> tuple[str, ...]:
    return (*statements_of(relation), *questions_of(relation))


def heldout_templates(relation: Relation) -> tuple[str, ...]:
    return (*relation.heldout_statements, *relation.heldout_questions)


def shape(template: str) -> str:
    """Return a wording without what does not make it another one: case, blanks, punctuation, articles."""
    return " ".join(re.sub(r"[^\w{}]|\b(?:the|a|an)\b", " ", template.casefold()).split())


@pytest.mark.parametrize("relation", ALL_RELATIONS, ids=lambda relation: relation.name)
def test_a_relation_has_enough_wordings_and_none_both_in_training_and_held_out(relation):
    for training, heldout in (
        (statements_of(relation), relation.heldout_statements),
        (questions_of(relation), relation.heldout_questions),
    ):
        assert len(training) >= 8
        assert len(heldout) >= 2
        shapes = [shape(template) for template in (*training, *heldout)]
        assert len(set(shapes)) == len(shapes)


@pytest.mark.parametrize("relation", ALL_RELATIONS, ids=lambda relation: relation.name)
def test_every_template_holds_each_placeholder_exactly_once_and_no_other_brace(relation):
    for template in (*statements_of(relation), *relation.heldout_statements):
        assert sorted(re.findall(r"{.*?}|[{}]", template)) == ["{s}", "{v}"], template
    for template in (*questions_of(relation), *relation.heldout_questions):
        assert re.findall(r"{.*?}|[{}]", template) == ["{s}"], template


def test_no_held_out_wording_is_a_training_wording_of_another_relation():
    training = {shape(text) for relation in ALL_RELATIONS for text in training_templates(relation)}
    heldout = {shape(text) for relation in ALL_RELATIONS for text in heldout_templates(relation)}
    assert not training & heldout


def test_the_relations_of_the_company_have_many_more_wordings_for_pre_training():
    assert PARAPHRASES.keys() == RELATIONS.keys()
    for bank in PARAPHRASES.values():
        assert len(bank["statements"]) >= 30
        assert len(bank["questions"]) >= 25


def content_words(template: str) -> set[str]:
    return set(shape(template).split()) - set("{s} {v} the of is to a for".split())


def test_no_further_wording_shares_most_of_its_words_with_a_held_out_one():
    heldout = [content_words(text) for relation in RELATIONS.values() for text in heldout_templates(relation)]
    for bank in PARAPHRASES.values():
        for text in (*bank["statements"], *bank["questions"]):
            words = content_words(text)
            assert all(len(words & other) < 0.6 * max(1, len(words | other)) for other in heldout), text


def test_the_banks_are_as_wide_as_promised():
    assert len({relation.name for relation in ALL_RELATIONS}) == len(ALL_RELATIONS) >= 60
    assert all(relation.value in VALUES and relation.subject in ALL_SUBJECTS for relation in ALL_RELATIONS)
    genres = (*COMPANY_GENRES, *WIDE_GENRES)
    assert len({genre.name for genre in genres}) == len(genres) >= 25
    assert {subject for genre in COMPANY_GENRES for subject in genre.subjects} == set(SUBJECTS)


@cache
def telling_pieces() -> dict[str, str]:
    """Return for the held-out templates that have one: a literal piece that no training wording holds."""
    trained = [text for relation in ALL_RELATIONS for text in training_templates(relation)]
    # A question in two hops asks a question on a person about "the owner of ...".
    people = [relation for relation in ALL_RELATIONS if relation.subject == "person"]
    trained += [text.replace("{s}", "the {s}") for relation in people for text in questions_of(relation)]
    for genre in (*COMPANY_GENRES, *WIDE_GENRES):
        trained += (*genre.titles, *genre.openings, *genre.headings, *genre.fillers, *genre.closings)
    joined, pieces = "\n".join(trained).casefold(), {}
    for relation in ALL_RELATIONS:
        for template in heldout_templates(relation):
            longest = max(re.split(r"{[sv]}", template.casefold()), key=len)
            if len(longest.strip()) >= TELLING and longest not in joined:
                pieces[template] = longest
    return pieces


def find_heldout(texts: Iterable[str]) -> list[str]:
    """Return the held-out templates whose telling piece occurs in ``texts``."""
    joined = "\n".join(texts).casefold()
    return [template for template, piece in telling_pieces().items() if piece in joined]


def test_most_held_out_wordings_can_be_told_by_a_piece():
    n_templates = sum(len(heldout_templates(relation)) for relation in ALL_RELATIONS)
    assert len(telling_pieces()) > 0.4 * n_templates


@pytest.mark.parametrize("relation", ALL_RELATIONS, ids=lambda relation: relation.name)
def test_a_planted_held_out_wording_is_found(relation):
    rng = Random(relation.name)
    subject, value = ALL_SUBJECTS[relation.subject](rng), VALUES[relation.value](rng)
    for template in set(heldout_templates(relation)) & set(telling_pieces()):
        planted = template.format(s=subject, v=value)
        assert template in find_heldout(["Good morning.", f"Noted: {planted} Thank you."])
    assert not find_heldout(template.format(s=subject, v=value) for template in training_templates(relation))


@pytest.mark.parametrize("stage", MIXTURES)
def test_no_pre_training_sample_holds_a_held_out_wording(stage):
    rng = Random(f"held-out-{stage}")
    drawn = [draw_sample(rng, stage) for _ in range(N_SAMPLES // len(MIXTURES))]
    assert not find_heldout("".join(text for text, _ in sample) for sample in drawn)


@pytest.mark.parametrize("seed", [0, 7, 123])
def test_no_document_and_no_training_item_holds_a_held_out_wording(seed):
    company = world(seed, 2)
    assert not find_heldout(f"{document.title}\n{document.text}" for document in company.documents)
    for task in company.tasks.values():
        assert not find_heldout(f"{item.input}\n{item.target}" for item in task.train)


@pytest.mark.parametrize("seed", [0, 7, 123])
def test_only_questions_marked_as_held_out_are_in_a_held_out_wording(seed):
    questions = [question for asked in world(seed, 1).questions.values() for question in asked]
    assert not find_heldout(question.text for question in questions if question.wording == "train")
    assert find_heldout(question.text for question in questions if question.wording == "heldout")
