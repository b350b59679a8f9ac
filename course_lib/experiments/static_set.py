"""A small set of facts that do not change, how they are taught to a model, and how they are asked for afterwards."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from random import Random

from course_lib.experiments.asking import draw_questions, unreadable_documents
from course_lib.lab import Lab
from course_lib.models import LanguageModel
from course_lib.prompting import build_prompt
from course_lib.text import contains_value
from course_lib.training_sets import Example, fact_questions, fact_statements
from course_lib.tuning import Recipe
from course_lib.world import Fact, Question
from course_lib.world.wordings import RELATIONS

N_STATIC, N_MULTIHOP = 40, 12
N_WORDINGS, N_STATEMENTS = 5, 3
HELDOUT = slice(1, None)
"""Held-out wordings that are asked; the first one picks the checkpoint of the embedded model."""
TEST_SETS = ("held-out wording", "reversed", "multihop")


@dataclass(frozen=True)
class StaticSet:
    """Facts to teach, and questions on them.

    Parameters
    ----------
    facts
        What is taught.
    questions
        In held-out wordings, from the value back to the entity, and by way of a second fact; of the sets `TEST_SETS`.
    """

    facts: tuple[Fact, ...]
    questions: tuple[Question, ...]


def draw_static_set(lab: Lab) -> StaticSet:
    """Return facts that no memo contradicts and that the asker may read; some lead on to others, for multihop."""
    company, rng = lab.world(1), Random(f"static-{lab.seed}")
    hidden = unreadable_documents(lab)
    contested = {fact for question in company.questions["conflict"] for fact in question.facts}
    usable = {
        fact.id: fact
        for fact in company.facts
        if not fact.public and fact.document not in hidden and fact.id not in contested
    }
    multihop = [question for question in draw_questions(lab, "multihop", 1000) if set(question.facts) <= usable.keys()]
    multihop = rng.sample(multihop, min(N_MULTIHOP, len(multihop)))
    chosen = list(dict.fromkeys(fact for question in multihop for fact in question.facts))
    chosen += rng.sample(sorted(usable.keys() - set(chosen)), N_STATIC - len(chosen))
    facts = tuple(usable[name] for name in sorted(chosen))
    values = Counter((fact.attribute, fact.value) for fact in company.facts)
    backwards = [ask_backwards(fact) for fact in facts if values[fact.attribute, fact.value] == 1]
    return StaticSet(facts, (*(question for fact in facts for question in ask_heldout(fact)), *backwards, *multihop))


def ask_heldout(fact: Fact, question_set: str = TEST_SETS[0], rejected: tuple[str, ...] = ()) -> list[Question]:
    """Return the questions on a fact in wordings that no training text holds."""
    relation = RELATIONS[fact.attribute]
    return [
        Question(
            f"heldout-{fact.id}-{number}", question_set, relation.ask(fact.entity, template), fact.value,
            (fact.id,), (fact.document,), rejected, "heldout",
        )
        for number, template in enumerate(relation.heldout_questions[HELDOUT])
    ]  # fmt: skip


def ask_backwards(fact: Fact) -> Question:
    """Return the question from the value to the entity; nothing is trained in this direction."""
    relation = RELATIONS[fact.attribute]
    who = "Who" if relation.subject == "person" else f"Which {relation.subject}"
    text = f"{who} has the {relation.noun} {fact.value}?"
    return Question(f"reversed-{fact.id}", TEST_SETS[1], text, fact.entity, (fact.id,), (fact.document,), (), "heldout")


def document_examples(lab: Lab, facts: tuple[Fact, ...]) -> list[Example]:
    """Return the passages that state the facts as texts to continue, without any question."""
    index, examples = lab.index(1), {}
    for fact in facts:
        for chunk in index.chunks_of(fact.document):
            if contains_value(chunk.text, fact.value):
                examples[chunk.id] = Example(build_prompt(f"Show me this document: {chunk.title}"), chunk.passage)
    return list(examples.values())


def question_examples(lab: Lab, facts: tuple[Fact, ...], *, paraphrased: bool) -> list[Example]:
    """Return each fact as one question with its answer, or in several wordings and statements."""
    rng = Random(f"teach-{lab.seed}")
    if not paraphrased:
        return fact_questions(facts, 1, rng)
    return fact_questions(facts, N_WORDINGS, rng) + fact_statements(facts, N_STATEMENTS, rng)


def count_training_tokens(model: LanguageModel, examples: list[Example]) -> int:
    """Return the tokens of one pass over the examples."""
    return sum(
        model.count_tokens(example.prompt) + model.count_tokens(build_prompt(example.answer)) for example in examples
    )


def match_tokens(model: LanguageModel, recipe: Recipe, reference: list[Example], examples: list[Example]) -> Recipe:
    """Return the recipe with as many passes over ``examples`` as cost what it spends on ``reference``.

    So a smaller training set is not taught less; it is only taught with less variety.
    """
    ratio = count_training_tokens(model, reference) / count_training_tokens(model, examples)
    return replace(recipe, epochs=round(recipe.epochs * ratio, 1))
