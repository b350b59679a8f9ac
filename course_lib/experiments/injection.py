"""E27: facts put into the weights in three ways, with fine-tuning's best shot, against the same facts retrieved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from course_lib.arms import ask_model, build_prompt_of
from course_lib.evaluation import Evaluation, compare
from course_lib.experiments.asking import ask_arm, reading, set_rows
from course_lib.experiments.base import Finding, Result
from course_lib.experiments.pictures import draw_bars, pool
from course_lib.experiments.static_set import (
    TEST_SETS,
    StaticSet,
    document_examples,
    draw_static_set,
    match_tokens,
    question_examples,
)
from course_lib.lab import Answerer, Lab, digest
from course_lib.rag import Rag
from course_lib.retrieval import wrong_retrieval
from course_lib.statistics import Interval, recovery_interval
from course_lib.training_sets import Example
from course_lib.tuning import Recipe

BEST_RECIPE = Recipe(rank=16, alpha=32, learning_rate=4e-3, epochs=10, batch_size=32)
"""For the paraphrased questions; the other training sets get as many tokens."""
DOCUMENTS, ONE_WORDING, BEST = "FT-F documents", "FT-F 1 wording", "FT-F 5 wordings"
WRONG = "RAG wrong passages"
ARMS = ("BASE", DOCUMENTS, ONE_WORDING, BEST, "FT-F", "RAG", WRONG)
HELDOUT_SET = TEST_SETS[0]


def run_injection(lab: Lab) -> Result:
    """Teach a small static set from documents, from one question a fact, and from many wordings; ask it in new ways."""
    static = draw_static_set(lab)
    asked = ask_all(lab, static)
    rows = [row for arm in ARMS for row in set_rows(asked[arm], ("accuracy", "halluc"))]

    def difference(first: str, second: str, question_set: str = HELDOUT_SET) -> Finding:
        interval = compare(asked[first].only(question_set), asked[second].only(question_set))
        return Finding(f"accuracy on {question_set}, {first} - {second}", interval, "+")

    findings = (
        difference(BEST, "BASE"),
        difference(BEST, ONE_WORDING),
        difference("RAG", BEST),
        difference("RAG", BEST, "reversed"),
    )
    return Result("E27", lab.seed, tuple(rows), findings, find_crossovers(lab, static, asked))


def ask_all(lab: Lab, static: StaticSet) -> dict[str, Evaluation]:
    """Return the evaluations of all arms on the questions of the static set; every training costs the same tokens."""
    asked = {arm: ask_arm(lab, arm, static.questions) for arm in ("BASE", "RAG", "FT-F")}
    asked[WRONG] = lab.evaluate(
        WRONG, lambda: reading(Rag(None, lab.model, retriever=wrong_retrieval(lab.index(1)))), static.questions
    )
    best = question_examples(lab, static.facts, paraphrased=True)
    asked[BEST] = teach(lab, BEST, best, BEST_RECIPE, static)
    for arm, examples in (
        (DOCUMENTS, document_examples(lab, static.facts)),
        (ONE_WORDING, question_examples(lab, static.facts, paraphrased=False)),
    ):
        asked[arm] = teach(lab, arm, examples, match_tokens(lab.model, BEST_RECIPE, best, examples), static)
    return asked


def teach(lab: Lab, arm: str, examples: list[Example], recipe: Recipe, static: StaticSet) -> Evaluation:
    """Return the evaluation of a model that has learnt the examples."""
    content = digest([[asdict(example) for example in examples], asdict(recipe)])
    name = arm.replace(" ", "-")

    def make() -> Answerer:
        return ask_model(lab.tuned(name, examples, recipe), build_prompt_of)

    return lab.evaluate(arm, make, static.questions, key=content)


def find_crossovers(lab: Lab, static: StaticSet, asked: dict[str, Evaluation]) -> dict[str, Any]:
    """Return where best-effort tuning and retrieval swap places: how wrong the retriever, how many the facts."""
    only = {arm: evaluation.only(HELDOUT_SET) for arm, evaluation in asked.items()}
    n_all = sum(not fact.public for fact in lab.world(1).facts)
    measured = {len(static.facts): accuracy(only[BEST]), n_all: accuracy(only["FT-F"])}
    return {
        "share of wrong retrievals at which FT-F equals RAG": {
            name: crossing_share(asked["RAG"].only(name), asked[WRONG].only(name), asked[BEST].only(name)).as_dict()
            for name in TEST_SETS
            if any(result.set == name for result in asked["RAG"].results)
        },
        "accuracy of FT-F by number of facts": {str(n_facts): value for n_facts, value in measured.items()},
        "accuracy of RAG": accuracy(only["RAG"]),
        "number of facts at which FT-F equals RAG": crossing_facts(measured, accuracy(only["RAG"])),
    }


def accuracy(evaluation: Evaluation) -> float:
    """Return the share of right answers."""
    return evaluation.interval("accuracy").value


def crossing_share(rag: Evaluation, wrong: Evaluation, tuned: Evaluation) -> Interval:
    """Return the share of wrong retrievals at which retrieving is as good as tuning.

    With a share p of its passages replaced by wrong ones, RAG is right in (1 - p) x rag + p x wrong of the cases. At or
    below 0 tuning leads whatever the retriever does; from 1 on it never does. Infinite ends: the data do not bound it.
    """
    columns = [evaluation.scores("accuracy")[0] for evaluation in (tuned, rag, wrong)]
    return recovery_interval(*columns, clusters=[result.cluster for result in rag.results])


def crossing_facts(measured: dict[int, float], level: float) -> dict[str, Any]:
    """Return the number of facts at which tuning's accuracy falls to that of retrieval, between two measured ones.

    Accuracy is taken as linear in the logarithm of the number; outside the measured numbers only a bound is known.

    Examples
    --------
    >>> crossing_facts({10: 0.9, 1000: 0.5}, level=0.7)
    {'value': 100, 'bound': None}
    >>> crossing_facts({10: 0.6, 1000: 0.5}, level=0.7)
    {'value': None, 'bound': 'below 10'}
    """
    (few, at_few), (many, at_many) = sorted(measured.items())
    if at_few < level and at_many < level:
        return {"value": None, "bound": f"below {few}"}
    if at_few >= level and at_many >= level:
        return {"value": None, "bound": f"above {many}"}
    if at_few < level:  # more facts were learnt better, so there is no number up to which tuning leads
        return {"value": None, "bound": "none: tuning gained with more facts"}
    part = (at_few - level) / (at_few - at_many)
    return {"value": round(math.exp(math.log(few) + part * math.log(many / few))), "bound": None}


def draw_injection(results: Sequence[Result], axes: Any) -> None:
    """Draw accuracy by kind of question and arm."""
    series = {arm: [pool(results, arm, name, "accuracy") for name in TEST_SETS] for arm in ARMS if arm != "BASE"}
    draw_bars(axes, TEST_SETS, series)
    axes.set(
        ylim=(0, 1.05), ylabel="accuracy", title="Which questions do taught facts answer, and which retrieved ones?"
    )
