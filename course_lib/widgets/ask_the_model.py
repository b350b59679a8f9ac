"""Ask the model: a question, a passage if you like, and both answers of `course_lib.rag.side_by_side`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from course_lib.checks.markup import BAD, OPEN, box, element, pairs, plain, plain_lines
from course_lib.errors import CourseError
from course_lib.rag.side_by_side import SideBySide

WITHOUT_WIDGETS = "ask the model: needs a live kernel and ipywidgets; the cell above asks without them"
_PROMPT = "margin:.3em 0"


def render_html(found: SideBySide) -> str:
    """Return both answers as HTML, with the whole prompt of the last one to unfold."""
    rows = [(label, plain_lines(text)) for label, text in found.lines()]
    prompt = "\n".join(f"{turn['role']}: {turn['content']}" for turn in found.prompt)
    summary = element("summary", "all that the model read for its last answer")
    unfold = element("details", summary + element("div", plain_lines(prompt), style=_PROMPT))
    return box(pairs(rows) + unfold, "Answers of the model", OPEN)


def render_trouble(error: CourseError) -> str:
    """Return why there is no answer, as HTML."""
    return box(plain(str(error)), "No answer", BAD)


class AskTheModel:
    """A box for a question, one for a passage, a button, and the answers.

    Parameters
    ----------
    ask
        Called with question and passage; returns a `SideBySide` or raises a `CourseError`.
    question, passage
        What stands in the boxes at first.

    Attributes
    ----------
    question, passage, button
        The controls.
    page
        The answers, or what was wrong, as HTML.
    """

    def __init__(self, ask: Callable[[str, str], SideBySide], question: str = "", passage: str = "") -> None:
        import ipywidgets

        wide = {"description_width": "7em"}
        layout = ipywidgets.Layout(width="98%")
        self._ask = ask
        self.question = ipywidgets.Text(value=question, description="question", style=wide, layout=layout)
        self.passage = ipywidgets.Textarea(
            value=passage,
            description="passage",
            placeholder="empty: the model has only its memory",
            rows=4,
            style=wide,
            layout=layout,
        )
        self.button = ipywidgets.Button(description="Ask the model")
        self.page = ipywidgets.HTML()
        self.box = ipywidgets.VBox([self.question, self.passage, self.button, self.page])
        self.button.on_click(self._refresh)

    def _refresh(self, button: object = None) -> None:
        """Ask with what stands in the boxes; a mistake is told below them, not raised."""
        self.button.disabled = True
        try:
            self.page.value = render_html(self._ask(self.question.value, self.passage.value))
        except CourseError as error:
            self.page.value = render_trouble(error)
        finally:
            self.button.disabled = False

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle = self.box._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**data, "text/plain": WITHOUT_WIDGETS}
