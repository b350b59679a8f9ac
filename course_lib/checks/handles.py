"""Handles: what a check calls in place of the learner's function.

A check never holds the function itself, only something with a name that turns plain data into plain data. So the same
check works when the function runs in this kernel and when it runs behind a border.
"""

from __future__ import annotations

import contextlib
import io
import linecache
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Protocol

from course_lib.checks import codec
from course_lib.checks.codec.foreign import describe_foreign, type_name
from course_lib.checks.failures import AnswerError, NotPlain, NotStarted, NoValue
from course_lib.checks.showing import clean, show_call
from course_lib.errors import CourseError

MOST_BASES = 20
_FIXED_MESSAGES = {"RecursionError": "the function calls itself without an end", "MemoryError": ""}
_SIGNATURE = "keep the name and the parameters of the stub"


class Handle(Protocol):
    """One answer, wherever it runs.

    Calls raise a `NoValue`: `NotStarted`, `AnswerError`, `NotPlain` or `OutOfTime`, each with the call as text.
    """

    name: str

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the answer gives for a fresh copy of the arguments, as plain data."""
        ...

    def arguments_after(self, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Call the answer as well, but return its copy of the arguments as the call left it."""
        ...


class LocalHandle:
    """An answer that runs in this process.

    This is no protection against code that means harm: it shares memory with the check.

    Parameters
    ----------
    name
        What the function is called in the lesson; failures use it, whatever the function calls itself.
    function
        The learner's function.

    Attributes
    ----------
    printed_lines
        How many lines the answer has printed so far; they are not shown.

    Raises
    ------
    CourseError
        ``function`` cannot be called.

    Examples
    --------
    >>> double = LocalHandle("double", lambda numbers: tuple(2 * number for number in numbers))
    >>> double([1, 2])
    (2, 4)
    """

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        if not callable(function):
            found, _ = describe_foreign(function)
            raise CourseError(f"expected the function {name}, got {found}: write its name without brackets")
        self.name = name
        self.printed_lines = 0
        self._function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the function gives."""
        return self._answer(args, kwargs, "result")

    def arguments_after(self, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the function's copy of the arguments after the call."""
        return self._answer(args, kwargs, "arguments")

    def _answer(self, args: tuple[Any, ...], kwargs: dict[str, Any], wanted: str) -> Any:
        """Call the function with copies; return a copy of its result, or of what it left of the arguments."""
        copies = codec.loads(_pack(self.name, args, kwargs))
        try:
            result = self._call(*copies)
            return codec.loads(codec.dumps(result if wanted == "result" else copies, wanted), wanted)
        except NoValue as error:
            error.call = show_call(self.name, args, kwargs)
            raise

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        printed = _Counted()
        try:
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
                return self._function(*args, **kwargs)
        except KeyboardInterrupt:  # the learner's stop button
            raise
        except NotImplementedError:
            raise NotStarted from None
        except BaseException as error:  # also sys.exit and whatever else an answer may raise
            raise describe_error(error) from None
        finally:
            self.printed_lines += printed.n_lines


def _pack(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """Return the arguments as text; those that cannot be sent are a fault of the check."""
    try:
        return codec.dumps((args, dict(kwargs)), "arguments")
    except NotPlain as error:
        raise CourseError(f"the check calls {name} with {error.where}, {error.found}: {error.advice}") from None


class _Counted(io.TextIOBase):
    """Takes what is printed and keeps only the number of lines."""

    def __init__(self) -> None:
        self.n_lines = 0

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type_name(type(text))}")
        self.n_lines += str.count(text, "\n")
        return str.__len__(text)

    def writable(self) -> bool:
        return True


def describe_error(error: BaseException) -> AnswerError:
    """Return what a learner should read about an exception of the answer, whatever its own methods say.

    Must be called where the answer ran: line and source come from the traceback, whose first frame is the caller's.
    """
    bases = [base for base in type.__dict__["__mro__"].__get__(type(error)) if base is not object][:MOST_BASES]
    kinds = tuple(type_name(base) for base in bases)
    trace = BaseException.__dict__["__traceback__"].__get__(error)
    line, source = _find_line(trace)
    if kinds[0] in _FIXED_MESSAGES:  # their own words differ between versions of Python
        return AnswerError(kinds, _FIXED_MESSAGES[kinds[0]], line, source)
    is_signature = kinds[0] == "TypeError" and line is None
    return AnswerError(kinds, _message(error), line, source, _SIGNATURE if is_signature else "")


def _message(error: BaseException) -> str:
    """Return the exception's text, if it has one that can be read."""
    try:
        text = str.__str__(str(error))
    except KeyboardInterrupt:
        raise
    except BaseException:  # an exception may raise another one when it is asked for its text
        return ""
    return clean(text)


def _find_line(trace: TracebackType | None) -> tuple[int | None, str]:
    """Return number and text of the innermost line that stands in the same cell or file as the answer."""
    step = trace.tb_next if trace else None  # the first frame is that of the handle
    if step is None:
        return None, ""
    file, line = step.tb_frame.f_code.co_filename, step.tb_lineno
    while step := step.tb_next:
        if step.tb_frame.f_code.co_filename == file:
            line = step.tb_lineno
    return line, clean(linecache.getline(file, line), 80)
