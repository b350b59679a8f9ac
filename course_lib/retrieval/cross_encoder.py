"""A reranker that reads question and passage together: the embedder's network, trained on questions of the world."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from course_lib.errors import CourseError
from course_lib.retrieval.hits import Hit
from course_lib.retrieval.index import DEFAULT_ACCESS, Index
from course_lib.retrieval.rerank import Question, find_candidates, split_hits

if TYPE_CHECKING:
    from course_lib.models import CrossEncoder, Embedder

WRONG_AT_A_TIME = 4
"""Wrong passages of a question that are compared with its right one side by side, which costs 5 passages, not 8."""


class CrossEncoderReranker:
    """Scores hits with a cross-encoder (Nogueira and Cho 2019).

    Parameters
    ----------
    encoder
        Such as the one that `train` made.
    """

    def __init__(self, encoder: CrossEncoder) -> None:
        self.encoder = encoder

    @classmethod
    def train(
        cls,
        index: Index,
        questions: Iterable[Question],
        *,
        n_pairs: int = 2000,
        depth: int = 20,
        access: Collection[str] | None = DEFAULT_ACCESS,
        batch_size: int = 16,
        learning_rate: float = 5e-5,
        seed: int = 0,
        on_step: Callable[[int, int, float], None] | None = None,
    ) -> CrossEncoderReranker:
        """Learn from questions, starting from the weights of the index's embedder.

        The candidates are those of `LearntReranker.train`; the same arguments give the same reranker.

        Parameters
        ----------
        index
            Where the candidates come from; its embedder must be that of the course.
        questions
            Training questions, never those of a test.
        n_pairs
            Pairs of a right and a wrong passage to train on, drawn at random and, if there are fewer, repeated.
        depth, access
            See `find_candidates`.
        batch_size, learning_rate, on_step
            See `course_lib.models.CrossEncoder.fit`.
        seed
            Of the pairs and of the dropout.

        Raises
        ------
        CourseError
            Nothing could be learnt from, the embedder has no weights to start from, or a number is not above zero.
        """
        from course_lib.models import CrossEncoder  # loads torch

        encoder = CrossEncoder(index.embedder)
        pairs = draw_pairs(find_candidates(index, questions, depth, access), n_pairs, seed)
        encoder.fit(pairs, batch_size=batch_size, learning_rate=learning_rate, seed=seed, on_step=on_step)
        return cls(encoder)

    def score(self, query: str, hits: Sequence[Hit]) -> np.ndarray:
        """Return the score of each hit, shape (n,)."""
        return self.encoder.score(query, [hit.chunk.passage for hit in hits])

    def save(self, folder: str | Path) -> None:
        """Write the reranker into a folder, about 90 MB."""
        self.encoder.save(folder)

    @classmethod
    def load(cls, folder: str | Path, embedder: Embedder) -> CrossEncoderReranker:
        """Read a reranker.

        Raises
        ------
        RerankerMismatchError
            It was started from the weights of another embedder.
        DataError
            A file is missing, damaged, or has a form that this version cannot read.
        """
        from course_lib.models import CrossEncoder  # loads torch

        return cls(CrossEncoder.load(folder, embedder))


def draw_pairs(
    candidates: Sequence[tuple[Question, Sequence[Hit]]], n_pairs: int, seed: int
) -> list[tuple[str, str, str]]:
    """Draw pairs for training: the questions take turns, each with a few wrong passages beside its best right one.

    Parameters
    ----------
    candidates
        From `find_candidates`.

    Returns
    -------
    list
        Question, right passage and wrong passage.

    Raises
    ------
    CourseError
        ``n_pairs`` is below 1.
    """
    if n_pairs < 1:
        raise CourseError(f"n_pairs must be at least 1, got {n_pairs}")
    rng = np.random.default_rng(seed)
    pairs: list[tuple[str, str, str]] = []
    while len(pairs) < n_pairs:
        for at in rng.permutation(len(candidates)):
            question, hits = candidates[at]
            right, wrong = split_hits(question, hits)
            drawn = rng.permutation(wrong)[:WRONG_AT_A_TIME]
            pairs += [(question.text, hits[right[0]].chunk.passage, hits[other].chunk.passage) for other in drawn]
    return pairs[:n_pairs]
