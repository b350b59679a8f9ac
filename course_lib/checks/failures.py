"""What can come instead of a right value: a call that gives no value, and a check that says no."""

from __future__ import annotations

from course_lib.errors import CourseError


class NoValue(CourseError):
    """A call of an answer gave no value that could be compared.

    Parameters
    ----------
    got
        What happened, to be read after the call: ``"raised ValueError: no chunks"``.
    help
        What to do; may be empty.

    Attributes
    ----------
    call
        The call as text; the handle that made it fills it in.
    """

    def __init__(self, got: str, help: str = "") -> None:
        self.call = ""
        self.got = got
        self.help = help
        super().__init__(f"{got}: {help}" if help else got)


class NotStarted(NoValue):
    """The answer is still the stub that raises `NotImplementedError`."""

    def __init__(self) -> None:
        super().__init__("is not written yet", "replace the line that raises NotImplementedError by your code")


class AnswerError(NoValue):
    """The answer raised an exception.

    Parameters
    ----------
    kinds
        Name of the exception's class, then of its bases: ``("KeyError", "LookupError", "Exception")``.
    message
        What it says.
    line
        Number of the line of the answer's cell or file that raised, counted from 1; None if not known.
    source
        Text of that line; may be empty.
    help
        What to do; may be empty.
    """

    def __init__(
        self, kinds: tuple[str, ...], message: str, line: int | None = None, source: str = "", help: str = ""
    ) -> None:
        self.kinds = kinds
        self.message = message
        self.line = line
        self.source = source
        got = f"raised {kinds[0]}" + (f": {message}" if message else "")
        if line is not None:
            got += f" (line {line}: {source})" if source else f" (line {line})"
        super().__init__(got, help)

    @property
    def kind(self) -> str:
        """Name of the exception's class."""
        return self.kinds[0]


class NotPlain(NoValue):
    """A value is not plain data.

    Parameters
    ----------
    where
        Which part: ``"result[2]"``.
    found
        What stands there: ``"a generator"``.
    advice
        What to return instead.
    """

    def __init__(self, where: str, found: str, advice: str) -> None:
        self.where = where
        self.found = found
        self.advice = advice
        super().__init__(f"returned what is not plain data ({where} is {found})", advice)


class OutOfTime(NoValue):
    """The answer ran longer than it may; only a handle with a time limit raises this."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        super().__init__(f"took longer than {limit_s:g} s", "look for a loop that does not end, or does work twice")


class SaysNo(Exception):
    """A check says no.

    The four texts read as one sentence and one line of advice: *call* *got*, expected *expected*.

    Parameters
    ----------
    call
        ``"top_k([0.1, 0.9], 1)"``.
    got
        With its verb: ``"returned [0]"``.
    expected
        Without one: ``"[1]"``.
    help
        What to do; may be empty.
    """

    def __init__(self, call: str, got: str, expected: str, help: str = "") -> None:
        self.call = call
        self.got = got
        self.expected = expected
        self.help = help
        super().__init__(f"{call} {got}, expected {expected}" + (f": {help}" if help else ""))
