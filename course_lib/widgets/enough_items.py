"""How many items are enough: a slider for the size of a test set, over `course_lib.statistics.choosing`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from course_lib.checks.markup import OPEN, box, element, plain
from course_lib.statistics.choosing import BlindChoice, choose_blindly

SIZES = (5, 10, 20, 50, 100, 200, 300, 500)
N_RESAMPLES = 500
FEWEST_SYSTEMS = 2
WITHOUT_WIDGETS = "how many items are enough: needs a live kernel and ipywidgets; the lines above show the same as text"


def render_choice(choice: BlindChoice, means: Mapping[str, float]) -> str:
    """Return what a test set of one size does, as HTML: P(wrong pick), what it costs, and the true shares."""
    bar = element(
        "meter",
        f"{choice.wrong:.0%}",
        value=f"{choice.wrong:.3f}",
        min="0",
        max="1",
        style="width:20em",
        **{"aria-label": "P(wrong pick)"},
    )
    best = max(means, key=means.__getitem__)
    truth = ", ".join(f"{name} {mean:.3f}" for name, mean in sorted(means.items(), key=lambda pair: -pair[1]))
    lines = (
        f"{choice.n_questions} questions, {len(means)} systems: {choice.wrong:.0%} of all tests pick a wrong one",
        f"that loses {choice.regret:.3f} of accuracy on average",
        f"share of right answers over all questions: {truth}; the best is {best}",
    )
    return box(bar + "".join(element("p", plain(line)) for line in lines), "How many items are enough", OPEN)


class EnoughItems:
    """A slider for the number of questions, and a menu of the systems to choose among.

    Parameters
    ----------
    scores
        Name of a system -> its score on each question, shape (n,).

    Attributes
    ----------
    size, systems
        The controls.
    page
        What they lead to, as HTML.
    """

    def __init__(self, scores: Mapping[str, Sequence[float]]) -> None:
        import ipywidgets

        wide = {"description_width": "9em"}
        self._scores = dict(scores)
        names = list(self._scores)
        self.size = ipywidgets.SelectionSlider(
            options=SIZES, value=20, description="questions", style=wide, continuous_update=False
        )
        self.systems = ipywidgets.SelectMultiple(
            options=names, value=tuple(names), rows=len(names), description="systems", style=wide
        )
        self.page = ipywidgets.HTML()
        self.box = ipywidgets.VBox([self.size, self.systems, self.page])
        for control in (self.size, self.systems):
            control.observe(self._refresh, names="value")
        self._refresh()

    def _refresh(self, change: object = None) -> None:
        """Draw test sets anew with what the controls say."""
        chosen = {name: self._scores[name] for name in self.systems.value}
        if len(chosen) < FEWEST_SYSTEMS:
            self.page.value = box(plain("choose two systems or more"), "How many items are enough", OPEN)
            return
        choice = choose_blindly(chosen, self.size.value, n_resamples=N_RESAMPLES)
        means = {name: sum(column) / len(column) for name, column in chosen.items()}
        self.page.value = render_choice(choice, means)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle = self.box._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**data, "text/plain": WITHOUT_WIDGETS}
