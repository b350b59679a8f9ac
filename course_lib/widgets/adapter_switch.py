"""A reply with the adapter off and on, over `course_lib.experiments.behaviour_change`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from course_lib.checks.markup import OPEN, box, element, plain, plain_lines
from course_lib.experiments.behaviour_change import Change
from course_lib.world.tasks import VOICE_RULES

WITHOUT_WIDGETS = "adapter off and on: needs a live kernel and ipywidgets; the cell above shows the same as text"
_LEFT = "text-align:left"
_TEXT = "margin:.2em 0 .4em 0"


def render_html(change: Change, adapter_on: bool) -> str:
    """Return one side of a change as HTML: what was asked, the reply, a table of the rules."""
    kept = change.rules_kept(adapter_on)
    asked = element("div", plain_lines(change.item.input), style=_TEXT)
    reply = element("div", element("strong", plain_lines(change.reply(adapter_on))), style=_TEXT)
    rows = "".join(
        element("tr", element("td", plain(rule.says), style=_LEFT) + element("td", "kept" if kept[name] else "broken"))
        for name, rule in VOICE_RULES.items()
    )
    head = "".join(element("th", plain(words), scope="col", style=_LEFT) for words in ("rule", "this reply"))
    n_kept = f"{sum(kept.values())} of {len(kept)} rules kept"
    caption = element("caption", plain(n_kept), style=_LEFT)
    table = element("table", caption + element("thead", element("tr", head)) + element("tbody", rows))
    return box(asked + reply + table, f"Reply with the adapter {'on' if adapter_on else 'off'}: {n_kept}", OPEN)


class AdapterSwitch:
    """A customer to choose, a switch for the adapter, and the reply.

    Parameters
    ----------
    changes
        Items with both replies.

    Attributes
    ----------
    number, switch
        The controls: which item, adapter off or on.
    page
        The reply, as HTML.
    """

    def __init__(self, changes: Sequence[Change]) -> None:
        import ipywidgets

        wide = {"description_width": "7em"}
        self._changes = list(changes)
        self.number = ipywidgets.IntSlider(1, 1, len(self._changes), description="customer", style=wide)
        self.switch = ipywidgets.ToggleButtons(options=["off", "on"], description="adapter", style=wide)
        self.page = ipywidgets.HTML()
        self.box = ipywidgets.VBox([self.number, self.switch, self.page])
        for control in (self.number, self.switch):
            control.observe(self._refresh, names="value")
        self._refresh()

    def _refresh(self, change: object = None) -> None:
        """Show what the controls say."""
        self.page.value = render_html(self._changes[self.number.value - 1], self.switch.value == "on")

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle = self.box._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**data, "text/plain": WITHOUT_WIDGETS}
