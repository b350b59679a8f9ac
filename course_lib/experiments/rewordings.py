"""E19: whether the behaviour holds when the same thing is requested in other words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from course_lib.evaluation import Evaluation
from course_lib.experiments.base import Finding, Result, Row, row
from course_lib.experiments.behaviour_tasks import (
    Bench,
    draw_bench,
    item_validities,
    pack_prompts,
    put_items,
    put_to_tuned,
)
from course_lib.experiments.pictures import draw_bars, pool
from course_lib.lab import Lab
from course_lib.prompting import build_prompt
from course_lib.statistics import Interval, contrast_interval, paired_bootstrap_difference, share_interval

TASKS = ("voice", "extract")
ARMS = ("PROMPT", "RAG", "FT-B")
N_ITEMS, N_WORDINGS, N_SHOTS, K = 40, 5, 4, 2
"""The full recipe has 20 wordings; 5 of them keep the run short."""
REQUESTS = {
    "voice": (
        "What do we tell this customer?",
        "Write back to the customer, please.",
        "Here is a question that came in. Deal with it.",
        "Give the customer an answer.",
        "Could you respond to the following?",
    ),
    "extract": (
        "Note down what was ordered here.",
        "Please pull the order out of the text below.",
        "What exactly is being ordered?",
        "Turn this message into an order.",
        "I need the order data from this mail.",
    ),
}
"""Task -> wordings of its request; none of them occurs in training."""
REQUESTS_IN_BULK = 10_000


def run_rewordings(lab: Lab) -> Result:
    """Put every item in every wording to three arms; count how often the form holds, and how often it flips."""
    rows: list[Row] = []
    extra: dict[str, Any] = {"bad outputs in 10000 requests": {}}
    valid: dict[tuple[str, str], np.ndarray] = {}
    for name in TASKS:
        bench = draw_bench(lab.world(1).tasks[name], N_ITEMS, lab.seed)
        for arm in ARMS:
            valid[arm, name] = validity_table(lab, arm, bench)
            rows += behaviour_rows(arm, bench, valid[arm, name], lab.seed)
            bad = round(REQUESTS_IN_BULK * (1 - float(valid[arm, name].mean())))
            extra["bad outputs in 10000 requests"][f"{arm} {name}"] = bad
    return Result("E19", lab.seed, tuple(rows), make_findings(valid), extra)


def make_findings(valid: dict[tuple[str, str], np.ndarray]) -> tuple[Finding, ...]:
    """Return the figures that decide: tuning against prompting and against retrieval, and how often each flips."""
    found = [
        Finding(
            f"valid share FT-B - {rival} on {name}",
            paired_bootstrap_difference(valid["FT-B", name].mean(axis=1), valid[rival, name].mean(axis=1)),
            "+",
        )
        for name in TASKS
        for rival in ("PROMPT", "RAG")
    ]
    flips = {arm: np.concatenate([flip_shares(valid[arm, name]) for name in TASKS]) for arm in ARMS}
    steadier = paired_bootstrap_difference(flips["FT-B"], flips["PROMPT"])
    return (*found, Finding("flip rate FT-B - PROMPT, both tasks", steadier, "-"))


def validity_table(lab: Lab, arm: str, bench: Bench) -> np.ndarray:
    """Return whether each output is valid, shape (n_items, n_wordings)."""
    requests = REQUESTS[bench.task.name][:N_WORDINGS]
    return np.array([item_validities(bench, ask_in_words(lab, arm, bench, request)) for request in requests]).T


def ask_in_words(lab: Lab, arm: str, bench: Bench, request: str) -> Evaluation:
    """Return the evaluation of an arm when the request is worded so."""
    if arm == "FT-B":
        return put_to_tuned(lab, bench, [build_prompt(f"{request}\n{item.input}") for item in bench.items])
    if arm == "RAG":
        found = lab.index(1).search_batch([item.input for item in bench.items], K)
        prompts = pack_prompts(lab, bench, found, request=request, instruction=bench.task.instruction)
        return put_items(lab, arm, bench, prompts)
    examples = [(f"{request}\n{shot.input}", shot.target) for shot in bench.shots[:N_SHOTS]]
    prompts = [
        build_prompt(f"{request}\n{item.input}", instruction=bench.task.instruction, examples=examples)
        for item in bench.items
    ]
    return put_items(lab, arm, bench, prompts)


def flip_shares(valid: np.ndarray) -> np.ndarray:
    """Return for each item how many pairs of its wordings differ in validity, as a share; shape (n_items,).

    >>> flip_shares(np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 1.0]])).round(2).tolist()
    [0.0, 0.67]
    """
    n_wordings = valid.shape[1]
    n_valid = valid.sum(axis=1)
    return 2 * n_valid * (n_wordings - n_valid) / (n_wordings * (n_wordings - 1))


def spread_interval(shares: np.ndarray, clusters: Sequence[str]) -> Interval:
    """Return the standard deviation over items of their valid share, shape (n_items,), with its interval."""
    return contrast_interval(
        [shares, shares**2], lambda means: np.sqrt(np.maximum(means[1] - means[0] ** 2, 0.0)), clusters=clusters
    )


def behaviour_rows(arm: str, bench: Bench, valid: np.ndarray, seed: int) -> list[Row]:
    """Return valid share, flip rate and spread between inputs of one arm on one task."""
    shares, clusters = valid.mean(axis=1), bench.clusters
    measured = {
        "valid": share_interval(shares, clusters=clusters),
        "flip_rate": share_interval(flip_shares(valid), clusters=clusters),
        "between_input_sd": spread_interval(shares, clusters),
    }
    return [row(arm, bench.task.name, metric, interval, seed) for metric, interval in measured.items()]


def draw_rewordings(results: Sequence[Result], axes: Any) -> None:
    """Draw valid share and flip rate of each arm."""
    measures = [(task, metric) for task in TASKS for metric in ("valid", "flip_rate")]
    series = {arm: [pool(results, arm, task, metric) for task, metric in measures] for arm in ARMS}
    draw_bars(axes, [f"{task}\n{metric.replace('_', ' ')}" for task, metric in measures], series)
    axes.set(ylim=(0, 1.05), ylabel="share", title="Does the form hold in other words? Valid share high, flips low")
