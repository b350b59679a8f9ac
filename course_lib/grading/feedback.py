"""What a student reads about an exercise: everything but the inputs that only the class's seed knows.

An answer that has met such an input could hide it in any text of its own: a value, an error, the name of a class, a
number of items, the way in which it ends its process, and in those of later exercises. So every text is that of a
second run, on public inputs only; of the run that counts, students read what each check said, and nothing else.
"""

import inspect
import re
from collections.abc import Sequence
from dataclasses import replace

from course_lib.checks.core import Exercise
from course_lib.checks.render import render_text
from course_lib.checks.results import CheckResult, Line
from course_lib.checks.showing import clean
from course_lib.grading.session import ENDED_IN_BOX, Outcome

PUBLIC = "public"  # the seed of the second run
NOT_SHOWN = "where no call is shown, the inputs are the class's own and stay unseen"
RAISED = re.compile(r"raised (\w{1,60})")


def hidden_checks(exercise: Exercise) -> set[str]:
    """Return the names of the checks that draw their inputs from the seed."""
    return {check.name for check in exercise.checks if "cases" in inspect.signature(check.function).parameters}


def needs_second_run(outcomes: Sequence[Outcome]) -> bool:
    """Tell whether there is anything to be read in outcomes but that all is well, or that nothing was written."""
    return any(
        outcome.words or (outcome.result and any(line.state == "no" for line in outcome.result.checks))
        for outcome in outcomes
    )


def write_feedback(exercise: Exercise, outcome: Outcome, public: Outcome) -> str:
    """Return the text for the student.

    Parameters
    ----------
    exercise
        The exercise.
    outcome
        What became of the answer.
    public
        The same on public inputs.
    """
    hidden = hidden_checks(exercise)
    result = outcome.result or exercise.not_run("not started")
    texts = {line.name: line for line in public.result.checks} if public.result else {}
    lines = tuple(take_text(line, texts.get(line.name), line.name in hidden) for line in result.checks)
    notes = find_notes(outcome, public, lines, hidden)
    shown = replace(result, checks=lines, earned=outcome.earned, notes=tuple(notes))
    if outcome.status in ENDED_IN_BOX:  # points as given, not the words for an answer that was never begun
        shown = replace(shown, status="failed")
    return render_text(shown.as_dict())


def find_notes(outcome: Outcome, public: Outcome, lines: tuple[Line, ...], hidden: set[str]) -> list[str]:
    """Return what is to be read below the checks."""
    notes = [] if outcome.status in ("passed", "partly", "failed", "not started") else [outcome.status]
    if public.words and public.status == outcome.status:
        notes.append(f"{' '.join(notes)}: {public.words}" if notes else f"the cell {public.words}")
        notes = notes[-1:]
    if any(line.name in hidden and line.state == "no" for line in lines):
        notes.append(NOT_SHOWN)
    return [clean(note) for note in notes]


def take_text(line: Line, public: Line | None, is_hidden: bool) -> Line:
    """Return what the run that counts said, in the words of the public run; without words where that said another.

    Examples
    --------
    >>> line = Line("name", "says", "no", None, "f(7)", "returned 7", "8")
    >>> take_text(line, replace(line, call="f(2)"), False).call, take_text(line, None, False).call
    ('f(2)', None)
    """
    bare = Line(line.name, line.says, line.state, line.after)
    if line.state != "no" or public is None or public.state != "no":
        return bare
    return hide(public) if is_hidden else public


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
