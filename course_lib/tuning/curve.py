"""A learning curve while it grows: as a sentence and as a picture, both computed from the points alone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from course_lib.errors import CourseError

Point = tuple[int, float]
"""A step (from 1) and its loss, as `Adapter.history` and the callback of `tune` give them."""
WINDOW = 5
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 12, 34
"""Room around the picture for its axes, in pixels."""


def smooth_losses(losses: Sequence[float], window: int = WINDOW) -> list[float]:
    """Return for each step the mean loss of the last ``window`` steps, fewer at the beginning.

    One batch may be easier than the next, so single losses jump; the mean shows where the training goes.

    >>> smooth_losses([4.0, 2.0, 3.0, 1.0], window=2)
    [4.0, 3.0, 2.5, 2.0]
    """
    if window < 1:
        raise CourseError(f"expected a window of 1 step or more, got {window}")
    parts = [losses[max(0, at + 1 - window) : at + 1] for at in range(len(losses))]
    return [sum(part) / len(part) for part in parts]


def describe_curve(points: Sequence[Point], n_steps: int) -> str:
    """Return a learning curve as a sentence.

    >>> describe_curve([(1, 4.0), (2, 1.0)], n_steps=8)
    'step 2 of 8: the loss began at 4.00 and is 2.50 (mean of the last 2 steps)'
    """
    if not points:
        return f"step 0 of {n_steps}: nothing has been learnt yet"
    losses = [loss for _, loss in points]
    n_last = min(WINDOW, len(losses))
    last = f"{smooth_losses(losses)[-1]:.2f} (mean of the last {n_last} step{'s' if n_last > 1 else ''})"
    return f"step {points[-1][0]} of {n_steps}: the loss began at {losses[0]:.2f} and is {last}"


def draw_curve(points: Sequence[Point], n_steps: int, width: int = 560, height: int = 240) -> str:
    """Return a learning curve as an SVG picture that a screen reader can read out.

    Parameters
    ----------
    points
        Those that are known so far.
    n_steps
        Of the whole training: the axis does not move while the curve grows.
    width, height
        In pixels.

    Raises
    ------
    CourseError
        ``n_steps`` is no positive number, or a point lies beyond it.
    """
    if n_steps < 1 or any(not 1 <= step <= n_steps for step, _ in points):
        raise CourseError(f"expected steps from 1 to n_steps = {n_steps}, got {[step for step, _ in points][:5]}")
    words = escape(describe_curve(points, n_steps))
    top = max((loss for _, loss in points), default=1.0) or 1.0
    right, floor = width - _RIGHT, height - _BOTTOM

    def place(step: float, loss: float) -> tuple[float, float]:
        across = _LEFT + (right - _LEFT) * (step - 1) / max(1, n_steps - 1)
        return across, floor - (floor - _TOP) * loss / top

    means = zip([step for step, _ in points], smooth_losses([loss for _, loss in points]), strict=True)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in means))
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" opacity=".5"/>' for x, y in (place(*point) for point in points)
    )
    axes = f'<path d="M{_LEFT},{_TOP}V{floor}H{right}" fill="none" stroke="currentColor"/>'
    labels = (
        _write(_LEFT - 6, _TOP + 8, f"{top:.1f}", "end")
        + _write(_LEFT - 6, floor, "0", "end")
        + _write(_LEFT, floor + 16, "1", "middle")
        + _write(right, floor + 16, str(n_steps), "end")
        + _write((_LEFT + right) / 2, floor + 28, "step (dots: one batch; line: mean of the last 5)", "middle")
    )
    curve = f'<polyline points="{line}" fill="none" stroke="currentColor" stroke-width="2"/>' if points else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img" aria-label="{words}" '
        f'fill="currentColor"><title>{words}</title>{axes}{dots}{curve}{labels}</svg>'
    )


def _write(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="11" text-anchor="{anchor}">{escape(text)}</text>'
