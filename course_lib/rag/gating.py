"""A gate before the prompt: passages that do not speak of what the question names are not read."""

from __future__ import annotations

import re
from collections.abc import Sequence

LEAST = 0.6
"""Share of a question's names that one passage must hold to be trusted."""
LONG = 6
"""Letters from which a word counts as telling where no name is there."""
_WORD = re.compile(r"[\w'@.-]*\w")


def names_in(question: str) -> list[str]:
    """Return the words of a question that name something: with a capital or a digit, not at the start of a sentence.

    Where a question has none, such as one all in small letters, its long words take their place.

    >>> names_in("What is the price of the Tarvo Lamp 220?")
    ['Tarvo', 'Lamp', '220']
    """
    starts = {0} | {match.end() for match in re.finditer(r"[.!?:]\s+", question)}
    words = [(match.group(), match.start() in starts) for match in _WORD.finditer(question)]
    named = [(word, at_start) for word, at_start in words if _looks_like_name(word)]
    inner = [word for word, at_start in named if not at_start or any(character.isdigit() for character in word)]
    return inner or [word for word, _ in named] or [word for word, _ in words if len(word) >= LONG]


def _looks_like_name(word: str) -> bool:
    return word != "I" and (word[0].isupper() or any(character.isdigit() for character in word))


def trust_passages(question: str, passages: Sequence[str], least: float = LEAST) -> bool:
    """Return whether a passage holds at least the share ``least`` of the names in the question.

    A question without any name, and a search without any hit, are not trusted.

    >>> trust_passages("What does the Tarvo Lamp cost?", ["The Tarvo Lamp costs 24 euros."])
    True
    >>> trust_passages("What does the Tarvo Lamp cost?", ["The Tarvo Hub weighs 2 kg.", "Opening hours: 8 am"])
    False
    """
    names = {name.removesuffix("'s").casefold() for name in names_in(question)}
    for passage in passages:
        held = {word.group().removesuffix("'s").casefold() for word in _WORD.finditer(passage)}
        if names and len(names & held) >= least * len(names):
            return True
    return False
