"""Saying which passages support an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from course_lib.retrieval.chunks import Chunk
from course_lib.text import citations, contains_value, is_abstention, strip_citations


def attribute(text: str, chunks: Sequence[Chunk]) -> dict[str, Any]:
    """Say which of the chunks shown to a model support its answer.

    Parameters
    ----------
    text
        The answer.
    chunks
        In the order of their numbers in the prompt.

    Returns
    -------
    dict
        ``abstained``; ``value``, the answer without marks; ``citations``, ids of chunks; ``method``: ``"model"`` if the
        model cited by number, ``"containment"`` if the chunks were found because the answer stands in them, else
        ``"none"``; ``invalid``, numbers that the model cited without such a passage.
    """
    value = strip_citations(text).strip()
    numbers = citations(text)
    cited = [chunks[number - 1].id for number in numbers if 1 <= number <= len(chunks)]
    record = {"abstained": is_abstention(text), "value": value, "citations": cited, "method": "model"}
    record["invalid"] = [number for number in numbers if not 1 <= number <= len(chunks)]
    if record["abstained"]:
        record.update(value=None, citations=[], method="none")
    elif not cited:
        record["citations"] = [chunk.id for chunk in chunks if value and contains_value(chunk.passage, value)]
        record["method"] = "containment" if record["citations"] else "none"
    return record
