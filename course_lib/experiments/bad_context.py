"""E09: what an answer becomes when its passages lack the source, are outdated, or contradict each other."""

from __future__ import annotations

from collections.abc import Sequence

from course_lib.arms import build_arm
from course_lib.evaluation import Evaluation
from course_lib.experiments.asking import arm_key, ask_arm, draw_questions, reading
from course_lib.lab import Lab
from course_lib.rag import Rag, Retrieval
from course_lib.retrieval import Hit, Index
from course_lib.text import contains_value
from course_lib.world import Question

N_BAD = 30
DEPTH = 10
"""Hits among which the first k without the answer are looked for."""
NEW_VERSION, OLD_VERSION = 2, 1


def sourceless_retrieval(index: Index, k: int = 3) -> Retrieval:
    """Return a retriever that finds what a search finds, without the source documents and all that holds the answer."""

    def retrieve(questions: Sequence[Question]) -> list[list[Hit]]:
        found = index.search_batch([question.text for question in questions], DEPTH)
        return [
            [hit for hit in hits if not is_source(hit, question)][:k]
            for question, hits in zip(questions, found, strict=True)
        ]

    return retrieve


def is_source(hit: Hit, question: Question) -> bool:
    """Return whether a hit is of a source document of the question, or holds the answer."""
    holds = question.answer is not None and contains_value(hit.chunk.text, question.answer)
    return holds or hit.chunk.document_id in question.documents


def draw_outdated(lab: Lab, n: int = N_BAD) -> list[Question]:
    """Return questions whose answer in the new version is another one than in the old."""
    asked = lab.world(NEW_VERSION).questions["changed"]
    drawn = draw_questions(lab, "changed", len(asked), NEW_VERSION, readable_in=(OLD_VERSION, NEW_VERSION))
    return [question for question in drawn if question.answer and question.rejected][:n]


def ask_bad_context(lab: Lab, n: int = N_BAD) -> dict[str, Evaluation]:
    """Return the evaluations of RAG with bad passages.

    Parameters
    ----------
    lab
        Its model reads.
    n
        Most questions for each kind of badness.

    Returns
    -------
    dict
        ``"source removed"``; ``"outdated"``: facts that have changed, asked of an index that is one version behind;
        ``"contradicted"``: an archived memo states another value.
    """
    internal = draw_questions(lab, "inkb", n)
    outdated = draw_outdated(lab, n)
    return {
        "source removed": lab.evaluate(
            "RAG source removed",
            lambda: reading(Rag(None, lab.model, retriever=sourceless_retrieval(lab.index(OLD_VERSION)))),
            internal,
        ),
        "outdated": lab.evaluate(
            "RAG one version behind", lambda: build_arm(lab, "RAG", OLD_VERSION), outdated, key=arm_key("RAG")
        ),
        "contradicted": ask_arm(lab, "RAG", draw_questions(lab, "conflict", n)),
    }


def states_rejected(evaluation: Evaluation) -> int:
    """Return how many answers state a value that is wrong in a telling way: an old one, or that of the memo."""
    return sum(
        any(contains_value(result.answer.text, value) for value in result.rejected) for result in evaluation.results
    )
