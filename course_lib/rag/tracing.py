"""From the record of one answer to the stage that broke first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from course_lib.rag.pipeline import RagAnswer
from course_lib.retrieval import Index
from course_lib.retrieval.index import DEFAULT_ACCESS
from course_lib.text import contains_value, is_abstention

FAULTS = ("not indexed", "stale", "hidden", "not retrieved", "not packed", "abstained", "misread", "miscited")
"""In the order in which the stages can break."""
NO_FAULT = "none"


def make_trace(
    answer: RagAnswer, index: Index, question: Any, access: Collection[str] = DEFAULT_ACCESS
) -> dict[str, Any]:
    """Return what `locate_fault` reads, as plain data.

    Parameters
    ----------
    answer
        With its own, longer trace.
    index
        That was searched.
    question
        With ``answer`` and ``documents``, the last of which holds the answer.
    access
        Levels that the asker may see.

    Returns
    -------
    dict
        ``gold`` (document, value), ``chunks`` (id -> document, access, text: those of the gold document and all that
        were found), ``allowed`` (levels), ``hits``, ``used`` and ``cited`` (ids), ``answer`` (text).
    """
    document = question.documents[-1]
    chunks = [*index.chunks_of(document), *(hit.chunk for hit in answer.hits)]
    return {
        "gold": {"document": document, "value": question.answer},
        "chunks": {
            chunk.id: {"document": chunk.document_id, "access": chunk.access, "text": chunk.text} for chunk in chunks
        },
        "allowed": sorted(access),
        "hits": [hit.chunk.id for hit in answer.hits],
        "used": list(answer.trace["pack"]["used"]),
        "answer": answer.text,
        "cited": list(answer.citations),
    }


def locate_fault(trace: Mapping[str, Any]) -> str:
    """Return the first of `FAULTS` that a trace shows, or "none".

    Examples
    --------
    >>> chunk = {"document": "d1", "access": "staff", "text": "It costs 9 euros."}
    >>> trace = {"gold": {"document": "d1", "value": "9 euros"}, "chunks": {"d1#0": chunk}, "allowed": ["staff"],
    ...          "hits": ["d1#0"], "used": [], "answer": "I don't know.", "cited": []}
    >>> locate_fault(trace)
    'not packed'
    """
    gold, chunks = trace["gold"], trace["chunks"]
    own = [name for name, chunk in chunks.items() if chunk["document"] == gold["document"]]
    holders = {name for name in own if contains_value(chunks[name]["text"], gold["value"])}
    readable = {name for name in holders if chunks[name]["access"] in trace["allowed"]}
    stages = {
        "not indexed": own,
        "stale": holders,
        "hidden": readable,
        "not retrieved": readable & set(trace["hits"]),
        "not packed": readable & set(trace["used"]),
        "abstained": not is_abstention(trace["answer"]),
        "misread": contains_value(trace["answer"], gold["value"]),
        "miscited": readable & set(trace["cited"]),
    }
    return next((name for name in FAULTS if not stages[name]), NO_FAULT)
