"""Plain data to JSON and back: the only form in which anything goes into an answer or comes out of it.

An answer that runs in this kernel gets its arguments, and gives its result, through the same text that would cross a
border between processes, so that a check cannot tell the two apart. Only exact types come out: what an answer
subclasses (a list whose length lies, a number that equals everything) is made anew as its base type by the methods of
that base, and everything else is refused with the place where it stood.
"""

from __future__ import annotations

import json
from typing import Any

from course_lib.checks.codec.decoder import decode_part
from course_lib.checks.codec.encoder import Encoder
from course_lib.checks.codec.limits import MAX_CHARACTERS, MAX_DEPTH, MAX_INTEGER, too_large
from course_lib.checks.failures import NotPlain

__all__ = ["MAX_CHARACTERS", "MAX_DEPTH", "MAX_INTEGER", "decode", "dumps", "encode", "loads"]


def encode(value: Any, name: str = "result") -> Any:
    """Return ``value`` in JSON's own types; what JSON lacks is wrapped in a dict with one key that begins with ``$``.

    Parameters
    ----------
    value
        None, truth values, numbers, text, bytes, lists, tuples, sets, dicts, numpy arrays and numbers, and what is
        built of them. Subclasses are encoded as their base.
    name
        What to call it in an error.

    Raises
    ------
    NotPlain
        A part is something else, contains itself, or is too deep, too large or too long.

    Examples
    --------
    >>> encode({"pair": (1, 2.5), 3: {4}})
    {'$dict': [['pair', {'$tuple': [1, 2.5]}], [3, {'$set': [4]}]]}
    """
    return Encoder().encode(value, (None, name), 0)


def decode(plain: Any, name: str = "result") -> Any:
    """Return the value that `encode` was given; subclasses have become their base, frozen sets sets.

    Raises
    ------
    NotPlain
        ``plain`` is not what `encode` writes.

    Examples
    --------
    >>> decode({"$tuple": [1, {"$float": "inf"}]})
    (1, inf)
    """
    return decode_part(plain, (None, name), 0)


def dumps(value: Any, name: str = "result") -> str:
    """Return plain data as JSON text.

    Raises
    ------
    NotPlain
        As `encode` does, or because the text would be longer than `MAX_CHARACTERS`.

    Examples
    --------
    >>> dumps([1, (2.5, "a"), float("nan"), {3}])
    '[1,{"$tuple":[2.5,"a"]},{"$float":"nan"},{"$set":[3]}]'
    """
    text = json.dumps(encode(value, name), separators=(",", ":"), allow_nan=False)
    if len(text) > MAX_CHARACTERS:
        raise too_large((None, name))
    return text


def loads(text: str | bytes, name: str = "result") -> Any:
    """Return the value of a JSON text that may come from anybody.

    Raises
    ------
    NotPlain
        It is too long, no JSON, or not what `dumps` writes.
    """
    if len(text) > MAX_CHARACTERS:
        raise too_large((None, name))
    try:
        plain = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise NotPlain(name, "no valid JSON", "send what dumps writes") from error
    return decode(plain, name)


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON")
