"""Words for what is not plain data: what came, and what to return instead."""

from __future__ import annotations

import types
from typing import Any

_LOOPS = (range, map, filter, zip, enumerate, reversed, type({}.keys()), type({}.values()), type({}.items()))
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)
_BY_NAME = {
    "Tensor": "call .tolist() on it, or .numpy() for an array",
    "DataFrame": 'call .to_dict("records") on it',
    "Series": "call .tolist() on it",
    "Index": "call .tolist() on it",
}
_OTHERWISE = "return numbers, text, lists, tuples, sets, dicts or numpy arrays"


def type_name(kind: type) -> str:
    """Return the name of a type, past a metaclass that would give another; short, and only letters and digits."""
    name = type.__dict__["__name__"].__get__(kind)
    return "".join(char for char in str.__str__(name)[:40] if char.isalnum() or char == "_") or "nameless"


def describe_foreign(value: Any) -> tuple[str, str]:
    """Return what ``value`` is, and what to return instead.

    Examples
    --------
    >>> describe_foreign(number for number in [1])
    ('a generator', 'return a list: list(...)')
    """
    kind = type(value)
    if issubclass(kind, types.GeneratorType):
        return "a generator", "return a list: list(...)"
    if issubclass(kind, types.CoroutineType):
        return "a coroutine", "write def and not async def"
    if issubclass(kind, _FUNCTIONS):
        return "a function", "call it and return what it gives"
    if issubclass(kind, type):
        return "a class", _OTHERWISE
    name = type_name(kind)
    if issubclass(kind, _LOOPS):
        return f"a {name} object", "return a list: list(...)"
    return f"an object of type {name}", _BY_NAME.get(name, _OTHERWISE)
