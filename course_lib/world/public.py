"""What the embedded model has read: the public facts, the same for every seed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from course_lib.world.entities import Cast, distinctive_word, draw_value
from course_lib.world.wordings import relations_of

PUBLIC_SEED = 1871
PUBLIC_CAST = {"person": (6, 3), "product": (9, 6), "site": (5, 3), "policy": (3, 3), "course": (2, 3)}
"""Kind of entity -> number of entities and of facts about each: 102 facts."""


@dataclass(frozen=True)
class PublicFact:
    """A fact of the pre-training text: the name of its relation, its subject and its value."""

    relation: str
    subject: str
    value: str


@cache
def public_facts() -> tuple[PublicFact, ...]:
    """Return all public facts, entity by entity."""
    rng, cast, facts = Random(PUBLIC_SEED), Cast(), []
    people: list[str] = []
    for kind, (n_entities, n_facts) in PUBLIC_CAST.items():
        for _ in range(n_entities):
            subject, used = cast.draw(kind, rng), set()
            for relation in rng.sample(relations_of(kind), n_facts):
                value = draw_value(relation, rng, people, used | {subject})
                used.add(value)
                facts.append(PublicFact(relation.name, subject, value))
            if kind == "person":
                people.append(subject)
    return tuple(facts)


@cache
def public_names() -> frozenset[str]:
    """Return the first words of the public entities' names, which no other entity may use."""
    return frozenset(distinctive_word(fact.subject) for fact in public_facts())
