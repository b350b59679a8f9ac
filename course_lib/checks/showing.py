"""Values as short, stable text: the same on every run, bounded, without characters that a terminal could obey."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from course_lib.checks.codec import encode

VALUE_ROOM = 160
CALL_ROOM = 240
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def clean(text: str, room: int = 300) -> str:
    r"""Return words on one line: single spaces, no addresses of objects, nothing unprintable, not too long.

    Examples
    --------
    >>> clean("no\n  <object at 0x7f00aa> \u202eevil")
    'no <object> \\u202eevil'
    """
    # Cut first: the text may be as long as its author liked.
    short = text if len(text) <= 4 * room else f"{text[: 2 * room]} ... {text[-room:]}"
    return printable(_ADDRESS.sub("", " ".join(short.split())), room)


def printable(text: str, room: int = 2000) -> str:
    r"""Return text with all that no screen should obey as escapes, the middle cut out if it is too long.

    >>> printable("a  b\n\x1b[31m")
    'a  b\\n\\x1b[31m'
    """
    escaped = "".join(char if char.isprintable() else _escape(char) for char in _cut(text, room))
    return _cut(escaped, room)  # escapes are longer


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _cut(text: str, room: int) -> str:
    """Return the beginning and the end of a text that is longer than ``room``."""
    if len(text) <= room:
        return text
    tail = room // 4
    return f"{text[: room - tail - 5]} ... {text[-tail:]}"


def show(value: Any, room: int = VALUE_ROOM) -> str:
    """Return plain data as a Python expression, shortened to about ``room`` characters.

    Examples
    --------
    >>> show({"b": (1, 2.5), "a": {3, 1}})
    "{'b': (1, 2.5), 'a': {1, 3}}"
    >>> show(list(range(1000)), room=20)
    '[0, 1, 2, 3, 4, 5, 6, ... 993 more]'
    >>> show("a" * 1000, room=20)
    "'aaaaaaaaa ... aaaa' (1,000 characters)"
    """
    if isinstance(value, dict):
        return _show_items(value.items(), len(value), "{}", room, _show_pair)
    if isinstance(value, list):
        return _show_items(value, len(value), "[]", room)
    if isinstance(value, tuple):
        return _show_items(value, len(value), ("(", ",)" if len(value) == 1 else ")"), room)
    if isinstance(value, set | frozenset):
        return _show_items(sorted(value, key=_order), len(value), "{}", room) if value else "set()"
    if hasattr(value, "dtype"):
        return _show_array(value, room)
    return _show_scalar(value, room)


def _order(value: Any) -> tuple[str, Any]:
    """Return a key that puts the members of any set into the same order each time."""
    return (type(value).__name__, value if isinstance(value, int | float | str) else json.dumps(encode(value)))


def _show_pair(pair: tuple[Any, Any], room: int) -> str:
    key, value = pair
    return f"{show(key, room // 2)}: {show(value, room)}"


def _show_items(items: Iterable[Any], n_items: int, ends: Sequence[str], room: int, show_one: Any = show) -> str:
    """Return as many of ``items`` as there is room for, at least one, and how many are left out."""
    parts: list[str] = []
    left = room
    for item in islice(items, n_items):
        part = show_one(item, max(left, 20))
        if parts and len(part) > left:
            parts.append(f"... {n_items - len(parts):,} more")
            break
        parts.append(part)
        left -= len(part) + 2
    return f"{ends[0]}{', '.join(parts)}{ends[1]}"


def _show_array(array: Any, room: int) -> str:
    text = show(array.tolist(), room)
    shape = f", shape {array.shape}" if " more]" in text or not array.size else ""
    return f"np.array({text}{shape})"


def _show_scalar(value: Any, room: int) -> str:
    text = repr(value)
    if len(text) <= room:
        return text
    if isinstance(value, int):
        return f"{_cut(text, max(room, 20))} ({len(text.lstrip('-')):,} digits)"
    unit = "bytes" if isinstance(value, bytes) else "characters"
    return f"{_cut(text, max(room, 20))} ({len(value):,} {unit})"


def show_call(name: str, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> str:
    """Return a call as it would stand in a cell, long arguments shortened.

    Examples
    --------
    >>> show_call("top_k", ([0.1, 0.9], 1), {"ties": "first"})
    "top_k([0.1, 0.9], 1, ties='first')"
    """
    n_arguments = len(args) + len(kwargs or {})
    room = CALL_ROOM // max(n_arguments, 1)
    parts = [show(value, room) for value in args]
    parts += [f"{key}={show(value, room)}" for key, value in (kwargs or {}).items()]
    return f"{name}({', '.join(parts)})"
