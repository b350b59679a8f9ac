"""The slice explorer: cut a run by a trait and read the failures of one slice, over `course_lib.evaluation.slices`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from course_lib.checks.markup import OPEN, box, element, plain
from course_lib.evaluation import Result
from course_lib.evaluation.slices import Slice, Traits, count_failures, name_failure, slice_results

MOST_EXAMPLES = 8
ANY_TRAIT = "any trait"
WITHOUT_WIDGETS = "slice explorer: needs a live kernel and ipywidgets; the lines above show slices as text"
_LEFT = "text-align:left;padding:.1em .8em .1em 0"


def render_slices(slices: Sequence[Slice]) -> str:
    """Return slices as an HTML table, worst first."""
    head = ("slice", "right", "95 % interval", "questions", "what became of them")
    rows = [element("tr", "".join(element("th", plain(cell), scope="col", style=_LEFT) for cell in head))]
    for cut in slices:
        share = cut.interval
        counts = ", ".join(f"{n} {failure}" for failure, n in count_failures(cut.results).items())
        cells = (f"{share.value:.2f}", f"{share.low:.2f} to {share.high:.2f}", str(len(cut.results)), counts)
        name = element("th", plain(f"{cut.trait} = {cut.value}"), scope="row", style=_LEFT)
        rows.append(element("tr", name + "".join(element("td", plain(cell), style=_LEFT) for cell in cells)))
    caption = element("caption", "Slices, worst first", style="text-align:left")
    return element("table", caption + "".join(rows))


def render_failures(cut: Slice) -> str:
    """Return the first failures of a slice as HTML: question, what the system said, the right answer."""
    failed = [result for result in cut.results if not result.is_right]
    items = [
        element(
            "li",
            f"{element('strong', plain(name_failure(result)))}: {plain(result.question)}<br>"
            f"said {element('code', plain(result.answer.text or 'nothing'))}, "
            f"right is {element('code', plain(result.gold or 'that nobody knows'))}",
        )
        for result in failed[:MOST_EXAMPLES]
    ]
    heading = f"{cut.trait} = {cut.value}: {len(failed)} of {len(cut.results)} failed, the first {len(items)}"
    return element("p", element("strong", plain(heading))) + element("ul", "".join(items))


class SliceExplorer:
    """Two menus and a slider over the results of one run.

    Parameters
    ----------
    results
        Of one system.
    describe
        Gives the traits of a question.

    Attributes
    ----------
    trait, fewest, cut
        The controls: which trait to cut by, the smallest slice that counts, the slice to read.
    page
        Slices and failures as HTML.
    """

    def __init__(self, results: Sequence[Result], describe: Callable[[Result], Traits]) -> None:
        import ipywidgets

        wide = {"description_width": "9em"}
        self._results, self._describe = list(results), describe
        self._slices: list[Slice] = []
        names = dict.fromkeys(name for result in results for name in describe(result))
        self.trait = ipywidgets.Dropdown(options=[ANY_TRAIT, *names], description="cut by", style=wide)
        self.fewest = ipywidgets.IntSlider(10, 1, 40, description="smallest slice", style=wide, continuous_update=False)
        self.cut = ipywidgets.Dropdown(options=[], description="read failures of", style=wide)
        self.page = ipywidgets.HTML()
        self.box = ipywidgets.VBox([self.trait, self.fewest, self.cut, self.page])
        self.trait.observe(self._cut_anew, names="value")
        self.fewest.observe(self._cut_anew, names="value")
        self.cut.observe(self._show, names="value")
        self._cut_anew()

    def _cut_anew(self, change: object = None) -> None:
        """Cut by what the controls say, and turn to the worst slice."""
        trait = None if self.trait.value == ANY_TRAIT else self.trait.value
        self._slices = slice_results(self._results, self._describe, fewest=self.fewest.value, trait=trait)
        self.cut.options = [(f"{cut.trait} = {cut.value}", at) for at, cut in enumerate(self._slices)]
        self._show()

    def _show(self, change: object = None) -> None:
        """Show the slices and the failures of the chosen one."""
        if not self._slices:
            self.page.value = box(plain("no slice is as large as that"), "Slice explorer", OPEN)
            return
        chosen = self._slices[self.cut.value or 0]
        self.page.value = box(render_slices(self._slices) + render_failures(chosen), "Slice explorer", OPEN)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle = self.box._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**data, "text/plain": WITHOUT_WIDGETS}
