"""Advice on the mistakes that everybody makes: said when a check has no better words of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from course_lib.checks.compare import EXACT, Rules, find_difference, kind_of

LOOSE = Rules(numbers_mix=True)
NOTHING = "it returned nothing: is a return missing, perhaps in one branch only?"
MOST_ITEMS = 200  # of a list that is looked through for missing and extra ones


def diagnose(expected: Any, got: Any, rules: Rules = EXACT) -> str:
    """Return one line on how ``got`` misses ``expected``; empty if it is no well-known mistake.

    Examples
    --------
    >>> diagnose([1, 2], None)
    'it returned nothing: is a return missing, perhaps in one branch only?'
    >>> diagnose([1, 2], [2, 1])
    'these are the right items in reverse order'
    """
    return next((words for look in _LOOKS if (words := look(expected, got, rules))), "")


def _same(expected: Any, got: Any, rules: Rules = EXACT) -> bool:
    return find_difference(expected, got, rules) is None


def _nothing(expected: Any, got: Any, rules: Rules) -> str:
    return NOTHING if got is None else ""


def _wrong_type(expected: Any, got: Any, rules: Rules) -> str:
    if type(got) is str and type(expected) in (int, float) and got.strip() == str(expected):
        return "this is the right value, but as text"
    if hasattr(got, "dtype") and not hasattr(expected, "dtype") and _same(expected, got.tolist(), rules):
        return "these are the right values, but in a numpy array: .tolist() makes a list"
    if hasattr(got, "dtype") and kind_of(expected) == "list":
        return "this is a numpy array and not a list: .tolist() makes one"
    if hasattr(expected, "dtype") and kind_of(got) == "list" and _same(expected.tolist(), got, LOOSE):
        return "these are the right values, but not in a numpy array"
    if {type(expected), type(got)} == {list, tuple} and _same(expected, got, Rules(rules.numbers_mix)):
        return f"these are the right values, but in a {type(got).__name__} and not in a {type(expected).__name__}"
    loose = Rules(True, rules.tuple_is_list, rules.tolerance)
    return "the numbers are right, their type is not: int or float?" if _same(expected, got, loose) else ""


def _wrapped(expected: Any, got: Any, rules: Rules) -> str:
    if kind_of(got) == "list" and len(got) == 1 and _same(expected, got[0], rules):
        return f"this is the right value, but inside a {type(got).__name__} of its own"
    if kind_of(expected) == "list" and len(expected) == 1 and _same(expected[0], got, rules):
        return f"this is the right value, but not inside a {type(expected).__name__}"
    return ""


def _close_text(expected: Any, got: Any, rules: Rules) -> str:
    if type(expected) is not str or type(got) is not str:
        return ""
    if expected.split() == got.split():
        return "the words are right, the space around or between them is not"
    return "only upper and lower case differ" if expected.casefold() == got.casefold() else ""


def _other_items(expected: Any, got: Any, rules: Rules) -> str:
    """Return what is wrong with a list that holds nearly the right items."""
    if kind_of(expected) != "list" or kind_of(got) != "list" or max(len(expected), len(got)) > MOST_ITEMS:
        return ""
    missing = _without(expected, got, rules)
    extra = _without(got, expected, rules)
    if not missing and not extra:
        in_reverse = _same(list(expected)[::-1], list(got), rules)
        return f"these are the right items in {'reverse' if in_reverse else 'another'} order"
    if not missing:
        return f"all the right items are there, and {len(extra)} too many"
    if not extra and got:
        return f"what is there is right, but {len(missing)} of the items are missing"
    return _shifted(expected, got)


def _without(items: Any, others: Any, rules: Rules) -> list:
    """Return the items that are left when each of ``others`` has taken away one equal item."""
    left = list(items)
    for other in others:
        match = next((index for index, item in enumerate(left) if _same(item, other, rules)), None)
        if match is not None:
            left.pop(match)
    return left


def _shifted(expected: Any, got: Any) -> str:
    """Return the words for positions that were counted from another number."""
    if not got or len(expected) != len(got) or any(type(item) is not int for item in (*expected, *got)):
        return ""
    shifts = {found - wanted for wanted, found in zip(expected, got, strict=True)}
    words = {frozenset({1}): "one too high", frozenset({-1}): "one too low"}.get(frozenset(shifts))
    return f"each number is {words}: do you count from 0?" if words else ""


_LOOKS: tuple[Callable[[Any, Any, Rules], str], ...] = (_nothing, _wrong_type, _wrapped, _close_text, _other_items)
