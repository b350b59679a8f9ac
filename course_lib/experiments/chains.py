"""Questions in two steps as a task: "Where is the designer of the X based?", with the passages that answer it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from course_lib.experiments.behaviour_tasks import Bench
from course_lib.prompting import READ, ask_about, format_passages
from course_lib.retrieval import chunk_document
from course_lib.text import contains_value
from course_lib.training_sets import OTHER_SEED
from course_lib.world import Fact, Item, Question, Task, World, world
from course_lib.world.questions import ARTICLE_KINDS
from course_lib.world.wordings import RELATIONS

REQUEST = READ
BRIEF = f"{READ} You need two of them: one names a person, the other one tells about that person."
INSTRUCTION = f"{BRIEF} Answer with the value alone, copied from the document word for word."
N_WORLDS, N_CHAINS = 5, 240
"""Other worlds that the training chains come from, and chains: they are long, so there are fewer than of items."""
N_SHOTS = 12


def draw_chain_bench(company: World, n_items: int, count_tokens: Callable[[str], int]) -> Bench:
    """Return the questions in two steps of a world; training chains and shots come from other worlds.

    Parameters
    ----------
    company
        The world that is asked about.
    n_items
        Most questions.
    count_tokens
        As the index counts: passages are cut as for retrieval.
    """
    asked = company.questions["multihop"]
    rng = Random(f"chains-{company.seed}")
    asked = rng.sample(asked, min(n_items, len(asked)))
    items = tuple(write_chain(company, question, count_tokens) for question in asked)
    others = [world(company.seed + OTHER_SEED + number) for number in range(N_WORLDS)]
    pool = [(other, question) for other in others for question in other.questions["multihop"]]
    learnt = rng.sample(pool, min(N_CHAINS, len(pool)))
    train = tuple(write_chain(other, question, count_tokens) for other, question in learnt)
    shots = sorted((write_short_chain(*chain, rng) for chain in learnt), key=lambda item: len(item.input))
    task = Task("multihop", REQUEST, INSTRUCTION, (), train, (), items, ())
    return Bench(task, items, tuple(f"{question.facts[0]}" for question in asked), tuple(shots[:N_SHOTS]))


def write_chain(company: World, question: Question, count_tokens: Callable[[str], int]) -> Item:
    """Return a question on the two passages that answer it, in random order."""
    passages = [gold_passage(company, fact, count_tokens) for fact in facts_of(company, question)]
    Random(f"order-{question.id}").shuffle(passages)
    return as_item(company, question, passages)


def write_short_chain(company: World, question: Question, rng: Random) -> Item:
    """Return a question on two single sentences, short enough to be an example in a prompt."""
    sentences = [state(fact, rng) for fact in facts_of(company, question)]
    rng.shuffle(sentences)
    return as_item(company, question, sentences)


def as_item(company: World, question: Question, passages: Sequence[str]) -> Item:
    """Return a question with its passages as an item."""
    text = ask_about(format_passages(passages), question.text)
    return Item(f"w{company.seed}-{question.id}", text, question.answer or "", "plain", question.answer or "")


def split_item(item: Item) -> tuple[str, str]:
    r"""Return the passages and the question of an item.

    >>> split_item(Item("w0-multihop-000", ask_about("[1] Here.", "Where?"), "Here", "plain"))
    ('[1] Here.', 'Where?')
    """
    asked, _, rest = item.input.partition("\n")
    return rest.removesuffix(f"\n{asked}"), asked.removeprefix("Question: ")


def facts_of(company: World, question: Question) -> list[Fact]:
    """Return the facts of a question in order of the steps."""
    by_id = {fact.id: fact for fact in company.facts}
    return [by_id[name] for name in question.facts]


def gold_passage(company: World, fact: Fact, count_tokens: Callable[[str], int]) -> str:
    """Return the passage of a fact's source document that holds entity and value, or else the value."""
    document = next(document for document in company.documents if document.id == fact.document)
    passages = [chunk.passage for chunk in chunk_document(document, count_tokens=count_tokens)]
    with_value = [passage for passage in passages if contains_value(passage, fact.value)] or passages
    with_both = [passage for passage in with_value if contains_value(passage, fact.entity)]
    return (with_both or with_value)[0]


def state(fact: Fact, rng: Random) -> str:
    """Return a fact as a sentence."""
    relation = RELATIONS[fact.attribute]
    return relation.state(fact.entity, fact.value, rng.choice(relation.statements))


def name_bridge(fact: Fact) -> str:
    """Return the words by which a question in two steps names the person, such as "the designer of the Tarvo Lamp"."""
    relation = RELATIONS[fact.attribute]
    article = "the " if relation.subject in ARTICLE_KINDS else ""
    return f"the {relation.noun} of {article}{fact.entity}"


def bridge_examples(seed: int, n: int) -> list[tuple[str, str]]:
    """Return questions of another world with the words that stand for the person."""
    company = world(seed + OTHER_SEED)
    return [
        (question.text, name_bridge(facts_of(company, question)[0])) for question in company.questions["multihop"][:n]
    ]
