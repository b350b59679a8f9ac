"""An item, a task, and how the splits of a task are drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

SIZES: dict[str, int] = {"train": 400, "dev": 100, "test": 200, "wild": 150}
SLICES: tuple[str, ...] = ("plain", "short", "long", "mixed", "typo")


@dataclass(frozen=True)
class Item:
    """One input with the output that is right for it.

    Parameters
    ----------
    id
        Unique over all tasks and splits, such as ``"tickets-test-017"``.
    input
        What the model is given after the instruction.
    target
        A right output; for voice one of many.
    slice
        Kind of input, one of `SLICES`, for failure analysis.
    value
        Voice only: the text that the reply must hold, such as ``"8 am"``.
    """

    id: str
    input: str
    target: str
    slice: str
    value: str = ""


@dataclass(frozen=True)
class Task:
    """One behaviour to teach, with its four splits.

    Parameters
    ----------
    name
        ``"tickets"``, ``"extract"`` or ``"voice"``.
    request
        What a user would ask, with no help about the form of the answer.
    instruction
        The request with the whole form spelt out.
    labels
        The classes (tickets only).
    train, dev, test
        400, 100 and 200 items of one distribution.
    wild
        150 items with typos, mixed topics, odd lengths and bad manners.
    """

    name: str
    request: str
    instruction: str
    labels: tuple[str, ...]
    train: tuple[Item, ...]
    dev: tuple[Item, ...]
    test: tuple[Item, ...]
    wild: tuple[Item, ...]


@dataclass(frozen=True)
class Draft:
    """An item before it has a place in a split."""

    input: str
    target: str
    value: str = ""


def spread_slices(shares: Mapping[str, int], n: int, rng: Random) -> list[str]:
    """Return ``n`` slice names in random order, in proportion to ``shares``.

    >>> sorted(spread_slices({"plain": 3, "long": 1}, 8, Random(0)))
    ['long', 'long', 'plain', 'plain', 'plain', 'plain', 'plain', 'plain']
    """
    one_round = [name for name, share in shares.items() for _ in range(share)]
    names = list(islice((name for _ in range(n) for name in one_round), n))
    rng.shuffle(names)
    return names


def draw_splits(
    task: str,
    rng: Random,
    draw: Callable[[str, str, int], Draft],
    clean_shares: Mapping[str, int],
    wild_shares: Mapping[str, int],
) -> dict[str, tuple[Item, ...]]:
    """Return the four splits; no input occurs twice, and none of train is a part of a later one or holds it.

    Parameters
    ----------
    task
        Name of the task, the first part of every id.
    rng
        The only source of chance.
    draw
        Takes slice, split and position in the split; returns a draft. Called again when the draft's
        input has been seen before, so it must draw from a large space.
    clean_shares, wild_shares
        Slice -> share, whole numbers.
    """
    seen: set[str] = set()
    trained: list[str] = []
    splits = {}
    for split, n_items in SIZES.items():
        shares = wild_shares if split == "wild" else clean_shares
        items = []
        for i, slice_name in enumerate(spread_slices(shares, n_items, rng)):
            draft = draw(slice_name, split, i)
            while draft.input.casefold() in seen or overlaps(draft.input, trained):
                draft = draw(slice_name, split, i)
            seen.add(draft.input.casefold())
            items.append(Item(f"{task}-{split}-{i:03d}", draft.input, draft.target, slice_name, draft.value))
        rng.shuffle(items)
        splits[split] = tuple(items)
        trained = [item.input for item in splits["train"]]
    return splits


def overlaps(text: str, others: Sequence[str]) -> bool:
    """Return whether ``text`` is a part of one of ``others``, or one of them a part of it.

    >>> overlaps("Where is it? Thanks.", ["Where is it?"]), overlaps("Where is it?", ["Who is it?"])
    (True, False)
    """
    return any(other in text or text in other for other in others)


_GOES_ON_BEFORE = re.compile(r"(?:\w|\d[.,:-])\Z")
_GOES_ON_AFTER = re.compile(r"\w|[.,:-]\d")


def stands_in(value: str, text: str) -> bool:
    """Return whether ``text`` holds ``value`` as it is, not inside a longer word or number.

    >>> stands_in("8 am", "It opens at 8 am."), stands_in("8 am", "It opens at 18 am."), stands_in("24", "24.50")
    (True, False, False)
    """
    start = text.find(value)
    while start >= 0:
        end = start + len(value)
        if not _GOES_ON_BEFORE.search(text[max(start - 2, 0) : start]) and not _GOES_ON_AFTER.match(text, end):
            return True
        start = text.find(value, start + 1)
    return False
