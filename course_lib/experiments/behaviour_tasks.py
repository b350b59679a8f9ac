"""The tasks that prompting and tuning are compared on: how they are asked, scored and taught."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle
from random import Random

from course_lib.evaluation import Answer, Evaluation
from course_lib.lab import Lab, complete, digest
from course_lib.models import LocalModel
from course_lib.prompting import Prompt, build_prompt, format_passages
from course_lib.rag import pack_passages
from course_lib.retrieval import Hit
from course_lib.text import contains_value
from course_lib.training_sets import Example
from course_lib.tuning import Recipe
from course_lib.world import Item, Question, Task
from course_lib.world.tasks import is_valid, score_extract, score_tickets

RECIPES = {
    "tickets": Recipe(rank=16, alpha=32, learning_rate=4e-3, epochs=4, batch_size=16),
    "extract": Recipe(rank=16, alpha=32, learning_rate=4e-3, epochs=4, batch_size=16),
    "voice": Recipe(rank=16, alpha=32, learning_rate=4e-3, epochs=4, batch_size=16),
    "multihop": Recipe(rank=16, alpha=32, learning_rate=2e-3, epochs=2, batch_size=16),
}
"""Task -> how its adapter is trained."""
N_TRAIN = 400
MAX_NEW_TOKENS = {"tickets": 12, "extract": 80, "voice": 64, "multihop": 32}
"""Task -> room for its longest right output, and some."""
TRAINED_REQUESTS = {
    "voice": ("Reply to this customer.", "Please write an answer to the customer.", "A customer has written. Answer."),
    "extract": ("Which order does this message hold?", "Take the order down.", "Read out the details of this order."),
}
"""Wordings of the request that tuning sees beside the task's own; those that robustness is tested on are not here."""


@dataclass(frozen=True)
class Bench:
    """A task with the items that are put to every arm.

    Parameters
    ----------
    task
        Its train split is what tuning may learn from.
    items
        What is asked.
    clusters
        For each item what is resampled with it.
    shots
        Items for examples in a prompt, in the order in which they are added: short ones, because the context of the
        embedded model is.
    """

    task: Task
    items: tuple[Item, ...]
    clusters: tuple[str, ...]
    shots: tuple[Item, ...]


def draw_bench(task: Task, n_items: int, seed: int) -> Bench:
    """Return a task with ``n_items`` of its test items, and its shortest training items as shots."""
    items = Random(f"bench-{task.name}-{seed}").sample(task.test, min(n_items, len(task.test)))
    return Bench(task, tuple(items), tuple(item.id for item in items), order_shots(task))


def order_shots(task: Task) -> tuple[Item, ...]:
    """Return the training items, shortest first; with classes, each round through them takes one of every class."""
    by_length = sorted(task.train, key=lambda item: (len(item.input) + len(item.target), item.id))
    if not task.labels:
        return tuple(by_length)
    by_class = [[item for item in by_length if item.target == label] for label in task.labels]
    return tuple(item for one_round in zip(*by_class, strict=False) for item in one_round)


def plain_prompt(task: Task, item: Item) -> Prompt:
    """Return the request without any help on the form: what BASE and the tuned model read."""
    return build_prompt(f"{task.request}\n{item.input}")


def put_items(
    lab: Lab,
    arm: str,
    bench: Bench,
    prompts: Sequence[Prompt],
    *,
    model: Callable[[], LocalModel] | None = None,
    key: object = "",
) -> Evaluation:
    """Put one prompt for each item to a model; answers that the cache holds are read from it.

    Parameters
    ----------
    lab
        Has the base model and the cache.
    arm
        Name for the scoreboard.
    bench
        The items.
    prompts
        One for each item, in their order.
    model
        Makes the model if it is not the base; called only if answers are missing.
    key
        What that model was made from.
    """
    limit = MAX_NEW_TOKENS[bench.task.name]

    def make() -> Callable[[Sequence[Question]], list[Answer]]:
        asked = model() if model else lab.model
        return lambda questions: complete(asked, prompts, limit)

    return lab.evaluate(arm, make, as_questions(bench), key=[key, digest(list(prompts)), limit])


def pack_prompts(
    lab: Lab, bench: Bench, found: Sequence[Sequence[Hit]], *, request: str, instruction: str
) -> list[Prompt]:
    """Return a prompt for each item with the passages that were found for it, as many as fit."""
    budget = lab.model.context_length - MAX_NEW_TOKENS[bench.task.name]

    def build(item: Item, passages: Sequence[str]) -> Prompt:
        parts = (format_passages(passages), request, item.input)
        return build_prompt("\n".join(part for part in parts if part), instruction=instruction)

    return [
        pack_passages(hits, lambda passages, item=item: build(item, passages), lab.model, budget).prompt
        for item, hits in zip(bench.items, found, strict=True)
    ]


def as_questions(bench: Bench) -> list[Question]:
    """Return the items as questions, so that they can be evaluated and kept like all others."""
    return [
        Question(item.id, bench.task.name, item.input, item.value or item.target, facts=(cluster,))
        for item, cluster in zip(bench.items, bench.clusters, strict=True)
    ]


def score_output(task_name: str, output: str, item: Item) -> float:
    """Return how good an output is, from 0 to 1.

    The right label; the share of right fields of a valid extraction, 0 for an invalid one; all rules of the voice; the
    value of a chain of facts.

    >>> score_output("multihop", "In Oslo.", Item("multihop-test-000", "...", "Oslo", "plain"))
    1.0
    """
    if task_name == "tickets":
        return float(score_tickets(output, item))
    if task_name == "extract":
        score = score_extract(output, item)
        return score.n_right / score.n_fields if score.valid else 0.0
    if task_name == "voice":
        return float(is_valid("voice", output, item))
    return float(contains_value(output, item.target))


def item_scores(bench: Bench, evaluation: Evaluation) -> list[float]:
    """Return the score of each item, in the order of the bench."""
    return [
        score_output(bench.task.name, result.answer.text, item)
        for result, item in zip(evaluation.results, bench.items, strict=True)
    ]


def item_validities(bench: Bench, evaluation: Evaluation) -> list[float]:
    """Return 1 for each item whose output has the form that the task asks for, else 0."""
    return [
        float(is_valid(bench.task.name, result.answer.text, item))
        for result, item in zip(evaluation.results, bench.items, strict=True)
    ]


def behaviour_examples(task: Task) -> list[Example]:
    """Return what a task is taught from: its training items under several wordings of the bare request, in turn."""
    requests = cycle((task.request, *TRAINED_REQUESTS.get(task.name, ())))
    return [
        Example(build_prompt(f"{request}\n{item.input}"), item.target)
        for item, request in zip(task.train[:N_TRAIN], requests, strict=False)
    ]


def put_to_tuned(lab: Lab, bench: Bench, prompts: Sequence[Prompt], arm: str = "FT-B") -> Evaluation:
    """Put one prompt for each item to the model that has learnt the task."""
    task = bench.task
    examples, recipe = behaviour_examples(task), RECIPES[task.name]
    key = [digest([asdict(example) for example in examples]), asdict(recipe)]
    return put_items(lab, arm, bench, prompts, model=lambda: lab.tuned(f"FT-B-{task.name}", examples, recipe), key=key)
