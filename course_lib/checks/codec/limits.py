"""How deep, long and large plain data may be, and the words when it is more."""

from __future__ import annotations

from typing import Any

from course_lib.checks.failures import NotPlain

MAX_DEPTH = 50
MAX_CHARACTERS = 4_000_000
MAX_INTEGER = 10**1000

Place = tuple[Any, Any]
"""Path to a part of a value: (place of the whole, key), or (None, name). Only an error writes it out."""


def write_place(place: Place) -> str:
    """Return the path to a part of a value.

    >>> write_place((((None, "result"), 2), "a"))
    "result[2]['a']"
    """
    whole, key = place
    if whole is None:
        return key
    shown = repr(key) if isinstance(key, int | str) else "..."
    return f"{write_place(whole)}[{shown if len(shown) < 60 else shown[:55] + '...'}]"


def _root(place: Place) -> str:
    """Return the name of the whole value: which part came last before a limit tells nobody anything."""
    whole, key = place
    while whole is not None:
        whole, key = whole
    return key


def too_large(place: Place) -> NotPlain:
    """Return the error for more text than `MAX_CHARACTERS`."""
    return NotPlain(_root(place), f"more than {MAX_CHARACTERS:,} characters of JSON", "return less")


def too_deep(place: Place) -> NotPlain:
    """Return the error for data nested deeper than `MAX_DEPTH`."""
    return NotPlain(_root(place), f"nested more than {MAX_DEPTH} deep", "return flatter data")


def too_long(place: Place) -> NotPlain:
    """Return the error for an integer beyond `MAX_INTEGER`."""
    return NotPlain(write_place(place), "an integer of more than 1,000 digits", "return smaller numbers")
