"""Types of plain data as a check may ask for them: ``list[int]``, ``dict[str, float]``, ``int | None``."""

from __future__ import annotations

import types
from typing import Any, Union, get_args, get_origin


def fits(value: Any, kind: Any) -> bool:
    """Tell whether plain data is of a kind; a truth value is no integer, an integer no float.

    Examples
    --------
    >>> fits([1, 2], list[int]), fits([1, True], list[int]), fits(None, int | None), fits((1, "a"), tuple[int, str])
    (True, False, True, True)
    """
    if kind is Any:
        return True
    if kind is None:
        return value is None
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return any(fits(value, part) for part in parts)
    if type(value) is not (origin or kind):
        return False
    if origin is dict:
        return all(fits(key, parts[0]) and fits(item, parts[1]) for key, item in value.items())
    if origin is tuple and Ellipsis not in parts:
        return len(value) == len(parts) and all(map(fits, value, parts))
    return all(fits(item, parts[0]) for item in value) if origin else True


def name_kind(kind: Any) -> str:
    """Return a kind in words.

    >>> name_kind(list[int]), name_kind(type(None)), name_kind(dict[str, float])
    ('a list[int]', 'None', 'a dict[str, float]')
    """
    if kind in (None, type(None)):
        return "None"
    if kind is Any:
        return "a value"
    name = kind.__name__ if isinstance(kind, type) and not get_args(kind) else str(kind)
    return f"{'an' if name[0] in 'aeio' else 'a'} {name.replace('numpy.', '')}"
