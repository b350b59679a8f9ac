"""Tickets: sort a customer message into one of six topics.

A message may touch a second topic; the topic that the customer wants something about is the label.
Some sentences of every topic are kept out of train, as no new customer writes only sentences seen before.
"""

from __future__ import annotations

from random import Random

from course_lib.world import names, values
from course_lib.world.tasks import chatter, noise, tickets_orders, tickets_service
from course_lib.world.tasks.model import Draft, Item, Task, draw_splits

LABELS: tuple[str, ...] = ("billing", "delivery", "returns", "technical", "account", "complaint")
REQUEST = "What is this customer message about?"
INSTRUCTION = (
    "Sort the customer message into one topic: billing, delivery, returns, technical, account or complaint. "
    "When it touches two topics, choose the one that the customer wants something about. "
    "Answer with the topic alone: one word in lower case."
)
CARRIERS = tickets_orders.CARRIERS | tickets_service.CARRIERS
ASIDES = tickets_orders.ASIDES | tickets_service.ASIDES
SHORTS = tickets_orders.SHORTS | tickets_service.SHORTS
N_WORDS = (15, 40)
"""Fewest and most words of a clean message."""

N_TRAIN_CARRIERS = 23
"""How many carrier sentences of a topic train may use; the other splits use all of them."""

CLEAN_SHARES = {"plain": 4, "mixed": 4, "long": 1, "short": 1}
WILD_SHARES = {"plain": 1, "mixed": 1, "long": 1, "short": 1, "typo": 1}


def fill_slots(sentence: str, rng: Random) -> str:
    """Return ``sentence`` with every slot such as ``{product}`` filled by an invented value."""
    drawn = {
        "product": names.product(rng),
        "order": f"F-{rng.randint(10000, 99999)}",
        "amount": values.money(rng),
        "day": rng.choice(values.WEEKDAYS),
        "month": rng.choice(values.MONTHS),
        "date": values.date(rng),
        "city": names.city(rng),
        "code": f"{rng.choice('EHKM')}{rng.randint(10, 99)}",
    }
    return sentence.format_map(drawn)


def choose_sentences(carrier: str, label: str, slice_name: str, rng: Random, is_wild: bool) -> list[str]:
    """Return the sentences of a message about ``label`` around ``carrier``, with open slots."""
    if slice_name == "short":
        return [rng.choice(SHORTS[label])] if is_wild else [carrier]
    sentences = [carrier]
    if slice_name == "mixed":
        others = rng.sample([other for other in LABELS if other != label], 2 if is_wild else 1)
        sentences += [rng.choice(ASIDES[other]) for other in others]
        rng.shuffle(sentences)
    if slice_name == "long":
        sentences += rng.sample(chatter.FILLERS, 4 if is_wild else 1)
        rng.shuffle(sentences)
    if rng.random() < 0.6:
        sentences.insert(0, rng.choice(chatter.OPENERS))
    if rng.random() < 0.6:
        sentences.append(rng.choice(chatter.CLOSERS))
    return sentences


def draw_ticket(carriers: tuple[str, ...], label: str, slice_name: str, rng: Random, is_wild: bool) -> Draft:
    """Return one message about ``label``; a clean one is redrawn until its length is within `N_WORDS`."""
    while True:
        sentences = choose_sentences(rng.choice(carriers), label, slice_name, rng, is_wild)
        text = " ".join(fill_slots(sentence, rng) for sentence in sentences)
        if is_wild:
            return Draft(noise.roughen(text, rng, (), slice_name), label)
        if N_WORDS[0] <= len(text.split()) <= N_WORDS[1]:
            return Draft(text, label)


def build_tickets(seed: int) -> Task:
    """Return the tickets task of ``seed``; the six classes are equally frequent in every split."""
    rng = Random(f"tickets:{seed}")
    in_train = {label: tuple(rng.sample(CARRIERS[label], N_TRAIN_CARRIERS)) for label in LABELS}

    def draw(slice_name: str, split: str, i: int) -> Draft:
        label = LABELS[i % len(LABELS)]
        carriers = in_train[label] if split == "train" else CARRIERS[label]
        return draw_ticket(carriers, label, slice_name, rng, is_wild=split == "wild")

    splits = draw_splits("tickets", rng, draw, CLEAN_SHARES, WILD_SHARES)
    return Task("tickets", REQUEST, INSTRUCTION, LABELS, **splits)


def is_label(output: str) -> bool:
    """Return whether ``output`` is exactly one of the labels, white space around it aside.

    >>> is_label(" billing "), is_label("Billing."), is_label("billing or returns")
    (True, False, False)
    """
    return output.strip() in LABELS


def score_tickets(output: str, item: Item) -> bool:
    """Return whether ``output`` is the label of ``item``.

    >>> item = Item("tickets-test-000", "Where is my parcel?", "delivery", "plain")
    >>> score_tickets("delivery", item), score_tickets("It is about delivery", item)
    (True, False)
    """
    return output.strip() == item.target
