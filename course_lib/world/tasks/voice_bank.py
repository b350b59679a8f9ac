"""What customers ask and what the note for the answer says, by type of question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from course_lib.world import names
from course_lib.world.values import COLOURS, MATERIALS, MONTHS, VALUES, WEEKDAYS, money

Draw = Callable[[Random], str]


@dataclass(frozen=True)
class QuestionType:
    """One kind of question with its note and its answer; ``{e}`` is the entity and ``{v}`` the value.

    Parameters
    ----------
    entity
        A key of `ENTITIES`.
    value
        Draws the value.
    questions
        Full questions.
    keyword
        What is left of the question when somebody is in a hurry.
    notes
        Terse answers that hold ``{v}``.
    statement
        The answer as a sentence.
    """

    entity: str
    value: Draw
    questions: tuple[str, ...]
    keyword: str
    notes: tuple[str, ...]
    statement: str


ENTITIES: dict[str, Draw] = {
    "store": lambda rng: f"{names.city(rng)} {rng.choice(['store', 'branch', 'depot', 'showroom', 'workshop'])}",
    "product": names.product,
    "order": lambda rng: f"order F-{rng.randint(10000, 99999)}",
    "course": names.SUBJECTS["course"],
    "club": lambda rng: f"{names.name(rng)} club",
    "card": lambda rng: f"{names.name(rng)} card",
    "city": names.city,
}


def _number(low: int, high: int, unit: str) -> Draw:
    return lambda rng: f"{rng.randint(low, high)} {unit}"


def _one_of(words: list[str]) -> Draw:
    return lambda rng: rng.choice(words)


def _day(rng: Random) -> str:
    return f"{rng.randint(1, 28)} {rng.choice(MONTHS)}"


def _morning(rng: Random) -> str:
    return f"{rng.randint(6, 10)}{rng.choice(['', ':15', ':30', ':45'])} am"


def _evening(rng: Random) -> str:
    return f"{rng.randint(4, 9)}{rng.choice(['', ':15', ':30', ':45'])} pm"


TYPES: tuple[QuestionType, ...] = tuple(
    QuestionType(*row)
    for row in (
        ("store", _morning, ("When does the {e} open?", "From what time can I visit the {e}?"),
         "{e} opening time", ("opens {v}", "doors open: {v}"), "The {e} opens at {v}."),
        ("store", _evening, ("When does the {e} close?", "Until what time is the {e} open?"),
         "{e} closing time", ("closes {v}", "shuts at {v}"), "The {e} closes at {v}."),
        ("store", _one_of(WEEKDAYS), ("On which day is the {e} closed?", "Is there a day off at the {e}?"),
         "{e} day off", ("closed {v}", "day off {v}"), "The {e} is closed on {v}."),
        ("store", VALUES["phone"], ("How can I call the {e}?", "Do you have a phone number for the {e}?"),
         "{e} phone", ("phone {v}", "call {v}"), "You can call the {e} at {v}."),
        ("store", _number(3, 90, "places"), ("Can I park at the {e}?", "Is there parking near the {e}?"),
         "{e} parking", ("parking, {v}", "car park with {v}"), "The {e} has parking with {v}."),
        ("product", money, ("How much is the {e}?", "What would I pay for the {e}?"),
         "{e} price", ("price {v}", "{v}, tax included"), "The {e} costs {v}."),
        ("product", _number(2, 12, "years"), ("How long is the {e} under warranty?", "Which warranty has the {e}?"),
         "{e} warranty", ("warranty {v}", "{v} cover"), "The {e} has a warranty of {v}."),
        ("product", _one_of(COLOURS), ("Which colour is the {e}?", "What does the {e} look like?"),
         "{e} colour", ("colour {v}", "{v} finish"), "The {e} comes in {v}."),
        ("product", VALUES["weight"], ("Is the {e} heavy?", "How much does the {e} weigh?"),
         "{e} weight", ("weighs {v}", "weight {v}"), "The {e} weighs {v}."),
        ("product", _one_of(MATERIALS), ("What is the {e} made of?", "Which material is the {e}?"),
         "{e} material", ("made of {v}", "all {v}"), "The {e} is made of {v}."),
        ("product", _number(2, 96, "hours"), ("How long does the battery of the {e} last?", "Battery life of the {e}?"),
         "{e} battery", ("battery {v}", "runs {v} on one charge"), "The battery of the {e} lasts {v}."),
        ("product", _number(2, 30, "days"), ("How soon can you deliver the {e}?", "When would I get the {e}?"),
         "{e} delivery time", ("arrives in {v}", "ships within {v}"), "The {e} arrives within {v}."),
        ("product", _number(10, 90, "days"), ("How long can I return the {e}?", "Can I send the {e} back?"),
         "{e} return period", ("returns: {v}", "can come back for {v}"), "You can return the {e} for {v}."),
        ("product", _number(2, 400, "pieces"), ("Is the {e} in stock?", "How many of the {e} are left?"),
         "{e} stock", ("{v} left", "in stock, {v}"), "We have {v} of the {e} in stock."),
        ("product", _day, ("When will the {e} be in the shops?", "When can I buy the {e}?"),
         "{e} launch", ("launch {v}", "on sale from {v}"), "The {e} is on sale from {v}."),
        ("product", VALUES["code"], ("What is the article number of the {e}?", "Under which code is the {e} listed?"),
         "{e} article number", ("article {v}", "code {v}"), "The article number of the {e} is {v}."),
        ("product", money, ("What does it cost to repair the {e}?", "My {e} is broken, what is the repair fee?"),
         "{e} repair fee", ("repair {v}", "fixing it: {v}"), "A repair of the {e} costs {v}."),
        ("product", _number(40, 950, "cm"), ("How long is the cable of the {e}?", "What cable comes with the {e}?"),
         "{e} cable", ("cable {v}", "{v} of cable"), "The cable of the {e} is {v} long."),
        ("product", VALUES["temperature"], ("How hot may the {e} get?", "Which heat can the {e} bear?"),
         "{e} heat", ("up to {v}", "max {v}"), "The {e} works up to {v}."),
        ("order", _day, ("When will {e} arrive?", "Which day is {e} due?"),
         "{e} arrival", ("due {v}", "arrival {v}"), "Your {e} arrives on {v}."),
        ("order", money, ("What is the total of {e}?", "How much must I pay for {e}?"),
         "{e} total", ("total {v}", "sum {v}"), "The total of {e} is {v}."),
        ("order", _number(2, 12, "parcels"), ("In how many boxes does {e} come?", "Is {e} one parcel or more?"),
         "{e} parcels", ("comes as {v}", "{v} in all"), "Your {e} comes in {v}."),
        ("order", names.name, ("Who brings {e}?", "Which courier has {e}?"),
         "{e} courier", ("courier {v}", "with {v}"), "The courier of {e} is {v}."),
        ("course", VALUES["room"], ("Where is the {e} held?", "Which room do I go to for the {e}?"),
         "{e} room", ("in {v}", "held in {v}"), "The {e} is held in {v}."),
        ("course", _day, ("When does the {e} start?", "What is the first day of the {e}?"),
         "{e} start", ("starts {v}", "first day {v}"), "The {e} starts on {v}."),
        ("course", names.person, ("Who leads the {e}?", "Who will teach me in the {e}?"),
         "{e} trainer", ("trainer {v}", "led by {v}"), "The {e} is led by {v}."),
        ("course", money, ("What is the fee of the {e}?", "What do I pay to join the {e}?"),
         "{e} fee", ("fee {v}", "{v} a seat"), "The fee of the {e} is {v}."),
        ("club", money, ("What does a year in the {e} cost?", "How much is it to be in the {e}?"),
         "{e} yearly fee", ("yearly fee {v}", "{v} a year"), "The {e} costs {v} a year."),
        ("club", VALUES["percent"], ("What discount do I get in the {e}?", "How much do I save in the {e}?"),
         "{e} discount", ("discount {v}", "{v} off"), "The {e} gives you {v} off."),
        ("card", _number(2, 36, "months"), ("How long is the {e} good for?", "When does my {e} run out?"),
         "{e} validity", ("valid {v}", "runs {v}"), "The {e} is valid for {v}."),
        ("card", VALUES["email"], ("Who can help me with the {e}?", "Where do I write about my {e}?"),
         "{e} contact", ("write to {v}", "mail {v}"), "For the {e}, please write to {v}."),
        ("city", _one_of(WEEKDAYS), ("When do your repair people come to {e}?", "Which day do you serve {e}?"),
         "{e} service day", ("on {v}", "{v} each week"), "Our team visits {e} on {v}."),
    )
)  # fmt: skip
