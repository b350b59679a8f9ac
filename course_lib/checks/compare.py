"""Equality by stated rules, and where two values differ first.

Both sides are plain data of exact types, so that no comparison runs anybody's code.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from course_lib.checks.codec import encode
from course_lib.checks.showing import show

PART_ROOM = 60


@dataclass(frozen=True)
class Rules:
    """What counts as equal.

    Parameters
    ----------
    numbers_mix
        Whether 1 equals 1.0, and an array of integers one of floats. A truth value never equals a number.
    tuple_is_list
        Whether (1, 2) equals [1, 2].
    tolerance
        Largest difference between two numbers, relative to the expected one where that is above 1.
    """

    numbers_mix: bool = False
    tuple_is_list: bool = True
    tolerance: float = 0.0


EXACT = Rules()


@dataclass(frozen=True)
class Difference:
    """The first place where a value is not what was expected.

    Parameters
    ----------
    where
        Path from the whole value: ``"[2]['price']"``; empty for the whole.
    expected, got
        What stands there, as text.
    """

    where: str
    expected: str
    got: str


def find_difference(expected: Any, got: Any, rules: Rules = EXACT, where: str = "") -> Difference | None:
    """Return the first difference, None if the values are equal by the rules.

    Examples
    --------
    >>> find_difference([1, 2, 3], [1, 5, 3])
    Difference(where='[1]', expected='2', got='5')
    >>> find_difference(1, True)
    Difference(where='', expected='the integer 1', got='the truth value True')
    >>> find_difference(0.3, 0.1 + 0.2, Rules(tolerance=1e-9)) is None
    True
    """
    kind = kind_of(expected, rules)
    if kind != kind_of(got, rules):
        return Difference(where, _with_kind(expected), _with_kind(got))
    if kind == "list":
        return _compare_lists(expected, got, rules, where)
    if kind == "dict":
        return _compare_dicts(expected, got, rules, where)
    if kind == "array":
        return _compare_arrays(expected, got, rules, where)
    if kind == "str":
        return _compare_texts(expected, got, where)
    same = _members(expected) == _members(got) if kind == "set" else _same_scalar(expected, got, rules)
    return None if same else Difference(where, show(expected, PART_ROOM), show(got, PART_ROOM))


def kind_of(value: Any, rules: Rules = EXACT) -> str:
    """Return which family of values can equal ``value``: ``"list"``, ``"int"`` ..."""
    if hasattr(value, "dtype"):
        return "array"
    kind = type(value)
    if kind is tuple and rules.tuple_is_list:
        return "list"
    if kind in (int, float) and rules.numbers_mix:
        return "number"
    return {frozenset: "set"}.get(kind, kind.__name__)


_KINDS = {
    "bool": "the truth value",
    "int": "the integer",
    "float": "the float",
    "str": "the text",
    "bytes": "the bytes",
    "list": "the list",
    "tuple": "the tuple",
    "set": "the set",
    "dict": "the dict",
}


def _with_kind(value: Any) -> str:
    kind = kind_of(value, Rules(tuple_is_list=False))
    return f"{_KINDS[kind]} {show(value, PART_ROOM)}" if kind in _KINDS else show(value, PART_ROOM)


def _same_scalar(expected: Any, got: Any, rules: Rules) -> bool:
    if expected == got:
        return True
    if not isinstance(expected, int | float) or isinstance(expected, bool):
        return False
    try:
        if math.isnan(expected) or math.isnan(got):
            return math.isnan(expected) and math.isnan(got)
        return abs(got - expected) <= rules.tolerance * max(1.0, abs(expected)) and math.isfinite(expected)
    except OverflowError:  # an integer that no float can hold
        return False


def _compare_texts(expected: str, got: str, where: str) -> Difference | None:
    """Return where two texts part; of long ones only what follows from there."""
    if expected == got:
        return None
    if max(len(expected), len(got)) <= PART_ROOM:
        return Difference(where, show(expected), show(got))
    pairs = enumerate(zip(expected, got, strict=False))
    start = next((index for index, (wanted, found) in pairs if wanted != found), min(len(expected), len(got)))
    tails = (show(text[start : start + PART_ROOM // 2]) for text in (expected, got))
    return Difference(f"{where}[{start}:]", *tails)


def _members(values: Iterable[Any]) -> set[str]:
    """Return the members as text: Python takes 1, 1.0 and True for one member."""
    return {json.dumps(encode(value), sort_keys=True) for value in values}


def _compare_lists(expected: Any, got: Any, rules: Rules, where: str) -> Difference | None:
    for index, (wanted, found) in enumerate(zip(expected, got, strict=False)):
        if difference := find_difference(wanted, found, rules, f"{where}[{index}]"):
            return difference
    if len(expected) == len(got):
        return None
    return Difference(where, _count(len(expected), "item"), _count(len(got), "item"))


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _compare_dicts(expected: dict, got: dict, rules: Rules, where: str) -> Difference | None:
    wanted_keys, found_keys = _by_text(expected), _by_text(got)
    for text, key in wanted_keys.items():
        place = f"{where}[{show(key, PART_ROOM)}]"
        if text not in found_keys:
            return Difference(place, show(expected[key], PART_ROOM), "no such key")
        if difference := find_difference(expected[key], got[found_keys[text]], rules, place):
            return difference
    extra = next((key for text, key in found_keys.items() if text not in wanted_keys), None)
    if len(found_keys) == len(wanted_keys):
        return None
    return Difference(f"{where}[{show(extra, PART_ROOM)}]", "no such key", show(got[extra], PART_ROOM))


def _by_text(mapping: dict) -> dict[str, Any]:
    return {json.dumps(encode(key), sort_keys=True): key for key in mapping}


def _compare_arrays(expected: Any, got: Any, rules: Rules, where: str) -> Difference | None:
    if expected.shape != got.shape:
        return Difference(where, f"shape {expected.shape}", f"shape {got.shape}")
    kinds = [{"u": "i"}.get(array.dtype.kind, array.dtype.kind) for array in (expected, got)]
    if kinds[0] != kinds[1] and not (rules.numbers_mix and set(kinds) <= {"i", "f"}):
        return Difference(where, f"dtype {expected.dtype}", f"dtype {got.dtype}")
    wrong = _differing(expected, got, rules)
    if not wrong.any():
        return None
    # argmax finds the first True, row by row
    place = [int(index) for index in _unravel(wrong)]
    index = "".join(f"[{step}]" for step in place)
    return Difference(f"{where}{index}", show(expected[tuple(place)].item()), show(got[tuple(place)].item()))


def _differing(expected: Any, got: Any, rules: Rules) -> Any:
    """Return for each entry whether it differs, same shape."""
    import numpy as np

    wrong = np.asarray(expected != got)
    if {expected.dtype.kind, got.dtype.kind} <= {"i", "u", "f"}:
        with np.errstate(all="ignore"):
            wide, other = expected.astype(float), got.astype(float)
            wrong &= ~(np.isnan(wide) & np.isnan(other))
            if rules.tolerance:
                near = np.abs(other - wide) <= rules.tolerance * np.maximum(1.0, np.abs(wide))
                wrong &= ~(near & np.isfinite(wide))
    return wrong


def _unravel(wrong: Any) -> tuple:
    import numpy as np

    return np.unravel_index(int(np.argmax(wrong)), wrong.shape) if wrong.shape else ()
