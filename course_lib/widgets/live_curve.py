"""A learning curve that grows while a model is trained, over `course_lib.tuning.curve`."""

from __future__ import annotations

from typing import Any

from course_lib.tuning.curve import Point, draw_curve

WITHOUT_WIDGETS = "learning curve: needs a live kernel and ipywidgets; a cell below draws it when the training is over"


class LiveCurve:
    """Give its `add` to `tune` as ``on_step``.

    Attributes
    ----------
    points
        All steps so far with their losses.
    page
        The picture of them.
    """

    def __init__(self) -> None:
        import ipywidgets

        self.points: list[Point] = []
        self.page = ipywidgets.HTML()

    def add(self, step: int, n_steps: int, loss: float) -> None:
        """Keep one more point and draw them all; the first step begins a new curve."""
        self.points = [*(self.points if step > 1 else []), (step, loss)]
        self.page.value = draw_curve(self.points, n_steps)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle = self.page._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**data, "text/plain": WITHOUT_WIDGETS}
