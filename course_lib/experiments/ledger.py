"""E34: what each arm reads, writes, computes and stores for the same support questions."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_lib.arms import VOICE_RECIPE, voice_training
from course_lib.cost import TokenLedger, forward_flops
from course_lib.evaluation import Evaluation
from course_lib.experiments.asking import ask_arm
from course_lib.experiments.base import Finding, Result, Row, row
from course_lib.experiments.hybrid import CELLS, MIX, ask_cell, draw_support_mix
from course_lib.experiments.pictures import COLOURS, HATCHES, error_bars, pool
from course_lib.lab import Lab
from course_lib.retrieval import Index
from course_lib.statistics import Interval, bootstrap_interval, contrast_interval

ARMS = ("BASE", "FT-B", "PROMPT", "RAG", "HYB", "LC")
RETRIEVING, TUNED = ("RAG", "HYB"), ("FT-B", "HYB")
N_EMBEDDER = 22_713_216
"""Parameters of all-MiniLM-L6-v2, which reads the query of every search."""
BYTES_OF_WEIGHT = 4
GIGA = 1e9


def run_ledger(lab: Lab) -> Result:
    """Count the tokens of every arm on the support mix of E30, and work out operations and bytes."""
    questions = draw_support_mix(lab)
    asked = {arm: ask_cell(lab, arm, questions) if arm in CELLS else ask_arm(lab, arm, questions) for arm in ARMS}
    flops = {arm: query_flops(lab, evaluation) for arm, evaluation in asked.items()}
    clusters = [result.cluster for result in asked["BASE"].results]
    stored = bytes_stored(lab)
    rows: list[Row] = []
    for arm, evaluation in asked.items():
        for metric in ("prompt_tokens", "output_tokens"):
            rows.append(row(arm, MIX, metric, evaluation.interval(metric), lab.seed))
        spent = bootstrap_interval([value / GIGA for value in flops[arm]], clusters=clusters)
        rows.append(row(arm, MIX, "gigaflops_per_query", spent, lab.seed))
        kept = float(sum(stored[arm].values()))
        rows.append(row(arm, MIX, "bytes_stored", Interval(kept, kept, kept, 1), lab.seed))
    extra = {"bytes stored": stored} | describe_training(lab, asked, flops)
    return Result("E34", lab.seed, tuple(rows), make_findings(flops, clusters), extra)


def query_flops(lab: Lab, evaluation: Evaluation) -> list[float]:
    """Return the operations of each answer: reading and writing, and for a search the embedding of the query."""
    embeds = evaluation.arm in RETRIEVING
    return [
        forward_flops(lab.model.n_parameters, result.answer.prompt_tokens + result.answer.output_tokens)
        + (forward_flops(N_EMBEDDER, lab.embedder.count_tokens(result.question)) if embeds else 0)
        for result in evaluation.results
    ]


def bytes_stored(lab: Lab) -> dict[str, dict[str, int]]:
    """Return for each arm what must be kept to answer, in bytes."""
    weights = lab.model.n_parameters * BYTES_OF_WEIGHT
    index = measure_index(lab.index(1))
    adapter = lab.adapter("FT-B", voice_training(lab), VOICE_RECIPE)
    matrices = sum(tensor.nbytes for tensor in adapter.state.values())
    documents = sum(len(document.text.encode()) for document in lab.world(1).documents)
    stored = {arm: {"weights": weights} for arm in ARMS}
    for arm in TUNED:
        stored[arm]["adapter"] = matrices
    for arm in RETRIEVING:
        stored[arm]["index"] = index
        stored[arm]["embedder"] = N_EMBEDDER * BYTES_OF_WEIGHT
    stored["LC"]["documents"] = documents
    return stored


def measure_index(index: Index) -> int:
    """Return the bytes of a saved index."""
    with tempfile.TemporaryDirectory() as folder:
        index.save(Path(folder) / "index")
        return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())


def describe_training(lab: Lab, asked: dict[str, Evaluation], flops: dict[str, list[float]]) -> dict[str, Any]:
    """Return what the training took, and after how many queries its saving over retrieval has paid for it."""
    adapter = lab.adapter("FT-B", voice_training(lab), VOICE_RECIPE)
    training = TokenLedger(training_tokens=adapter.n_tokens).training_flops(lab.model.n_parameters)
    mean = {arm: sum(values) / len(values) for arm, values in flops.items()}
    saved = mean["RAG"] - mean["FT-B"]
    n_query_tokens = sum(lab.embedder.count_tokens(result.question) for result in asked["RAG"].results)
    return {
        "training gigaflops": training / GIGA,
        "queries until training is paid by the saving over RAG": round(training / saved) if saved > 0 else None,
        "share of embedding in a query of RAG": forward_flops(N_EMBEDDER, n_query_tokens) / sum(flops["RAG"]),
        "ratio to FT-B": {arm: value / mean["FT-B"] for arm, value in mean.items()},
    }


def make_findings(flops: dict[str, list[float]], clusters: Sequence[str]) -> tuple[Finding, ...]:
    """Return the figures that decide: operations with retrieval against tuning, a full context against retrieval."""

    def beyond(more: str, less: str) -> Interval:
        return contrast_interval([flops[more], flops[less]], lambda means: means[0] / means[1] - 1, clusters=clusters)

    return (
        Finding("operations RAG / FT-B - 1", beyond("RAG", "FT-B"), "+"),
        Finding("operations HYB / FT-B - 1", beyond("HYB", "FT-B"), "+"),
        Finding("operations LC / RAG - 1", beyond("LC", "RAG"), "+"),
    )


def draw_ledger(results: Sequence[Result], axes: Any) -> None:
    """Draw the operations of a query, on a scale of powers of ten."""
    found = [(arm, interval) for arm in ARMS if (interval := pool(results, arm, MIX, "gigaflops_per_query"))]
    for at, (_, interval) in enumerate(found):
        axes.bar(
            at, interval.value, 0.6, yerr=error_bars([interval]), color=COLOURS[at], hatch=HATCHES[at],
            edgecolor="black", capsize=3,
        )  # fmt: skip
    axes.set_xticks(range(len(found)), [arm for arm, _ in found])
    axes.set(yscale="log", ylabel="gigaFLOPs a query", title="What one query computes, by arm (training apart)")
