"""E03: how far prompting climbs towards tuning, rung by rung, on four tasks, and what each rung costs in tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from course_lib.evaluation import Evaluation
from course_lib.experiments import chains
from course_lib.experiments.base import Finding, Result, Row, row
from course_lib.experiments.behaviour_tasks import (
    MAX_NEW_TOKENS,
    Bench,
    as_questions,
    draw_bench,
    item_scores,
    plain_prompt,
    put_items,
    put_to_tuned,
)
from course_lib.experiments.decomposition import DECOMPOSITIONS
from course_lib.experiments.labels import predict_words
from course_lib.experiments.pictures import MARKERS, draw_lines, pool
from course_lib.lab import Lab
from course_lib.prompting import Prompt, build_prompt
from course_lib.statistics import Interval, bootstrap_interval, recovery_interval
from course_lib.world import Item, Task

N_ITEMS = 48
TASKS = ("tickets", "extract", "voice", "multihop")
BRIEFS = {
    "tickets": "Sort the customer message into one topic.",
    "extract": "Read the order and answer with JSON.",
    "voice": "Answer the customer's question in the Fennick house voice, with the answer that the note gives.",
    "multihop": chains.BRIEF,
}
"""Task -> what it is about, in a sentence; the rung above spells the whole form out."""
SHOTS = (1, 2, 4, 8)
BASE, DECOMPOSED, TUNED = "zero", "decomposition", "FT-B"
RUNGS = (BASE, "instruction", "format spec", *(f"{n}-shot" for n in SHOTS), DECOMPOSED)
CLAIMED_RECOVERY = 0.8


@dataclass(frozen=True)
class Climb:
    """The ladder of one task: the evaluation of each rung that the context has room for, and of the tuned model."""

    bench: Bench
    rungs: dict[str, Evaluation]
    tuned: Evaluation
    left_out: tuple[str, ...]

    @property
    def scores(self) -> dict[str, list[float]]:
        """Rung -> score of each item."""
        return {name: item_scores(self.bench, evaluation) for name, evaluation in self.rungs.items()}


def run_prompt_ladder(lab: Lab) -> Result:
    """Climb the ladder on all tasks, tune one adapter for each, and compare."""
    rows: list[Row] = []
    extra: dict[str, Any] = {"recovery": {}, "left out": {}, "claimed recovery": CLAIMED_RECOVERY}
    columns: dict[str, list] = {"best": [], "base": [], "tuned": [], "clusters": []}
    for bench in draw_benches(lab):
        name, climb = bench.task.name, climb_ladder(lab, bench)
        best, base, tuned = cross_fit(climb.scores), climb.scores[BASE], item_scores(bench, climb.tuned)
        rows += ladder_rows(climb, best, lab.seed)
        recovery = recovery_interval(best, base, tuned, clusters=bench.clusters)
        extra["recovery"][name] = recovery.as_dict()
        extra["left out"][name] = list(climb.left_out)
        for part, column in zip(("best", "base", "tuned"), (best, base, tuned), strict=True):
            columns[part] += column
        columns["clusters"] += [f"{name} {cluster}" for cluster in bench.clusters]
        if name == "tickets":
            rows.append(row("NLM", name, "score", measure_words(bench), lab.seed))
    extra["tasks strictly between 0 and 1"] = sum(lies_between(found) for found in extra["recovery"].values())
    pooled = recovery_interval(columns["best"], columns["base"], columns["tuned"], clusters=columns["clusters"])
    return Result("E03", lab.seed, tuple(rows), make_findings(pooled), extra)


def make_findings(recovery: Interval) -> tuple[Finding, ...]:
    """Return the figures that decide: prompting gets somewhere, not all the way, and not as far as claimed."""
    value, low, high, n = recovery.value, recovery.low, recovery.high, recovery.n
    rest = Interval(1 - value, 1 - high, 1 - low, n)
    beyond = Interval(value - CLAIMED_RECOVERY, low - CLAIMED_RECOVERY, high - CLAIMED_RECOVERY, n)
    return (
        Finding("recovery by prompting, all tasks", recovery, "+"),
        Finding("1 - recovery, all tasks", rest, "+"),
        Finding(f"recovery - {CLAIMED_RECOVERY}, all tasks", beyond, "-"),
    )


def draw_benches(lab: Lab) -> list[Bench]:
    """Return the four tasks with their items."""
    company = lab.world(1)
    benches = [draw_bench(company.tasks[name], N_ITEMS, lab.seed) for name in TASKS if name in company.tasks]
    return [*benches, chains.draw_chain_bench(company, N_ITEMS, lab.embedder.count_tokens)]


def climb_ladder(lab: Lab, bench: Bench) -> Climb:
    """Put the items to the base model on every rung that fits into its context, and to the tuned model."""
    task, rungs, left_out = bench.task, {}, []
    for name in RUNGS[:-1]:
        prompts = [rung_prompt(bench, name, item) for item in bench.items]
        if fits(lab, task, prompts):
            rungs[name] = put_items(lab, "BASE" if name == BASE else f"PROMPT {name}", bench, prompts)
        else:
            left_out.append(name)
    if task.name in DECOMPOSITIONS:
        rungs[DECOMPOSED] = put_parts(lab, bench)
    tuned = put_to_tuned(lab, bench, [plain_prompt(task, item) for item in bench.items])
    return Climb(bench, rungs, tuned, tuple(left_out))


def rung_prompt(bench: Bench, rung: str, item: Item) -> Prompt:
    """Return the prompt of an item on a rung; the instruction of the rungs with examples spells out the form too."""
    task = bench.task
    if rung == BASE:
        return plain_prompt(task, item)
    if rung == "instruction":
        return build_prompt(f"{task.request}\n{item.input}", instruction=BRIEFS[task.name])
    n_shots = int(rung.removesuffix("-shot")) if rung.endswith("-shot") else 0
    examples = [(f"{task.request}\n{shot.input}", shot.target) for shot in bench.shots[:n_shots]]
    return build_prompt(f"{task.request}\n{item.input}", instruction=task.instruction, examples=examples)


def fits(lab: Lab, task: Task, prompts: Sequence[Prompt]) -> bool:
    """Return whether the context holds the longest prompt and an answer."""
    longest = max(lab.model.count_tokens(prompt) for prompt in prompts)
    return longest + MAX_NEW_TOKENS[task.name] <= lab.model.context_length


def put_parts(lab: Lab, bench: Bench) -> Evaluation:
    """Put the items to the base model in parts."""
    decompose = DECOMPOSITIONS[bench.task.name]
    return lab.evaluate(
        f"PROMPT {DECOMPOSED}",
        lambda: lambda questions: decompose(lab.model, bench, lab.seed),
        as_questions(bench),
        key=decompose.__name__,
    )


def cross_fit(scores: dict[str, list[float]]) -> list[float]:
    """Return the score of each item on the best rung, chosen on the other half of the items.

    Chosen on the same items that it is measured on, the best of eight rungs would look better than it is.

    >>> cross_fit({"a": [1.0, 0.0, 1.0, 0.0], "b": [0.0, 1.0, 0.0, 1.0]})
    [0.0, 0.0, 0.0, 0.0]
    """
    n_items = len(next(iter(scores.values())))
    halves = [range(0, n_items, 2), range(1, n_items, 2)]
    best = [max(scores, key=lambda name, half=half: sum(scores[name][at] for at in half)) for half in halves]
    return [scores[best[1 - at % 2]][at] for at in range(n_items)]


def ladder_rows(climb: Climb, best: Sequence[float], seed: int) -> list[Row]:
    """Return score and prompt tokens of every rung, of the best one and of the tuned model."""
    name, clusters = climb.bench.task.name, climb.bench.clusters
    asked = [*climb.rungs.values(), climb.tuned]
    rows = []
    for evaluation in asked:
        scores = bootstrap_interval(item_scores(climb.bench, evaluation), clusters=clusters)
        rows.append(row(evaluation.arm, name, "score", scores, seed))
        tokens = [result.answer.prompt_tokens for result in evaluation.results]
        rows.append(row(evaluation.arm, name, "prompt_tokens", bootstrap_interval(tokens, clusters=clusters), seed))
    rows.append(row("PROMPT best", name, "score", bootstrap_interval(best, clusters=clusters), seed))
    return rows


def lies_between(recovery: dict[str, float | int | None]) -> bool:
    """Return whether an interval is bounded and lies strictly between 0 and 1."""
    low, high = recovery["low"], recovery["high"]
    return low is not None and high is not None and 0 < low and high < 1


def measure_words(bench: Bench) -> Interval:
    """Return the score of the baseline without a language model: weighted words and a linear classifier."""
    guessed = predict_words(bench.task.train, bench.items)
    right = [float(label == item.target) for label, item in zip(guessed, bench.items, strict=True)]
    return bootstrap_interval(right, clusters=bench.clusters)


def draw_prompt_ladder(results: Sequence[Result], axes: Any) -> None:
    """Draw the score of each rung, and tuning at the end of the ladder."""
    arms = ["BASE", *(f"PROMPT {rung}" for rung in RUNGS[1:]), TUNED]
    series = {task: [pool(results, arm, task, "score") for arm in arms] for task in TASKS}
    draw_lines(axes, range(len(arms)), series)
    words = pool(results, "NLM", "tickets", "score")
    if words:
        axes.plot(len(arms) - 1, words.value, MARKERS[-1], color="black", fillstyle="none", label="tickets, NLM")
        axes.legend(fontsize="small")
    axes.set_xticks(range(len(arms)), [*RUNGS, TUNED], rotation=30, ha="right")
    axes.set(ylim=(-0.02, 1.05), ylabel="score", title="How far prompting climbs towards tuning (FT-B, right)")
