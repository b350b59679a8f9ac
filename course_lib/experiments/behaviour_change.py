"""What one customer gets from the base model and from the tuned one, rule by rule."""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.world import Item
from course_lib.world.tasks import VOICE_RULES, check_voice


@dataclass(frozen=True)
class Change:
    """One item of the task `voice` with two replies to it.

    Parameters
    ----------
    item
        What was asked, with the note that holds the answer.
    before, after
        Replies of the base model and of the tuned one.
    """

    item: Item
    before: str
    after: str

    def reply(self, adapter_on: bool) -> str:
        """Return the reply with the adapter on or off."""
        return (self.after if adapter_on else self.before).strip()

    def rules_kept(self, adapter_on: bool) -> dict[str, bool]:
        """Return for every rule of the house voice whether that reply keeps it."""
        return check_voice(self.reply(adapter_on), self.item)


def render_change(change: Change, adapter_on: bool) -> str:
    r"""Return one side of a change as text.

    Examples
    --------
    >>> item = Item("voice-test-000", "Question: Oslo store opening time?\nNote: opens 8 am", "", "plain", "8 am")
    >>> print(render_change(Change(item, "8 am", "..."), adapter_on=False))
    Question: Oslo store opening time?
    Note: opens 8 am
    adapter off: 8 am
    4 of 7 rules kept; broken: opening, sign_off, length
    """
    kept = change.rules_kept(adapter_on)
    broken = [name for name in VOICE_RULES if not kept[name]]
    verdict = f"{len(kept) - len(broken)} of {len(kept)} rules kept" + (f"; broken: {', '.join(broken)}" * bool(broken))
    state = "on" if adapter_on else "off"
    return f"{change.item.input}\nadapter {state}: {change.reply(adapter_on)}\n{verdict}"
