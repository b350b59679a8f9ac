"""What the wild does to a text: typos, lost punctuation, slang. Protected values come through unharmed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from course_lib.world.tasks import chatter

KEY_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBOURS: dict[str, str] = {
    key: row[max(i - 1, 0) : i] + row[i + 1 : i + 2] for row in KEY_ROWS for i, key in enumerate(row)
}
"""Letter -> the letters left and right of it on the keyboard."""


def change_unprotected(text: str, protected: Sequence[str], change: Callable[[str], str]) -> str:
    """Return ``text`` with ``change`` applied to every stretch that holds no protected value.

    >>> change_unprotected("Send 12 to Oslo", ["Oslo"], str.upper)
    'SEND 12 TO Oslo'
    """
    values = sorted((value for value in protected if value), key=len, reverse=True)
    if not values:
        return change(text)
    parts = re.split("(" + "|".join(map(re.escape, values)) + ")", text)
    return "".join(part if i % 2 else change(part) for i, part in enumerate(parts))


def misspell(word: str, rng: Random) -> str:
    """Return ``word`` with one slip of the keyboard after its first letter: swap, drop, double or neighbour."""
    i = rng.randrange(1, len(word) - 1)
    before, letter, after = word[:i], word[i], word[i + 1 :]
    return rng.choice(
        [
            before + after[0] + letter + after[1:],
            before + after,
            before + letter + letter + after,
            before + rng.choice(NEIGHBOURS.get(letter.lower(), "e")) + after,
        ]
    )


def add_typos(text: str, rng: Random, protected: Sequence[str] = (), rate: float = 0.4) -> str:
    """Return ``text`` with about ``rate`` of its words of 4 letters or more misspelt; digits stay as they are.

    >>> add_typos("Please send the lamp to Oslo", Random(1), ["Oslo"], rate=1.0)
    'Pelase semd the lmap to Oslo'
    """

    def slip(match: re.Match[str]) -> str:
        return misspell(match[0], rng) if rng.random() < rate else match[0]

    return change_unprotected(text, protected, lambda part: re.sub(r"[A-Za-z]{4,}", slip, part))


def drop_punctuation(text: str, protected: Sequence[str] = ()) -> str:
    """Return ``text`` in lower case and without marks, line breaks kept.

    >>> drop_punctuation("Hello. I want 2.50 back, please!", ["2.50"])
    'hello i want 2.50 back please'
    """
    return change_unprotected(text, protected, lambda part: re.sub(r"[.,;:!?]+(?=\s|$)", "", part).lower())


def make_casual(text: str, rng: Random, protected: Sequence[str] = ()) -> str:
    """Return ``text`` in the language of short messages, with a casual opener or closer around it.

    >>> make_casual("Could you help me?", Random(3))
    'yo, cud u help me?'
    """
    pattern = re.compile(r"\b(" + "|".join(chatter.CASUAL_WORDS) + r")\b", re.IGNORECASE)
    slang = {long.lower(): short for long, short in chatter.CASUAL_WORDS.items()}
    text = change_unprotected(text, protected, lambda part: pattern.sub(lambda found: slang[found[0].lower()], part))
    if rng.random() < 0.5:
        return f"{rng.choice(chatter.CASUAL_OPENERS)} {text}"
    return f"{text} {rng.choice(chatter.CASUAL_CLOSERS)}"


def greet_and_sign(text: str, rng: Random) -> str:
    """Return ``text`` between a greeting and a signature, each on a line of its own."""
    return f"{rng.choice(chatter.GREETINGS)},\n{text}\n{rng.choice(chatter.SIGNATURES)}"


def roughen(text: str, rng: Random, protected: Sequence[str], slice_name: str) -> str:
    """Return ``text`` as the wild would write it; only items of the slice "typo" are misspelt.

    Every slice may lose its punctuation or its good manners; "plain" wild items always get a greeting
    and a signature, which is all that sets them apart from the clean splits.
    """
    if rng.random() < 0.4:
        text = make_casual(text, rng, protected)
    if slice_name == "plain":
        text = greet_and_sign(text, rng)
    if slice_name == "typo":
        text = add_typos(text, rng, protected)
    if rng.random() < 0.4:
        text = drop_punctuation(text, protected)
    return text
