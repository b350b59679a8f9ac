"""E07: what an answer owes to its passages: none, retrieved, right or wrong ones, and such as contradict memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from course_lib.arms import ask_model, build_prompt_of, reader_model
from course_lib.evaluation import Evaluation, compare
from course_lib.experiments.asking import arm_key, ask_arm, draw_questions, reading, set_rows
from course_lib.experiments.base import Finding, Result, Row, row
from course_lib.experiments.pictures import draw_bars, pool
from course_lib.lab import Lab
from course_lib.models import LocalModel
from course_lib.rag import Rag, Retrieval
from course_lib.retrieval import Hit, Index, oracle_retrieval, wrong_retrieval
from course_lib.statistics import Interval, share_interval
from course_lib.text import contains_value
from course_lib.world import Question
from course_lib.world.wordings import RELATIONS

CONDITIONS = ("none", "retrieved", "oracle", "wrong")
ON_PUBLIC = ("none", "wrong")
"""Conditions that also show what passages do to knowledge that was there before."""
READERS = ("BASE", "RAFT")
N_INTERNAL, N_PUBLIC = 80, 80
HALF = 0.5


def arm_name(reader: str, condition: str) -> str:
    """Return the scoreboard's name of a reader with passages.

    >>> arm_name("BASE", "none"), arm_name("BASE", "retrieved"), arm_name("RAFT", "oracle")
    ('BASE', 'RAG', 'RAFT oracle passages')
    """
    if condition == "none":
        return "BASE" if reader == "BASE" else "RAFT no passages"
    arm = "RAG" if reader == "BASE" else "RAFT"
    return arm if condition == "retrieved" else f"{arm} {condition} passages"


def run_context(lab: Lab) -> Result:
    """Put the same questions with different passages to the base model and to the reader tuned on passages."""
    rows: list[Row] = []
    extra: dict[str, Any] = {}
    findings: tuple[Finding, ...] = ()
    for reader in READERS:
        asked = ask_conditions(lab, reader)
        inside = {condition: asked[condition].only("inkb") for condition in CONDITIONS}
        remembered, misled = asked["none"].only("public"), asked["wrong"].only("public")
        losses = split_losses(inside) | {"override": override_share(remembered, asked["contradicting"])}
        for condition in CONDITIONS:
            rows += set_rows(asked[condition], ("accuracy", "halluc"))
        for name, interval in losses.items():
            measured_on = "public" if name == "override" else "inkb"
            rows.append(row(arm_name(reader, "retrieved"), measured_on, name, interval, lab.seed))
        lost = compare(misled, remembered).as_dict()
        extra[reader] = describe_faults(inside) | {"accuracy on public, wrong - no passages": lost}
        if reader == "BASE":
            findings = _make_findings(inside, losses)
    return Result("E07", lab.seed, tuple(rows), findings, extra)


def ask_conditions(lab: Lab, reader: str) -> dict[str, Evaluation]:
    """Return the evaluations of a reader under all conditions, "contradicting" included."""
    internal, public = draw_questions(lab, "inkb", N_INTERNAL), draw_questions(lab, "public", N_PUBLIC)
    asked = {
        condition: ask_reader(lab, reader, condition, [*internal, *(public if condition in ON_PUBLIC else [])])
        for condition in CONDITIONS
    }
    return asked | {"contradicting": ask_reader(lab, reader, "contradicting", contradict(lab, public))}


def _make_findings(inside: dict[str, Evaluation], losses: dict[str, Interval]) -> tuple[Finding, ...]:
    """Return the figures that decide: access helps, retrieval costs something, passages beat memory."""
    override = losses["override"]
    beyond_half = Interval(override.value - HALF, override.low - HALF, override.high - HALF, override.n)
    return (
        Finding("accuracy BASE on inkb, oracle - no passages", compare(inside["oracle"], inside["none"]), "+"),
        Finding("retrieval loss BASE on inkb", losses["retrieval_loss"], "+"),
        Finding("override share of BASE - 0.5", beyond_half, "+"),
    )


def ask_reader(lab: Lab, reader: str, condition: str, questions: Sequence[Question]) -> Evaluation:
    """Return the evaluation of a reader under one condition."""
    name = arm_name(reader, condition)
    if condition == "retrieved" or name == "BASE":
        return ask_arm(lab, name, questions)

    def model() -> LocalModel:
        return lab.model if reader == "BASE" else reader_model(lab)

    makers: dict[str, Callable[[Index], Retrieval]] = {
        "oracle": oracle_retrieval,
        "wrong": wrong_retrieval,
        "contradicting": contradicting_retrieval,
    }
    if condition == "none":
        return lab.evaluate(name, lambda: ask_model(model(), build_prompt_of), questions, key=arm_key(reader))
    return lab.evaluate(
        name,
        lambda: reading(Rag(None, model(), retriever=makers[condition](lab.index(1)))),
        questions,
        key=arm_key(reader),
    )


def contradict(lab: Lab, questions: Sequence[Question]) -> list[Question]:
    """Return the questions with a false answer of the right kind as the expected one, and the true one as rejected.

    Right is then who follows a passage that says so.
    """
    facts = {fact.id: fact for fact in lab.world(1).facts}
    by_kind: dict[str, set[str]] = {}
    for fact in facts.values():
        by_kind.setdefault(RELATIONS[fact.attribute].value, set()).add(fact.value)
    changed = []
    for question in questions:
        true = question.answer or ""
        rivals = sorted(by_kind[RELATIONS[facts[question.facts[0]].attribute].value])
        # neither value may be a part of the other, or one answer could be judged both ways
        rivals = [value for value in rivals if not contains_value(value, true) and not contains_value(true, value)]
        if rivals:
            false = rivals[sum(map(ord, question.id)) % len(rivals)]
            changed.append(replace(question, answer=false, rejected=(true,)))
    return changed


def contradicting_retrieval(index: Index) -> Retrieval:
    """Return a retriever that gives the source with the rejected value replaced by the expected one."""
    find = oracle_retrieval(index)

    def retrieve(questions: Sequence[Question]) -> list[list[Hit]]:
        found = find([replace(question, answer=question.rejected[0]) for question in questions])
        return [
            [forge(hit, question.rejected[0], question.answer or "") for hit in hits]
            for question, hits in zip(questions, found, strict=True)
        ]

    return retrieve


def forge(hit: Hit, old: str, new: str) -> Hit:
    """Return the hit with one value in place of another in its text."""
    text = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda match: new, hit.chunk.text, flags=re.IGNORECASE)
    return replace(hit, chunk=replace(hit.chunk, text=text))


def split_losses(inside: dict[str, Evaluation]) -> dict[str, Interval]:
    """Return what retrieval and what reading lose; together they are all that the retrieving arm gets wrong."""
    oracle = inside["oracle"].interval("accuracy")
    return {
        "retrieval_loss": compare(inside["oracle"], inside["retrieved"]),
        "generation_loss": Interval(1 - oracle.value, 1 - oracle.high, 1 - oracle.low, oracle.n),
    }


def override_share(remembered: Evaluation, contradicted: Evaluation) -> Interval:
    """Return how often a reader follows the passage on a question that it answers rightly by heart.

    Where it knows nothing by heart the share can be anything: 0 to 1, from 0 questions.
    """
    known = {result.id for result in remembered.results if result.is_right}
    scores, _ = contradicted.scores("accuracy")
    weights = [float(result.id in known) for result in contradicted.results]
    if not any(weights):
        return Interval(HALF, 0.0, 1.0, 0)
    clusters = [result.cluster for result in contradicted.results]
    return share_interval(scores, weights=weights, clusters=clusters)


def describe_faults(inside: dict[str, Evaluation]) -> dict[str, int]:
    """Return how many wrong answers of the retrieving arm the right passage would have mended, and how many not."""
    right = {condition: {r.id: r.is_right for r in evaluation.results} for condition, evaluation in inside.items()}
    wrong = [name for name, is_right in right["retrieved"].items() if not is_right]
    mended = sum(right["oracle"][name] for name in wrong)
    return {"faults of retrieval": mended, "faults of reading": len(wrong) - mended}


def draw_context(results: Sequence[Result], axes: Any) -> None:
    """Draw accuracy by condition and reader."""
    series = {
        reader: [pool(results, arm_name(reader, condition), "inkb", "accuracy") for condition in CONDITIONS]
        for reader in READERS
    }
    draw_bars(axes, [f"{condition}\npassages" for condition in CONDITIONS], series)
    axes.set(
        ylim=(0, 1.05),
        ylabel="accuracy on internal facts",
        title="The step from oracle to retrieved is what retrieval loses",
    )
