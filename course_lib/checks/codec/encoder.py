"""From any object that an answer may return to JSON's own types, without a call of that object's methods."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Iterable
from typing import Any

from course_lib.checks.codec import arrays
from course_lib.checks.codec.foreign import describe_foreign
from course_lib.checks.codec.limits import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_INTEGER,
    Place,
    too_deep,
    too_large,
    too_long,
    write_place,
)
from course_lib.checks.failures import NotPlain


class Encoder:
    """One run over one value: counts what it has written, knows the containers that it stands in."""

    def __init__(self) -> None:
        self.room = MAX_CHARACTERS
        self.around: set[int] = set()

    def encode(self, value: Any, place: Place, depth: int) -> Any:
        """Return one part in JSON's own types; `type` alone says what it is, because everything else can lie."""
        if depth > MAX_DEPTH:
            raise too_deep(place)
        kind = type(value)
        base = kind if kind in BASES else next((base for base in BASES if issubclass(kind, base)), None)
        if base in SCALARS:
            return SCALARS[base](self, value, place)
        if base in CONTAINERS:
            return self._enter(CONTAINERS[base], base, value, place, depth)
        if arrays.is_number(kind):
            return self.encode(arrays.python_number(value), place, depth)
        if arrays.is_array(kind):
            return self._array(value, place)
        raise NotPlain(write_place(place), *describe_foreign(value))

    def spend(self, n_characters: int, place: Place) -> None:
        """Count characters, never more than are really written, and stop when there are too many."""
        self.room -= n_characters
        if self.room < 0:
            raise too_large(place)

    def _enter(self, write: Callable, base: type, value: Any, place: Place, depth: int) -> Any:
        if id(value) in self.around:
            raise NotPlain(write_place(place), f"a {base.__name__} that contains itself", "return data without a loop")
        self.around.add(id(value))
        self.spend(2, place)
        try:
            return write(self, value, place, depth)
        finally:
            self.around.remove(id(value))

    def _constant(self, value: Any, place: Place) -> Any:
        self.spend(4, place)
        return value

    def _integer(self, value: int, place: Place) -> int:
        number = int.__index__(value)
        if abs(number) > MAX_INTEGER:
            raise too_long(place)
        self.spend(number.bit_length() // 4 + 1, place)
        return number

    def _float(self, value: float, place: Place) -> Any:
        number = float.__float__(value)
        self.spend(3, place)
        return number if math.isfinite(number) else {"$float": repr(number)}

    def _text(self, value: str, place: Place) -> str:
        self.spend(str.__len__(value) + 2, place)
        return str.__str__(value)

    def _bytes(self, value: bytes, place: Place) -> dict:
        self.spend(bytes.__len__(value), place)
        return {"$bytes": base64.b64encode(bytes.__bytes__(value)).decode("ascii")}

    def _array(self, value: Any, place: Place) -> dict:
        if flaw := arrays.find_flaw(value):
            raise NotPlain(write_place(place), *flaw)
        self.spend(arrays.n_bytes(value), place)
        return {"$array": arrays.encode_array(value)}

    def _list(self, value: list, place: Place, depth: int) -> list:
        return self._each(list.__iter__(value), place, depth)

    def _tuple(self, value: tuple, place: Place, depth: int) -> dict:
        return {"$tuple": self._each(tuple.__iter__(value), place, depth)}

    def _set(self, value: set, place: Place, depth: int) -> dict:
        return self._members(set.__iter__(value), place, depth)

    def _frozenset(self, value: frozenset, place: Place, depth: int) -> dict:
        return self._members(frozenset.__iter__(value), place, depth)

    def _each(self, items: Iterable[Any], place: Place, depth: int) -> list:
        return [self.encode(item, (place, index), depth + 1) for index, item in enumerate(items)]

    def _members(self, items: Iterable[Any], place: Place, depth: int) -> dict:
        # The order of a set differs from run to run.
        return {"$set": sorted(self._each(items, place, depth), key=json.dumps)}

    def _dict(self, value: dict, place: Place, depth: int) -> dict:
        pairs = []
        for key, item in dict.items(value):
            plain_key = self.encode(key, (place, "a key"), depth + 1)
            pairs.append([plain_key, self.encode(item, (place, plain_key), depth + 1)])
        if len({json.dumps(key) for key, _ in pairs}) < len(pairs):
            raise NotPlain(write_place(place), "a dict with two equal keys", "use keys of Python's own types")
        if all(type(key) is str and not key.startswith("$") for key, _ in pairs):
            return dict(pairs)
        return {"$dict": pairs}


SCALARS: dict[type, Callable] = {
    type(None): Encoder._constant,
    bool: Encoder._constant,  # before int, whose subclass it is
    int: Encoder._integer,
    float: Encoder._float,
    str: Encoder._text,
    bytes: Encoder._bytes,
}
CONTAINERS: dict[type, Callable] = {
    list: Encoder._list,
    tuple: Encoder._tuple,
    set: Encoder._set,
    frozenset: Encoder._frozenset,
    dict: Encoder._dict,
}
BASES: dict[type, Callable] = {**SCALARS, **CONTAINERS}
