"""E20: can the index teach a form? More documents, then a style guide, then examples of the form itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from course_lib.arms import VOICE_NAMED
from course_lib.evaluation import Evaluation
from course_lib.experiments.base import Finding, Result, Row, row
from course_lib.experiments.behaviour_tasks import Bench, draw_bench, item_validities, pack_prompts, put_items
from course_lib.experiments.pictures import draw_bars, pool
from course_lib.lab import Lab
from course_lib.retrieval import Hit, Index, TextDocument
from course_lib.statistics import paired_bootstrap_difference, share_interval
from course_lib.training_sets import OTHER_SEED
from course_lib.world import Document, Item, Task, world
from course_lib.world.tasks import VOICE_RULES

STEPS = ("0 more", "5 more", "50 more", "style guide", "exemplars")
N_ITEMS, N_EXEMPLARS, K = 60, 60, 3
FLAT = 0.10
"""A change of the valid share up to this size counts as none."""
GUIDE_ID, EXEMPLAR_ID = "style-guide", "exemplar"


def run_retrieved_format(lab: Lab) -> Result:
    """Let the index grow step by step and measure the house voice of what is answered from it."""
    bench = draw_bench(lab.world(1).tasks["voice"], N_ITEMS, lab.seed)
    index = copy_index(lab)
    rows: list[Row] = []
    valid: dict[str, list[float]] = {}
    extra: dict[str, Any] = {"prompts with style guide": {}, "prompts with exemplar": {}}
    for step, documents in growing_documents(lab, bench.task).items():
        index.update(documents)
        found = index.search_batch([as_query(item) for item in bench.items], K)
        valid[step] = item_validities(bench, ask_index(lab, bench, step, found))
        interval = share_interval(valid[step], clusters=bench.clusters)
        rows.append(row(f"RAG {step}", "voice", "valid", interval, lab.seed))
        extra["prompts with style guide"][step] = share_with(found, GUIDE_ID)
        extra["prompts with exemplar"][step] = share_with(found, EXEMPLAR_ID)
    findings = tuple(
        Finding(
            f"valid share {later} - {earlier}",
            paired_bootstrap_difference(valid[later], valid[earlier], clusters=bench.clusters),
            sign,
            FLAT,
        )
        for earlier, later, sign in (
            ("0 more", "50 more", "0"),
            ("50 more", "style guide", "0"),
            ("style guide", "exemplars", "+"),
        )
    )
    return Result("E20", lab.seed, tuple(rows), findings, extra)


def copy_index(lab: Lab) -> Index:
    """Return a copy of the lab's index, which others share and expect to stay as it is; nothing is embedded again."""
    with tempfile.TemporaryDirectory() as folder:
        lab.index(1).save(Path(folder) / "index")
        return Index.load(Path(folder) / "index", lab.embedder)


def growing_documents(lab: Lab, task: Task) -> dict[str, Sequence[Document | TextDocument]]:
    """Return what each step adds to the index: documents of another company, the rules, finished replies."""
    others = [
        replace(document, id=f"other-{document.id}")
        for document in world(lab.seed + OTHER_SEED).documents
        if document.access != "restricted"
    ]
    return {
        "0 more": (),
        "5 more": others[:5],
        "50 more": others[5:50],
        "style guide": (write_style_guide(),),
        "exemplars": tuple(write_exemplar(number, item) for number, item in enumerate(task.train[:N_EXEMPLARS])),
    }


def write_style_guide() -> TextDocument:
    """Return the rules of the house voice as a document."""
    lines = ["Every answer to a customer is written in the Fennick house voice.", ""]
    lines += [f"- {rule.says}" for rule in VOICE_RULES.values()]
    return TextDocument(GUIDE_ID, "Fennick house voice: style guide", "\n".join(lines))


def write_exemplar(number: int, item: Item) -> TextDocument:
    """Return a finished reply as a document."""
    text = f"{item.input}\nReply: {item.target}"
    return TextDocument(f"{EXEMPLAR_ID}-{number:03d}", "Answer to a customer in the Fennick house voice", text)


def as_query(item: Item) -> str:
    """Return what is searched for: the whole request, so that a document about the voice can be found."""
    return f"{VOICE_NAMED}\n{item.input}"


def ask_index(lab: Lab, bench: Bench, step: str, found: Sequence[Sequence[Hit]]) -> Evaluation:
    """Return the evaluation of the base model on what the index gives at a step."""
    prompts = pack_prompts(lab, bench, found, request=bench.task.request, instruction=VOICE_NAMED)
    return put_items(lab, f"RAG {step}", bench, prompts)


def share_with(found: Iterable[Sequence[Hit]], name: str) -> float:
    """Return the share of searches that found a document whose id begins with ``name``."""
    has = [any(hit.chunk.document_id.startswith(name) for hit in hits) for hits in found]
    return sum(has) / len(has)


def draw_retrieved_format(results: Sequence[Result], axes: Any) -> None:
    """Draw the valid share step by step."""
    draw_bars(axes, STEPS, {"RAG": [pool(results, f"RAG {step}", "voice", "valid") for step in STEPS]})
    axes.set(
        ylim=(0, 1.05), xlabel="added to the index", ylabel="valid share on voice",
        title="Which documents in the index teach the house voice?",
    )  # fmt: skip
