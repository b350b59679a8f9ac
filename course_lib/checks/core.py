"""Exercises and their checks."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from course_lib.checks.cases import Cases
from course_lib.checks.codec.foreign import type_name
from course_lib.checks.failures import NotStarted, NoValue, SaysNo
from course_lib.checks.handles import Handle
from course_lib.checks.results import CheckResult, Line
from course_lib.checks.showing import clean
from course_lib.errors import CourseError

LEVELS = ("core", "stretch")
N_HINTS = 3
_ID = re.compile(r"ex_(\d\d)_([1-9]\d?)")
_REPORT = "this is a fault of the course and not of your answer: please report it with this text"


@dataclass(frozen=True)
class Check:
    """One thing that a right answer does.

    Parameters
    ----------
    name
        Of the function that checks it.
    says
        Its docstring's first line: what the learner reads.
    function
        Takes a handle for each function of the exercise, and ``cases`` if it has a parameter of that name.
    after
        Name of the check that this one waits for; None: of none.
    """

    name: str
    says: str
    function: Callable[..., None]
    after: str | None = None


class Exercise:
    """One exercise: what a person reads about it, its hints and its checks.

    Parameters
    ----------
    id
        ``"ex_03_4"``: lesson and number. The same word is in the cell, the hint, the report and the test.
    title
        What is to be done, such as ``"keep the k best chunks"``.
    hints
        Three: a nudge, a plan, nearly the code.
    points
        At least 1.
    level
        ``"core"`` or ``"stretch"``.
    minutes
        That a fluent programmer who is new to the subject needs.
    pattern
        How it is graded, such as ``"G1 G4"``.

    Raises
    ------
    CourseError
        Something of this is missing or malformed.
    """

    def __init__(
        self,
        id: str,
        title: str,
        *,
        hints: Sequence[str],
        points: int = 1,
        level: str = "core",
        minutes: int = 10,
        pattern: str = "G1",
    ) -> None:
        self.id = id
        self.title = title
        self.hints = tuple(hints)
        self.points = points
        self.level = level
        self.minutes = minutes
        self.pattern = pattern
        self.checks: list[Check] = []
        self.functions: tuple[str, ...] = ()
        self._refuse_malformed()

    def _refuse_malformed(self) -> None:
        wanted = {
            "an id such as ex_03_4": _ID.fullmatch(self.id),
            "a title": self.title.strip(),
            f"{N_HINTS} hints, none empty": len(self.hints) == N_HINTS and all(hint.strip() for hint in self.hints),
            "1 or more points": self.points >= 1,
            f"a level of {' or '.join(LEVELS)}": self.level in LEVELS,
            "1 or more minutes": self.minutes >= 1,
        }
        if missing := [words for words, is_there in wanted.items() if not is_there]:
            raise CourseError(f"exercise {self.id!r} needs {', '.join(missing)}: mend its Exercise(...)")

    @property
    def lesson(self) -> str:
        """Number of the lesson: ``"03"``."""
        return _ID.fullmatch(self.id)[1]

    def check(self, function: Callable | None = None, *, after: Callable | None = None) -> Callable:
        """Add a check; a decorator, with or without brackets.

        Parameters
        ----------
        function
            Named after what it checks. The first line of its docstring is what the learner reads; its parameters are
            named after the functions that the learner writes; one more, ``cases``, gives it fresh inputs.
        after
            A check above: without its yes this one waits.

        Raises
        ------
        CourseError
            No docstring, a name twice, other parameters than the checks above, an unknown ``after``.
        """
        if function is None:
            return lambda function: self.check(function, after=after)
        waits_for = next((check for check in self.checks if check.function is after), None)
        says = (function.__doc__ or "").strip().partition("\n")[0]
        functions = tuple(name for name in inspect.signature(function).parameters if name != "cases")
        self._refuse_check(function.__name__, says, functions, after is not None and waits_for is None)
        self.functions = functions
        self.checks.append(Check(function.__name__, says, function, waits_for.name if waits_for else None))
        return function

    def _refuse_check(self, name: str, says: str, functions: tuple[str, ...], is_lost: bool) -> None:
        wanted = {
            "a docstring: the line that the learner reads": says,
            "a name that no other check has": name not in {check.name for check in self.checks},
            "a parameter named after the learner's function": functions,
            f"the parameters of the checks above, {', '.join(self.functions)}": self.functions in ((), functions),
            "after=, a check above": not is_lost,
        }
        if missing := [words for words, is_there in wanted.items() if not is_there]:
            raise CourseError(f"check {name} of {self.id} needs {', '.join(missing)}")

    def run(self, *handles: Handle, cases: Cases) -> CheckResult:
        """Run all checks on an answer.

        Parameters
        ----------
        handles
            One for each of ``functions``.
        cases
            Where the checks take their inputs from.
        """
        if not self.checks:
            raise CourseError(f"{self.id} has no checks: write one with @{self.id}.check")
        if len(handles) != len(self.functions):
            names = ", ".join(self.functions)
            raise CourseError(f'{self.id} needs {names}, got {len(handles)}: write check("{self.id}", {names})')
        lines: dict[str, Line] = {}
        for check in self.checks:
            if check.after is not None and lines[check.after].state != "yes":
                lines[check.name] = Line(check.name, check.says, "waits", check.after)
                continue
            try:
                lines[check.name] = _run_check(check, handles, cases)
            except NotStarted as error:
                if not any(line.state in ("yes", "no") for line in lines.values()):
                    return self.not_run("not started")
                lines[check.name] = _no(check, error.call, error.got, "a value", error.help)
        return self._sum_up(tuple(lines.values()))

    def not_run(self, status: str, *notes: str) -> CheckResult:
        """Return the result of an answer whose checks were not run: ``"not started"``, or ``"error"`` with a note."""
        state = "waits" if status == "not started" else "unknown"
        lines = tuple(Line(check.name, check.says, state) for check in self.checks)
        return CheckResult(self.id, self.title, status, self.points, 0, lines, notes)

    def _sum_up(self, lines: tuple[Line, ...]) -> CheckResult:
        states = [line.state for line in lines]
        n_right = states.count("yes")
        if "unknown" in states:
            status = "error"
        elif n_right == len(states):
            status = "passed"
        else:
            status = "partly" if n_right else "failed"
        share = self.points * n_right / len(states)
        earned = self.points if status == "passed" else min(round(share), self.points - 1)
        return CheckResult(self.id, self.title, status, self.points, earned, lines)


def _run_check(check: Check, handles: Sequence[Handle], cases: Cases) -> Line:
    """Run one check that waits for nothing."""
    wants_cases = "cases" in inspect.signature(check.function).parameters
    try:
        check.function(*handles, **({"cases": cases} if wants_cases else {}))
    except NotStarted:
        raise
    except SaysNo as no:
        return _no(check, no.call, no.got, no.expected, no.help)
    except NoValue as error:  # the check called the answer itself
        return _no(check, error.call, error.got, "a value", error.help)
    except Exception as error:
        got = clean(f"the check itself failed: {type_name(type(error))}: {error}")
        return Line(check.name, check.says, "unknown", check.after, got=got, help=_REPORT)
    return Line(check.name, check.says, "yes", check.after)


def _no(check: Check, call: str, got: str, expected: str, help: str) -> Line:
    return Line(check.name, check.says, "no", check.after, call, got, expected, help or None)
