"""Reranking on one world: none, the linear reranker, the cross-encoder; tested on facts that none was trained on.

``python benchmarks/reranking.py SEED [--pairs N ...] [--questions N]`` prints for each hit@1, hit@5 and MRR of right
passages (from the source document, with the answer) among the 20 best, then the differences paired by question, all
with 95 % bootstrap intervals that draw whole facts. ``--pairs`` is how many pairs of a right and a wrong passage a
cross-encoder is trained on; several numbers train several.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from itertools import combinations
from random import Random

import numpy as np

from course_lib.models import Embedder
from course_lib.retrieval import CrossEncoderReranker, Hit, Index, LearntReranker, rerank
from course_lib.retrieval.index import DEFAULT_ACCESS
from course_lib.retrieval.rerank import Reranker, split_hits
from course_lib.running.progress import RunProgress
from course_lib.statistics import bootstrap_interval, paired_bootstrap_difference, share_interval
from course_lib.world import Question, World, world

SETS = ("inkb", "changed", "deleted", "paraphrase")
HELD_OUT = 0.5
"""Share of the facts whose questions are the test."""
DEPTH = 20
MEASURES = ("hit@1", "hit@5", "MRR")


def split_questions(company: World) -> tuple[list[Question], list[Question]]:
    """Return questions for training and for the test, on different facts, all of them on documents that may be read."""
    readable = {document.id for document in company.documents if document.access in DEFAULT_ACCESS}
    asked = [
        question for name in SETS for question in company.questions[name] if readable.issuperset(question.documents)
    ]
    facts = sorted({question.facts[0] for question in asked})
    rng = Random(f"reranking-{company.seed}")
    held_out = set(rng.sample(facts, round(HELD_OUT * len(facts))))
    rng.shuffle(asked)
    training = [question for question in asked if question.facts[0] not in held_out]
    return training, [question for question in asked if question.facts[0] in held_out]


def rate(questions: Sequence[Question], results: Sequence[Sequence[Hit]]) -> dict[str, np.ndarray]:
    """Return hit@1, hit@5 and the reciprocal rank of the first right passage, each of shape (n,)."""
    right = [split_hits(question, hits)[0] for question, hits in zip(questions, results, strict=True)]
    rank = np.array([positions[0] + 1 if positions else np.inf for positions in right])
    return dict(zip(MEASURES, ((rank <= 1).astype(float), (rank <= 5).astype(float), 1 / rank), strict=True))


def train_all(index: Index, training: Sequence[Question], n_pairs: Sequence[int]) -> dict[str, Reranker | None]:
    """Train the rerankers, with a bar, and print how long each took."""
    rerankers: dict[str, Reranker | None] = {"none": None}
    start = time.perf_counter()
    rerankers["linear"] = LearntReranker.train(index, training, depth=DEPTH)
    print(f"linear: trained in {time.perf_counter() - start:.1f} s")
    with RunProgress(len(n_pairs)) as bars:
        for n in n_pairs:
            name = f"cross-encoder {n}"
            start = time.perf_counter()
            bars.stage(name)
            rerankers[name] = CrossEncoderReranker.train(
                index,
                training,
                n_pairs=n,
                depth=DEPTH,
                on_step=lambda step, n_steps, loss: bars.detail("training", step, n_steps),
            )
            bars.finish()
            print(f"{name}: trained in {time.perf_counter() - start:.1f} s")
    return rerankers


def measure(index: Index, test: Sequence[Question], rerankers: dict[str, Reranker | None]) -> dict[str, dict]:
    """Print the figures of each reranker and return its scores by question."""
    queries = [question.text for question in test]
    found = index.search_batch(queries, DEPTH)
    facts = [question.facts[0] for question in test]
    scores = {}
    print(f"{'':40}" + "".join(f"{name:22}" for name in MEASURES) + "ms a question")
    for name, reranker in rerankers.items():
        start = time.perf_counter()
        results = rerank(queries, found, reranker, DEPTH) if reranker else found
        milliseconds = 1000 * (time.perf_counter() - start) / len(test)
        scores[name] = rate(test, results)
        intervals = [share_interval(scores[name][measured], clusters=facts) for measured in MEASURES[:2]]
        intervals.append(bootstrap_interval(scores[name]["MRR"], clusters=facts))
        print(f"{name:40}" + "".join(f"{str(interval):22}" for interval in intervals) + f"{milliseconds:.1f}")
    return scores


def compare(test: Sequence[Question], scores: dict[str, dict]) -> None:
    """Print the difference of every two rerankers, paired by question."""
    facts = [question.facts[0] for question in test]
    for first, second in combinations(scores, 2):
        differences = [
            paired_bootstrap_difference(scores[second][name], scores[first][name], clusters=facts) for name in MEASURES
        ]
        print(f"{f'{second} - {first}':40}" + "".join(f"{str(difference):22}" for difference in differences))


def main() -> None:
    """Index the world, train, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seed", type=int, help="of the world")
    parser.add_argument("--pairs", type=int, nargs="+", default=[2000], help="to train cross-encoders on (%(default)s)")
    parser.add_argument("--questions", type=int, help="most questions of the test")
    options = parser.parse_args()
    company = world(options.seed)
    training, test = split_questions(company)
    test = test[: options.questions]
    index = Index.build(company.documents, embedder=Embedder(), corpus=f"world {options.seed} v1")
    n_facts = len({question.facts[0] for question in test})
    print(f"world {options.seed}: {len(index)} passages, {len(training)} questions for training, ", end="")
    print(f"{len(test)} for the test, on {n_facts} other facts")
    rerankers = train_all(index, training, options.pairs)
    compare(test, measure(index, test, rerankers))


if __name__ == "__main__":
    main()
