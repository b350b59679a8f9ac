"""What several experiments need: drawing questions, asking arms with a cache key that knows their recipes, rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from random import Random
from typing import Any

from course_lib.arms import FACT_RECIPE, N_FACT_WORDINGS, N_READER, READER_RECIPE, build_arm
from course_lib.evaluation import Answer, Evaluation
from course_lib.experiments.base import Row, row
from course_lib.lab import Answerer, Lab
from course_lib.rag import Rag
from course_lib.statistics import Interval, paired_bootstrap_difference
from course_lib.world import Question


def unreadable_documents(lab: Lab, version: int = 1) -> set[str]:
    """Return the ids of the documents that the access filter hides from who asks."""
    return {document.id for document in lab.world(version).documents if document.access == "restricted"}


def draw_questions(
    lab: Lab, name: str, n: int, version: int = 1, *, readable_in: Iterable[int] | None = None
) -> list[Question]:
    """Return up to ``n`` questions of a set whose sources the asker may read; the same ones whatever the version.

    An answer that retrieval must not find would measure the access filter, so such questions are left out.

    Parameters
    ----------
    lab
        Its seed decides what is drawn.
    name
        Of the set.
    n
        Most questions.
    version
        Whose answers hold.
    readable_in
        Versions in which the source must be readable; ``version`` alone unless given.
    """
    hidden: set[str] = set()
    for number in readable_in or [version]:
        secret = unreadable_documents(lab, number)
        questions = lab.world(number).questions[name]
        hidden |= {question.id for question in questions if secret & set(question.documents)}
    open_questions = [question for question in lab.world(version).questions[name] if question.id not in hidden]
    drawn = Random(f"draw-{name}-{lab.seed}").sample(open_questions, min(n, len(open_questions)))
    return sorted(drawn, key=lambda question: question.id)


def arm_key(name: str, version: int = 1) -> list[Any]:
    """Return what the answers of an arm depend on besides the model: a new recipe must not meet old answers."""
    recipes = {"FT-F": [asdict(FACT_RECIPE), N_FACT_WORDINGS], "RAFT": [asdict(READER_RECIPE), N_READER]}
    return [version, recipes.get(name)]


def ask_arm(lab: Lab, name: str, questions: Sequence[Question], version: int = 1) -> Evaluation:
    """Return the evaluation of an arm of `course_lib.arms`, from the cache if it is there."""
    return lab.evaluate(name, lambda: build_arm(lab, name, version), questions, key=arm_key(name, version))


def reading(rag: Rag) -> Answerer:
    """Return an arm that answers from what the retriever of ``rag`` gives for whole questions, not for their texts."""

    def answer(questions: Sequence[Question]) -> list[Answer]:
        return [
            Answer(
                text=given.text,
                abstained=given.abstained,
                prompt_tokens=given.prompt_tokens,
                output_tokens=given.output_tokens,
                seconds=given.seconds,
            )
            for given in rag.answer(questions)
        ]

    return answer


def remember(make: Callable[[], Answerer]) -> Callable[[], Answerer]:
    """Return a maker of an arm that answers each text once: nothing in it changes, so neither would the answer."""
    known: dict[str, Answer] = {}
    arms: list[Answerer] = []

    def answer(questions: Sequence[Question]) -> list[Answer]:
        new = [question for question in questions if question.text not in known]
        if new:
            if not arms:
                arms.append(make())
            known.update(zip([question.text for question in new], arms[0](new), strict=True))
        return [known[question.text] for question in questions]

    return lambda: answer


def set_rows(evaluation: Evaluation, metrics: Sequence[str], *, label: str = "{}") -> list[Row]:
    """Return the scoreboard's rows of each question set; ``label`` says how a row names the set."""
    rows = []
    for name in dict.fromkeys(result.set for result in evaluation.results):
        for metric in metrics:
            if (interval := evaluation.only(name).interval(metric)) is not None:
                rows.append(row(evaluation.arm, label.format(name), metric, interval, evaluation.seed))
    return rows


def gap_between_sets(evaluation: Evaluation, first: str, second: str, metric: str = "accuracy") -> Interval:
    """Return an arm's metric on one set minus that on another; the questions differ, so nothing is paired."""
    scores, weights = evaluation.scores(metric)
    sides = [
        [weight * (result.set == side) for weight, result in zip(weights, evaluation.results, strict=True)]
        for side in (first, second)
    ]
    clusters = [result.cluster for result in evaluation.results]
    return paired_bootstrap_difference(scores, scores, weights=sides, clusters=clusters)
