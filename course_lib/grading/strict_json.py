"""JSON from somebody who wants to do harm: bounded, and with nothing in it that JSON does not have."""

import json
import math
from collections import Counter
from collections.abc import Hashable
from typing import Any

from course_lib.checks import codec
from course_lib.checks.failures import NotPlain
from course_lib.errors import CourseError

MOST_BYTES = 4 * 2**20
MOST_DIGITS = 1100  # of an integer; the codec allows no more than 1,000
MOST_EQUAL_HASHES = 100


class BrokenProtocolError(CourseError):
    """What came out of a box is no reply."""


def parse(line: bytes) -> Any:
    """Return the value of one line of strict JSON.

    Raises
    ------
    BrokenProtocolError
        It is too long, too deep, no UTF-8, no JSON, or has in it a number that is none, one that is too large for its
        type, or half a character.

    Examples
    --------
    >>> parse(b'{"a": 1.5}')
    {'a': 1.5}
    >>> parse(b'{"a": NaN}')
    Traceback (most recent call last):
    course_lib.grading.strict_json.BrokenProtocolError: expected strict JSON, got something else
    """
    if len(line) > MOST_BYTES:
        raise BrokenProtocolError(f"expected a line of at most {MOST_BYTES} bytes, got a longer one")
    try:
        text = line.decode("utf-8")
        value = json.loads(text, parse_constant=_refuse, parse_float=_read_float, parse_int=_read_integer)
        if "\\ud" in text.lower():  # only then can there be halves of characters in it
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise BrokenProtocolError("expected strict JSON, got something else") from error
    return value


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _read_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number beyond all floats")
    return number


def _read_integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError("an integer of too many digits")
    return int(text)


def refuse_equal_hashes(content: Any) -> None:
    """Refuse sets and dicts that would take hours to build, because their members were chosen to share one hash.

    Parameters
    ----------
    content
        A value as the codec writes it.

    Raises
    ------
    BrokenProtocolError
        More than `MOST_EQUAL_HASHES` members of one set, or keys of one dict, share a hash.
    """
    parts = [content]
    for part in parts:  # grows while it is read
        if type(part) is dict:
            parts.extend(part.values())
        elif type(part) is list:
            parts.extend(part)
    for part in reversed(parts):  # the inner ones first: to hash the members of an outer one, they are built
        if type(part) is dict:
            for mark in part.keys() & {"$set", "$dict"}:
                _count_hashes(_members(part[mark], mark))


def _members(content: Any, mark: str) -> list[Any]:
    """Return what will be hashed; the codec judges what is no list."""
    members = content if type(content) is list else []
    return [pair[0] for pair in members if type(pair) is list and pair] if mark == "$dict" else members


def _count_hashes(members: list[Any]) -> None:
    if len(members) <= MOST_EQUAL_HASHES:
        return
    try:
        counts = Counter(hash(_hashable(codec.decode(member))) for member in members)
    except (NotPlain, TypeError):
        return  # the codec refuses it, with better words
    if max(counts.values()) > MOST_EQUAL_HASHES:
        raise BrokenProtocolError("expected members with different hashes, got a set that was made to be slow")


def _hashable(value: Any) -> Hashable:
    return frozenset(value) if isinstance(value, set) else value
