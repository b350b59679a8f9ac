"""Extract: turn an order in prose into one line of JSON with five fields."""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random

from course_lib.world import names, values
from course_lib.world.tasks import chatter, extract_bank, noise
from course_lib.world.tasks.model import Draft, Item, Task, draw_splits, stands_in

KEYS: tuple[str, ...] = ("customer", "product", "quantity", "city", "date")
REQUEST = "Get the details of the order out of this message."
INSTRUCTION = (
    "Read the order and answer with one line of JSON and nothing else. "
    'It has exactly these keys: "customer", "product", "quantity", "city", "date". '
    "Every value is a string, copied from the message word for word."
)
N_WORDS = (20, 40)
"""Fewest and most words of a clean message."""
NUMBER_WORDS = "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty".split()

CLEAN_SHARES = {"plain": 6, "mixed": 2, "long": 1, "short": 1}
WILD_SHARES = {"plain": 1, "mixed": 1, "long": 1, "short": 1, "typo": 1}


@dataclass(frozen=True)
class ExtractScore:
    """How good one extraction is.

    Parameters
    ----------
    valid
        Whether the output is a JSON object with exactly the five keys, each once, and string values.
    n_right
        How many of the fields hold the right value; counted for every JSON object, valid or not.
    n_fields
        How many fields there are.
    """

    valid: bool
    n_right: int
    n_fields: int


def draw_quantity(rng: Random) -> str:
    """Return a number of pieces, in digits most of the time."""
    return rng.choice(NUMBER_WORDS) if rng.random() < 0.2 else str(rng.randint(2, 99))


def draw_order(rng: Random) -> dict[str, str]:
    """Return the five fields of an invented order; no value is part of another."""
    while True:
        order = {
            "customer": names.person(rng) if rng.random() < 0.5 else names.SUBJECTS["customer"](rng),
            "product": names.product(rng),
            "quantity": draw_quantity(rng),
            "city": names.city(rng),
            "date": values.date(rng),
        }
        found = list(order.values())
        if not any(a in b for i, a in enumerate(found) for j, b in enumerate(found) if i != j):
            return order


def draw_extras(order: dict[str, str], rng: Random) -> dict[str, str]:
    """Return values for the slots that have nothing to do with ``order``; none of its values is among them."""
    others = draw_order(rng)
    while set(others.values()) & set(order.values()):
        others = draw_order(rng)
    return {f"other_{key}": value for key, value in others.items()} | {
        "order": f"F-{rng.randint(10000, 99999)}",
        "phone": f"{rng.randint(100, 999)}-{rng.randint(1000, 9999)}",
        "amount": values.money(rng),
    }


def choose_sentences(slice_name: str, rng: Random, is_wild: bool) -> list[str]:
    """Return the sentences of an order, with open slots."""
    if slice_name == "short":
        return [rng.choice(extract_bank.SHORT_FRAMES if is_wild else extract_bank.FRAMES)]
    sentences = [rng.choice(extract_bank.FRAMES)]
    if slice_name == "mixed":
        sentences += [rng.choice(extract_bank.EXTRAS)]
        sentences += [rng.choice(extract_bank.MIX_UPS)] if is_wild else []
        rng.shuffle(sentences)
    if slice_name == "long":
        sentences += rng.sample(chatter.FILLERS, 4 if is_wild else 1)
        rng.shuffle(sentences)
    if rng.random() < 0.4:
        sentences.insert(0, rng.choice(chatter.OPENERS))
    if rng.random() < 0.4:
        sentences.append(rng.choice(chatter.CLOSERS))
    return sentences


def draw_message(slice_name: str, rng: Random, is_wild: bool) -> Draft:
    """Return one order and its JSON; a clean one is redrawn until its length is within `N_WORDS`."""
    while True:
        order = draw_order(rng)
        text = " ".join(choose_sentences(slice_name, rng, is_wild)).format_map(order | draw_extras(order, rng))
        if is_wild:
            text = noise.roughen(text, rng, list(order.values()), slice_name)
        elif not N_WORDS[0] <= len(text.split()) <= N_WORDS[1]:
            continue
        if all(stands_in(value, text) for value in order.values()):
            return Draft(text, json.dumps(order, ensure_ascii=False))


def build_extract(seed: int) -> Task:
    """Return the extract task of ``seed``."""
    rng = Random(f"extract:{seed}")

    def draw(slice_name: str, split: str, i: int) -> Draft:
        return draw_message(slice_name, rng, is_wild=split == "wild")

    return Task("extract", REQUEST, INSTRUCTION, (), **draw_splits("extract", rng, draw, CLEAN_SHARES, WILD_SHARES))


def parse_pairs(output: str) -> list[tuple[str, object]] | None:
    """Return the key-value pairs of the JSON object in ``output``, twins included; None if it is no object."""
    try:
        found = json.loads(output, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, _Pairs) else None


class _Pairs(list):
    """The pairs of one JSON object; a type of its own, so that a JSON list is not taken for one."""


def score_extract(output: str, item: Item) -> ExtractScore:
    """Return how well ``output`` gives the fields of ``item``.

    >>> target = '{"customer": "Ana Ro", "product": "Tarvo Lamp", "quantity": "2", "city": "Oslo", "date": "3 May"}'
    >>> item = Item("extract-test-000", "...", target, "plain")
    >>> score_extract(target.replace("Oslo", "Lima"), item)
    ExtractScore(valid=True, n_right=4, n_fields=5)
    >>> score_extract('{"city": "Oslo"}', item)
    ExtractScore(valid=False, n_right=1, n_fields=5)
    >>> score_extract("Ana Ro wants 2 lamps", item)
    ExtractScore(valid=False, n_right=0, n_fields=5)
    """
    pairs = parse_pairs(output)
    if pairs is None:
        return ExtractScore(valid=False, n_right=0, n_fields=len(KEYS))
    right = json.loads(item.target)
    valid = sorted(key for key, _ in pairs) == sorted(KEYS) and all(isinstance(value, str) for _, value in pairs)
    n_right = sum(dict(pairs).get(key) == right[key] for key in KEYS)
    return ExtractScore(valid, n_right, len(KEYS))
