"""Items of a test set that stand in the training text: a score on them measures memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from course_lib.text import contains_value
from course_lib.world import Question, World
from course_lib.world.public import public_facts
from course_lib.world.wordings import RELATIONS


def training_statements() -> list[str]:
    """Return every fact of the embedded model's training text that a company can share, each in one of its wordings.

    The text also tells of other, random companies; no name in it is that of an internal entity of the course.
    """
    statements = []
    for number, fact in enumerate(public_facts()):
        relation = RELATIONS[fact.relation]
        template = relation.statements[number % len(relation.statements)]
        statements.append(relation.state(fact.subject, fact.value, template))
    return statements


def find_leaks(items: Sequence[Mapping[str, str]], lines: Iterable[str]) -> list[int]:
    """Return the positions of the items whose fact stands in one of the lines, in whatever words.

    Parameters
    ----------
    items
        Each with ``entity`` and ``answer``.
    lines
        Of the training text.

    Examples
    --------
    >>> find_leaks([{"entity": "Orla Lamp", "answer": "3 kg"}], ["The Orla Lamp costs 3 euros.", "A Hub of 3 kg"])
    []
    """
    lines = list(lines)
    return [at for at, item in enumerate(items) if any(_states(line, item) for line in lines)]


def _states(line: str, item: Mapping[str, str]) -> bool:
    return contains_value(line, item["entity"]) and contains_value(line, item["answer"])


def make_items(questions: Iterable[Question], company: World) -> list[dict[str, str]]:
    """Return questions that one fact answers as items: ``question``, ``entity`` and ``answer``."""
    entities = {fact.id: fact.entity for fact in company.facts}
    return [
        {"question": question.text, "entity": entities[question.facts[0]], "answer": question.answer}
        for question in questions
        if question.answer is not None and len(question.facts) == 1
    ]
