"""The 2x2 to move: sliders for k and the adapter over `course_lib.experiments.two_by_two.make_two_by_two`."""

from __future__ import annotations

from typing import Any

from course_lib.checks.markup import GOOD, OPEN, box, element, plain
from course_lib.experiments.hybrid import MEASURES
from course_lib.experiments.two_by_two import LABELS, Factorial, TwoByTwo, describe_two_by_two, make_two_by_two

WITHOUT_WIDGETS = "2x2 with sliders: needs a live kernel and ipywidgets; the text above shows the same for one k"
_CELL = "border:1px solid;padding:.3em .8em;text-align:left"


def render_html(found: TwoByTwo, with_retrieval: bool = True, with_adapter: bool = True) -> str:
    """Return a 2x2 as an HTML table with the chosen cell named and marked, and the sentences on gains below it.

    Parameters
    ----------
    found
        The four cells.
    with_retrieval, with_adapter
        Which of them is chosen.
    """
    chosen = (("BASE", "FT-B"), ("RAG", "HYB"))[with_retrieval][with_adapter]
    name = LABELS[found.measure]
    heads = ("", "no retrieval", f"{found.k} passages")
    head = "".join(element("th", plain(words), scope="col", style=_CELL) for words in heads)
    body = ""
    for label, arms in (("without adapter", ("BASE", "RAG")), ("with adapter", ("FT-B", "HYB"))):
        row = element("th", label, scope="row", style=_CELL)
        body += element("tr", row + "".join(_cell(arm, found, arm == chosen) for arm in arms))
    table = element("table", element("caption", plain(f"share: {name}")) + element("tr", head) + body)
    sentences = "".join(element("p", plain(line)) for line in describe_two_by_two(found).splitlines()[1:])
    return box(table + sentences, f"2x2 of {name}", OPEN)


def _cell(arm: str, found: TwoByTwo, is_chosen: bool) -> str:
    """Return one cell; the chosen one says so in words, and has a thick edge."""
    text = element("strong", plain(f"{arm}, chosen")) if is_chosen else plain(arm)
    style = f"{_CELL};outline:3px solid {GOOD}" if is_chosen else _CELL
    return element("td", f"{text}<br>{plain(str(found.cells[arm]))}", style=style)


class TwoByTwoView:
    """Three controls over stored cells; no model is asked when they move.

    Parameters
    ----------
    stored
        From `course_lib.experiments.two_by_two.store_cells`.

    Attributes
    ----------
    k, adapter, measure
        A slider (0 is no retrieval), a check box, a choice.
    page
        The 2x2 that they lead to, as HTML.
    """

    def __init__(self, stored: Factorial) -> None:
        import ipywidgets

        wide = {"description_width": "9em"}
        self._stored = stored
        ks = [0, *stored.ks]
        self.k = ipywidgets.SelectionSlider(options=ks, value=ks[-1], description="k, passages", style=wide)
        self.adapter = ipywidgets.Checkbox(value=True, description="with the adapter", style=wide)
        choices = [(LABELS[name], name) for name in MEASURES]
        self.measure = ipywidgets.Dropdown(options=choices, value="both_right", description="measure", style=wide)
        self.page = ipywidgets.HTML()
        self.box = ipywidgets.VBox([self.k, self.adapter, self.measure, self.page])
        self._column = ks[-1]
        for control in (self.k, self.adapter, self.measure):
            control.observe(self._refresh, names="value")
        self._refresh()

    def _refresh(self, change: object = None) -> None:
        """Compute the 2x2 anew; at k = 0 the column of passages stays the one that was last seen."""
        self._column = self.k.value or self._column
        found = make_two_by_two(self._stored, self._column, self.measure.value)
        self.page.value = render_html(found, self.k.value > 0, self.adapter.value)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle = self.box._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**data, "text/plain": WITHOUT_WIDGETS}
