"""``check``, ``points`` and ``hint``: what a cell of a lesson calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from course_lib.checks.catalogue import find_exercise
from course_lib.checks.display import CHECK_MEDIA_TYPE, View, show_view
from course_lib.checks.markup import OPEN, box, element, plain
from course_lib.checks.practice import practise
from course_lib.checks.record import RecordError, changing
from course_lib.checks.render import render_html, render_text, score_words
from course_lib.checks.results import CheckResult
from course_lib.checks.showing import clean
from course_lib.errors import CourseError

STEPS = ("a nudge", "a plan", "nearly the code")


class CheckFailed(CourseError):
    """A check did not pass; the cell is marked as failed, what there is to read stands above.

    Parameters
    ----------
    message
        One line.
    """

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


def check(exercise: str, *functions: Callable[..., Any]) -> None:
    """Check your answer to an exercise, show what each check says, and keep the result in your record.

    These checks are practice: their inputs come from a public seed.

    Parameters
    ----------
    exercise
        Its name: ``"ex_03_4"``.
    functions
        The functions that you wrote, in the order of the exercise.

    Raises
    ------
    CheckFailed
        The exercise is not passed yet, or it is not one.
    """
    result = _examine(exercise, functions, show=True)
    if result.status != "passed":
        raise CheckFailed(_summary(result))


def points(exercise: str, *functions: Callable[..., Any], show: bool = True) -> int:
    """Check your answer as `check` does, and return its points where `check` fails: other graders read a number.

    Parameters
    ----------
    exercise, functions
        As of `check`.
    show
        Whether to show what each check says.

    Raises
    ------
    CheckFailed
        It is no exercise, or no functions of it; or a check failed itself, so that nobody can tell.
    """
    result = _examine(exercise, functions, show)
    if result.status == "error":
        raise CheckFailed(_summary(result))
    return result.earned


def _examine(exercise: str, functions: Sequence[Callable[..., Any]], show: bool) -> CheckResult:
    """Return what the checks say, and keep it in the record."""
    try:
        result = practise(find_exercise(exercise), functions)
    except CourseError as error:
        raise CheckFailed(str(error)) from None
    if show:
        shown = result.as_dict()
        show_view(View(render_text(shown), render_html(shown), {CHECK_MEDIA_TYPE: shown}))
    _keep(result)
    return result


def _summary(result: CheckResult) -> str:
    if result.status == "not started":
        return f"{result.exercise} is not started: write your code in its cell, run it, then run this cell again"
    n_right = sum(line.state == "yes" for line in result.checks)
    score = score_words(result.as_dict())
    return f"{result.exercise} {result.status}: {n_right} of {len(result.checks)} checks say yes, {score}"


def _keep(result: CheckResult) -> None:
    """Put a result into the record; a record that cannot be written costs no check."""
    try:
        with changing() as record:
            record["results"][result.exercise] = next_entry(record["results"].get(result.exercise, {}), result)
    except RecordError as error:
        print(f"not kept: {error}")


def next_entry(before: Mapping[str, Any], result: CheckResult) -> dict[str, Any]:
    """Return what the record says of an exercise after one more check.

    Examples
    --------
    >>> result = CheckResult("ex_03_4", "keep the k best", "partly", 2, 1, ())
    >>> next_entry({}, result)
    {'status': 'partly', 'earned': 1, 'points': 2, 'best': 1, 'passed': False, 'tries': 1}
    """
    started = result.status != "not started"
    return {
        "status": result.status,
        "earned": result.earned,
        "points": result.points,
        "best": max(result.earned, before.get("best", 0)),
        "passed": result.status == "passed" or before.get("passed", False),
        "tries": before.get("tries", 0) + started,
    }


def hint(exercise: str, step: int | None = None) -> None:
    """Show the next hint to an exercise with those before it; which ones you read is kept in your record.

    Parameters
    ----------
    exercise
        Its name: ``"ex_03_4"``.
    step
        1 for a nudge, 2 for a plan, 3 for nearly the code; without it, one more than last time.

    Raises
    ------
    CourseError
        There is no such exercise or step.
    """
    found = find_exercise(exercise)
    if step is not None and step not in range(1, len(found.hints) + 1):
        raise CourseError(f"{exercise} has {len(found.hints)} hints, there is no hint {step}")
    try:
        with changing() as record:
            read = record["hints"].get(exercise, 0)
            step = step or min(read + 1, len(found.hints))
            record["hints"][exercise] = max(read, step)
    except RecordError as error:
        step = step or len(found.hints)  # without a record nobody knows which come next
        print(f"not kept: {error}")
    data = {"exercise": exercise, "title": found.title, "hints": list(found.hints[:step]), "of": len(found.hints)}
    show_view(View(render_hints(data), render_hints_html(data)))


def render_hints(data: Mapping[str, Any]) -> str:
    """Return hints as text."""
    lines = [f"{data['exercise']}  {clean(data['title'])}"]
    lines += [f" {number}  {STEPS[number - 1]}: {words}" for number, words in enumerate(data["hints"], 1)]
    return "\n".join([*lines, f" {_rest(data)}"])


def render_hints_html(data: Mapping[str, Any]) -> str:
    """Return hints as HTML."""
    heading = element("p", element("strong", plain(f"{data['exercise']} {data['title']}")), style="margin:0 0 .3em 0")
    pairs = zip(STEPS, data["hints"], strict=False)
    items = "".join(element("li", f"{element('em', plain(step))}: {plain(words)}") for step, words in pairs)
    body = element("ol", items, style="margin:0;padding-left:1.5em")
    return box(heading + body + element("p", plain(_rest(data))), f"Hints to {data['exercise']}", OPEN)


def _rest(data: Mapping[str, Any]) -> str:
    n_left = data["of"] - len(data["hints"])
    if not n_left:
        return "these are all the hints"
    return f'{n_left} more: hint("{data["exercise"]}")'
