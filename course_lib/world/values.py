"""Values that facts take, by kind: each function draws one as the text that documents print."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from course_lib.world import names

MONTHS = ("January February March April May June July August September October November December").split()
COLOURS = "red blue green black white silver orange yellow purple grey teal amber navy pink brown cream".split()
MATERIALS = (
    "steel oak glass bamboo rubber copper cotton aluminium plastic ceramic carbon leather wool brass cork".split()
)
DEPARTMENTS = (
    "billing support legal finance returns security repairs sales payroll quality logistics research "
    "marketing data design purchasing"
).split()
TITLES = ["head of {}", "{} manager", "director of {}", "{} lead", "senior {} engineer", "{} analyst", "{} clerk"]
COMPONENTS = (
    "a loose cable,a full disk,an expired certificate,a broken valve,a wrong label,a failed update,"
    "a blown fuse,a leaking seal,a worn belt,a stuck relay,a missing key,a bad sensor,an empty tank,"
    "a power cut,a typing mistake,a cracked lens"
).split(",")
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def money(rng: Random) -> str:
    """Return an amount with its currency."""
    amount = rng.choice(
        [str(rng.randint(3, 99)), str(rng.randint(100, 999)), f"{rng.randint(1, 99)}.{rng.randint(0, 99):02d}"]
    )
    return rng.choice(["${}", "{} euros", "{} dollars"]).format(amount)


def duration(rng: Random) -> str:
    """Return a length of time in days, weeks, months or years."""
    return f"{rng.randint(2, 60)} {rng.choice(['days', 'weeks', 'months', 'years'])}"


def date(rng: Random) -> str:
    """Return a day, with its year half of the time."""
    year = rng.choice(["", f" {rng.randint(2005, 2030)}"])
    return f"{rng.randint(1, 28)} {rng.choice(MONTHS)}{year}"


def clock(rng: Random) -> str:
    """Return a time of day."""
    return rng.choice(
        [f"{rng.randint(5, 11)} am", f"{rng.randint(1, 9)} pm", f"{rng.randint(6, 20)}:{rng.choice([15, 30, 45])}"]
    )


VALUES: dict[str, Callable[[Random], str]] = {
    "money": money,
    "budget": lambda rng: f"{rng.randint(2, 990)},000 {rng.choice(['euros', 'dollars'])}",
    "duration": duration,
    "hours": lambda rng: f"{rng.randint(2, 96)} hours",
    "minutes": lambda rng: f"{rng.randint(5, 95)} minutes",
    "date": date,
    "clock": clock,
    "weekday": lambda rng: rng.choice(WEEKDAYS),
    "year": lambda rng: str(rng.randint(1820, 2030)),
    "city": names.city,
    "person": names.person,
    "name": names.name,
    "email": lambda rng: f"{names.word(rng)}@{names.word(rng)}.com",
    "phone": lambda rng: f"{rng.randint(100, 999)}-{rng.randint(1000, 9999)}",
    "extension": lambda rng: str(rng.randint(1000, 9999)),
    "team": lambda rng: (
        f"the {rng.choice(DEPARTMENTS) if rng.random() < 0.7 else names.name(rng)} "
        f"{rng.choice(['team', 'desk', 'group'])}"
    ),
    "title": lambda rng: rng.choice(TITLES).format(rng.choice(DEPARTMENTS)),
    "percent": lambda rng: f"{rng.randint(1, 99)}%",
    "count": lambda rng: str(rng.choice([rng.randint(2, 99), rng.randint(100, 9999)])),
    "weight": lambda rng: f"{rng.randint(2, 950)} {rng.choice(['grams', 'kg', 'pounds'])}",
    "length": lambda rng: f"{rng.randint(2, 950)} {rng.choice(['cm', 'metres', 'km', 'miles'])}",
    "temperature": lambda rng: f"{rng.randint(2, 99)} degrees",
    "speed": lambda rng: f"{rng.randint(5, 400)} km/h",
    "colour": lambda rng: rng.choice(COLOURS),
    "material": lambda rng: rng.choice(MATERIALS),
    "code": lambda rng: f"{''.join(rng.choice('ABCDEFGHKLMNPRSTVXZ') for _ in range(2))}-{rng.randint(1000, 9999)}",
    "room": lambda rng: f"room {rng.choice('ABCDEFGH')}{rng.randint(1, 99)}",
    "component": lambda rng: rng.choice(COMPONENTS),
    "interval": lambda rng: f"every {rng.randint(2, 48)} {rng.choice(['hours', 'days', 'weeks'])}",
    "dose": lambda rng: f"{rng.randint(1, 900)} mg",
}
"""Kind of value -> function that draws one."""
