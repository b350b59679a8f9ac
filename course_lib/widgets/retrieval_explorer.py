"""The retrieval explorer: sliders for chunk size and k over `course_lib.rag.exploring.explore`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from course_lib.checks.markup import GOOD, OPEN, box, element, plain, plain_lines
from course_lib.rag.exploring import Exploration, Piece

SIZES = (40, 240, 20)
"""Smallest and largest chunk of the slider, and its step, in tokens."""
MOST_K = 6
WITHOUT_WIDGETS = (
    "retrieval explorer: needs a live kernel and ipywidgets; the cell above shows the same for one setting"
)
_MARK = "background:rgba(240,200,0,.28);color:inherit;border-bottom:2px solid {colour};padding:.1em 0"
_LINES = "margin:.2em 0 .8em 0"


def render_html(exploration: Exploration) -> str:
    """Return an exploration as HTML: documents with the found chunks marked, the prompt, the answer.

    A mark begins with its rank and, where the answer cites it, the word "cited", so that no colour carries the meaning.
    """
    cited = exploration.cited_ranks
    head = (
        f"{exploration.n_chunks} chunks of at most {exploration.max_tokens} tokens; "
        f"k = {exploration.k}, {len(exploration.hits)} found"
    )
    parts = [element("p", element("strong", plain(exploration.question))), element("p", plain(head))]
    for title, pieces in exploration.sources:
        parts.append(element("strong", plain(title)))
        parts.append(element("div", "".join(_piece(piece, cited) for piece in pieces), style=_LINES))
    prompt = "\n".join(f"{turn['role']}: {turn['content']}" for turn in exploration.answer.prompt)
    summary = element("summary", plain(f"the prompt, {exploration.answer.prompt_tokens} tokens"))
    parts.append(element("details", summary + element("div", plain_lines(prompt), style=_LINES)))
    names = ", ".join(map(str, cited)) or "no passage"
    parts.append(element("p", f"{element('strong', 'Answer')} {plain(exploration.answer.text)}"))
    parts.append(element("p", f"{element('strong', 'Rests on')} {plain(names)}"))
    return box("".join(parts), "Retrieval explorer", OPEN)


def _piece(piece: Piece, cited: Sequence[int]) -> str:
    """Return one piece of a document, marked if it was found."""
    text, rank = piece
    if rank is None:
        return plain_lines(text)
    label = f"{rank}, cited" if rank in cited else str(rank)
    sign = element("sup", element("strong", plain(f"{label} ")))
    return element("mark", sign + plain_lines(text), style=_MARK.format(colour=GOOD if rank in cited else OPEN))


class RetrievalExplorer:
    """A question, two sliders, and what follows from them.

    Parameters
    ----------
    explore
        Called with ``question``, ``max_tokens`` and ``k``; returns an `Exploration`.
    questions
        To choose from; the first one is shown first.

    Attributes
    ----------
    question, size, k
        The controls: a text with suggestions, two sliders.
    page
        What they lead to, as HTML.
    """

    def __init__(self, explore: Callable[..., Exploration], questions: Sequence[str]) -> None:
        import ipywidgets

        smallest, largest, step = SIZES
        wide = {"description_width": "9em"}
        layout = ipywidgets.Layout(width="98%")
        long = ipywidgets.Layout(width="98%", max_width="36em")
        self._explore = explore
        self.question = ipywidgets.Combobox(
            value=questions[0], options=list(questions), description="question", style=wide, layout=layout
        )
        self.size = ipywidgets.IntSlider(
            120, smallest, largest, step, description="chunk, tokens", style=wide, layout=long, continuous_update=False
        )
        self.k = ipywidgets.IntSlider(
            3, 1, MOST_K, description="k, passages", style=wide, layout=long, continuous_update=False
        )
        self.question.continuous_update = False
        self.page = ipywidgets.HTML()
        self.box = ipywidgets.VBox([self.question, self.size, self.k, self.page])
        for control in (self.question, self.size, self.k):
            control.observe(self._refresh, names="value")
        self._refresh()

    def _refresh(self, change: object = None) -> None:
        """Explore anew with what the controls say."""
        if self.question.value.strip():
            found = self._explore(question=self.question.value, max_tokens=self.size.value, k=self.k.value)
            self.page.value = render_html(found)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle = self.box._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**data, "text/plain": WITHOUT_WIDGETS}
