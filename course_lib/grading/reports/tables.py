"""Comma-separated tables that a spreadsheet opens without running anything in them."""

import csv
import io
from collections.abc import Iterable, Sequence

from course_lib.grading.reports.roster import Matched, Person
from course_lib.grading.results import SubmissionResult

MISSING = "missing"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_table(rows: Iterable[Sequence[object]]) -> str:
    r"""Return rows as comma-separated text.

    Examples
    --------
    >>> write_table([["name", "points"], ["=1+1", 2.0], [None, -3]])
    "name,points\r\n'=1+1,2\r\n,-3\r\n"
    """
    text = io.StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def harmless(cell: object) -> str:
    """Return the text of a cell; text that a spreadsheet would take for a formula gets a quotation mark before it."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:g}"
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA) else cell
    return str(cell)


def make_grades(results: Sequence[SubmissionResult], matched: Matched | None = None) -> str:
    """Return ``grades.csv``: one row a submission; where there is no mark the cells are empty, never 0.

    Who is on the list of the class and handed in nothing has a row as well.
    """
    exercises = list(dict.fromkeys(exercise.exercise for result in results for exercise in result.exercises))
    heads = ["student", "student_id", "submission", "file", "status", "earned", "points", *exercises, "reason", "key"]
    rows = []
    for result in results:
        earned = {exercise.exercise: exercise.earned for exercise in result.exercises}
        person = matched.people[result.submission] if matched else Person(result.student, result.student_id)
        who = [person.name, person.id or result.student_id, result.submission, result.file]
        score = [result.status, result.earned, result.points, *(earned.get(name) for name in exercises)]
        rows.append([*who, *score, result.reason, result.key])
    empty = [""] * (len(heads) - 5)
    rows += [[person.name, person.id, "", "", MISSING, *empty] for person in (matched.missing if matched else ())]
    return write_table([heads, *rows])
