"""The facts of a company through its three versions, before any document is written."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from course_lib.world.entities import Cast, draw_value
from course_lib.world.model import Change
from course_lib.world.public import public_facts, public_names
from course_lib.world.relations import Relation
from course_lib.world.wordings import RELATIONS, relations_of

VERSIONS = (1, 2, 3)
CHANGED_SHARE, DELETED_SHARE, ADDED_SHARE = 0.20, 0.05, 0.05
"""Shares of all facts that one step from version to version edits; public facts never change."""
CAST = {
    "person": (18, 4), "product": (13, 5), "policy": (9, 4), "site": (6, 4), "system": (7, 4), "supplier": (6, 3),
    "customer": (8, 3), "project": (6, 3), "incident": (7, 3), "course": (5, 3),
}  # fmt: skip
"""Kind of entity -> number of entities and of facts about each: 313 facts, beside the public ones."""
N_CONFLICTS = 24


@dataclass(frozen=True)
class PlannedFact:
    """A fact through the versions.

    ``values`` holds its value in versions 1, 2 and 3, ``None`` where it is not (yet, or any more) there.
    """

    id: str
    entity: str
    relation: Relation
    values: tuple[str | None, str | None, str | None]
    public: bool

    def value(self, version: int) -> str | None:
        """Return the value in a version."""
        return self.values[version - 1]

    @property
    def history(self) -> str:
        """Return ``"stable"``, ``"changed"``, ``"deleted"`` or ``"added"``: what happens to it up to version 3."""
        if self.values[0] is None:
            return "added"
        if self.values[2] is None:
            return "deleted"
        return "stable" if len(set(self.values)) == 1 else "changed"


@dataclass(frozen=True)
class Plan:
    """All facts of a company, its change log, and the outdated values that archived memos still print."""

    facts: tuple[PlannedFact, ...]
    changes: tuple[Change, ...]
    outdated: dict[str, str]
    people: tuple[str, ...]


class _Draft:
    """Facts while the versions are drawn."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.entities: list[str] = []
        self.relations: list[Relation] = []
        self.values: list[list[str | None]] = []
        self.people: list[str] = []
        self.used: dict[str, set[str]] = {}
        self.public: list[bool] = []

    def add(self, entity: str, relation: Relation, version: int, value: str | None = None) -> None:
        """Add a fact that holds from ``version`` on."""
        used = self.used.setdefault(entity, {entity})
        value = value or draw_value(relation, self.rng, self.people, used)
        used.add(value)
        self.entities.append(entity)
        self.relations.append(relation)
        self.values.append([None] * (version - 1) + [value] * (4 - version))

    def edit(self, index: int, version: int, value: str | None) -> None:
        """Give a fact another value, or none, from ``version`` on."""
        for later in range(version - 1, 3):
            self.values[index][later] = value

    def new_value(self, index: int) -> str:
        """Return a value that no fact of this entity has ever had."""
        used = self.used[self.entities[index]]
        value = draw_value(self.relations[index], self.rng, self.people, used)
        used.add(value)
        return value


def draw_plan(seed: int) -> Plan:
    """Return the facts of the company of ``seed`` and all that happens to them."""
    rng = Random(f"plan-{seed}")
    draft = _Draft(rng)
    for fact in public_facts():
        draft.add(fact.subject, RELATIONS[fact.relation], 1, fact.value)
    n_public = len(draft.entities)
    cast = Cast(set(public_names()))
    for kind, (n_entities, n_facts) in CAST.items():
        names = [cast.draw(kind, rng) for _ in range(n_entities)]
        if kind == "person":
            draft.people = names
        for name in names:
            for relation in rng.sample(relations_of(kind), n_facts):
                draft.add(name, relation, 1)
    outdated = {index: draft.new_value(index) for index in rng.sample(range(n_public, len(draft.values)), N_CONFLICTS)}
    changes = [change for version in (2, 3) for change in _advance(draft, rng, version, n_public, set(outdated))]
    facts = tuple(
        PlannedFact(f"f{index:03d}", entity, relation, tuple(values), index < n_public)
        for index, (entity, relation, values) in enumerate(
            zip(draft.entities, draft.relations, draft.values, strict=True)
        )
    )
    return Plan(facts, tuple(changes), {f"f{i:03d}": old for i, old in outdated.items()}, tuple(draft.people))


def _advance(draft: _Draft, rng: Random, version: int, n_public: int, kept: set[int]) -> list[Change]:
    """Edit the draft from the version before to ``version`` and return the log; ``kept`` are left as they are."""
    there = [i for i, values in enumerate(draft.values) if values[version - 1] is not None]
    n_facts = len(there)
    # a fact that came with the last version is left alone, so that each fact has one history
    free = [i for i in there if i >= n_public and i not in kept and draft.values[i][0] is not None]
    picked = rng.sample(free, round(n_facts * CHANGED_SHARE) + round(n_facts * DELETED_SHARE))
    n_deleted = round(n_facts * DELETED_SHARE)
    changes = []
    for index in sorted(picked[:n_deleted]):
        changes.append(Change(version, "deleted", f"f{index:03d}", draft.values[index][version - 1], None))
        draft.edit(index, version, None)
    for index in sorted(picked[n_deleted:]):
        old, new = draft.values[index][version - 1], draft.new_value(index)
        changes.append(Change(version, "changed", f"f{index:03d}", old, new))
        draft.edit(index, version, new)
    entities = list(dict.fromkeys(draft.entities[n_public:]))
    for _ in range(round(n_facts * ADDED_SHARE)):
        entity, relation = _unstated(draft, rng, entities)
        draft.add(entity, relation, version)
        changes.append(Change(version, "added", f"f{len(draft.values) - 1:03d}", None, draft.values[-1][version - 1]))
    return changes


def _unstated(draft: _Draft, rng: Random, entities: list[str]) -> tuple[str, Relation]:
    """Return an entity and a relation that no version has stated for it."""
    while True:
        entity = rng.choice(entities)
        stated = [r for name, r in zip(draft.entities, draft.relations, strict=True) if name == entity]
        free = [relation for relation in relations_of(stated[0].subject) if relation not in stated]
        if free:
            return entity, rng.choice(free)
