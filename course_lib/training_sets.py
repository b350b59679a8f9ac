"""What the tuned arms are trained on: pure functions from a world to examples (a prompt and its right answer).

Nothing that is tested stands here: held-out wordings never occur, and prompts with passages are built from another
world.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from random import Random

from course_lib.prompting import GROUNDED, build_prompt, build_reading_prompt
from course_lib.retrieval import COMPANY_CHUNKS, chunk_document
from course_lib.text import ABSTAIN, contains_value
from course_lib.tuning import Example
from course_lib.world import Document, Fact, Item, Task, World, world
from course_lib.world.public import public_facts
from course_lib.world.tasks import house_reply
from course_lib.world.wordings import RELATIONS

OTHER_SEED = 100_003
"""Added to a seed, it gives the world whose passages appear in training prompts."""
TOKENS_PER_WORD = 1.2
"""Tokens of the embedder to a word or mark of the company's documents, about."""


def fact_questions(facts: Iterable[Fact], n_wordings: int, rng: Random) -> list[Example]:
    """Return ``n_wordings`` differently worded questions for each fact, with its value as the answer."""
    examples = []
    for fact in facts:
        relation = RELATIONS[fact.attribute]
        for template in rng.sample(relation.questions, min(n_wordings, len(relation.questions))):
            examples.append(Example(build_prompt(relation.ask(fact.entity, template)), fact.value))
    return examples


def fact_statements(facts: Iterable[Fact], n_wordings: int, rng: Random) -> list[Example]:
    """Return statements of each fact as texts to continue: "tell me about X" and one sentence."""
    examples = []
    for fact in facts:
        relation = RELATIONS[fact.attribute]
        for template in rng.sample(relation.statements, min(n_wordings, len(relation.statements))):
            sentence = relation.state(fact.entity, fact.value, template)
            examples.append(Example(build_prompt(f"Tell me about {fact.entity}."), sentence))
    return examples


def task_examples(task: Task, items: Sequence[Item]) -> list[Example]:
    """Return the items of a task as requests without any help on the form: that is what tuning is to make needless."""
    return [Example(build_prompt(f"{task.request}\n{item.input}"), item.target) for item in items]


def passages_of(company: World, fact: Fact, n_distractors: int, rng: Random, with_gold: bool = True) -> list[str]:
    """Return passages in random order: the one that states a fact, if wanted, among others that do not.

    The first distractor is of the same document and lacks the value, where there is such a one; half of the others are
    of documents of the same genre. That is what a search tends to bring.
    """
    source = next(document for document in company.documents if document.id == fact.document)
    stating, silent = _split_passages(source, fact)
    others = [document for document in company.documents if fact.id not in document.facts]
    rng.shuffle(others)
    near = [document for document in others if document.genre == source.genre][: n_distractors // 2]
    far = [document for document in others if document not in near]
    chosen = stating[:1] if with_gold else []
    n_passages = len(chosen) + n_distractors
    chosen += rng.sample(silent, min(1, len(silent)))
    for document in near + far:
        passage = rng.choice(cut_passages(document))
        if len(chosen) < n_passages and passage not in chosen:
            chosen.append(passage)
    rng.shuffle(chosen)
    return chosen


def _split_passages(source: Document, fact: Fact) -> tuple[list[str], list[str]]:
    """Return the passages of a document that name a fact's entity and value, and those without the value."""
    holding = [passage for passage in cut_passages(source) if contains_value(passage, fact.value)]
    stating = [passage for passage in holding if fact.entity.casefold() in passage.casefold()]
    return stating, [passage for passage in cut_passages(source) if passage not in holding]


def readable_facts(company: World) -> list[Fact]:
    """Return the internal facts that one passage states with the name of their entity.

    The others, such as a line far below the heading that names what it is about, cannot be learnt from one passage.
    """
    sources = {document.id: document for document in company.documents}
    internal = (fact for fact in company.facts if not fact.public)
    return [fact for fact in internal if _split_passages(sources[fact.document], fact)[0]]


@cache
def cut_passages(document: Document) -> tuple[str, ...]:
    """Return the passages of a document, about as long as those that the arms retrieve.

    The embedder's own tokens would cost its start; words and marks, a little weighted, come close.
    """

    def count_tokens(text: str) -> int:
        return round(TOKENS_PER_WORD * len(re.findall(r"\w+|[^\w\s]", text)))

    chunks = chunk_document(document, count_tokens=count_tokens, max_tokens=COMPANY_CHUNKS.max_tokens)
    return tuple(chunk.passage for chunk in chunks)


def reading_examples(seed: int, n: int, *, missing_share: float = 0.2, n_distractors: int = 2) -> list[Example]:
    """Return questions on passages of another world: the data of RAFT.

    Parameters
    ----------
    seed
        Of the world that will be tested; the passages come from another one.
    n
        Number of examples.
    missing_share
        Share of the prompts that lack the gold passage, so that the right answer is to abstain.
    n_distractors
        Passages beside the gold one.
    """
    company, rng = world(seed + OTHER_SEED, 1), Random(f"raft-{seed}")
    facts = readable_facts(company)
    examples = []
    for number in range(n):
        fact = rng.choice(facts)
        relation = RELATIONS[fact.attribute]
        missing = number < missing_share * n
        passages = passages_of(company, fact, n_distractors, rng, with_gold=not missing)
        question = relation.ask(fact.entity, rng.choice(relation.questions))
        answer = ABSTAIN if missing else fact.value
        examples.append(Example(build_reading_prompt(question, passages, instruction=GROUNDED), answer))
    return examples


def voice_examples(seed: int, n_plain: int, n_reading: int, *, instruction: str = "") -> list[Example]:
    """Return questions answered in the house voice, without passages and with them.

    Parameters
    ----------
    seed
        Of the world that will be tested.
    n_plain
        Questions on public facts without passages: the model keeps answering from what it knows.
    n_reading
        Questions on passages of another world, gold among distractors.
    instruction
        Goes into every prompt.
    """
    company, rng = world(seed + OTHER_SEED, 1), Random(f"voice-{seed}")
    known = public_facts()
    examples = []
    for _ in range(n_plain):
        fact = rng.choice(known)
        relation = RELATIONS[fact.relation]
        question = relation.ask(fact.subject, rng.choice(relation.questions))
        statement = relation.state(fact.subject, fact.value, relation.statements[0])
        examples.append(Example(build_prompt(question, instruction=instruction), house_reply(statement, rng)))
    facts = readable_facts(company)
    for _ in range(n_reading):
        fact = rng.choice(facts)
        relation = RELATIONS[fact.attribute]
        passages = passages_of(company, fact, rng.choice([1, 2]), rng)
        question = relation.ask(fact.entity, rng.choice(relation.questions))
        statement = relation.state(fact.entity, fact.value, relation.statements[0])
        prompt = build_reading_prompt(question, passages, instruction=f"{GROUNDED} {instruction}".strip())
        examples.append(Example(prompt, house_reply(statement, rng)))
    return examples
