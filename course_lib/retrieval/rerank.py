"""Looking at the question and each candidate together: too slow for all chunks, so only for the best few.

The reranker here is linear in a handful of features and learns in seconds from pairs of a right and a wrong candidate
(the pairwise logistic loss of RankNet, Burges et al. 2005). The one in `course_lib.retrieval.cross_encoder` learns from
the same candidates with the embedder's network, in minutes; ``benchmarks/reranking.py`` measures one beside the other.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np

from course_lib.errors import CourseError
from course_lib.retrieval.blocks import split_pieces
from course_lib.retrieval.chunks import Chunk
from course_lib.retrieval.hits import Hit, rank_scores
from course_lib.retrieval.index import DEFAULT_ACCESS, Index
from course_lib.retrieval.lexical import tokenise
from course_lib.text import contains_value

FEATURES = ("rank", "passage", "header", "line", "line_in_context", "bigrams", "length")
"""Of a hit: its reciprocal rank; the share of the question's words, weighted by rarity, in the passage, in its header,
in its best line alone and with the headings above; the share of the question's pairs of words; the logarithm of its
length in words."""


class Reranker(Protocol):
    """What is needed of a reranker."""

    def score(self, query: str, hits: Sequence[Hit]) -> np.ndarray:
        """Return how well each hit answers the question, shape (n,); larger is better."""


class Question(Protocol):
    """What is needed of a question of the world."""

    text: str
    answer: str | None
    documents: tuple[str, ...]


def rerank(queries: Sequence[str], results: Sequence[Sequence[Hit]], reranker: Reranker, k: int) -> list[list[Hit]]:
    """Order the hits of each query by a reranker and keep the k best.

    Parameters
    ----------
    queries
        Questions.
    results
        Hits of each query, best first; more than k, or there is nothing to choose from.

    Returns
    -------
    list
        Hits with the reranker's scores and new ranks; the retriever's name gets ``"+rerank"``.
    """
    reranked = []
    for query, hits in zip(queries, results, strict=True):
        scores = np.asarray(reranker.score(query, hits), dtype=np.float64)
        order = enumerate(rank_scores(scores, k).tolist(), start=1)
        reranked.append(
            [Hit(hits[at].chunk, float(scores[at]), rank, f"{hits[at].retriever}+rerank") for rank, at in order]
        )
    return reranked


def split_hits(question: Question, hits: Sequence[Hit]) -> tuple[list[int], list[int]]:
    """Return the positions of the right and of the wrong hits.

    Right is a hit from a source document that holds the answer; hits from elsewhere that hold it by chance are left
    out; all others are wrong.
    """
    holds = [contains_value(hit.chunk.passage, question.answer) for hit in hits]
    right = [at for at, hit in enumerate(hits) if holds[at] and hit.chunk.document_id in question.documents]
    return right, [at for at in range(len(hits)) if not holds[at]]


def find_candidates(
    index: Index, questions: Iterable[Question], depth: int, access: Collection[str] | None
) -> list[tuple[Question, list[Hit]]]:
    """Return the questions that a reranker can learn from, each with its hits.

    Parameters
    ----------
    index
        Where the hits come from.
    questions
        Those without an answer, or without a right and a wrong hit, are left out.
    depth
        Hits of each question.
    access
        As in `Index.search_batch`.

    Raises
    ------
    CourseError
        None is left.
    """
    questions = [question for question in questions if question.answer is not None]
    results = index.search_batch([question.text for question in questions], depth, access=access)
    found = [
        (question, hits) for question, hits in zip(questions, results, strict=True) if all(split_hits(question, hits))
    ]
    if not found:
        raise CourseError(
            f"expected questions with an answer that search finds: none of {len(questions)} has a right and a "
            f"wrong passage among its {depth} best"
        )
    return found


class LearntReranker:
    """Weighs the features of a hit.

    Parameters
    ----------
    weights
        Of each of `FEATURES`, such as those that `train` found, perhaps on another index.
    index
        Tells which words are rare.
    """

    def __init__(self, weights: dict[str, float], index: Index) -> None:
        self.weights = weights
        counts = Counter(word for chunk in index.chunks for word in set(tokenise(chunk.passage)))
        n = len(index)
        self._rarity = {word: math.log(1 + (n - count + 0.5) / (count + 0.5)) for word, count in counts.items()}
        self._rarest = math.log(1 + 2 * n + 1)

    @classmethod
    def train(
        cls,
        index: Index,
        questions: Iterable[Question],
        *,
        depth: int = 20,
        access: Collection[str] | None = DEFAULT_ACCESS,
        penalty: float = 1.0,
    ) -> LearntReranker:
        """Learn from questions, each with its answer and source documents; see `split_hits` for what is right.

        Parameters
        ----------
        index
            Where the candidates come from.
        questions
            Training questions, never those of a test.
        depth, access
            See `find_candidates`.
        penalty
            Weight of the squared weights in the loss, with features scaled to a spread of one.

        Raises
        ------
        CourseError
            Nothing could be learnt from.
        """
        untrained = cls(dict.fromkeys(FEATURES, 0.0), index)
        candidates = find_candidates(index, questions, depth, access)
        differences = np.concatenate([untrained.compare(question, hits) for question, hits in candidates])  # (p, f)
        spread = differences.std(axis=0) + 1e-9
        weights = _fit_pairs(differences / spread, penalty) / spread
        return cls(dict(zip(FEATURES, weights.tolist(), strict=True)), index)

    def score(self, query: str, hits: Sequence[Hit]) -> np.ndarray:
        """Return the weighted sum of the features of each hit, shape (n,)."""
        return self.features(query, hits) @ np.array([self.weights[name] for name in FEATURES])

    def features(self, query: str, hits: Sequence[Hit]) -> np.ndarray:
        """Return the features of each hit, shape (n, f)."""
        words = tokenise(query)
        rows = [[1 / hit.rank, *self._overlaps(words, hit.chunk)] for hit in hits]
        return np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES))

    def compare(self, question: Question, hits: Sequence[Hit]) -> np.ndarray:
        """Return the features of the best right hit minus those of each wrong one, shape (w, f)."""
        features = self.features(question.text, hits)
        right, wrong = split_hits(question, hits)
        return features[right[0]] - features[wrong] if right else np.empty((0, len(FEATURES)))

    def _overlaps(self, words: list[str], chunk: Chunk) -> list[float]:
        header, lines, everything = _words_of(chunk)
        asked = set(words)
        total = self._weigh(asked) or 1.0
        pairs = set(zip(words, words[1:], strict=False))
        return [
            self._weigh(asked & set(everything)) / total,
            self._weigh(asked & header) / total,
            max(self._weigh(asked & line) / total for line, _ in lines),
            max(self._weigh(asked & (line | above | header)) / total for line, above in lines),
            len(pairs & set(zip(everything, everything[1:], strict=False))) / max(1, len(pairs)),
            math.log(1 + len(everything)),
        ]

    def _weigh(self, words: Collection[str]) -> float:
        return sum(self._rarity.get(word, self._rarest) for word in sorted(words))


@lru_cache(maxsize=20_000)  # the same chunk is a candidate for many questions
def _words_of(chunk: Chunk) -> tuple[frozenset, list[tuple[frozenset, frozenset]], list[str]]:
    """Return the stems of the header, of each line with those of the headings above it, and of the whole passage."""
    lines = [
        (frozenset(tokenise(chunk.text[piece.start : piece.end])), frozenset(tokenise(" ".join(piece.path))))
        for piece in split_pieces(chunk.text)
    ]
    return frozenset(tokenise(chunk.header)), lines, tokenise(chunk.passage)


def _fit_pairs(differences: np.ndarray, penalty: float) -> np.ndarray:
    """Return the weights that minimise ``sum(log(1 + exp(-d @ w))) + penalty / 2 * |w|^2`` by Newton's method.

    Parameters
    ----------
    differences
        Features of a right minus those of a wrong candidate, shape (p, f).
    """
    n_features = differences.shape[1]
    weights = np.zeros(n_features)
    for _ in range(50):
        doubt = 1 / (1 + np.exp(np.clip(differences @ weights, -500, 500)))  # (p,)
        gradient = penalty * weights - differences.T @ doubt
        curvature = (differences * (doubt * (1 - doubt))[:, None]).T @ differences + penalty * np.eye(n_features)
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    return weights
