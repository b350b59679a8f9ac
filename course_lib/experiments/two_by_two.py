"""The 2x2 of one stored factorial: four cells, the gains along its edges, the interaction, and a picture of it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course_lib.errors import CourseError
from course_lib.evaluation import Evaluation
from course_lib.experiments.hybrid import MEASURES, add_effects, score_cell
from course_lib.experiments.pictures import error_bars
from course_lib.statistics import Interval, interaction_interval, paired_bootstrap_difference, share_interval

Scores = Mapping[str, Sequence[float]]
"""Measure (one of `MEASURES`) -> the score of every question."""
LABELS = {"facts": "right facts", "valid": "valid form", "both_right": "both right"}
"""Measure -> how it is called in pictures and texts."""
WITHOUT, WITH = "#0072B2", "#D55E00"
"""Colours without and with the adapter (Okabe and Ito 2008)."""


@dataclass(frozen=True)
class Factorial:
    """Everything that a run of the cells left behind: plain numbers, from which each 2x2 is computed.

    Parameters
    ----------
    cells
        (passages k, adapter on) -> scores; k = 0 is the column without retrieval.
    clusters
        For each question what is resampled with it.
    """

    cells: Mapping[tuple[int, bool], Scores]
    clusters: tuple[Hashable, ...]

    @property
    def ks(self) -> tuple[int, ...]:
        """The numbers of passages above 0 for which both rows are there."""
        return tuple(sorted(k for k, tuned in self.cells if k and tuned and (k, False) in self.cells))


@dataclass(frozen=True)
class TwoByTwo:
    """One measure of the four cells.

    Parameters
    ----------
    measure, k
        What was measured, and with how many passages.
    cells
        ``"BASE"``, ``"FT-B"``, ``"RAG"``, ``"HYB"`` -> share with its interval.
    tuning, retrieval
        Gain over BASE of each technique alone.
    tuning_with_retrieval, retrieval_with_tuning
        Gain of each where the other one is there already.
    interaction
        HYB - RAG - FT-B + BASE: what the combination gains beyond the sum of the two.
    """

    measure: str
    k: int
    cells: Mapping[str, Interval]
    tuning: Interval
    retrieval: Interval
    tuning_with_retrieval: Interval
    retrieval_with_tuning: Interval
    interaction: Interval

    @property
    def added_up(self) -> float:
        """Where HYB would be if the two gains just added up."""
        return add_effects(self.cells["BASE"], self.cells["RAG"], self.cells["FT-B"])


def store_cells(evaluations: Mapping[tuple[int, bool], Evaluation]) -> Factorial:
    """Return the scores of evaluated cells, all put the same questions in the same order.

    Raises
    ------
    CourseError
        The cells answered different questions.
    """
    asked = {key: [result.id for result in evaluation.results] for key, evaluation in evaluations.items()}
    first = next(iter(asked.values()), [])
    if strange := [key for key, ids in asked.items() if ids != first]:
        raise CourseError(f"the cells {strange} answered other questions than the first: ask all cells the same ones")
    cells = {key: score_cell(evaluation) for key, evaluation in evaluations.items()}
    some = next(iter(evaluations.values()))
    return Factorial(cells, tuple(result.cluster for result in some.results))


def tabulate_runs(runs: Mapping[str, Evaluation]) -> str:
    """Return a table of facts, form, both, and answers that state a wrong value, a line for each run."""
    lines = [f"{'':24}  facts  valid  both right  stated, and wrong"]
    for name, run in runs.items():
        columns = [*score_cell(run).values(), run.scores("halluc")[0]]
        facts, valid, both, wrong = (sum(scores) / len(scores) for scores in columns)
        lines.append(f"{name:24} {facts:6.2f} {valid:6.2f} {both:11.2f} {wrong:18.2f}")
    return "\n".join(lines)


def make_two_by_two(stored: Factorial, k: int, measure: str = "both_right") -> TwoByTwo:
    """Return the 2x2 of one measure: retrieval off or with ``k`` passages, adapter off or on.

    Pure: it reads stored scores, asks no model and draws the same resamples each time.

    Raises
    ------
    CourseError
        There is no such measure, or a cell is missing.
    """
    places = {"BASE": (0, False), "FT-B": (0, True), "RAG": (k, False), "HYB": (k, True)}
    missing = [name for name, place in places.items() if place not in stored.cells]
    if missing or measure not in MEASURES or k < 1:
        raise CourseError(
            f"expected k from {list(stored.ks)} and a measure from {', '.join(MEASURES)}, got k = {k!r} and {measure!r}"
        )
    base, tuned, rag, both = (stored.cells[place][measure] for place in places.values())
    clusters = stored.clusters

    def gain(more: Sequence[float], less: Sequence[float]) -> Interval:
        return paired_bootstrap_difference(more, less, clusters=clusters)

    return TwoByTwo(
        measure=measure,
        k=k,
        cells={name: share_interval(stored.cells[place][measure], clusters=clusters) for name, place in places.items()},
        tuning=gain(tuned, base),
        retrieval=gain(rag, base),
        tuning_with_retrieval=gain(both, rag),
        retrieval_with_tuning=gain(both, tuned),
        interaction=interaction_interval(both, rag, tuned, base, clusters=clusters),
    )


def say_sign(interval: Interval, more: str = "above 0", less: str = "below 0", open_: str = "not told from 0") -> str:
    """Return which side of zero a whole interval lies on, in words.

    >>> say_sign(Interval(0.3, 0.1, 0.5, 40)), say_sign(Interval(0.1, -0.1, 0.3, 40), open_="no verdict")
    ('above 0', 'no verdict')
    """
    return {1: more, -1: less, 0: open_}[interval.sign]


def describe_two_by_two(found: TwoByTwo) -> str:
    """Return the picture of a 2x2 in words: each cell, the gains, the interaction."""
    cells = "; ".join(f"{arm} {interval}" for arm, interval in found.cells.items())
    return "\n".join(
        (
            f"{LABELS[found.measure].capitalize()}, share of answers, k = {found.k}: {cells}.",
            f"Tuning gains {found.tuning.value:+.2f} without passages and {found.tuning_with_retrieval.value:+.2f} "
            f"with them; retrieval gains {found.retrieval.value:+.2f} without the adapter and "
            f"{found.retrieval_with_tuning.value:+.2f} with it.",
            f"Gains added up would put HYB at {found.added_up:.2f}; interaction {found.interaction}: "
            f"{say_sign(found.interaction)}.",
        )
    )


def draw_two_by_two(found: TwoByTwo, axes: Any) -> None:
    """Draw the rows of a 2x2 as two lines from "no retrieval" to "retrieval"; parallel lines mean no interaction."""
    for tuned, arms in ((False, ("BASE", "RAG")), (True, ("FT-B", "HYB"))):
        intervals = [found.cells[arm] for arm in arms]
        axes.errorbar(
            [0.02 * tuned, 1 + 0.02 * tuned],
            [interval.value for interval in intervals],
            yerr=error_bars(intervals),
            color=WITH if tuned else WITHOUT,
            marker="s" if tuned else "o",
            linestyle="-" if tuned else "--",
            capsize=3,
            label="with adapter" if tuned else "without adapter",
        )
    for at, column in enumerate((("BASE", "FT-B"), ("RAG", "HYB"))):
        for arm, lift in zip(sorted(column, key=lambda arm: found.cells[arm].value), (-12, 5), strict=True):
            place = (at, found.cells[arm].value)  # the lower one is named below, so that near names stay apart
            axes.annotate(arm, place, xytext=(8, lift), textcoords="offset points", fontsize="small")
    axes.plot(1.02, found.added_up, marker="x", color="black", linestyle="none", label="gains added up")
    axes.set_xticks([0, 1], ["no retrieval", f"{found.k} passages"])
    name = LABELS[found.measure]
    axes.set(xlim=(-0.15, 1.35), ylim=(-0.12, 1.12), ylabel="share of answers", title=name)
