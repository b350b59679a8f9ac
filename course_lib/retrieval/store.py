"""Chunks and their vectors, replaced document by document."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from course_lib.errors import CourseError
from course_lib.retrieval.chunking import chunk_document
from course_lib.retrieval.chunks import Chunk, ChunkSettings, Document
from course_lib.retrieval.dense import DenseIndex
from course_lib.retrieval.lexical import LexicalIndex, tokenise

Progress = Callable[[int, int], None]
"""Called with the number of texts that are embedded and the number of all texts to embed."""

_EMBEDDED_AT_ONCE = 512  # between two calls of the progress


class TextEmbedder(Protocol):
    """What is needed of an embedder; `course_lib.models.Embedder` has it."""

    fingerprint: str
    dimension: int
    max_tokens: int

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text, special marks included."""

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Return unit rows, shape (n, dimension)."""

    def encode_documents(self, texts: Sequence[str]) -> np.ndarray:
        """Return unit rows, shape (n, dimension)."""


@dataclass(frozen=True)
class IndexChange:
    """What an update did, in chunks; ``n_embedded`` is what it cost, in texts."""

    n_embedded: int
    n_added: int
    n_removed: int
    n_kept: int


@dataclass(frozen=True)
class Entry:
    """A chunk with the id of its vector."""

    chunk: Chunk
    vector_id: int


@dataclass
class View:
    """All chunks in the order that decides between equal scores: by document id, then by place in the document."""

    chunks: tuple[Chunk, ...]
    vector_ids: np.ndarray  # (n,)

    @cached_property
    def position_of(self) -> np.ndarray:
        """Position of each vector id, shape (largest id + 1,)."""
        positions = np.zeros(int(self.vector_ids.max(initial=0)) + 1, dtype=np.int64)
        positions[self.vector_ids] = np.arange(len(self.vector_ids))
        return positions

    @cached_property
    def access(self) -> np.ndarray:
        """Access level of each chunk, shape (n,)."""
        return np.array([chunk.access for chunk in self.chunks], dtype=str)

    @cached_property
    def lexical(self) -> LexicalIndex:
        """BM25 over all passages, made when it is first asked for."""
        return LexicalIndex([tokenise(chunk.passage) for chunk in self.chunks])


class ChunkStore:
    """Holds documents as chunks and embeds only texts that it does not hold yet.

    Parameters
    ----------
    embedder
        Makes the vectors.
    settings
        How documents are cut.

    Attributes
    ----------
    n_embedded
        Texts embedded so far.
    dense
        The vectors.
    """

    def __init__(self, embedder: TextEmbedder, settings: ChunkSettings) -> None:
        self.embedder = embedder
        self.settings = settings
        self.n_embedded = 0
        self.dense = DenseIndex(embedder.dimension)
        self._entries: dict[str, list[Entry]] = {}  # by document id
        self._next_id = 0
        self._view: View | None = None

    @property
    def view(self) -> View:
        """The chunks as they stand now."""
        if self._view is None:
            entries = [entry for document_id in self.document_ids for entry in self._entries[document_id]]
            vector_ids = np.array([entry.vector_id for entry in entries], dtype=np.int64)
            self._view = View(tuple(entry.chunk for entry in entries), vector_ids)
        return self._view

    @property
    def document_ids(self) -> tuple[str, ...]:
        """Ids of all documents in order, also of those without text."""
        return tuple(sorted(self._entries))

    def chunks_of(self, document_id: str) -> tuple[Chunk, ...]:
        """Return the chunks of a document in order; none if it is not there."""
        return tuple(entry.chunk for entry in self._entries.get(document_id, ()))

    def vectors(self) -> np.ndarray:
        """Return the vector of each chunk of the view, shape (n, dimension)."""
        return self.dense.vectors(self.view.vector_ids)

    def restore(self, document_ids: Sequence[str], chunks: Sequence[Chunk], vectors: np.ndarray) -> None:
        """Fill an empty store with what was saved."""
        self._entries = {document_id: [] for document_id in document_ids}
        for vector_id, chunk in enumerate(chunks):
            self._entries[chunk.document_id].append(Entry(chunk, vector_id))
        self.dense.add(range(len(chunks)), vectors)
        self._next_id = len(chunks)

    def replace(
        self, documents: Iterable[Document], gone: Collection[str] = (), progress: Progress | None = None
    ) -> IndexChange:
        """Put documents in, in place of those with the same id, and take others out; on an error nothing changes.

        Raises
        ------
        CourseError
            Two documents have the same id.
        """
        cut = self._cut(documents)
        touched = {*cut, *gone} & self._entries.keys()
        spare: dict[str, list[int]] = {}  # passage -> ids of vectors that lose their chunk
        for document_id in touched:
            for entry in self._entries[document_id]:
                spare.setdefault(entry.chunk.passage, []).append(entry.vector_id)
        n_old = sum(map(len, spare.values()))
        entries: dict[str, list[Entry]] = {document_id: [] for document_id in cut}
        added: list[Entry] = []
        for chunk in (chunk for chunks in cut.values() for chunk in chunks):
            if free := spare.get(chunk.passage):
                entry = Entry(chunk, free.pop())
            else:
                entry = Entry(chunk, self._next_id + len(added))
                added.append(entry)
            entries[chunk.document_id].append(entry)
        vectors, n_embedded = self._make_vectors([entry.chunk.passage for entry in added], progress)
        removed = [vector_id for ids in spare.values() for vector_id in ids]
        self._commit(entries, touched, added, vectors, removed)
        self.n_embedded += n_embedded
        return IndexChange(n_embedded, len(added), len(removed), n_old - len(removed))

    def _cut(self, documents: Iterable[Document]) -> dict[str, list[Chunk]]:
        """Return the chunks of each document."""
        cut: dict[str, list[Chunk]] = {}
        for document in documents:
            if document.id in cut:
                raise CourseError(f"two documents have the id {document.id!r}: ids must differ")
            cut[document.id] = chunk_document(
                document,
                count_tokens=self.embedder.count_tokens,
                max_tokens=self.settings.max_tokens,
                overlap=self.settings.overlap,
            )
        return cut

    def _make_vectors(self, passages: list[str], progress: Progress | None) -> tuple[np.ndarray, int]:
        """Return a vector for each passage, shape (n, dimension), and how many texts had to be embedded for that."""
        known = {entry.chunk.passage: entry.vector_id for entries in self._entries.values() for entry in entries}
        new = [passage for passage in dict.fromkeys(passages) if passage not in known]
        made = [np.empty((0, self.embedder.dimension), dtype=np.float32)]
        for start in range(0, len(new), _EMBEDDED_AT_ONCE):
            made.append(self.embedder.encode_documents(new[start : start + _EMBEDDED_AT_ONCE]))
            if progress:
                progress(min(start + _EMBEDDED_AT_ONCE, len(new)), len(new))
        old = [passage for passage in dict.fromkeys(passages) if passage in known]
        rows = np.concatenate([*made, self.dense.vectors([known[passage] for passage in old])])
        row_of = {passage: row for row, passage in enumerate([*new, *old])}
        return rows[[row_of[passage] for passage in passages]], len(new)

    def _commit(
        self,
        entries: dict[str, list[Entry]],
        touched: set[str],
        added: list[Entry],
        vectors: np.ndarray,
        removed: list[int],
    ) -> None:
        """Change what is held; all that can fail has been done by now."""
        self._view = None
        self.dense.add([entry.vector_id for entry in added], vectors)
        self.dense.remove(removed)
        self._next_id += len(added)
        for document_id in touched:
            del self._entries[document_id]
        self._entries.update(entries)
