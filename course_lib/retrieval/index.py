"""The index: search by words, by meaning or by both; updates; saving and loading."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import numpy as np

from course_lib.errors import CourseError
from course_lib.retrieval import storage
from course_lib.retrieval.chunks import Chunk, ChunkSettings, Document
from course_lib.retrieval.hits import Hit, fuse_rankings, rank_scores
from course_lib.retrieval.store import ChunkStore, IndexChange, Progress, TextEmbedder

RETRIEVERS = ("hybrid", "bm25", "dense")
DEFAULT_ACCESS = frozenset({"public", "staff"})

Ranking = list[tuple[int, float]]
"""Positions of chunks with their scores, best first."""


class Index:
    """Documents as chunks that can be searched.

    An index that was updated finds the same chunks with the same scores as one that is built anew from the same
    documents; only texts that it does not hold yet are embedded.

    Parameters
    ----------
    embedder
        Makes the vectors; an index belongs to one embedder.
    settings
        How documents are cut.
    corpus
        Name and version of what is indexed, such as ``"world 0 v1"``; it goes into the manifest.

    Raises
    ------
    CourseError
        Chunks may get longer than what the embedder reads.
    """

    def __init__(self, embedder: TextEmbedder, settings: ChunkSettings | None = None, corpus: str = "") -> None:
        self.settings = settings or ChunkSettings()
        if self.settings.max_tokens > embedder.max_tokens:
            raise CourseError(
                f"the embedder reads {embedder.max_tokens} tokens, so the end of a chunk of "
                f"{self.settings.max_tokens} would not be found: choose max_tokens up to {embedder.max_tokens}"
            )
        self.embedder = embedder
        self.corpus = corpus
        self._store = ChunkStore(embedder, self.settings)

    @classmethod
    def build(
        cls,
        documents: Iterable[Document],
        *,
        embedder: TextEmbedder,
        settings: ChunkSettings | None = None,
        corpus: str = "",
        progress: Progress | None = None,
    ) -> Index:
        """Return an index of documents; ``progress`` gets the numbers of embedded texts and of all to embed."""
        index = cls(embedder, settings, corpus)
        index.update(documents, progress=progress)
        return index

    def __len__(self) -> int:
        return len(self.chunks)

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        """All chunks, by document id and place."""
        return self._store.view.chunks

    @property
    def document_ids(self) -> tuple[str, ...]:
        """Ids of all documents in order, also of those without text."""
        return self._store.document_ids

    @property
    def n_embedded(self) -> int:
        """Texts embedded since the index was made or loaded."""
        return self._store.n_embedded

    def chunks_of(self, document_id: str) -> tuple[Chunk, ...]:
        """Return the chunks of a document in order; none if it is not there."""
        return self._store.chunks_of(document_id)

    def update(self, documents: Iterable[Document], *, progress: Progress | None = None) -> IndexChange:
        """Add documents, or replace those with the same id. On an error nothing has changed.

        Raises
        ------
        CourseError
            Two of the documents have the same id.
        """
        return self._store.replace(documents, progress=progress)

    def delete(self, document_ids: Iterable[str]) -> IndexChange:
        """Remove documents with all that is kept of them.

        Raises
        ------
        CourseError
            A document is not there: a deletion that hits nothing must not pass for one that worked.
        """
        gone = {document_ids} if isinstance(document_ids, str) else set(document_ids)
        if unknown := sorted(gone - set(self.document_ids)):
            some = ", ".join(unknown[:5])
            raise CourseError(f"cannot delete what is not in the index: {some} ({len(unknown)} in all)")
        return self._store.replace((), gone)

    def sync(self, documents: Iterable[Document], *, progress: Progress | None = None) -> IndexChange:
        """Make the index hold exactly these documents."""
        documents = list(documents)
        gone = set(self.document_ids) - {document.id for document in documents}
        return self._store.replace(documents, gone, progress)

    def search(
        self, query: str, k: int = 5, retriever: str = "hybrid", access: Collection[str] | None = DEFAULT_ACCESS
    ) -> list[Hit]:
        """Return the k best chunks for one query; see `search_batch`."""
        return self.search_batch([query], k, retriever, access)[0]

    def search_batch(
        self,
        queries: Sequence[str],
        k: int = 5,
        retriever: str = "hybrid",
        access: Collection[str] | None = DEFAULT_ACCESS,
    ) -> list[list[Hit]]:
        """Return the k best chunks for each query, best first.

        Parameters
        ----------
        queries
            Questions or words.
        k
            Number of hits; fewer come back only if fewer chunks are allowed.
        retriever
            ``"bm25"`` (chunks without a shared word score 0 and come last), ``"dense"``, or ``"hybrid"``: both, fused
            by reciprocal rank.
        access
            Levels that the reader may see, ``None`` for all. Other chunks are left out before ranking, so neither the
            number of hits nor their ranks tell that they exist.

        Raises
        ------
        CourseError
            ``k`` is below 1, the retriever is unknown, or ``access`` is a text instead of a set of them.
        """
        if k < 1:
            raise CourseError(f"k must be at least 1, got {k}")
        if retriever not in RETRIEVERS:
            raise CourseError(f"unknown retriever {retriever!r}: expected one of {', '.join(RETRIEVERS)}")
        if isinstance(access, str):
            raise CourseError(f"access must be a set of levels such as {{'public'}}, got the text {access!r}")
        chunks = self.chunks
        levels = self._store.view.access
        allowed = np.flatnonzero(np.ones(len(levels)) if access is None else np.isin(levels, sorted(access)))
        rank = {"bm25": self._rank_by_words, "dense": self._rank_by_meaning, "hybrid": self._rank_by_both}[retriever]
        return [
            [Hit(chunks[at], score, number, retriever) for number, (at, score) in enumerate(ranking, start=1)]
            for ranking in rank(queries, k, allowed)
        ]

    def save(self, folder: str | Path) -> None:
        """Write the index into a folder; a reader finds the old state or the new one, never a mixture."""
        storage.write(Path(folder), self._identity(), self.document_ids, self.chunks, self._store.vectors())

    @classmethod
    def load(
        cls,
        folder: str | Path,
        embedder: TextEmbedder,
        *,
        settings: ChunkSettings | None = None,
        corpus: str | None = None,
    ) -> Index:
        """Read an index.

        Parameters
        ----------
        folder
            As given to `save`.
        embedder
            Must be the one that made the vectors.
        settings, corpus
            If given, must be those of the index.

        Raises
        ------
        IndexMismatchError
            Embedder, chunker, corpus or format are others; the message names both.
        DataError
            There is no index, or a file of it is missing or damaged.
        """
        folder = Path(folder)
        saved = storage.read_identity(folder)
        wanted_settings = settings or ChunkSettings(**storage.settings_of(saved))
        index = cls(embedder, wanted_settings, saved["corpus"] if corpus is None else corpus)
        storage.compare(folder, saved, index._identity())
        index._store.restore(*storage.read(folder))
        return index

    def _identity(self) -> dict:
        return storage.identity(self.embedder.fingerprint, self.settings, self.corpus)

    def _rank_by_words(self, queries: Sequence[str], k: int, allowed: np.ndarray) -> list[Ranking]:
        rankings = []
        for query in queries:
            scores = np.round(self._store.view.lexical.scores(query)[allowed].astype(np.float64), 6)
            best = rank_scores(scores, k)
            rankings.append(list(zip(allowed[best].tolist(), scores[best].tolist(), strict=True)))
        return rankings

    def _rank_by_meaning(self, queries: Sequence[str], k: int, allowed: np.ndarray) -> list[Ranking]:
        view = self._store.view
        vectors = self.embedder.encode_queries(list(queries))
        found = self._store.dense.search(vectors, k, view.vector_ids[allowed], position_of=view.position_of)
        return [list(zip(view.position_of[ids].tolist(), scores.tolist(), strict=True)) for ids, scores in found]

    def _rank_by_both(self, queries: Sequence[str], k: int, allowed: np.ndarray) -> list[Ranking]:
        depth = max(50, 5 * k)
        by_words = self._rank_by_words(queries, depth, allowed)
        by_meaning = self._rank_by_meaning(queries, depth, allowed)
        # A chunk without a shared word has no place among the words, whatever number it got there.
        return [
            fuse_rankings([[at for at, score in words if score > 0], [at for at, _ in meaning]], k)
            for words, meaning in zip(by_words, by_meaning, strict=True)
        ]
