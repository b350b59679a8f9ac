"""What the model knows by itself (E01), and what the arms say where there is nothing to know (E02)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from course_lib.evaluation import Evaluation, compare
from course_lib.experiments.asking import ask_arm, draw_questions, gap_between_sets, set_rows
from course_lib.experiments.base import Finding, Result, row
from course_lib.experiments.pictures import draw_bars, pool
from course_lib.lab import Lab
from course_lib.text import contains_value

CUTOFF_SETS = ("public", "inkb", "added")
N_CUTOFF = 100
LAST_VERSION = 3
"""In which all added facts are there."""
TRAP_SETS = ("unanswerable", "falsepremise")
TRAP_ARMS = ("BASE", "PROMPT", "RAG", "FT-F")
N_TRAP = 80


def run_cutoff(lab: Lab) -> Result:
    """Ask the base model, without documents, what it has read, what it has not, and what came later."""
    questions = [
        question for name in CUTOFF_SETS for question in draw_questions(lab, name, N_CUTOFF, version=LAST_VERSION)
    ]
    base = ask_arm(lab, "BASE", questions)
    findings = [
        Finding(f"accuracy BASE, public - {other}", gap_between_sets(base, "public", other), "+")
        for other in ("inkb", "added")
    ]
    return Result("E01", lab.seed, tuple(set_rows(base, ("accuracy", "halluc"))), tuple(findings))


def draw_cutoff(results: Sequence[Result], axes: Any) -> None:
    """Draw accuracy and invention by set."""
    series = {
        name: [pool(results, "BASE", question_set, metric) for question_set in CUTOFF_SETS]
        for name, metric in (("right", "accuracy"), ("asserted and wrong", "halluc"))
    }
    draw_bars(axes, ["read in training", "internal", "added later"], series)
    axes.set(ylim=(0, 1.05), ylabel="share of questions", title="Where does the knowledge of BASE end?")


def run_confabulation(lab: Lab) -> Result:
    """Ask what nobody can answer, and questions behind a false statement."""
    questions = [question for name in TRAP_SETS for question in draw_questions(lab, name, N_TRAP)]
    asked = {arm: ask_arm(lab, arm, questions) for arm in TRAP_ARMS}
    rows = []
    for evaluation in asked.values():
        rows += set_rows(evaluation, ("accuracy", "halluc"))
        for metric in ("halluc", "abstain_precision", "abstain_recall"):
            if (interval := evaluation.interval(metric)) is not None:
                rows.append(row(evaluation.arm, "traps", metric, interval, lab.seed))
    findings = (
        Finding("halluc on traps, RAG - BASE", compare(asked["RAG"], asked["BASE"], "halluc"), "-"),
        Finding("halluc on traps, FT-F - RAG", compare(asked["FT-F"], asked["RAG"], "halluc"), "+"),
    )
    return Result("E02", lab.seed, tuple(rows), findings, _describe_confabulation(lab, asked))


def _describe_confabulation(lab: Lab, asked: dict[str, Evaluation]) -> dict:
    """Return what the sources disagree on (K2): whether tuning raises invention, and whether it interpolates."""
    others = {f"halluc {arm} - BASE": compare(asked[arm], asked["BASE"], "halluc") for arm in ("FT-F", "PROMPT")}
    values = {fact.value for fact in lab.world(1).facts if not fact.public}
    return {
        **{name: interval.as_dict() for name, interval in others.items()},
        "share of inventions that are another fact's value": {
            arm: borrowed_share(evaluation, values) for arm, evaluation in asked.items()
        },
    }


def borrowed_share(evaluation: Evaluation, values: Iterable[str]) -> float | None:
    """Return the share of wrong assertions that hold a value of some fact: plausible in form, and from elsewhere.

    None if nothing wrong was asserted.
    """
    invented = [result.answer.text for result in evaluation.results if result.outcome == "wrong"]
    values = list(values)
    borrowed = sum(any(contains_value(text, value) for value in values) for text in invented)
    return borrowed / len(invented) if invented else None


def draw_confabulation(results: Sequence[Result], axes: Any) -> None:
    """Draw the share of inventions by arm and set."""
    series = {name: [pool(results, arm, name, "halluc") for arm in TRAP_ARMS] for name in TRAP_SETS}
    draw_bars(axes, TRAP_ARMS, series)
    axes.set(ylim=(0, 1.05), ylabel="asserted and wrong", title="Who invents an answer? Lower is better")
