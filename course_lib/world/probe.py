"""The general probe: small skills that have nothing to do with the company; tuning may make a model forget them."""

from __future__ import annotations

from random import Random

from course_lib.world.names import word
from course_lib.world.tasks import Item

N_ITEMS = 300
REQUESTS = {
    "first": "Give the first word: {}",
    "last": "Give the last word: {}",
    "reverse": "Reverse: {}",
    "drop": "Leave out the first: {}",
    "count": "Count the words: {}",
    "look up": "{}\nWhat is {}?",
    "repeat": "Repeat: {}",
}
"""Skill -> how it is asked for; all but the words themselves is known from pre-training."""


def general_probe(seed: int) -> tuple[Item, ...]:
    """Return 300 items in equal shares of the skills; ``slice`` names the skill, the target is the exact output.

    >>> item = general_probe(0)[0]
    >>> item.slice, item.input.startswith("Give the first word: ")
    ('first', True)
    """
    rng, skills = Random(f"probe-{seed}"), list(REQUESTS)
    items = []
    for number in range(N_ITEMS):
        skill = skills[number % len(skills)]
        words = list(dict.fromkeys(word(rng) for _ in range(rng.randint(3, 5))))
        request, target = _pose(skill, words, rng)
        items.append(Item(f"probe-{number:03d}", request, target, skill))
    return tuple(items)


def _pose(skill: str, words: list[str], rng: Random) -> tuple[str, str]:
    """Return the request and its exact answer."""
    line = " ".join(words)
    if skill == "look up":
        values = [str(rng.randint(10, 99)) for _ in words]
        table = "\n".join(f"{key}: {value}" for key, value in zip(words, values, strict=True))
        asked = rng.randrange(len(words))
        return REQUESTS[skill].format(table, words[asked]), values[asked]
    answers = {
        "first": words[0],
        "last": words[-1],
        "reverse": " ".join(reversed(words)),
        "drop": " ".join(words[1:]),
        "count": str(len(words)),
        "repeat": line,
    }
    return REQUESTS[skill].format(line), answers[skill]
