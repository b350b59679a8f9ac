"""Draw entities and the values of their attributes, without two that could be confused."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from course_lib.world.names import SUBJECTS
from course_lib.world.relations import Relation
from course_lib.world.values import VALUES


@dataclass
class Cast:
    """Names that are taken, so that no two entities of a world share a name.

    A name that is part of another one ("Oslo lab", "Oslo lab 2") counts as taken.
    """

    taken: set[str] = field(default_factory=set)

    def draw(self, kind: str, rng: Random) -> str:
        """Return a new name of this kind of entity."""
        while True:
            candidate = SUBJECTS[kind](rng)
            if self.take(candidate):
                return candidate

    def take(self, name: str) -> bool:
        """Return whether the name is still free, and take it."""
        key = distinctive_word(name)
        free = key not in self.taken
        self.taken.add(key)
        return free


def distinctive_word(name: str) -> str:
    """Return the word of a name that tells it from all others.

    >>> distinctive_word("project Tarvo"), distinctive_word("Tarvo Lamp 220")
    ('Tarvo', 'Tarvo')
    """
    return name.removeprefix("project ").removeprefix("incident ").split()[0]


def draw_value(relation: Relation, rng: Random, people: list[str], forbidden: set[str]) -> str:
    """Return a value for the relation that is none of ``forbidden``, nor a part of one, nor holds one.

    A person is drawn from ``people`` where there are any, so that one fact can lead on to another.
    """
    while True:
        value = rng.choice(people) if relation.value == "person" and people else VALUES[relation.value](rng)
        if not any(stands_within(value, other) or stands_within(other, value) for other in forbidden):
            return value


def stands_within(part: str, text: str) -> bool:
    """Return whether the words of ``part`` stand side by side in ``text``.

    >>> stands_within("12 May", "12 May 2026"), stands_within("2 May", "12 May")
    (True, False)
    """
    return f" {part} " in f" {text} "
