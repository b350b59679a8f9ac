"""E11, the update race: 1, 10 and 100 edited facts, into the index or into the weights."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from course_lib.arms import ask_model, build_prompt_of
from course_lib.cost import TokenLedger, forward_flops, training_flops
from course_lib.evaluation import Evaluation, compare
from course_lib.experiments.asking import arm_key, ask_arm, draw_questions, reading, unreadable_documents
from course_lib.experiments.base import Finding, Result, Row, row
from course_lib.experiments.pictures import draw_lines, pool
from course_lib.experiments.static_set import ask_heldout
from course_lib.experiments.upkeep import continue_from_first, edit_examples, edited_facts
from course_lib.lab import Lab
from course_lib.rag import Rag
from course_lib.retrieval import Index
from course_lib.statistics import Interval
from course_lib.tuning import Recipe
from course_lib.world import Fact, Question

SIZES = (1, 10, 100)
VERSIONS = (1, 2)
EDIT_RECIPE = Recipe(rank=16, alpha=32, learning_rate=2e-3, batch_size=16)
EPOCHS = {1: 40, 10: 20, 100: 6}
"""A few facts need many passes: what counts is the number of steps."""
N_REPLAY = {1: 10, 10: 20, 100: 100}
N_UNCHANGED = 40
EMBEDDER_PARAMETERS = 22_700_000  # all-MiniLM-L6-v2, embeddings included
TWICE = math.log10(2)


@dataclass(frozen=True)
class Update:
    """What one way of updating took, and how it answers afterwards.

    Parameters
    ----------
    seconds
        Wall-clock time until the first question can be asked.
    flops
        Of embedding the new passages or of the training steps.
    after
        Answers on the edited and on unchanged facts.
    """

    seconds: float
    flops: float
    after: Evaluation


def run_race(lab: Lab) -> Result:
    """Bring the index and the tuned model from version 1 to some edits of version 2, and time both."""
    edits, unchanged = draw_edits(lab), draw_questions(lab, "inkb", N_UNCHANGED)
    everything = [*ask_edits(lab, edits), *unchanged]
    before = {arm: ask_arm(lab, arm, everything) for arm in ("RAG", "FT-F")}
    updates: dict[int, dict[str, Update]] = {}
    for size in SIZES:
        questions = [*ask_edits(lab, edits[:size]), *unchanged]
        updates[size] = {
            "RAG": update_index(lab, edits[:size], questions),
            "FT-F": update_weights(lab, size, edits[:size], questions),
        }
    rows: list[Row] = []
    for size in SIZES:
        for arm, update in updates[size].items():
            rows += _rows(arm, size, update, lab.seed)
    extra = {
        "accuracy on unchanged facts, after - before": {
            arm: _gain(update, before[arm], "inkb").as_dict() for arm, update in updates[SIZES[-1]].items()
        },
        "queries between two updates above which FT-F takes fewer operations": {
            str(size): queries_to_break_even(lab, updates[size]) for size in SIZES
        },
    }
    return Result("E11", lab.seed, tuple(rows), _make_findings(updates, before), extra)


def _make_findings(updates: dict[int, dict[str, Update]], before: dict[str, Evaluation]) -> tuple[Finding, ...]:
    """Return the figures that decide: what the updates cost, and that both worked."""
    costs = [
        Finding(f"log10 of {what}, FT-F / RAG", log_ratio(updates, what), "+", margin=TWICE)
        for what in ("seconds", "flops")
    ]
    gains = [
        Finding(f"accuracy on edited facts {arm}, after - before", _gain(update, before[arm], "edited"), "+")
        for arm, update in updates[SIZES[-1]].items()
    ]
    return (*costs, *gains)


def draw_edits(lab: Lab) -> list[Fact]:
    """Return the edited facts with their new values, those first that the asker may read."""
    edited, _ = edited_facts(lab, VERSIONS)
    hidden = unreadable_documents(lab, VERSIONS[1])
    Random(f"edits-{lab.seed}").shuffle(edited)
    return sorted(edited, key=lambda fact: fact.document in hidden)[: SIZES[-1]]


def ask_edits(lab: Lab, edits: Sequence[Fact]) -> list[Question]:
    """Return questions on the edited facts that the asker may read, in held-out wordings."""
    old = {fact.id: fact.value for fact in lab.world(VERSIONS[0]).facts}
    hidden = unreadable_documents(lab, VERSIONS[1])
    return [
        question
        for fact in edits
        if fact.document not in hidden
        for question in ask_heldout(fact, "edited", (old[fact.id],) if fact.id in old else ())
    ]


def update_index(lab: Lab, edits: Sequence[Fact], questions: Sequence[Question]) -> Update:
    """Put the documents that state the edited facts into a copy of the index of version 1."""
    with tempfile.TemporaryDirectory() as folder:
        lab.index(VERSIONS[0]).save(Path(folder) / "index")
        index = Index.load(Path(folder) / "index", lab.embedder)
    index.search(questions[0].text)  # so that no first call is timed
    names = {fact.id for fact in edits}
    documents = [document for document in lab.world(VERSIONS[1]).documents if names & set(document.facts)]
    held = {chunk.passage for chunk in index.chunks}
    start = time.perf_counter()
    index.update(documents)
    index.search(questions[0].text)  # the table of words is made when it is first asked for
    seconds = time.perf_counter() - start
    new = {chunk.passage for chunk in index.chunks} - held
    n_tokens = sum(lab.embedder.count_tokens(passage) for passage in new)
    after = lab.evaluate("RAG", lambda: reading(Rag(index, lab.model)), questions, key=["edited", len(edits)])
    return Update(seconds, forward_flops(EMBEDDER_PARAMETERS, n_tokens), after)


def update_weights(lab: Lab, size: int, edits: Sequence[Fact], questions: Sequence[Question]) -> Update:
    """Train the model that knows version 1 on the edited facts."""
    later = continue_from_first(lab)
    examples = edit_examples(lab, edits, N_REPLAY[size], versions=VERSIONS)
    recipe = replace(EDIT_RECIPE, epochs=EPOCHS[size])
    name = f"FT-F-{size}-edits"
    adapter = later.adapter(name, examples, recipe)
    after = lab.evaluate(
        "FT-F",
        lambda: ask_model(later.tuned(name, examples, recipe), build_prompt_of),
        questions,
        key=[arm_key("FT-F"), asdict(recipe), [asdict(example) for example in examples]],
    )
    return Update(adapter.seconds, training_flops(lab.model.n_parameters, adapter.n_tokens), after)


def _rows(arm: str, size: int, update: Update, seed: int) -> list[Row]:
    sets = {"edited": f"edited ({size} edits)", "inkb": f"unchanged ({size} edits)"}
    rows = [row(arm, sets[name], "accuracy", update.after.only(name).interval("accuracy"), seed) for name in sets]
    for metric, value in (("update_seconds", update.seconds), ("update_flops", update.flops)):
        rows.append(row(arm, sets["edited"], metric, Interval(value, value, value, 1), seed))
    return rows


def _gain(update: Update, before: Evaluation, question_set: str) -> Interval:
    return compare(update.after.only(question_set), before.only(question_set))


def log_ratio(updates: dict[int, dict[str, Update]], what: str) -> Interval:
    """Return log10 of tuning's cost over retrieval's: the mean over the sizes of an update, with their whole range.

    One measurement has no interval, so the spread over 1, 10 and 100 edits stands in its place.
    """
    logs = [math.log10(getattr(update["FT-F"], what) / getattr(update["RAG"], what)) for update in updates.values()]
    return Interval(sum(logs) / len(logs), min(logs), max(logs), len(logs))


def queries_to_break_even(lab: Lab, update: dict[str, Update]) -> float | None:
    """Return the queries between two such updates above which tuning takes fewer operations in all.

    Retrieval saves on the update and pays for its passages with every query. None where tuning never gets cheaper.
    """
    ledgers = {}
    for arm in update:
        answers = [result.answer for result in update[arm].after.results]
        ledgers[arm] = TokenLedger.of([a.prompt_tokens for a in answers], [a.output_tokens for a in answers])
    texts = [result.question for result in update["RAG"].after.results]
    query_tokens = sum(map(lab.embedder.count_tokens, texts)) / len(texts)
    per_query = {arm: ledger.flops_per_query(lab.model.n_parameters) for arm, ledger in ledgers.items()}
    saved = per_query["RAG"] + forward_flops(EMBEDDER_PARAMETERS, query_tokens) - per_query["FT-F"]
    return max(0.0, (update["FT-F"].flops - update["RAG"].flops) / saved) if saved > 0 else None


def draw_race(results: Sequence[Result], axes: Any) -> None:
    """Draw the seconds of an update against the number of edits."""
    series = {
        f"{arm} ({way})": [pool(results, arm, f"edited ({size} edits)", "update_seconds") for size in SIZES]
        for arm, way in (("RAG", "new passages into the index"), ("FT-F", "training goes on"))
    }
    draw_lines(axes, SIZES, series)
    axes.set(
        xscale="log", yscale="log", xlabel="edited facts", ylabel="seconds until the update is in",
        title="How long an edit takes to arrive",
    )  # fmt: skip
