"""Systems with one planted fault each, and a sound one: a test set is good if it tells them apart.

All of them read the same records and are told the question as text. They find what is asked by the name of the entity
and of the attribute that stand last in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from course_lib.evaluation.judging import Answer, judge
from course_lib.text import ABSTAIN
from course_lib.world.entities import Cast, draw_value
from course_lib.world.wordings import relations_of

Record = Mapping[str, str | None]
"""``entity``, ``attribute``, ``value``, and ``before``: the value until the last change, None if there was none."""
System = Callable[[Sequence[Record], str], str]
N_ENTITIES, N_POOL, N_ATTRIBUTES, N_CHANGED = 4, 6, 4, 6
_PARTS = re.compile(r"[.!?,;:]\s+")


@dataclass(frozen=True)
class OwnItem:
    """A question of a test set, in the form that `judge` reads."""

    id: str
    set: str
    text: str
    answer: str | None
    rejected: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


def draw_records(rng: Random) -> list[dict[str, str | None]]:
    """Return 16 records about four products: attributes that they share in part, and six values that have changed."""
    cast = Cast()
    relations = [relation for relation in relations_of("product") if relation.value != "person"]
    relations = rng.sample(relations, N_POOL)
    used: set[str] = set()
    records: list[dict[str, str | None]] = []
    for number in range(N_ENTITIES):
        entity = cast.draw("product", rng)
        for step in range(N_ATTRIBUTES):
            relation = relations[(number + step) % N_POOL]
            value = draw_value(relation, rng, [], used)
            used.add(value)
            records.append({"entity": entity, "attribute": relation.noun, "value": value, "before": None})
    by_noun = {relation.noun: relation for relation in relations}
    for record in rng.sample(records, N_CHANGED):
        record["before"] = draw_value(by_noun[record["attribute"]], rng, [], used)
        used.add(record["before"])
    return records


def find_asked(records: Sequence[Record], question: str) -> tuple[str | None, str | None]:
    """Return the entity and the attribute that stand last in a question, None where none is known."""
    return _last(question, {r["entity"] for r in records}), _last(question, {r["attribute"] for r in records})


def _last(question: str, names: set[str]) -> str | None:
    """Return the name that ends last in the question, the longest if several end there."""
    text = question.casefold()
    ends = {name: text.rfind(name.casefold()) + len(name) for name in names if name.casefold() in text}
    return max(ends, key=lambda name: (ends[name], len(name)), default=None)


def _find(records: Sequence[Record], question: str) -> Record | None:
    asked = find_asked(records, question)
    return next((record for record in records if (record["entity"], record["attribute"]) == asked), None)


def sound(records: Sequence[Record], question: str) -> str:
    """Answer with the value of what is asked, or say that it is not known."""
    record = _find(records, question)
    return record["value"] if record else ABSTAIN


def inventor(records: Sequence[Record], question: str) -> str:
    """Never decline: where nothing is known, take a value from elsewhere."""
    if (record := _find(records, question)) is not None:
        return record["value"]
    attribute = find_asked(records, question)[1]
    return next((other["value"] for other in records if other["attribute"] == attribute), records[0]["value"])


def archivist(records: Sequence[Record], question: str) -> str:
    """Answer from before the last change."""
    record = _find(records, question)
    return (record["before"] or record["value"]) if record else ABSTAIN


def skimmer(records: Sequence[Record], question: str) -> str:
    """Look at the name only: answer with the first record of the entity, whatever is asked of it."""
    if _find(records, question) is None:
        return ABSTAIN
    entity = find_asked(records, question)[0]
    return next(record["value"] for record in records if record["entity"] == entity)


def yes_man(records: Sequence[Record], question: str) -> str:
    """Agree with whatever the question states before it asks."""
    entities = [record["entity"].casefold() for record in records]
    for part in _PARTS.split(question.strip())[:-1]:
        if re.search(r"\b(?:is|are|was)\b", part) and any(entity in part.casefold() for entity in entities):
            return f"Yes: {part}."
    return sound(records, question)


def hedger(records: Sequence[Record], question: str) -> str:
    """Name the right value and all others of the kind, so that the right one is among them."""
    record = _find(records, question)
    if record is None:
        return ABSTAIN
    others = [other["value"] for other in records if other["attribute"] == record["attribute"]]
    return " or ".join(dict.fromkeys([record["value"], *filter(None, [record["before"]]), *others]))


FAULTY: dict[str, System] = {
    "inventor": inventor,
    "archivist": archivist,
    "skimmer": skimmer,
    "yes-man": yes_man,
    "hedger": hedger,
}
"""Name of a fault -> the system that has it."""


def score_items(system: System, records: Sequence[Record], items: Sequence[Mapping]) -> int:
    """Return how many items a system gets right.

    Parameters
    ----------
    system
        ``sound`` or one of `FAULTY`.
    records
        What it knows.
    items
        Each with ``question`` (text), ``gold`` (the right value, None where declining is right) and ``rejected``
        (values that must not stand in the answer).
    """
    n_right = 0
    for number, item in enumerate(items):
        asked = OwnItem(str(number), "own", item["question"], item["gold"], tuple(item["rejected"]))
        outcome = judge(asked, Answer(system(records, item["question"])))
        n_right += outcome == ("abstained" if item["gold"] is None else "right")
    return n_right
