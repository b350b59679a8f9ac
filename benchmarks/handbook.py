"""Retrieval on a real handbook: 40 questions, written before any search was run.

``python benchmarks/handbook.py FOLDER [--index FOLDER]`` prints for each retriever hit@1, hit@5 and MRR@10 of
documents, hit@5 of passages (a passage counts if it shows the evidence), and every question for which no such passage
is among the first five. The handbook (247 Markdown files of the 18F handbook) is not part of this repository; the
questions are.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

from course_lib.models import Embedder
from course_lib.retrieval import Hit, Index, index_folder

QUESTIONS = Path(__file__).with_name("handbook_questions.json")
RETRIEVERS = ("bm25", "dense", "hybrid")
N_CHUNKS = 50  # several chunks may come from one document, and ten documents are needed


def rank_documents(hits: Sequence[Hit]) -> list[str]:
    """Return the documents of hits, each once, in the order of their best chunk."""
    return list(dict.fromkeys(hit.chunk.document_id for hit in hits))


def find_rank(documents: Sequence[str], gold: Sequence[str]) -> int | None:
    """Return the rank of the first right document, or None."""
    return next((rank for rank, document in enumerate(documents, start=1) if document in gold), None)


def find_evidence(hits: Sequence[Hit], evidence: str) -> int | None:
    """Return the rank of the first passage that shows the evidence, a regular expression, or None."""
    return next((hit.rank for hit in hits if re.search(evidence, hit.chunk.text, re.IGNORECASE | re.DOTALL)), None)


def measure(index: Index, questions: list[dict], retriever: str) -> None:
    """Print the figures of a retriever and the questions for which it finds no passage."""
    start = time.perf_counter()
    results = index.search_batch([question["question"] for question in questions], N_CHUNKS, retriever)
    milliseconds = 1000 * (time.perf_counter() - start) / len(questions)
    rows = []
    for question, hits in zip(questions, results, strict=True):
        document_rank = find_rank(rank_documents(hits), question["documents"]) or N_CHUNKS + 1
        rows.append((question, document_rank, find_evidence(hits, question["evidence"]) or N_CHUNKS + 1))
    first, fifth = (sum(rank <= k for _, rank, _ in rows) for k in (1, 5))
    passage = sum(rank <= 5 for _, _, rank in rows)
    reciprocal = sum(1 / rank for _, rank, _ in rows if rank <= 10) / len(rows)
    n = len(rows)
    print(f"{retriever:8} document hit@1 {first}/{n}  hit@5 {fifth}/{n}  MRR@10 {reciprocal:.3f}", end="  ")
    print(f"passage hit@5 {passage}/{n}  {milliseconds:.1f} ms a query")
    for question, document_rank, passage_rank in rows:
        if passage_rank > 5:
            print(f"    document {_show(document_rank)}, passage {_show(passage_rank)}: {question['question']}")


def _show(rank: int) -> str:
    return f"{rank:2}" if rank <= N_CHUNKS else " -"


def main() -> None:
    """Index the folder, or bring its index up to date, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="checkout of the handbook")
    parser.add_argument("--index", type=Path, help="keep the index here, so that a second run need not embed")
    options = parser.parse_args()
    questions = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    start, cpu = time.perf_counter(), time.process_time()
    made = index_folder(options.folder, options.index, embedder=Embedder())
    print(
        f"{len(made.index.document_ids)} documents, {len(made.chunks)} chunks, {made.change.n_embedded} embedded in "
        f"{time.perf_counter() - start:.0f} s ({time.process_time() - cpu:.0f} s of {os.cpu_count()} processors)"
    )
    for skipped in made.skipped:
        print(f"left out: {skipped.path}: {skipped.reason}")
    for retriever in RETRIEVERS:
        measure(made.index, questions, retriever)


if __name__ == "__main__":
    main()
