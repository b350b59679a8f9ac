"""Auditing answers: whether a cited passage holds what is said, and whether the answer hangs on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course_lib.models import LanguageModel
from course_lib.prompting import GROUNDED
from course_lib.rag.pipeline import Rag, RagAnswer
from course_lib.retrieval import Hit
from course_lib.text import citations, contains_value, normalise, strip_citations


def audit_citations(answer: str, passages: Sequence[str]) -> dict[int, str]:
    """Return what each citation of an answer is worth.

    Parameters
    ----------
    answer
        A short answer with marks such as "[2]" or "[1, 3]".
    passages
        What the model was shown, numbered from 1.

    Returns
    -------
    dict
        Cited number -> ``"supported"``, ``"unsupported"`` or ``"no such passage"``, in order of appearance.

    Examples
    --------
    >>> audit_citations("24 euros [2][7]", ["It is red.", "It costs 24 euros."])
    {2: 'supported', 7: 'no such passage'}
    """
    value = strip_citations(answer)
    return {number: _worth(value, number, passages) for number in citations(answer)}


def _worth(value: str, number: int, passages: Sequence[str]) -> str:
    if not 1 <= number <= len(passages):
        return "no such passage"
    return "supported" if contains_value(passages[number - 1], value) else "unsupported"


@dataclass(frozen=True)
class _Ablation:
    """A question that is to be answered from these hits."""

    text: str
    hits: tuple[Hit, ...]


def leave_one_out(
    answers: Sequence[RagAnswer], questions: Sequence[Any], model: LanguageModel, *, instruction: str = GROUNDED
) -> list[dict[str, Any]]:
    """Ask again without each of the passages that the model was shown, one at a time.

    Parameters
    ----------
    answers
        What was answered.
    questions
        To what, in the same order; each with a ``text``.
    model, instruction
        As in the run that gave the answers.

    Returns
    -------
    list of dict
        For each answer ``answer`` (text), ``cited`` (ids of chunks) and ``without`` (id of a chunk that the model saw
        -> its answer when that chunk is gone).
    """
    shown = [set(answer.trace["pack"]["used"]) for answer in answers]
    seen = [tuple(hit for hit in one.hits if hit.chunk.id in ids) for one, ids in zip(answers, shown, strict=True)]
    ablations = [
        _Ablation(question.text, hits[:at] + hits[at + 1 :])
        for question, hits in zip(questions, seen, strict=True)
        for at in range(len(hits))
    ]
    rag = Rag(None, model, retriever=lambda cases: [case.hits for case in cases], instruction=instruction)
    texts = iter([given.text for given in rag.answer(ablations)])
    return [
        {
            "answer": answer.text,
            "cited": list(answer.citations),
            "without": {hit.chunk.id: next(texts) for hit in hits},
        }
        for answer, hits in zip(answers, seen, strict=True)
    ]


def measure_faithfulness(records: Sequence[Mapping[str, Any]]) -> dict[str, float | None]:
    """Return how often an answer hangs on what it cites, and how often on what it does not cite.

    Parameters
    ----------
    records
        As `leave_one_out` gives them.

    Returns
    -------
    dict
        ``faithful``: of the answers that cite something, the share that changes when a cited chunk is taken away (None
        if no answer cites); ``hidden``: of all answers, the share that changes when a chunk is taken away that it does
        not cite (None without answers). Citation marks are no part of an answer.

    Examples
    --------
    >>> measure_faithfulness([{"answer": "9 [1]", "cited": ["a"], "without": {"a": "I don't know.", "b": "9 [1]"}}])
    {'faithful': 1.0, 'hidden': 0.0}
    """
    moved = [{name for name in record["without"] if _differ(record, name)} for record in records]
    pairs = [(set(record["cited"]), names) for record, names in zip(records, moved, strict=True)]
    hangs = [bool(cited & names) for cited, names in pairs if cited]
    hidden = [bool(names - cited) for cited, names in pairs]
    return {"faithful": _mean(hangs), "hidden": _mean(hidden)}


def _differ(record: Mapping[str, Any], name: str) -> bool:
    """Return whether the answer becomes another one without a chunk; its marks are renumbered and do not count."""
    before, after = (normalise(strip_citations(text)) for text in (record["answer"], record["without"][name]))
    return before != after


def _mean(outcomes: Sequence[bool]) -> float | None:
    return sum(outcomes) / len(outcomes) if outcomes else None
