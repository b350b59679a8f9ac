"""The last rung of the prompt ladder: one request taken apart into small ones, put together by code.

Where code writes the braces, the form is valid by construction: what is measured then is whether the parts are right.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from course_lib.evaluation import Answer
from course_lib.experiments.behaviour_tasks import Bench
from course_lib.experiments.chains import bridge_examples, split_item
from course_lib.lab import complete
from course_lib.models import LocalModel
from course_lib.prompting import READ, Prompt, ask_about, build_prompt, build_reading_prompt
from course_lib.world import Item

FIELD_QUESTIONS = {
    "customer": "Which customer is the order for?",
    "product": "Which product is ordered?",
    "quantity": "How many pieces are ordered?",
    "city": "To which city does the order go?",
    "date": "On which date is the order due?",
}
"""Key of an extraction -> what is asked of the message to fill it."""
FIND_BRIDGE = "Copy the words of the question that stand for a person."
N_BRIDGES = 4
MAX_NEW_TOKENS = 32
Decomposition = Callable[[LocalModel, Bench, int], list[Answer]]


def extract_by_field(model: LocalModel, bench: Bench, seed: int) -> list[Answer]:
    """Ask for each field by itself and write the JSON by code."""
    prompts = [
        build_reading_prompt(question, [item.input], instruction=READ)
        for item in bench.items
        for question in FIELD_QUESTIONS.values()
    ]
    answers = complete(model, prompts, MAX_NEW_TOKENS)
    n_fields = len(FIELD_QUESTIONS)
    groups = [answers[start : start + n_fields] for start in range(0, len(answers), n_fields)]
    return [add_up(write_json([answer.text for answer in group]), group) for group in groups]


def write_json(values: Sequence[str]) -> str:
    """Return the values under the keys of `FIELD_QUESTIONS`.

    >>> write_json(["Ana Ro.", "Tarvo Lamp", "2", "Oslo", "3 May"])
    '{"customer": "Ana Ro", "product": "Tarvo Lamp", "quantity": "2", "city": "Oslo", "date": "3 May"}'
    """
    cleaned = (value.strip().rstrip(".") for value in values)
    return json.dumps(dict(zip(FIELD_QUESTIONS, cleaned, strict=True)), ensure_ascii=False)


def answer_in_steps(model: LocalModel, bench: Bench, seed: int) -> list[Answer]:
    """Find the words that stand for a person, ask who it is, and ask the question again with the name."""
    examples = bridge_examples(seed, N_BRIDGES)
    questions = [split_item(item)[1] for item in bench.items]
    find = [build_prompt(question, instruction=FIND_BRIDGE, examples=examples) for question in questions]
    bridges = complete(model, find, MAX_NEW_TOKENS)
    who = [read(item, f"Who is {bridge.text.strip()}?") for item, bridge in zip(bench.items, bridges, strict=True)]
    people = complete(model, who, MAX_NEW_TOKENS)
    steps = zip(questions, bridges, people, strict=True)
    again = [put_name(question, bridge.text, person.text) for question, bridge, person in steps]
    last = [read(item, question) for item, question in zip(bench.items, again, strict=True)]
    found = complete(model, last, MAX_NEW_TOKENS)
    return [add_up(parts[-1].text, parts) for parts in zip(bridges, people, found, strict=True)]


def read(item: Item, question: str) -> Prompt:
    """Return the prompt for another question on the passages of an item."""
    return build_prompt(ask_about(split_item(item)[0], question), instruction=READ)


def put_name(question: str, bridge: str, person: str) -> str:
    """Return the question with the name in place of the words for the person; as it was if they do not stand there.

    >>> put_name("Where is the head of the depot based?", "the head of the depot", "Ana Ro.")
    'Where is Ana Ro based?'
    """
    bridge = bridge.strip()
    start = question.lower().find(bridge.lower())
    if start < 0 or not bridge:
        return question
    return question[:start] + person.strip().rstrip(".") + question[start + len(bridge) :]


def add_up(text: str, parts: Sequence[Answer]) -> Answer:
    """Return an answer that took several requests: what they used adds up."""
    return Answer(
        text=text,
        prompt_tokens=sum(part.prompt_tokens for part in parts),
        output_tokens=sum(part.output_tokens for part in parts),
        seconds=sum(part.seconds for part in parts),
    )


DECOMPOSITIONS: dict[str, Decomposition] = {"extract": extract_by_field, "multihop": answer_in_steps}
"""Task -> its decomposition, where one makes sense: a label or a reply has no parts to ask for."""
