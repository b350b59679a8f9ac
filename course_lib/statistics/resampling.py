"""The engine of every interval: resample whole clusters, take percentiles (Efron and Tibshirani 1993, chapter 13)."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypedDict

import numpy as np

from course_lib.errors import CourseError

_BLOCK = 2**22  # draws held in memory at a time: 32 MB


@dataclass(frozen=True)
class Interval:
    """A measured value with its confidence interval.

    Parameters
    ----------
    value
        The estimate from all questions.
    low, high
        Ends of the interval; infinite where the data do not bound it.
    n
        Number of questions behind the value.
    """

    value: float
    low: float
    high: float
    n: int

    @property
    def sign(self) -> int:
        """1 if the whole interval is above zero, -1 if below, 0 if it holds zero."""
        return int(self.low > 0) - int(self.high < 0)

    def as_dict(self) -> dict[str, float | int | None]:
        """Return the fields for JSON, None for what is not finite."""
        ends = {"value": self.value, "low": self.low, "high": self.high}
        return {name: end if math.isfinite(end) else None for name, end in ends.items()} | {"n": self.n}

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


class Resampling(TypedDict, total=False):
    """Settings of all bootstrap functions.

    Parameters
    ----------
    clusters
        For each question what is drawn together, such as its fact's id; None draws questions by themselves.
    n_resamples
        Number of resamples, 2000 by default.
    seed
        Seed of the resamples, 0 by default.
    confidence
        Share of intervals that shall hold the truth, 0.95 by default.
    """

    clusters: Sequence[Hashable] | None
    n_resamples: int
    seed: int
    confidence: float


def contrast_interval(
    columns: Sequence[Sequence[float] | np.ndarray],
    contrast: Callable[[np.ndarray], np.ndarray],
    *,
    weights: Sequence[Sequence[float] | np.ndarray] | None = None,
    clusters: Sequence[Hashable] | None = None,
    n_resamples: int = 2000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Interval:
    """Return the interval of a function of several arms' means, with the arms paired by question.

    Parameters
    ----------
    columns
        Scores of each of k arms, each of shape (n,), in the same order of questions.
    contrast
        Maps means of shape (k, m) to values of shape (m,).
    weights
        Weight of each score, >= 0, in the shape of `columns`: the mean is sum(weight x score) / sum(weight), and weight
        0 leaves a question out. None weighs all alike.
    clusters, n_resamples, seed, confidence
        See `Resampling`.
    """
    scores = _stack(columns)
    weights = np.ones_like(scores) if weights is None else _stack(weights)
    if weights.shape != scores.shape or not (weights >= 0).all() or not (weights.sum(axis=1) > 0).all():
        raise CourseError(
            f"weights must be >= 0, not all zero, and of the scores' shape {scores.shape}; got shape {weights.shape}"
        )
    sums = _cluster_sums(np.concatenate([scores * weights, weights]), clusters)  # (2k, n_clusters)
    resampled = _values(contrast, _resample(sums, n_resamples, seed))
    tail = (1 - confidence) / 2
    # a resample in which no question counts has no mean and is left out
    low, high = np.nanquantile(resampled, [tail, 1 - tail])
    value = _values(contrast, sums.sum(axis=1, keepdims=True)).item()
    return Interval(value, float(low), float(high), int((weights > 0).any(axis=0).sum()))


def _stack(columns: Sequence[Sequence[float] | np.ndarray]) -> np.ndarray:
    """Return the columns as a float array of shape (k, n)."""
    lengths = [len(column) for column in columns]
    if len(set(lengths)) != 1 or lengths[0] == 0:
        raise CourseError(
            f"expected one score per question for each arm, with at least one question, but got {lengths} scores: "
            "pair the arms by question first"
        )
    stacked = np.asarray([np.asarray(column, dtype=float) for column in columns])
    if not np.isfinite(stacked).all():
        raise CourseError("scores must be finite numbers, but some are nan or infinite: leave those questions out")
    return stacked


def _cluster_sums(columns: np.ndarray, clusters: Sequence[Hashable] | None) -> np.ndarray:
    """Return the sums of `columns`, shape (k, n), over each cluster, shape (k, n_clusters)."""
    if clusters is None:
        return columns
    if len(clusters) != columns.shape[1]:
        raise CourseError(f"expected one cluster per question, {columns.shape[1]}, but got {len(clusters)}")
    position: dict[Hashable, int] = {}
    places = [position.setdefault(cluster, len(position)) for cluster in clusters]
    return np.stack([np.bincount(places, weights=column, minlength=len(position)) for column in columns])


def _resample(sums: np.ndarray, n_resamples: int, seed: int) -> np.ndarray:
    """Return the totals of `sums`, shape (k, c), over resampled clusters, shape (k, n_resamples)."""
    n_clusters = sums.shape[1]
    rows_per_block = max(1, _BLOCK // n_clusters)
    starts = range(0, n_resamples, rows_per_block)
    blocks = (
        _draw_counts(n_clusters, min(rows_per_block, n_resamples - start), (seed, number))
        for number, start in enumerate(starts)
    )
    return np.concatenate([sums @ counts.T.astype(float) for counts in blocks], axis=1)


@lru_cache(maxsize=8)  # a scoreboard asks for the same draws once per metric
def _draw_counts(n_clusters: int, n_rows: int, seed: tuple[int, int]) -> np.ndarray:
    """Return how often each resample draws each cluster, shape (n_rows, n_clusters)."""
    drawn = np.random.default_rng(seed).integers(n_clusters, size=(n_rows, n_clusters))
    drawn += np.arange(n_rows)[:, None] * n_clusters
    counts = np.bincount(drawn.ravel(), minlength=n_rows * n_clusters)
    return counts.reshape(n_rows, n_clusters).astype(np.uint16)


def _values(contrast: Callable[[np.ndarray], np.ndarray], totals: np.ndarray) -> np.ndarray:
    """Return the contrast of the means behind `totals`, shape (2k, m): first weighted scores, then weights."""
    scores, weights = np.split(totals, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return contrast(scores / weights)
