"""From JSON's own types back to plain data; strict, because the text may come from anybody."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from typing import Any

from course_lib.checks.codec import arrays
from course_lib.checks.codec.limits import MAX_DEPTH, MAX_INTEGER, Place, too_deep, too_long, write_place
from course_lib.checks.failures import NotPlain

FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def decode_part(plain: Any, place: Place, depth: int) -> Any:
    """Return the value of one part of what the encoder wrote."""
    if depth > MAX_DEPTH:
        raise too_deep(place)
    kind = type(plain)
    if kind is list:
        return _decode_list(plain, place, depth)
    if kind is dict:
        return _decode_dict(plain, place, depth)
    if kind is int and abs(plain) > MAX_INTEGER:
        raise too_long(place)
    if plain is None or kind in (bool, int, str) or (kind is float and math.isfinite(plain)):
        return plain
    raise refusal(place, "no part of plain JSON")


def refusal(place: Place, found: str) -> NotPlain:
    """Return the error for what no encoder writes."""
    return NotPlain(write_place(place), found, "send what dumps writes")


def _decode_list(plain: Any, place: Place, depth: int) -> list:
    if type(plain) is not list:
        raise refusal(place, "no list")
    return [decode_part(item, (place, index), depth + 1) for index, item in enumerate(plain)]


def _decode_dict(plain: dict, place: Place, depth: int) -> Any:
    if not any(key.startswith("$") for key in plain):
        return {key: decode_part(item, (place, key), depth + 1) for key, item in plain.items()}
    if len(plain) == 1:
        ((mark, content),) = plain.items()
        if unwrap := WRAPPERS.get(mark):
            return unwrap(content, place, depth)
    raise refusal(place, "an unknown wrapper")


def _decode_tuple(content: Any, place: Place, depth: int) -> tuple:
    return tuple(_decode_list(content, place, depth))


def _decode_set(content: Any, place: Place, depth: int) -> set:
    try:
        return set(_freeze(_decode_list(content, place, depth)))
    except TypeError as error:  # a member cannot be hashed
        raise refusal(place, "no set") from error


def _freeze(items: list) -> list:
    """Return the items with sets frozen: only frozen ones can be members or keys."""
    return [frozenset(item) if isinstance(item, set) else item for item in items]


def _decode_pairs(content: Any, place: Place, depth: int) -> dict:
    if type(content) is not list or any(type(pair) is not list or len(pair) != 2 for pair in content):
        raise refusal(place, "no list of pairs")
    pairs = [_decode_list(pair, (place, index), depth) for index, pair in enumerate(content)]
    try:
        decoded = {_freeze([key])[0]: item for key, item in pairs}
    except TypeError as error:  # a key cannot be hashed
        raise refusal(place, "no dict") from error
    if len(decoded) < len(pairs):
        raise refusal(place, "a dict with two equal keys")
    return decoded


def _decode_float(content: Any, place: Place, depth: int) -> float:
    if type(content) is not str or content not in FLOATS:
        raise refusal(place, "no number")
    return FLOATS[content]


def _decode_bytes(content: Any, place: Place, depth: int) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (TypeError, ValueError) as error:
        raise refusal(place, "no base64") from error


def _decode_array(content: Any, place: Place, depth: int) -> Any:
    try:
        return arrays.decode_array(content)
    except (TypeError, ValueError) as error:
        raise refusal(place, "no array") from error


WRAPPERS: dict[str, Callable[[Any, Place, int], Any]] = {
    "$tuple": _decode_tuple,
    "$set": _decode_set,
    "$dict": _decode_pairs,
    "$float": _decode_float,
    "$bytes": _decode_bytes,
    "$array": _decode_array,
}
