"""Which chunks the model reads best: ``python benchmarks/chunk_sizes.py [--seed 11] [--n 60]``.

Answers questions on one company by RAG with chunks of several sizes and several numbers of passages, and prints how
often the source passage is among those retrieved, how often the answer is right, and the tokens of a prompt. The seed
is none of those that the scoreboard uses, so that the size is not chosen on what it is judged by.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # called as a file, Python looks for the parts beside it only

from course_lib.models import Embedder, LanguageModel, load_model  # noqa: E402
from course_lib.rag import Rag  # noqa: E402
from course_lib.retrieval import ChunkSettings, Hit, Index  # noqa: E402
from course_lib.statistics import share_interval  # noqa: E402
from course_lib.text import contains_value  # noqa: E402
from course_lib.world import Question, World, world  # noqa: E402

SIZES, COUNTS = (32, 48, 64, 120), (1, 2, 3, 5)


def draw_readable(company: World, n: int) -> list[Question]:
    """Return up to ``n`` questions of the set inkb whose sources the asker may read."""
    hidden = {document.id for document in company.documents if document.access == "restricted"}
    readable = [question for question in company.questions["inkb"] if not hidden & set(question.documents)]
    return Random(f"chunk-sizes-{company.seed}").sample(readable, min(n, len(readable)))


def holds_answer(hits: Sequence[Hit], question: Question) -> bool:
    """Return whether a passage of a source document that states the answer is among the hits."""
    return any(
        hit.chunk.document_id in question.documents and contains_value(hit.chunk.passage, question.answer)
        for hit in hits
    )


def measure_sizes(
    model: LanguageModel,
    embedder: Embedder,
    company: World,
    questions: Sequence[Question],
    sizes: Sequence[int] = SIZES,
    counts: Sequence[int] = COUNTS,
) -> Iterator[dict[str, Any]]:
    """Yield for each size and number of passages: hit rate, accuracy with its interval, tokens of a prompt."""
    for size in sizes:
        settings = ChunkSettings(max_tokens=size)
        index = Index.build(company.documents, embedder=embedder, corpus="chunk sizes", settings=settings)
        for k in counts:
            answers = Rag(index, model, k=k).answer(questions)
            pairs = list(zip(answers, questions, strict=True))
            right = share_interval([float(contains_value(answer.text, question.answer)) for answer, question in pairs])
            yield {
                "max_tokens": size,
                "chunks": len(index),
                "k": k,
                "hit": sum(holds_answer(answer.hits, question) for answer, question in pairs) / len(pairs),
                "accuracy": right.value,
                "low": right.low,
                "high": right.high,
                "prompt_tokens": sum(answer.prompt_tokens for answer in answers) / len(pairs),
            }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=11, help="of the company")
    parser.add_argument("--n", type=int, default=60, help="questions")
    options = parser.parse_args()
    company = world(options.seed, 1)
    questions = draw_readable(company, options.n)
    print(f"company {options.seed}, {len(questions)} questions")
    print("max_tokens  chunks  k   hit  accuracy  95 %          tokens")
    for row in measure_sizes(load_model(None), Embedder(), company, questions):
        print(
            "{max_tokens:10d}  {chunks:6d}  {k}  {hit:.2f}      {accuracy:.2f}  [{low:.2f}, {high:.2f}]  "
            "{prompt_tokens:6.0f}".format(**row),
            flush=True,
        )


if __name__ == "__main__":
    main()
