"""What a check expects of an answer: each function calls it, and says no with call, got, expected and help."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from course_lib.checks.compare import EXACT, Difference, Rules, find_difference
from course_lib.checks.diagnosis import NOTHING, diagnose
from course_lib.checks.failures import AnswerError, NotStarted, NoValue, SaysNo
from course_lib.checks.handles import Handle
from course_lib.checks.kinds import fits, name_kind
from course_lib.checks.showing import show, show_call

PLAIN_TO_SEE = 60  # characters
Args = tuple[Any, ...]
Kwargs = Mapping[str, Any] | None
HelpIf = Mapping[Any, str] | Iterable[tuple[Any, str]] | Callable[[Any], str | None] | None
"""Words for famous wrong answers: wrong value -> words, pairs of both (a list is no key), a function of the value."""


def expect_equal(
    handle: Handle,
    args: Args = (),
    kwargs: Kwargs = None,
    *,
    expected: Any,
    help_if: HelpIf = None,
    help: str = "",
    rules: Rules = EXACT,
) -> None:
    """Say no unless the answer gives ``expected``.

    Parameters
    ----------
    handle
        The answer.
    args, kwargs
        What it is called with: plain data.
    expected
        The right value. A truth value is no number, 1 is not 1.0, a tuple equals a list, arrays agree in shape, kind
        of dtype and values; other ``rules`` say otherwise.
    help_if
        Words for famous wrong answers.
    help
        Words for all others; without them a well-known mistake is named if it is one.
    rules
        What counts as equal.

    Raises
    ------
    SaysNo
        The value differs, or there is none.
    NotStarted
        The answer is still the stub.
    """
    got = _value(handle, args, kwargs, show(expected))
    difference = find_difference(expected, got, rules)
    if difference is None:
        return
    words = _famous(help_if, got, rules) or help or diagnose(expected, got, rules)
    place = _write_difference(difference, show(expected), show(got))
    raise _no(handle, args, kwargs, got, show(expected), "; ".join(filter(None, (words, place))))


def expect_close(
    handle: Handle,
    args: Args = (),
    kwargs: Kwargs = None,
    *,
    expected: Any,
    tolerance: float,
    help_if: HelpIf = None,
    help: str = "",
) -> None:
    """Say no unless all numbers are within ``tolerance`` of ``expected``, relative where that is above 1; 1 is 1.0."""
    rules = Rules(numbers_mix=True, tolerance=tolerance)
    expect_equal(handle, args, kwargs, expected=expected, help_if=help_if, help=help, rules=rules)


def expect_length(handle: Handle, args: Args = (), kwargs: Kwargs = None, *, length: int, help: str = "") -> None:
    """Say no unless the answer gives something of ``length`` items."""
    wanted = _count_items(length)
    got = _value(handle, args, kwargs, wanted)
    try:
        n_items = len(got)
    except TypeError:  # a number, nothing, an array without dimensions
        raise _no(handle, args, kwargs, got, wanted, help) from None
    if n_items != length:
        words = f"returned {_count_items(n_items)}: {show(got)}"
        raise SaysNo(show_call(handle.name, args, kwargs), words, wanted, help)


def expect_type(handle: Handle, args: Args = (), kwargs: Kwargs = None, *, kind: Any, help: str = "") -> None:
    """Say no unless the answer gives a ``kind``: ``str``, ``list[int]``, ``dict[str, float]``, ``int | None`` ..."""
    got = _value(handle, args, kwargs, name_kind(kind))
    if not fits(got, kind):
        raise _no(handle, args, kwargs, got, name_kind(kind), help)


def expect_true(
    handle: Handle, args: Args = (), kwargs: Kwargs = None, *, holds: Callable[[Any], bool], says: str, help: str = ""
) -> None:
    """Say no unless ``holds(value)``; ``says`` is what was expected. A value that it cannot deal with is a no."""
    got = _value(handle, args, kwargs, says)
    try:
        is_right = bool(holds(got))
    except Exception:  # a value of another form than any right one
        is_right = False
    if not is_right:
        raise _no(handle, args, kwargs, got, says, help)


def expect_raises(handle: Handle, args: Args = (), kwargs: Kwargs = None, *, kind: type, help: str = "") -> None:
    """Say no unless the answer raises the exception ``kind`` or a subclass of it."""
    wanted = f"the error {kind.__name__}"
    try:
        got = handle(*args, **(kwargs or {}))
    except NotStarted:
        raise
    except AnswerError as error:
        if kind.__name__ not in error.kinds:
            raise SaysNo(error.call, error.got, wanted, help or error.help) from None
    except NoValue as error:
        raise SaysNo(error.call, error.got, wanted, help or error.help) from None
    else:
        raise _no(handle, args, kwargs, got, wanted, help)


def expect_same(
    handle: Handle,
    args: Args,
    other_args: Args,
    *,
    why: str,
    change: Callable[[Any], Any] | None = None,
    rules: Rules = EXACT,
    help: str = "",
) -> None:
    """Say no unless two calls agree: a check that needs no expected value (metamorphic).

    Parameters
    ----------
    handle
        The answer.
    args, other_args
        Arguments of the two calls.
    why
        What makes them agree: ``"the order of the chunks is not part of the question"``.
    change
        Turns the first value into what the second call should give; None: the same value.
    rules
        What counts as equal.
    help
        Words for the learner.
    """
    first = _value(handle, args, None, "a value")
    second = _value(handle, other_args, None, "a value")
    try:
        wanted = first if change is None else change(first)
    except Exception:  # the first value has another form than any right one
        raise _no(handle, args, None, first, why, help) from None
    if find_difference(wanted, second, rules) is not None:
        call = f"{show_call(handle.name, args)}, then {show_call(handle.name, other_args)},"
        expected = f"{show(wanted)} the second time" if change else "the same both times"
        raise SaysNo(call, f"returned {show(first)}, then {show(second)}", f"{expected} ({why})", help)


def expect_repeatable(handle: Handle, args: Args = (), kwargs: Kwargs = None, *, help: str = "") -> None:
    """Say no unless a second call with equal arguments gives an equal value."""
    first = _value(handle, args, kwargs, "a value")
    second = _value(handle, args, kwargs, "a value")
    if find_difference(first, second) is not None:
        call, got = show_call(handle.name, args, kwargs), f"returned {show(first)}, then {show(second)}"
        words = help or "what does the function keep between calls: a global, a default list, a random number?"
        raise SaysNo(f"{call} twice", got, "the same both times", words)


def expect_unchanged(handle: Handle, args: Args = (), kwargs: Kwargs = None, *, help: str = "") -> None:
    """Say no if the answer changes the arguments that it is given."""
    call = show_call(handle.name, args, kwargs)
    try:
        left_args, left_kwargs = handle.arguments_after(*args, **(kwargs or {}))
    except NotStarted:
        raise
    except NoValue as error:
        raise SaysNo(error.call, error.got, "arguments that stay as they are", error.help) from None
    before = {**dict(enumerate(args, 1)), **(kwargs or {})}
    after = {**dict(enumerate(left_args, 1)), **left_kwargs}
    for name, value in before.items():
        if find_difference(value, after[name]) is not None:
            got = f"changed its argument {name} to {show(after[name])}"
            words = help or "work on a copy: sorted(items), list(items), items.copy()"
            raise SaysNo(call, got, "arguments that stay as they are", words)


def _value(handle: Handle, args: Args, kwargs: Kwargs, expected: str) -> Any:
    """Call the answer; where there is no value, say what would have been the right one."""
    try:
        return handle(*args, **(kwargs or {}))
    except NotStarted:
        raise
    except NoValue as error:
        raise SaysNo(error.call, error.got, expected, error.help) from None


def _famous(help_if: HelpIf, got: Any, rules: Rules) -> str:
    """Return the words for a famous wrong answer, if it is one."""
    if help_if is None:
        return ""
    if callable(help_if):
        try:
            return help_if(got) or ""
        except Exception:  # the value has another form than the famous ones
            return ""
    pairs = list(help_if.items() if isinstance(help_if, Mapping) else help_if)
    forms = [got, got.tolist()] if hasattr(got, "dtype") else [got]  # an array may hold a famous list
    return next((words for form in forms for wrong, words in pairs if find_difference(wrong, form, rules) is None), "")


def _no(handle: Handle, args: Args, kwargs: Kwargs, got: Any, expected: str, help: str) -> SaysNo:
    """Return the no to a value that came back; nothing at all is always spoken to."""
    words = help or (NOTHING if got is None else "")
    return SaysNo(show_call(handle.name, args, kwargs), f"returned {show(got)}", expected, words)


def _count_items(n: int) -> str:
    return f"{n:,} item{'' if n == 1 else 's'}"


def _write_difference(difference: Difference, expected: str, got: str) -> str:
    """Return the first place that differs, unless both values are so short that it is plain to see."""
    if len(expected) + len(got) < PLAIN_TO_SEE:
        return ""
    place = f"first difference at {difference.where}: " if difference.where else ""
    return f"{place}expected {difference.expected}, got {difference.got}"
