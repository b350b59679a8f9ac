"""The rules of the Fennick house voice, each a small function."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from course_lib.world.tasks.model import Item, stands_in

OPENING = "Thank you"
SIGN_OFF = "Warmly, the Fennick team"
N_WORDS = (8, 40)
FORBIDDEN: tuple[str, ...] = (
    "unfortunately",
    "sorry",
    "asap",
    "cheap",
    "hey",
    "guys",
    "awesome",
    "obviously",
    "basically",
    "honestly",
    "hopefully",
    "impossible",
)
"""Words that stand in no statement, value or name of the world, so that every truth can be told without them."""


@dataclass(frozen=True)
class VoiceRule:
    """One rule: the sentence that says it, and whether an output keeps it for an item."""

    says: str
    is_kept: Callable[[str, Item], bool]


def opens_with_thanks(output: str, item: Item) -> bool:
    """Return whether the reply opens with `OPENING`."""
    return re.match(rf"{OPENING}\b", output.strip()) is not None


def ends_with_sign_off(output: str, item: Item) -> bool:
    """Return whether the reply ends with `SIGN_OFF`, to the letter."""
    return re.search(rf"(?:^|\s){SIGN_OFF}$", output.strip()) is not None


def keeps_length(output: str, item: Item) -> bool:
    """Return whether the number of words is within `N_WORDS`, the sign-off included."""
    return N_WORDS[0] <= len(output.split()) <= N_WORDS[1]


def has_no_forbidden_word(output: str, item: Item) -> bool:
    """Return whether none of `FORBIDDEN` stands in the reply."""
    return not set(FORBIDDEN) & set(re.findall(r"\w+", output.lower()))


def has_no_exclamation(output: str, item: Item) -> bool:
    """Return whether the reply is free of exclamation marks."""
    return "!" not in output


def does_not_shout(output: str, item: Item) -> bool:
    """Return whether every word in capitals of 4 letters or more stands in the input too."""
    shouted = r"\b[A-Z]{4,}\b"
    return set(re.findall(shouted, output)) <= set(re.findall(shouted, item.input))


def holds_value(output: str, item: Item) -> bool:
    """Return whether the value of the item stands in the reply; a capital first letter is no matter."""
    return stands_in(item.value.lower(), output.lower())


VOICE_RULES: dict[str, VoiceRule] = {
    "opening": VoiceRule(f'The reply opens with "{OPENING}".', opens_with_thanks),
    "sign_off": VoiceRule(f'The reply ends with exactly "{SIGN_OFF}".', ends_with_sign_off),
    "length": VoiceRule(f"The reply has {N_WORDS[0]} to {N_WORDS[1]} words, the sign-off included.", keeps_length),
    "words": VoiceRule(f"The reply uses none of these words: {', '.join(FORBIDDEN)}.", has_no_forbidden_word),
    "exclamation": VoiceRule("The reply has no exclamation mark.", has_no_exclamation),
    "capitals": VoiceRule("No word of 4 or more letters is all in capitals, unless the input has it.", does_not_shout),
    "value": VoiceRule("The reply holds the answer as the note gives it.", holds_value),
}
"""Name of a rule -> the rule."""


def check_voice(output: str, item: Item) -> dict[str, bool]:
    r"""Return, for every rule of `VOICE_RULES`, whether ``output`` keeps it for ``item``.

    >>> item = Item("voice-test-000", "Question: Oslo store opening time?\nNote: opens 8 am", "", "plain", "8 am")
    >>> kept = check_voice("Thank you for asking. It opens at 8 am. Warmly, the Fennick team", item)
    >>> all(kept.values())
    True
    >>> kept = check_voice("Hey! It opens at 18 am. Warmly, the Fennick team", item)
    >>> [name for name, is_kept in kept.items() if not is_kept]
    ['opening', 'words', 'exclamation', 'value']
    """
    return {name: rule.is_kept(output, item) for name, rule in VOICE_RULES.items()}
