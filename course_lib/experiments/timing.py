"""E33: milliseconds of one question at a time, split into searching, reading the prompt and writing.

Absolute times belong to the machine; ratios of times taken side by side decide. Answers of the arms differ in length,
so all are brought to the same number of written tokens: otherwise a terse arm would pass for a fast one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.arms import voice_model, voiced_prompt
from course_lib.experiments.asking import draw_questions
from course_lib.experiments.base import Finding, Result, Row, row
from course_lib.experiments.pictures import COLOURS, HATCHES, error_bars, pool
from course_lib.lab import Lab
from course_lib.models import LocalModel
from course_lib.prompting import Prompt, build_reading_prompt
from course_lib.rag import pack_passages
from course_lib.statistics import Interval, bootstrap_interval, contrast_interval
from course_lib.world import Question

KS = (1, 2, 4)
TUNED = "FT-B"
ARMS = (TUNED, *(f"RAG k={k}" for k in KS))
PHASES = ("retrieve", "prefill", "decode")
N_QUESTIONS, N_REPEATS = 16, 3
N_WRITTEN = 16
"""Tokens of every answer, as times are compared."""
MS = 1000.0


@dataclass(frozen=True)
class Clocked:
    """What one question took: milliseconds of each phase, prompt tokens, and of writing one token."""

    retrieve: float
    prefill: float
    per_token: float
    n_written: int
    prompt_tokens: int


def run_timing(lab: Lab) -> Result:
    """Clock the same questions with passages (1, 2 and 4 of them) and with the tuned model."""
    questions = draw_questions(lab, "inkb", N_QUESTIONS)
    times = clock_arms(lab, questions)
    totals = {arm: table.sum(axis=1) for arm, (table, _) in times.items()}
    rows: list[Row] = []
    for arm, (table, tokens) in times.items():
        columns = dict(zip(PHASES, table.T, strict=True)) | {"total": totals[arm]}
        for name, column in columns.items():
            rows.append(row(arm, "inkb", f"ms_{name}", bootstrap_interval(column), lab.seed))
        rows.append(row(arm, "inkb", "prompt_tokens", bootstrap_interval(tokens), lab.seed))
        rows.append(row(arm, "inkb", "time_ratio", ratio_interval(totals[arm], totals[TUNED]), lab.seed))
    return Result("E33", lab.seed, tuple(rows), make_findings(times, totals), describe_times(lab, times, totals))


def clock_arms(lab: Lab, questions: Sequence[Question]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return for each arm milliseconds by question and phase, shape (n, 3), and prompt tokens, shape (n,).

    The arms take turns, question by question: what slows the computer for a while slows all of them.
    """
    passages = {arm: int(arm.partition("=")[2] or 0) for arm in ARMS}
    models = {arm: lab.model if k else voice_model(lab) for arm, k in passages.items()}
    clocked: dict[str, list[Clocked]] = {arm: [] for arm in ARMS}
    for question in [questions[0], *questions]:  # the first time pays for what is made once
        for arm, k in passages.items():
            clocked[arm].append(clock_question(lab, models[arm], question, k))
    return {arm: tabulate(entries[1:]) for arm, entries in clocked.items()}


def tabulate(clocked: Sequence[Clocked]) -> tuple[np.ndarray, np.ndarray]:
    """Return an arm's milliseconds by question and phase, shape (n, 3), and its prompt tokens, shape (n,)."""
    # a short answer says little about the time of a token, so all answers are taken together
    n_written = sum(entry.n_written for entry in clocked)
    per_token = sum(entry.per_token * entry.n_written for entry in clocked) / max(n_written, 1)
    decode = per_token * (N_WRITTEN - 1)  # the first token comes with the reading of the prompt
    table = np.array([[entry.retrieve, entry.prefill, decode] for entry in clocked])
    return table, np.array([entry.prompt_tokens for entry in clocked], dtype=float)


def clock_question(lab: Lab, model: LocalModel, question: Question, k: int) -> Clocked:
    """Return the best of several timings of one question: what disturbs a measurement only ever adds to it."""
    tries = []
    for _ in range(N_REPEATS):
        retrieve, prompt = find_and_build(lab, question, k)
        first = model.generate([prompt], max_new_tokens=1)[0]
        whole = model.generate([prompt], max_new_tokens=N_WRITTEN)[0]
        n_more = whole.output_tokens - 1
        per_token = max(0.0, whole.seconds - first.seconds) / n_more if n_more else 0.0
        tries.append((retrieve, first.seconds, per_token, n_more, first.prompt_tokens))
    retrieve, prefill, per_token = (min(column) * MS for column in list(zip(*tries, strict=True))[:3])
    return Clocked(retrieve, prefill, per_token, *tries[0][3:])


def find_and_build(lab: Lab, question: Question, k: int) -> tuple[float, Prompt]:
    """Return the seconds of the search and the prompt; without passages there is nothing to search."""
    if not k:
        return 0.0, voiced_prompt(question)
    index = lab.index(1)
    start = time.perf_counter()
    hits = index.search(question.text, k)
    seconds = time.perf_counter() - start
    budget = lab.model.context_length - N_WRITTEN
    packing = pack_passages(hits, lambda passages: build_reading_prompt(question.text, passages), lab.model, budget)
    return seconds, packing.prompt


def ratio_interval(times: np.ndarray, others: np.ndarray) -> Interval:
    """Return the ratio of mean times, paired by question."""
    return contrast_interval([times, others], lambda means: means[0] / means[1])


def make_findings(
    times: dict[str, tuple[np.ndarray, np.ndarray]], totals: dict[str, np.ndarray]
) -> tuple[Finding, ...]:
    """Return the figures that decide: ratio to the tuned model, growth with k, and what the extra time goes to."""
    most, fewest = ARMS[-1], ARMS[1]
    longer = times[most][0][:, 1] - times[TUNED][0][:, 1]
    searching = times[most][0][:, 0]
    slower = contrast_interval([totals[most], totals[TUNED]], lambda means: means[0] / means[1] - 1)
    growth = contrast_interval([totals[most], totals[fewest]], lambda means: means[0] / means[1] - 1)
    lead = contrast_interval([longer, searching, totals[TUNED]], lambda means: (means[0] - means[1]) / means[2])
    return (
        Finding(f"time {most} / {TUNED} - 1", slower, "+"),
        Finding(f"time {most} / {fewest} - 1", growth, "+"),
        Finding(f"longer prompt - search, {most}, in times of {TUNED}", lead, "+"),
    )


def describe_times(
    lab: Lab, times: dict[str, tuple[np.ndarray, np.ndarray]], totals: dict[str, np.ndarray]
) -> dict[str, Any]:
    """Return shares of the phases, percentiles, and the size of model at which search and longer prompt weigh the same.

    The search does not grow with the model that reads, the reading does, about in proportion to its parameters.
    """
    most = ARMS[-1]
    longer = float((times[most][0][:, 1] - times[TUNED][0][:, 1]).mean())
    searching = float(times[most][0][:, 0].mean())
    means = {arm: table.mean(axis=0) for arm, (table, _) in times.items()}
    shares = {arm: (phases / phases.sum()).round(3).tolist() for arm, phases in means.items()}
    return {
        "shares": {arm: dict(zip(PHASES, found, strict=True)) for arm, found in shares.items()},
        "p50 ms": {arm: round(float(np.percentile(total, 50)), 2) for arm, total in totals.items()},
        "p95 ms": {arm: round(float(np.percentile(total, 95)), 2) for arm, total in totals.items()},
        "parameters at which search and longer prompt take the same": (
            round(lab.model.n_parameters * searching / longer) if longer > 0 and lab.model.n_parameters else None
        ),
        "written tokens": N_WRITTEN,
    }


def draw_timing(results: Sequence[Result], axes: Any) -> None:
    """Draw the phases of each arm on top of each other, in milliseconds."""
    bottom = [0.0] * len(ARMS)
    for number, phase in enumerate(PHASES):
        found = [pool(results, arm, "inkb", f"ms_{phase}") for arm in ARMS]
        heights = [interval.value if interval else 0.0 for interval in found]
        axes.bar(
            range(len(ARMS)), heights, 0.6, bottom=bottom, label=phase, color=COLOURS[number], hatch=HATCHES[number],
            edgecolor="black",
        )  # fmt: skip
        bottom = [below + height for below, height in zip(bottom, heights, strict=True)]
    totals = [pool(results, arm, "inkb", "ms_total") for arm in ARMS]
    shown = [(at, total) for at, total in enumerate(totals) if total]
    axes.errorbar(
        [at for at, _ in shown],
        [total.value for _, total in shown],
        error_bars([total for _, total in shown]),
        fmt="none",
        color="black",
        capsize=3,
    )
    axes.set_xticks(range(len(ARMS)), ARMS)
    axes.legend(fontsize="small")
    axes.set(ylabel=f"ms for {N_WRITTEN} written tokens", title="Where the time of an answer goes")
