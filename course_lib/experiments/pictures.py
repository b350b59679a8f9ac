"""Pictures of experiments: colour-blind safe (Okabe and Ito 2008) and readable in black and white."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from course_lib.experiments.base import Result
from course_lib.statistics import Interval

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#000000")
HATCHES = ("", "//", "..", "xx", "\\\\", "--", "oo", "++")
MARKERS = "osD^vPX*"
DASHES = ("-", "--", "-.", ":", (0, (3, 1, 1, 1)), (0, (5, 2)), (0, (1, 1)), (0, (8, 2)))


def pool(results: Sequence[Result], arm: str, question_set: str, metric: str) -> Interval | None:
    """Return the mean over the seeds with the span of all their intervals, or None where no seed has such a row."""
    found = [
        row
        for result in results
        for row in result.rows
        if (row["arm"], row["set"], row["metric"]) == (arm, question_set, metric)
    ]
    if not found:
        return None
    mean = sum(row["value"] for row in found) / len(found)
    low, high = min(row["low"] for row in found), max(row["high"] for row in found)
    return Interval(mean, low, high, sum(row["n"] for row in found))


def draw_bars(axes: Any, groups: Sequence[str], series: dict[str, Sequence[Interval | None]]) -> None:
    """Draw groups of bars with their intervals.

    Parameters
    ----------
    axes
        Of matplotlib.
    groups
        Names along the axis.
    series
        Name of each kind of bar -> one interval a group, None where there is no bar.
    """
    width = 0.8 / len(series)
    for number, (name, intervals) in enumerate(series.items()):
        places = [at + (number - (len(series) - 1) / 2) * width for at in range(len(groups))]
        shown = [(place, interval) for place, interval in zip(places, intervals, strict=True) if interval is not None]
        axes.bar(
            [place for place, _ in shown],
            [interval.value for _, interval in shown],
            width,
            yerr=error_bars([interval for _, interval in shown]),
            label=name,
            color=COLOURS[number % len(COLOURS)],
            hatch=HATCHES[number % len(HATCHES)],
            edgecolor="black",
            capsize=2,
        )
    axes.set_xticks(range(len(groups)), groups)
    if len(series) > 1:
        axes.legend(fontsize="small")


def draw_lines(axes: Any, places: Sequence[float], series: dict[str, Sequence[Interval | None]]) -> None:
    """Draw lines with their intervals; ``places`` are the positions along the axis, as in `draw_bars` otherwise."""
    for number, (name, intervals) in enumerate(series.items()):
        shown = [(place, interval) for place, interval in zip(places, intervals, strict=True) if interval is not None]
        axes.errorbar(
            [place for place, _ in shown],
            [interval.value for _, interval in shown],
            yerr=error_bars([interval for _, interval in shown]),
            label=name,
            color=COLOURS[number % len(COLOURS)],
            marker=MARKERS[number % len(MARKERS)],
            linestyle=DASHES[number % len(DASHES)],
            capsize=2,
        )
    axes.legend(fontsize="small")


def error_bars(intervals: Sequence[Interval]) -> list[list[float]]:
    """Return how far each interval reaches below and above its value, as matplotlib wants it."""
    below = [max(0.0, interval.value - interval.low) for interval in intervals]
    above = [max(0.0, interval.high - interval.value) for interval in intervals]
    return [below, above]
