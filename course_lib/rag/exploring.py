"""One question, one chunk size, one k: everything that follows from them, to be looked at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from course_lib.errors import CourseError
from course_lib.models import LanguageModel
from course_lib.prompting import CITE_RULE, GROUNDED
from course_lib.rag.pipeline import Rag, RagAnswer
from course_lib.retrieval import Chunk, Hit, chunk_document
from course_lib.retrieval.chunks import Document
from course_lib.retrieval.hits import rank_scores
from course_lib.retrieval.index import DEFAULT_ACCESS
from course_lib.retrieval.lexical import LexicalIndex, tokenise

GROUNDED_AND_CITED = f"{GROUNDED} {CITE_RULE}"
Piece = tuple[str, int | None]
"""A part of a document's text, and the rank of the chunk that it belongs to; None outside of all found chunks."""


@dataclass(frozen=True)
class Exploration:
    """What one setting of the sliders leads to.

    Parameters
    ----------
    question, max_tokens, k
        The setting.
    n_chunks
        Into how many chunks the documents were cut.
    hits
        The chunks that were found, best first.
    sources
        Title and pieces of each document that a hit comes from, in the order of their best hits.
    answer
        Of the model that read them, with prompt and citations.
    """

    question: str
    max_tokens: int
    k: int
    n_chunks: int
    hits: tuple[Hit, ...]
    sources: tuple[tuple[str, tuple[Piece, ...]], ...]
    answer: RagAnswer

    @property
    def cited_ranks(self) -> tuple[int, ...]:
        """Ranks of the hits that the answer rests on."""
        return tuple(hit.rank for hit in self.hits if hit.chunk.id in self.answer.citations)

    def __str__(self) -> str:
        """Return the whole as text; a found chunk stands between ``<<rank`` and ``>>``."""
        marked = [
            "\n".join([title, "".join(text if rank is None else f"<<{rank} {text}>>" for text, rank in pieces).strip()])
            for title, pieces in self.sources
        ]
        prompt = "\n".join(f"{turn['role']}: {turn['content']}" for turn in self.answer.prompt)
        cited = ", ".join(map(str, self.cited_ranks)) or "none"
        head = f"{self.question}\n{self.n_chunks} chunks of at most {self.max_tokens} tokens, k = {self.k}"
        parts = [head, *marked, f"PROMPT ({self.answer.prompt_tokens} tokens)\n{prompt}"]
        return "\n\n".join([*parts, f"ANSWER {self.answer.text}\nCITES {cited}"])


def explore(
    documents: Sequence[Document],
    question: str,
    model: LanguageModel,
    *,
    count_tokens: Callable[[str], int],
    max_tokens: int = 120,
    k: int = 3,
    access: Collection[str] = DEFAULT_ACCESS,
) -> Exploration:
    """Cut, search with BM25, pack, prompt and answer, for one question.

    Words alone are searched, since vectors of every chunk size would take minutes.

    Parameters
    ----------
    documents
        Where to search.
    question
        Any text.
    model
        Reads what is found.
    count_tokens
        Of a text, for the size of chunks.
    max_tokens
        Most tokens of a chunk, 16 or more.
    k
        Chunks to find, 1 or more.
    access
        Levels that the asker may see.

    Raises
    ------
    CourseError
        ``k`` or ``max_tokens`` is too small.
    """
    if k < 1:
        raise CourseError(f"k must be at least 1, got {k}: with 0 there is nothing to look at")
    readable = tuple(document for document in documents if document.access in access)
    chunks, lexical = _index_words(readable, count_tokens, max_tokens)
    scores = np.round(lexical.scores(question).astype(float), 6)
    best = [int(at) for at in rank_scores(scores, k) if scores[at] > 0]
    hits = tuple(Hit(chunks[at], float(scores[at]), rank, "bm25") for rank, at in enumerate(best, 1))
    rag = Rag(None, model, retriever=lambda questions: [hits], instruction=GROUNDED_AND_CITED)
    by_id = {document.id: document for document in readable}
    found_in = dict.fromkeys(hit.chunk.document_id for hit in hits)
    sources = tuple((by_id[name].title, mark_text(by_id[name].text, _spans(hits, name))) for name in found_in)
    return Exploration(question, max_tokens, k, len(chunks), hits, sources, rag.answer([question])[0])


@lru_cache(maxsize=16)  # a slider comes back to the sizes that it has been at
def _index_words(
    documents: tuple[Document, ...], count_tokens: Callable[[str], int], max_tokens: int
) -> tuple[tuple[Chunk, ...], LexicalIndex]:
    """Return the chunks of all documents and the index of their words."""
    chunks = tuple(
        chunk
        for document in documents
        for chunk in chunk_document(document, count_tokens=count_tokens, max_tokens=max_tokens)
    )
    return chunks, LexicalIndex([tokenise(chunk.passage) for chunk in chunks])


def _spans(hits: Sequence[Hit], document_id: str) -> list[tuple[int, int, int]]:
    """Return start, end and rank of the hits in one document."""
    return [(hit.chunk.start, hit.chunk.end, hit.rank) for hit in hits if hit.chunk.document_id == document_id]


def mark_text(text: str, spans: Sequence[tuple[int, int, int]]) -> tuple[Piece, ...]:
    """Return the text in pieces, each with the rank of the span that it stands in.

    Parameters
    ----------
    text
        Of a document.
    spans
        Start, end and rank of stretches that do not overlap.

    Examples
    --------
    >>> mark_text("It is red. It costs 9 euros.", [(11, 28, 1)])
    (('It is red. ', None), ('It costs 9 euros.', 1))
    """
    pieces: list[Piece] = []
    at = 0
    for start, end, rank in sorted(spans):
        pieces += [(text[at:start], None), (text[start:end], rank)]
        at = end
    return tuple((part, rank) for part, rank in [*pieces, (text[at:], None)] if part)
