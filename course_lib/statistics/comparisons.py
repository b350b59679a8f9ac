"""Intervals of means, differences, interactions and ratios: all arms of a comparison see the same resamples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Unpack

import numpy as np

from course_lib.statistics.resampling import Interval, Resampling, contrast_interval
from course_lib.statistics.shares import wilson_interval


def bootstrap_interval(
    scores: Sequence[float] | np.ndarray,
    *,
    weights: Sequence[float] | np.ndarray | None = None,
    **resampling: Unpack[Resampling],
) -> Interval:
    """Return the mean of `scores`, shape (n,), with its bootstrap interval.

    Scores that are all alike give an interval without width: for shares use `share_interval`.
    """
    weighted = None if weights is None else [weights]
    return contrast_interval([scores], lambda means: means[0], weights=weighted, **resampling)


def share_interval(
    outcomes: Sequence[float] | np.ndarray,
    *,
    weights: Sequence[float] | np.ndarray | None = None,
    **resampling: Unpack[Resampling],
) -> Interval:
    """Return a share with its bootstrap interval, or Wilson's where all outcomes are 0 or all are 1.

    Resamples of 50 zeros are all zero, but 0 of 50 does not prove a share of 0.
    """
    interval = bootstrap_interval(outcomes, weights=weights, **resampling)
    if interval.low != interval.high or interval.value not in (0.0, 1.0):
        return interval
    clusters = resampling.get("clusters")
    clusters = range(len(outcomes)) if clusters is None else clusters
    counted = np.ones(len(outcomes)) if weights is None else np.asarray(weights)
    n = len({cluster for cluster, weight in zip(clusters, counted, strict=True) if weight > 0})
    wilson = wilson_interval(round(interval.value * n), n, confidence=resampling.get("confidence", 0.95))
    return Interval(interval.value, wilson.low, wilson.high, interval.n)


def paired_bootstrap_difference(
    a: Sequence[float] | np.ndarray,
    b: Sequence[float] | np.ndarray,
    *,
    weights: Sequence[Sequence[float] | np.ndarray] | None = None,
    **resampling: Unpack[Resampling],
) -> Interval:
    """Return mean(a) - mean(b) for two arms that answered the same questions.

    Swapping the arms changes the sign and nothing else.

    Parameters
    ----------
    a, b
        Scores, shape (n,) each, in the same order of questions.
    weights
        Weights of the scores of a and of b, each of shape (n,).
    **resampling
        See `Resampling`.
    """
    return contrast_interval([a, b], lambda means: means[0] - means[1], weights=weights, **resampling)


def interaction_interval(
    hyb: Sequence[float] | np.ndarray,
    rag: Sequence[float] | np.ndarray,
    ft: Sequence[float] | np.ndarray,
    base: Sequence[float] | np.ndarray,
    *,
    weights: Sequence[Sequence[float] | np.ndarray] | None = None,
    **resampling: Unpack[Resampling],
) -> Interval:
    """Return the interaction of a 2x2 factorial, hyb - rag - ft + base, for scores of shape (n,) paired by question.

    Above zero the two techniques together gain more than the sum of their single gains.
    """
    signs = np.array([[1.0], [-1.0], [-1.0], [1.0]])
    return contrast_interval(
        [hyb, rag, ft, base], lambda means: (signs * means).sum(axis=0), weights=weights, **resampling
    )


def recovery_interval(
    prompt: Sequence[float] | np.ndarray,
    base: Sequence[float] | np.ndarray,
    tuned: Sequence[float] | np.ndarray,
    **resampling: Unpack[Resampling],
) -> Interval:
    """Return (prompt - base) / (tuned - base) for scores of shape (n,) paired by question.

    Where the data do not tell tuned from base, the ratio could be anything: the interval is then infinite.
    """
    gain = paired_bootstrap_difference(tuned, base, **resampling)
    if gain.sign == 0:
        value = (np.mean(prompt) - np.mean(base)) / gain.value if gain.value else math.nan
        return Interval(float(value), -math.inf, math.inf, gain.n)
    return contrast_interval(
        [prompt, base, tuned], lambda means: (means[0] - means[1]) / (means[2] - means[1]), **resampling
    )
