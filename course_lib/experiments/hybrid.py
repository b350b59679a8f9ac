"""E30: facts and form at once. Tuning for behaviour {no, yes} x retrieval {no, yes} on questions that need both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from course_lib.arms import (
    N_VOICE,
    VOICE_EXAMPLES,
    VOICE_RECIPE,
    VOICE_REQUEST,
    ask_model,
    retrieving,
    voice_model,
    voiced_prompt,
)
from course_lib.evaluation import Evaluation
from course_lib.evaluation.judging import Result as Judged
from course_lib.experiments.asking import draw_questions
from course_lib.experiments.base import Experiment, Finding, Result, Row, row
from course_lib.experiments.pictures import draw_bars, pool
from course_lib.lab import Answerer, Lab
from course_lib.models import LocalModel
from course_lib.prompting import GROUNDED
from course_lib.rag import Retrieval
from course_lib.statistics import Interval, interaction_interval, paired_bootstrap_difference, share_interval
from course_lib.world import Item, Question
from course_lib.world.tasks import check_voice

CELLS = ("HYB", "RAG", "FT-B", "BASE")
"""In the order of the interaction: both, retrieval alone, tuning alone, neither."""
MEASURES = ("facts", "valid", "both_right")
N_PUBLIC = N_INTERNAL = 75
N_PASSAGES = 3
MIX = "support"
FLOOR, CEILING = 0.05, 0.95
"""A share beyond these leaves no room to fall or rise."""


def run_hybrid(lab: Lab) -> Result:
    """Put the same support questions, with the same request for the house voice, to the four cells."""
    questions = draw_support_mix(lab)
    cells = {name: ask_cell(lab, name, questions) for name in CELLS}
    scores = {name: score_cell(evaluation) for name, evaluation in cells.items()}
    clusters = [result.cluster for result in cells["BASE"].results]
    rows: list[Row] = []
    for name, measured in scores.items():
        intervals = {measure: share_interval(measured[measure], clusters=clusters) for measure in MEASURES}
        rows += [row(name, MIX, measure, interval, lab.seed) for measure, interval in intervals.items()]
        for part in ("public", "inkb"):
            rows.append(row(name, part, "facts", cells[name].only(part).interval("accuracy"), lab.seed))
    return Result("E30", lab.seed, tuple(rows), make_findings(scores, clusters), describe_cells(scores, clusters))


def draw_support_mix(lab: Lab) -> list[Question]:
    """Return what customers and staff ask: half of it the base model knows, half of it stands in documents only."""
    return [*draw_questions(lab, "public", N_PUBLIC), *draw_questions(lab, "inkb", N_INTERNAL)]


def ask_cell(lab: Lab, name: str, questions: Sequence[Question]) -> Evaluation:
    """Return the evaluation of one cell of E30; untuned models are shown an example of the voice."""
    k = N_PASSAGES if name in ("RAG", "HYB") else 0
    if name in ("RAG", "BASE"):
        return ask_place(lab, name, lambda: lab.model, questions, k=k, examples=VOICE_EXAMPLES)
    return ask_place(lab, name, lambda: voice_model(lab), questions, k=k, key=[asdict(VOICE_RECIPE), N_VOICE])


def ask_place(
    lab: Lab,
    arm: str,
    make_model: Callable[[], LocalModel],
    questions: Sequence[Question],
    *,
    k: int = 3,
    retriever: str | Retrieval = "hybrid",
    examples: Sequence[tuple[str, str]] = (),
    key: object = "",
) -> Evaluation:
    """Return the evaluation of one place of a factorial, all of them asked for the house voice in the same words.

    Parameters
    ----------
    lab
        Has the index, and the cache.
    arm
        Name of the place.
    make_model
        Called only if the cache does not hold the answers.
    questions
        What is asked.
    k
        Passages; 0 asks without retrieval.
    retriever
        See `course_lib.rag.Rag`.
    examples
        Pairs of a question and its answer in the voice, shown as earlier turns.
    key
        What the model was made from, and which retriever it is if it has no name.
    """

    def make() -> Answerer:
        if k == 0:
            return ask_model(make_model(), lambda question: voiced_prompt(question, examples))
        told = f"{GROUNDED} {VOICE_REQUEST}"
        return retrieving(lab, make_model(), 1, told, k=k, retriever=retriever, examples=examples)

    return lab.evaluate(arm, make, questions, key=["house voice", VOICE_REQUEST, k, list(examples), key])


def score_cell(evaluation: Evaluation) -> dict[str, list[float]]:
    """Return for each measure the score of every question."""
    facts = [float(result.is_right) for result in evaluation.results]
    valid = [float(keeps_form(result)) for result in evaluation.results]
    both = [float(fact and form) for fact, form in zip(facts, valid, strict=True)]
    return {"facts": facts, "valid": valid, "both_right": both}


def keeps_form(result: Judged) -> bool:
    """Return whether an answer keeps every rule of the house voice but the one about the value: that is a fact."""
    gold = result.gold or ""
    kept = check_voice(result.answer.text, Item(result.id, f"{result.question}\n{gold}", "", "plain", gold))
    return all(is_kept for rule, is_kept in kept.items() if rule != "value")


def make_findings(scores: dict[str, dict[str, list[float]]], clusters: Sequence[str]) -> tuple[Finding, ...]:
    """Return the figures that decide: both together against each alone and neither, and whether gains more than add up.

    Neither is on trial, too: with an example of the voice in its prompt it may be ahead of retrieval or tuning alone.
    """
    both = {name: measured["both_right"] for name, measured in scores.items()}
    better = {
        name: paired_bootstrap_difference(both["HYB"], both[name], clusters=clusters)
        for name in ("RAG", "FT-B", "BASE")
    }
    together = interaction_interval(*(both[name] for name in CELLS), clusters=clusters)
    return (
        *(Finding(f"both right HYB - {name}", interval, "+") for name, interval in better.items()),
        Finding("interaction on both right", together, "+"),
    )


def describe_cells(scores: dict[str, dict[str, list[float]]], clusters: Sequence[str]) -> dict[str, Any]:
    """Return which technique moves which measure, and the cells that sit at the floor or the ceiling."""

    def gain(more: str, less: str, measure: str) -> dict[str, float | int | None]:
        return paired_bootstrap_difference(scores[more][measure], scores[less][measure], clusters=clusters).as_dict()

    shares = {(name, measure): sum(values) / len(values) for name in CELLS for measure, values in scores[name].items()}
    return {
        "gain by retrieval": {measure: gain("RAG", "BASE", measure) for measure in MEASURES},
        "gain by tuning": {measure: gain("FT-B", "BASE", measure) for measure in MEASURES},
        "gain by tuning, with retrieval": {measure: gain("HYB", "RAG", measure) for measure in MEASURES},
        "interaction": {
            measure: interaction_interval(*(scores[name][measure] for name in CELLS), clusters=clusters).as_dict()
            for measure in MEASURES
        },
        "cells at the floor": [f"{name} {measure}" for (name, measure), share in shares.items() if share <= FLOOR],
        "cells at the ceiling": [f"{name} {measure}" for (name, measure), share in shares.items() if share >= CEILING],
    }


def add_effects(base: Interval, rag: Interval, tuned: Interval) -> float:
    """Return what the combination would reach if the two gains just added up."""
    return rag.value + tuned.value - base.value


def draw_hybrid(results: Sequence[Result], axes: Any) -> None:
    """Draw the measures of the four cells, and where the combination would be if gains added up."""
    order = CELLS[::-1]
    draw_bars(axes, [measure.replace("_", " ") for measure in MEASURES], {
        name: [pool(results, name, MIX, measure) for measure in MEASURES] for name in order
    })  # fmt: skip
    for at, measure in enumerate(MEASURES):
        base, tuned, rag, _ = (pool(results, name, MIX, measure) for name in order)
        if base and rag and tuned:
            sum_of_gains = add_effects(base, rag, tuned)
            axes.hlines(sum_of_gains, at + 0.2, at + 0.4, color="black", linestyle=":")
    axes.set(ylim=(0, 1.05), ylabel="share", title="Facts and form at once (dotted: gains of RAG and FT-B added up)")


E30 = Experiment(
    id="E30",
    title="2x2 factorial",
    claims=(
        "C-headline", "C-notor", "A-both-best", "B-ft-when", "B-ft-notknow", "B-perf", "B-uc-support", "C-f-support",
        "C-b-know", "D-how-what", "D-v-both",
    ),
    predicted=(
        "Retrieval brings the facts and tuning the form, so that answers with both right are most frequent with both "
        "together, more frequent than either alone reaches and than the two gains add up to."
    ),
    run=run_hybrid,
    picture=draw_hybrid,
    minutes=0.5,
)  # fmt: skip
