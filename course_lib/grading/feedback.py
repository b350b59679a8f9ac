"""What a student reads about an exercise: everything but the inputs that only the class's seed knows."""

import inspect
import re
from dataclasses import replace

from course_lib.checks.core import Exercise
from course_lib.checks.render import render_text
from course_lib.checks.results import CheckResult, Line
from course_lib.checks.showing import clean
from course_lib.grading.session import ENDED_IN_BOX, Outcome

NOT_SHOWN = "where no call is shown, the inputs are the class's own and stay unseen"
RAISED = re.compile(r"raised (\w{1,60})")


def hidden_checks(exercise: Exercise) -> set[str]:
    """Return the names of the checks that draw their inputs from the seed."""
    return {check.name for check in exercise.checks if "cases" in inspect.signature(check.function).parameters}


def write_feedback(exercise: Exercise, outcome: Outcome) -> str:
    """Return the text for the student.

    Parameters
    ----------
    exercise
        The exercise.
    outcome
        What became of the answer.
    """
    hidden = hidden_checks(exercise)
    result = outcome.result or exercise.not_run("not started")
    lines = tuple(hide(line) if line.name in hidden else line for line in result.checks)
    shown = replace(result, checks=lines, earned=outcome.earned, notes=tuple(find_notes(outcome, lines, hidden)))
    if outcome.status in ENDED_IN_BOX:  # points as given, not the words for an answer that was never begun
        shown = replace(shown, status="failed")
    return render_text(shown.as_dict())


def find_notes(outcome: Outcome, lines: tuple[Line, ...], hidden: set[str]) -> list[str]:
    """Return what is to be read below the checks."""
    notes = [] if outcome.status in ("passed", "partly", "failed", "not started") else [outcome.status]
    if outcome.words:
        notes.append(f"{' '.join(notes)}: {outcome.words}" if notes else f"the cell {outcome.words}")
        notes = notes[-1:]
    if any(line.name in hidden and line.state == "no" for line in lines):
        notes.append(NOT_SHOWN)
    return [clean(note) for note in notes]


def hide(line: Line) -> Line:
    """Return a line without its call and values; of an error only the kind is kept, its message may hold an input.

    Examples
    --------
    >>> line = hide(Line("name", "says", "no", None, "f(7)", "raised KeyError: 7", "7", "look again"))
    >>> line.call, line.got, line.expected, line.help
    (None, 'raised KeyError', None, 'look again')
    """
    if line.state != "no":
        return line
    raised = RAISED.match(line.got or "")
    return replace(line, call=None, got=raised[0] if raised else None, expected=None)


def mark_result(result: CheckResult, hidden: set[str]) -> list[dict[str, object]]:
    """Return the lines of a result as the form of grades has them."""
    return [{**line, "hidden": line["name"] in hidden} for line in result.as_dict()["checks"]]
