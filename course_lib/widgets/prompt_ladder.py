"""The prompt ladder to climb by hand, over `course_lib.experiments.ladder_view.view_rung`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from course_lib.checks.markup import OPEN, box, element, plain, plain_lines
from course_lib.experiments.ladder_view import RungView
from course_lib.experiments.prompt_ladder import DECOMPOSED, RUNGS

WITHOUT_WIDGETS = "prompt ladder: needs a live kernel and ipywidgets; the cell above shows the same for one rung"
HEAD = ("part", "tokens", "of the context")
_LEFT, _RIGHT = "text-align:left", "text-align:right"
_TURN = "margin:.2em 0 .4em 0;border-left:3px solid currentColor;padding-left:.6em"
_BAR = "background:currentColor;opacity:.6;height:.8em;width:{share:.1%};min-width:1px"


def render_html(view: RungView) -> str:
    """Return a rung as HTML: the turns, a table of tokens by part with bars, the answer."""
    turns = "".join(
        element("div", element("strong", plain(f"{turn['role']} ")) + plain_lines(turn["content"]), style=_TURN)
        for turn in view.prompt
    )
    head = "".join(
        element("th", plain(name), scope="col", style=_LEFT) for name in ("part", "tokens", "of the context")
    )
    rows = "".join(_row(name, n, view.context_length) for name, n in view.parts.items())
    caption = element("caption", plain(f"{view.n_tokens} of {view.context_length} tokens"), style=_LEFT)
    table = element(
        "table", caption + element("thead", element("tr", head)) + element("tbody", rows), style="width:98%"
    )
    answer = view.answer or "the context has no room for this prompt and an answer"
    last = element("p", element("strong", "Answer") + " " + plain(answer))
    return box(turns + table + last, f"Prompt ladder: {view.task}, {view.rung}", OPEN)


def _row(name: str, n_tokens: int, context_length: int) -> str:
    bar = element("div", "", style=_BAR.format(share=n_tokens / context_length), **{"aria-hidden": "true"})
    cells = element("td", str(n_tokens), style=_RIGHT) + element("td", bar, style="width:70%")
    return element("tr", element("th", plain(name), scope="row", style=_LEFT) + cells)


class PromptLadder:
    """A task, a rung and a message to choose, and what follows from them.

    Parameters
    ----------
    view
        Called with ``task``, ``rung`` and ``message``; returns a `RungView`.
    messages
        Task -> messages to begin with, the first one shown.

    Attributes
    ----------
    task, rung, message
        The controls: a list, a slider from rung to rung, a text.
    page
        What they lead to, as HTML.
    """

    def __init__(self, view: Callable[..., RungView], messages: dict[str, Sequence[str]]) -> None:
        import ipywidgets

        wide = {"description_width": "7em"}
        layout = ipywidgets.Layout(width="98%")
        rungs = [rung for rung in RUNGS if rung != DECOMPOSED]
        self._view, self._messages = view, messages
        self.task = ipywidgets.Dropdown(options=list(messages), description="task", style=wide)
        self.rung = ipywidgets.SelectionSlider(
            options=rungs, description="rung", style=wide, layout=layout, continuous_update=False
        )
        self.message = ipywidgets.Textarea(
            messages[self.task.value][0], description="message", style=wide, layout=layout, continuous_update=False
        )
        self.page = ipywidgets.HTML()
        self.box = ipywidgets.VBox([self.task, self.rung, self.message, self.page])
        self.task.observe(self._change_task, names="value")
        for control in (self.rung, self.message):
            control.observe(self._refresh, names="value")
        self._refresh()

    def _change_task(self, change: object = None) -> None:
        """Show the first message of the task."""
        first = self._messages[self.task.value][0]
        if self.message.value == first:
            self._refresh()
        else:
            self.message.value = first  # which refreshes

    def _refresh(self, change: object = None) -> None:
        """Build the prompt anew from what the controls say."""
        if self.message.value.strip():
            found = self._view(task=self.task.value, rung=self.rung.value, message=self.message.value)
            self.page.value = render_html(found)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle = self.box._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**data, "text/plain": WITHOUT_WIDGETS}
