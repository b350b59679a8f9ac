"""What crosses the border of a box, read as hostile bytes.

Requests carry inputs only. A reply is one line of at most 4 MB of strict JSON with the random number of its request;
anything else ends the box. Nothing in it is run, and no text of it is shown before it has been cleaned.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from course_lib.checks import codec
from course_lib.checks.failures import AnswerError, NotPlain, NotStarted, NoValue
from course_lib.checks.showing import clean, show_call
from course_lib.errors import CourseError
from course_lib.grading.runner.names import Names
from course_lib.grading.strict_json import BrokenProtocolError, parse, refuse_equal_hashes

MOST_KINDS = 20
WORDS_FOR_SIGNATURE = "keep the name and the parameters of the stub"


class BoxEnded(NoValue):
    """The box has ended, so that a call got no answer.

    Parameters
    ----------
    status
        ``timeout``, ``out of memory`` or ``crashed``.
    words
        What happened, to be read after the call: ``"took more than 10 s"``.
    help
        What to do; may be empty.
    """

    def __init__(self, status: str, words: str, help: str = "") -> None:
        self.status = status
        super().__init__(words, help)


def write_request(content: Mapping[str, Any]) -> tuple[str, bytes]:
    """Return a new random number and the line that asks for ``content`` under it.

    Examples
    --------
    >>> number, line = write_request({"do": "start"})
    >>> json.loads(line) == {"id": number, "do": "start"}
    True
    """
    number = secrets.token_hex(16)
    return number, json.dumps({"id": number, **content}, allow_nan=False).encode("ascii") + b"\n"


def read_reply(line: bytes, number: str) -> Any:
    """Return the value in a reply, as the codec writes it.

    Parameters
    ----------
    line
        What came, without its line break.
    number
        That of the request.

    Raises
    ------
    BrokenProtocolError
        It is no reply to this request.
    NoValue
        It says that there is no value: what the answer raised instead, for example.

    Examples
    --------
    >>> read_reply(b'{"id": "ab", "value": [1, 2]}', "ab")
    [1, 2]
    """
    reply = parse(line)
    if type(reply) is not dict or len(reply) != 2 or reply.get("id") != number:
        raise BrokenProtocolError("expected a reply to the request, got something else")
    (kind,) = set(reply) - {"id"}
    content = reply[kind]
    if kind == "value":
        refuse_equal_hashes(content)
        return content
    if kind in READERS:
        raise READERS[kind](content)
    raise BrokenProtocolError("expected a kind of reply that is known, got another")


def _fields(content: Any, kinds: Mapping[str, tuple[type, ...]]) -> list[Any]:
    """Return the values of a dict that has exactly the keys and exact types of ``kinds``."""
    if type(content) is not dict or set(content) != set(kinds):
        raise BrokenProtocolError("expected other fields in a reply")
    if any(type(content[name]) not in allowed for name, allowed in kinds.items()):
        raise BrokenProtocolError("expected other types in a reply")
    return [content[name] for name in kinds]


def _read_error(content: Any) -> AnswerError:
    """Return what the answer raised; advice is given here, never taken from the box."""
    kinds, message, line, source = _fields(
        content, {"kinds": (list,), "message": (str,), "line": (int, type(None)), "source": (str,)}
    )
    if not 0 < len(kinds) <= MOST_KINDS or any(type(kind) is not str for kind in kinds):
        raise BrokenProtocolError("expected the names of an exception's classes")
    is_signature = kinds[0] == "TypeError" and line is None
    names = tuple(clean(kind, 40) or "nameless" for kind in kinds)
    return AnswerError(names, clean(message), line, clean(source, 80), WORDS_FOR_SIGNATURE if is_signature else "")


def _read_not_plain(content: Any) -> NotPlain:
    words = _fields(content, dict.fromkeys(("where", "found", "advice"), (str,)))
    return NotPlain(*(clean(text, 120) for text in words))


def _read_not_started(content: Any) -> NotStarted:
    if content is not True:
        raise BrokenProtocolError("expected true")
    return NotStarted()


READERS: dict[str, Callable[[Any], NoValue]] = {
    "error": _read_error,
    "not_plain": _read_not_plain,
    "not_started": _read_not_started,
}


def read_names(content: Any, n_sources: int) -> list[Names]:
    """Return the names in a reply: for each source a list of those it uses and one of those it makes."""
    if type(content) is not list or len(content) != n_sources:
        raise BrokenProtocolError("expected names for each source")
    for pair in content:
        if type(pair) is not list or [type(names) for names in pair] != [list, list]:
            raise BrokenProtocolError("expected two lists of names")
        if any(type(name) is not str for names in pair for name in names):
            raise BrokenProtocolError("expected names")
    return [Names(*map(frozenset, pair)) for pair in content]


def clean_print(text: bytes, room: int) -> str:
    r"""Return what student code printed, without what a terminal or a browser could obey, line breaks kept.

    Examples
    --------
    >>> clean_print("one\x1b[2J\r\ntwo\u202e".encode(), 100)
    'one[2J\ntwo'
    """
    kept = text[:room].decode("utf-8", "replace")
    return "".join(char for char in kept if char.isprintable() or char in "\n\t")


class RemoteHandle:
    """One function of a submission, as the checks see it.

    Parameters
    ----------
    name
        What the function is called in the lesson.
    ask
        Sends one request and returns the value of its reply, as the codec writes it; raises `NoValue`.
    """

    def __init__(self, name: str, ask: Callable[[dict[str, Any]], Any]) -> None:
        self.name = name
        self.printed_lines = 0
        self._ask = ask

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the function gives for ``args`` and ``kwargs``, as plain data."""
        return self._call(args, kwargs, "value", "result")

    def arguments_after(self, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Call the function as well, but return its copy of the arguments as the call left it."""
        return self._call(args, kwargs, "arguments", "arguments")

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any], give: str, what: str) -> Any:
        try:
            arguments = codec.encode((args, kwargs), "arguments")
        except NotPlain as error:
            raise CourseError(
                f"the check calls {self.name} with {error.where}, {error.found}: {error.advice}"
            ) from None
        request = {"do": "call", "function": self.name, "arguments": arguments, "give": give}
        try:
            value = codec.decode(self._ask(request), what)
            if give == "arguments" and not _is_arguments(value):
                raise NotPlain(what, "no arguments", "send what dumps writes")
            return value
        except NoValue as error:
            error.call = show_call(self.name, args, kwargs)
            raise


def _is_arguments(value: Any) -> bool:
    """Tell whether ``value`` is a tuple of positional and a dict of named arguments."""
    return type(value) is tuple and len(value) == 2 and type(value[0]) is tuple and type(value[1]) is dict
