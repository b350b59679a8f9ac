"""Invented names of things and people, by kind of entity."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

FIRST = tuple(
    onset + vowel + "lnrms"[(at + order) % 5]
    for at, onset in enumerate("b br d dr f fl g gr h j k kr l m n p pl r s st t tr v z".split())
    for order, vowel in enumerate("aeiou")
)
SECOND = tuple(
    onset + vowel + coda
    for at, onset in enumerate("b d f g h k m p t v z w".split())
    for order, vowel in enumerate("aeiou")
    for coda in ("", ("x", "nd", "k", "sh", "rt")[(at + order) % 5])
)
"""Halves of the invented words, 120 each: few enough that the embedded model's tokenizer knows each half as a token."""

PRODUCT_KINDS = (
    "Lamp Kettle Router Sensor Pump Drill Camera Tracker Hub Speaker Heater Fan Scale Printer Monitor "
    "Keyboard Charger Thermostat Scanner Tablet Mixer Grinder Vacuum Toaster Projector Radio Clock Filter"
).split()
POLICY_KINDS = (
    "refund,return,travel,leave,security,privacy,shipping,expense,training,remote work,overtime,parking,"
    "warranty,backup,visitor,bonus,password,device,gift,sick leave,relocation,safety,hiring,recycling,"
    "equipment,meeting room,mileage,mentoring,archive,purchase"
).split(",")
SITE_KINDS = "office warehouse store lab branch depot showroom workshop studio clinic".split()
SYSTEM_KINDS = "portal,server,database,wiki,mail gateway,ticket desk,time sheet,archive,VPN,calendar".split(",")
EVENT_KINDS = "course,workshop,seminar,induction,refresher,webinar".split(",")
CITIES = (
    "Lisbon Oslo Denver Kyoto Lagos Porto Turin Leeds Quito Perth Austin Malmo Ghent Cairo Lyon Riga Boston "
    "Dublin Zagreb Nairobi Vienna Bergen Bilbao Tampa Krakow Basel Cork Aarhus Hobart Lima"
).split()


class TrainingRandom(Random):
    """Draws words for pre-training, none of which is in the name of anything in a company or in an item of a test."""


def word(rng: Random) -> str:
    """Return a pronounceable lower-case word of two halves.

    One word in four is kept for companies and tests; a `TrainingRandom` draws the others.

    >>> word(Random(1)), word(TrainingRandom(1))
    ('lolvok', 'drilpe')
    """
    while True:
        first, second = rng.randrange(len(FIRST)), rng.randrange(len(SECOND))
        if ((first + second) % 4 == 0) != isinstance(rng, TrainingRandom):
            return FIRST[first] + SECOND[second]


def name(rng: Random) -> str:
    """Return an invented word with a capital letter."""
    return word(rng).capitalize()


def person(rng: Random) -> str:
    """Return a first and a last name."""
    return f"{name(rng)} {name(rng)}"


def city(rng: Random) -> str:
    """Return a city, a real one half of the time."""
    return rng.choice(CITIES) if rng.random() < 0.5 else name(rng)


def product(rng: Random) -> str:
    """Return a product name, sometimes with a model number."""
    number = f" {rng.randint(2, 900)}" if rng.random() < 0.4 else ""
    return f"{name(rng)} {rng.choice(PRODUCT_KINDS)}{number}"


def _with_kind(kinds: list[str]) -> Callable[[Random], str]:
    return lambda rng: f"{name(rng)} {rng.choice(kinds)}"


SUBJECTS: dict[str, Callable[[Random], str]] = {
    "product": product,
    "person": person,
    "policy": lambda rng: f"{name(rng)} {rng.choice(POLICY_KINDS)} policy",
    "site": lambda rng: f"{city(rng)} {rng.choice(SITE_KINDS)}",
    "system": _with_kind(SYSTEM_KINDS),
    "supplier": lambda rng: f"{name(rng)} {rng.choice(['Ltd', 'GmbH', 'Works', 'Brothers', 'Supply', 'Group'])}",
    "customer": lambda rng: f"{name(rng)} {rng.choice(['Bank', 'Hotels', 'Clinic', 'Foods', 'Rail', 'Energy'])}",
    "project": lambda rng: f"project {name(rng)}",
    "incident": lambda rng: f"incident {name(rng)}",
    "course": _with_kind(EVENT_KINDS),
}
"""Kind of entity -> function that draws a name."""
