"""Grades in the forms that other programs take; what has no mark is left out or empty, never a zero."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence

from course_lib.grading.reports.page import preformatted
from course_lib.grading.reports.roster import Person
from course_lib.grading.reports.tables import write_table
from course_lib.grading.results import ExerciseResult, SubmissionResult

Files = dict[str, str]  # text by name
Pages = Mapping[str, str]  # name of the page of a submission, by its label
People = Mapping[str, Person]  # its author
NBGRADER = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)


def export_canvas(results: Sequence[SubmissionResult], _pages: Pages, people: People) -> Files:
    """Return a table for Canvas: Grades, Import."""
    name = f"Lesson {results[0].lesson}" if results else "Lesson"
    rows: list[Sequence[object]] = [
        ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", name),
        ("    Points Possible", "", "", "", "", results[0].points if results else ""),
    ]
    for one in results:
        who = people[one.submission]
        rows.append((who.name, who.id, who.number, who.login, who.section, one.earned))
    return {"canvas.csv": write_table(rows)}


def export_moodle(results: Sequence[SubmissionResult], _pages: Pages, people: People) -> Files:
    """Return a table for Moodle: the assignment's grading worksheet, whose numbers are those in the folders' names."""
    rows: list[Sequence[object]] = [("Identifier", "Full name", "Grade", "Maximum Grade", "Feedback comments")]
    for one in results:
        who = people[one.submission]
        number = f"Participant {who.id}" if who.id else ""
        words = one.reason or "\n\n".join(exercise.feedback for exercise in one.exercises)
        rows.append((number, who.name, one.earned, one.points, preformatted(words)))  # Moodle reads it as HTML
    return {"moodle.csv": write_table(rows)}


def export_nbgrader(results: Sequence[SubmissionResult], _pages: Pages, people: People) -> Files:
    """Return a table as nbgrader's export of grades has it."""
    rows: list[Sequence[object]] = [NBGRADER]
    for one in results:
        who = people[one.submission]
        names = (who.id or one.student, who.last or who.name, who.first, who.email)
        rows.append((f"lesson_{one.lesson}", "", "", *names, one.earned, 0.0, one.earned, one.points))
    return {"nbgrader.csv": write_table(rows)}


def export_gradescope(results: Sequence[SubmissionResult], pages: Pages, _people: People) -> Files:
    """Return a results.json for each submission that has a mark."""
    return {
        f"gradescope/{pages[one.submission]}/results.json": json.dumps(describe_for_gradescope(one), indent=1)
        for one in results
        if one.earned is not None
    }


def describe_for_gradescope(result: SubmissionResult) -> dict[str, object]:
    """Return what Gradescope reads about one submission."""
    tests = [
        {
            "name": f"{exercise.exercise} {exercise.title}",
            "score": exercise.earned,
            "max_score": exercise.points,
            "status": passed_or_failed(exercise),
            "visibility": "visible",
            "output": exercise.feedback,
        }
        for exercise in result.exercises
    ]
    # No time is told to students: an answer could wait as many seconds as a hidden input says.
    return {"score": result.earned, "stdout_visibility": "hidden", "tests": tests}


def passed_or_failed(exercise: ExerciseResult) -> str:
    """Return one of two words."""
    return "passed" if exercise.status == "passed" else "failed"


def export_classroom(results: Sequence[SubmissionResult], pages: Pages, _people: People) -> Files:
    """Return what GitHub Classroom's reporter takes for each submission that has a mark: JSON in base 64."""
    return {
        f"classroom/{pages[one.submission]}.txt": base64.b64encode(
            json.dumps(describe_for_classroom(one)).encode()
        ).decode()
        for one in results
        if one.earned is not None
    }


def describe_for_classroom(result: SubmissionResult) -> dict[str, object]:
    """Return what GitHub Classroom reads about one submission."""
    tests = [
        {
            "name": exercise.exercise,
            "status": passed_or_failed(exercise).removesuffix("ed"),
            "score": exercise.earned,
            "message": exercise.feedback,
            "line_no": 0,
            "execution_time": "",  # see describe_for_gradescope
        }
        for exercise in result.exercises
    ]
    status = "pass" if result.status == "passed" else "fail"
    return {"version": 1, "status": status, "max_score": result.points, "tests": tests}


EXPORTS: dict[str, Callable[[Sequence[SubmissionResult], Pages, People], Files]] = {
    "canvas": export_canvas,
    "moodle": export_moodle,
    "nbgrader": export_nbgrader,
    "gradescope": export_gradescope,
    "classroom": export_classroom,
}
