"""Compare systems that answered the same questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from course_lib.errors import CourseError
from course_lib.evaluation.running import Evaluation
from course_lib.statistics import Interval, Resampling, interaction_interval, paired_bootstrap_difference


def _pair(evaluations: Sequence[Evaluation], metric: str) -> tuple[list[list[float]], dict]:
    """Return the scores of each arm in the first one's order of questions, and the weights and clusters to go with."""
    first = {result.id: result for result in evaluations[0].results}
    columns, weights = [], []
    for evaluation in evaluations:
        results = {result.id: result for result in evaluation.results}
        if missing := sorted(first.keys() ^ results.keys()):
            raise CourseError(
                f"arms {evaluations[0].arm!r} and {evaluation.arm!r} answered different questions, {len(missing)} have "
                f"no partner ({', '.join(missing[:3])} ...): a paired comparison needs the same questions"
            )
        if moved := [name for name in first if first[name].gold != results[name].gold]:
            raise CourseError(
                f"question {moved[0]!r} has another right answer for arm {evaluation.arm!r} than for "
                f"{evaluations[0].arm!r}: compare arms on one world, with one seed and version"
            )
        ordered = Evaluation(evaluation.arm, evaluation.seed, tuple(results[name] for name in first))
        scores, weight = ordered.scores(metric)
        if not any(weight):
            raise CourseError(
                f"no question counts for {metric!r} of arm {evaluation.arm!r}: there is nothing to compare"
            )
        columns.append(scores)
        weights.append(weight)
    return columns, {"weights": weights, "clusters": [result.cluster for result in first.values()]}


def compare(a: Evaluation, b: Evaluation, metric: str = "accuracy", **resampling: Unpack[Resampling]) -> Interval:
    """Return the difference of a metric, a - b, with its paired bootstrap interval.

    Raises
    ------
    CourseError
        If the two did not answer the same questions, or no question counts for the metric.
    """
    columns, settings = _pair([a, b], metric)
    return paired_bootstrap_difference(*columns, **(settings | resampling))


def interaction(
    hyb: Evaluation,
    rag: Evaluation,
    ft: Evaluation,
    base: Evaluation,
    metric: str = "accuracy",
    **resampling: Unpack[Resampling],
) -> Interval:
    """Return the interaction of a 2x2 factorial, hyb - rag - ft + base, paired by question.

    Above zero the combination gains more than its two parts add up to. Raises as `compare` does.
    """
    columns, settings = _pair([hyb, rag, ft, base], metric)
    return interaction_interval(*columns, **(settings | resampling))
