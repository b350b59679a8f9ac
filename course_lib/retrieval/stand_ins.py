"""Retrievers for experiments: none, perfect, and wrong on purpose; each can take the place of a search in `Rag`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from random import Random

from course_lib.retrieval.chunks import Chunk
from course_lib.retrieval.hits import Hit
from course_lib.retrieval.index import DEFAULT_ACCESS, Index
from course_lib.retrieval.rerank import Question
from course_lib.text import contains_value

Retrieval = Callable[[Sequence[Question]], list[list[Hit]]]
"""Returns the hits of each question, best first."""


def no_retrieval(questions: Sequence[Question]) -> list[list[Hit]]:
    """Find nothing: the model answers from memory."""
    return [[] for _ in questions]


def oracle_retrieval(index: Index, k: int = 3, *, access: Collection[str] = DEFAULT_ACCESS) -> Retrieval:
    """Return a retriever that knows the source documents.

    Of each source document it gives the chunks that hold the answer, or all of them if none does (the first step of a
    question in several steps, a question without answer); the last document, which holds the answer, comes first.
    """

    def retrieve(questions: Sequence[Question]) -> list[list[Hit]]:
        return [_make_hits(_gold_chunks(index, question, access), k, "oracle") for question in questions]

    return retrieve


def wrong_retrieval(index: Index, k: int = 3, *, seed: int = 0, access: Collection[str] = DEFAULT_ACCESS) -> Retrieval:
    """Return a retriever that draws chunks at random from documents that are not the source and lack the answer.

    The same question gets the same chunks, whatever is asked beside it.
    """

    def retrieve(questions: Sequence[Question]) -> list[list[Hit]]:
        results = []
        for question in questions:
            chunks = [chunk for chunk in index.chunks if chunk.access in access and not _is_gold(chunk, question)]
            drawn = Random(f"{seed} {question.text}").sample(chunks, min(k, len(chunks)))
            results.append(_make_hits(drawn, k, "wrong"))
        return results

    return retrieve


def _gold_chunks(index: Index, question: Question, access: Collection[str]) -> list[Chunk]:
    gold = []
    for document_id in reversed(question.documents):
        chunks = [chunk for chunk in index.chunks_of(document_id) if chunk.access in access]
        gold += [chunk for chunk in chunks if _holds_answer(chunk, question)] or chunks
    return gold


def _is_gold(chunk: Chunk, question: Question) -> bool:
    return chunk.document_id in question.documents or _holds_answer(chunk, question)


def _holds_answer(chunk: Chunk, question: Question) -> bool:
    return question.answer is not None and contains_value(chunk.text, question.answer)


def _make_hits(chunks: Sequence[Chunk], k: int, name: str) -> list[Hit]:
    return [Hit(chunk, 1.0, rank, name) for rank, chunk in enumerate(chunks[:k], start=1)]
