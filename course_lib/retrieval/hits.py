"""What a search returns, exact ranking, and the fusion of rankings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_lib.retrieval.chunks import Chunk

RRF_CONSTANT = 60
"""Flattens the gain of the first ranks (Cormack, Clarke and Buettcher 2009)."""


@dataclass(frozen=True)
class Hit:
    """A chunk that was found.

    Parameters
    ----------
    chunk
        With the id of its document and its offsets there.
    score
        On the scale of the retriever: BM25, cosine or sum of reciprocal ranks; comparable within one search only.
    rank
        From 1.
    retriever
        What ranked it: ``"bm25"``, ``"dense"``, ``"hybrid"``, ...
    """

    chunk: Chunk
    score: float
    rank: int
    retriever: str


def rank_scores(scores: np.ndarray, k: int) -> np.ndarray:
    """Return the positions of the k largest scores, best first; among equals the earlier position comes first.

    Parameters
    ----------
    scores
        Shape (n,).

    Examples
    --------
    >>> rank_scores(np.array([0.5, 0.9, 0.5, 0.1]), 3).tolist()
    [1, 0, 2]
    """
    positions = np.arange(len(scores))
    if k < len(scores):  # all that tie with the k-th stay in, so that the choice among them is by position
        positions = np.flatnonzero(scores >= np.partition(scores, -k)[-k])
    return positions[np.argsort(-scores[positions], kind="stable")][:k]


def fuse_rankings(rankings: Sequence[Sequence[int]], k: int) -> list[tuple[int, float]]:
    """Fuse rankings by reciprocal rank: each adds ``1 / (60 + rank)`` to what it holds.

    Parameters
    ----------
    rankings
        Positions, best first; a position may be missing in some of them.

    Returns
    -------
    list
        The k best positions with their sums; among equals the smaller position comes first.

    Examples
    --------
    >>> [position for position, _ in fuse_rankings([[4, 7, 9], [7, 9, 2]], 3)]
    [7, 9, 4]
    """
    sums: dict[int, float] = {}
    for ranking in rankings:
        for rank, position in enumerate(ranking, start=1):
            sums[position] = sums.get(position, 0.0) + 1 / (RRF_CONSTANT + rank)
    ordered = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return [(int(position), score) for position, score in ordered[:k]]
