"""E12, the time machine: the same questions in versions 1, 2 and 3, to arms that were or were not kept up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from course_lib.arms import ask_model, build_arm, build_prompt_of
from course_lib.evaluation import Evaluation, compare
from course_lib.experiments.asking import arm_key, draw_questions, remember, set_rows
from course_lib.experiments.base import Finding, Result, Row, row
from course_lib.experiments.pictures import draw_lines, pool
from course_lib.experiments.upkeep import continue_from_first, edit_examples, edited_facts
from course_lib.lab import Answerer, Lab
from course_lib.statistics import Interval, paired_bootstrap_difference
from course_lib.tuning import Recipe
from course_lib.world import Question
from course_lib.world.plan import VERSIONS

SETS = {"inkb": 40, "changed": 40, "deleted": 20, "added": 20}
EDITED_SETS = ("changed", "deleted", "added")
LAST = VERSIONS[-1]
RETRAIN_RECIPE = Recipe(rank=16, alpha=32, learning_rate=3e-3, epochs=4, batch_size=32)
N_REPLAY = 120
FRESH, STALE, FROZEN, RETRAINED = "RAG fresh index", "RAG stale index", "FT-F of v1", "FT-F retrained"
LINES = (FRESH, STALE, FROZEN, RETRAINED, "BASE")


def questions_of(lab: Lab, version: int) -> list[Question]:
    """Return the same questions for each version, with the answers that hold in it."""
    return [
        question
        for name, n in SETS.items()
        for question in draw_questions(lab, name, n, version=version, readable_in=VERSIONS)
    ]


def run_time_machine(lab: Lab) -> Result:
    """Ask every arm in every version; only the right answers, the fresh index and the retrained model move on."""
    asked = ask_versions(lab)
    last = asked[LAST]
    findings = (
        Finding("accuracy in v3, RAG fresh index - FT-F of v1", compare(last[FRESH], last[FROZEN]), "+"),
        Finding("accuracy of FT-F of v1, in v3 - in v1", decay(asked[1][FROZEN], last[FROZEN]), "-"),
        Finding("accuracy in v3, RAG stale - fresh index", compare(last[STALE], last[FRESH]), "-"),
        Finding("accuracy in v3, FT-F retrained - FT-F of v1", compare(last[RETRAINED], last[FROZEN]), "+"),
    )
    extra = {
        "share of edited facts at which RAG overtakes FT-F of v1": overtaking_share(last[FRESH], last[FROZEN]),
        "accuracy in v3, RAG fresh index - FT-F retrained": compare(last[FRESH], last[RETRAINED]).as_dict(),
    }
    return Result("E12", lab.seed, tuple(_rows(asked, lab.seed)), findings, extra)


def ask_versions(lab: Lab) -> dict[int, dict[str, Evaluation]]:
    """Return the evaluations by version and arm."""
    unmoved = {
        "BASE": ("BASE", remember(lambda: build_arm(lab, "BASE"))),
        STALE: ("RAG", remember(lambda: build_arm(lab, "RAG", 1))),
        FROZEN: ("FT-F", remember(lambda: build_arm(lab, "FT-F", 1))),
    }
    asked: dict[int, dict[str, Evaluation]] = {}
    for version in VERSIONS:
        questions = questions_of(lab, version)
        asked[version] = {
            arm: lab.evaluate(arm, make, questions, key=arm_key(name)) for arm, (name, make) in unmoved.items()
        }
        if version == 1:  # an index that has just been made is both
            asked[1][FRESH] = replace(asked[1][STALE], arm=FRESH)
        else:
            asked[version][FRESH] = lab.evaluate(
                FRESH, partial(build_arm, lab, "RAG", version), questions, key=arm_key("RAG", version)
            )
    asked[LAST][RETRAINED] = ask_retrained(lab)
    return asked


def ask_retrained(lab: Lab) -> Evaluation:
    """Return the evaluation in the last version of the model that was trained further on all edits since version 1."""
    later = continue_from_first(lab)
    edited, deleted = edited_facts(lab, (1, LAST))
    examples = edit_examples(lab, edited, N_REPLAY, deleted=deleted, versions=(1, LAST))

    def make() -> Answerer:
        return ask_model(later.tuned("FT-F-retrained", examples, RETRAIN_RECIPE), build_prompt_of)

    key = [arm_key("FT-F"), asdict(RETRAIN_RECIPE), [asdict(example) for example in examples]]
    return lab.evaluate(RETRAINED, make, questions_of(lab, LAST), key=key)


def decay(before: Evaluation, after: Evaluation) -> Interval:
    """Return accuracy after - before on the same questions, whose right answers may have changed in between."""
    columns = []
    for evaluation in (after, before):
        right = {result.id: float(result.is_right) for result in evaluation.results}
        columns.append([right[result.id] for result in after.results])
    return paired_bootstrap_difference(*columns)


def overtaking_share(rag: Evaluation, tuned: Evaluation) -> float | None:
    """Return the share of edited facts above which retrieval from a fresh index beats a model that stays as it was.

    With a share u of edited facts, each is right in (1 - u) x its accuracy on unchanged ones + u x that on edited ones.
    0 where retrieval leads without any edit, None where it never overtakes.

    Examples
    --------
    Right on 7 of 10 unchanged and on 6 of 10 edited facts, against 9 of 10 and 1 of 10: they meet at 2 / (2 + 5).
    """
    means = {}
    for arm, evaluation in (("rag", rag), ("tuned", tuned)):
        for name, sets in (("kept", ("inkb",)), ("edited", EDITED_SETS)):
            means[arm, name] = evaluation.only(*sets).interval("accuracy").value
    ahead = means["tuned", "kept"] - means["rag", "kept"]
    behind = means["rag", "edited"] - means["tuned", "edited"]
    if ahead <= 0:
        return 0.0 if ahead < 0 or behind > 0 else None
    return ahead / (ahead + behind) if behind > 0 else None


def _rows(asked: dict[int, dict[str, Evaluation]], seed: int) -> list[Row]:
    """Return accuracy and invention by arm, version and set."""
    rows = []
    for version, evaluations in asked.items():
        for arm, evaluation in evaluations.items():
            rows += set_rows(evaluation, ("accuracy",), label=f"{{}} v{version}")
            for metric in ("accuracy", "halluc"):
                rows.append(row(arm, f"all v{version}", metric, evaluation.interval(metric), seed))
    return rows


def draw_time_machine(results: Sequence[Result], axes: Any) -> None:
    """Draw accuracy by version."""
    series = {arm: [pool(results, arm, f"all v{version}", "accuracy") for version in VERSIONS] for arm in LINES}
    draw_lines(axes, VERSIONS, series)
    axes.set_xticks(VERSIONS, [f"v{version}" for version in VERSIONS])
    axes.set(ylim=(0, 1.05), xlabel="version of the world", ylabel="accuracy", title="Who keeps up as facts change?")
