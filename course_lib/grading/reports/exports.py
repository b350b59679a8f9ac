"""Grades in the forms that other programs take; what has no mark is left out or empty, never a zero."""

import base64
import json
from collections.abc import Callable, Sequence

from course_lib.grading.reports.tables import write_table
from course_lib.grading.results import ExerciseResult, SubmissionResult

Files = dict[str, str]  # text by name
NBGRADER = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)


def export_canvas(results: Sequence[SubmissionResult], _pages: dict[str, str]) -> Files:
    """Return a table for Canvas: Grades, Import."""
    name = f"Lesson {results[0].lesson}" if results else "Lesson"
    rows: list[Sequence[object]] = [
        ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", name),
        ("    Points Possible", "", "", "", "", results[0].points if results else ""),
    ]
    rows += [(one.student, one.student_id, "", "", "", one.earned) for one in results]
    return {"canvas.csv": write_table(rows)}


def export_moodle(results: Sequence[SubmissionResult], _pages: dict[str, str]) -> Files:
    """Return a table for Moodle: the assignment's grading worksheet, whose numbers are those in the folders' names."""
    rows: list[Sequence[object]] = [("Identifier", "Full name", "Grade", "Maximum Grade", "Feedback comments")]
    for one in results:
        number = f"Participant {one.student_id}" if one.student_id else ""
        words = one.reason or "\n\n".join(exercise.feedback for exercise in one.exercises)
        rows.append((number, one.student, one.earned, one.points, words))
    return {"moodle.csv": write_table(rows)}


def export_nbgrader(results: Sequence[SubmissionResult], _pages: dict[str, str]) -> Files:
    """Return a table as nbgrader's export of grades has it."""
    rows: list[Sequence[object]] = [NBGRADER]
    for one in results:
        who = one.student_id or one.student
        rows.append((f"lesson_{one.lesson}", "", "", who, one.student, "", "", one.earned, 0.0, one.earned, one.points))
    return {"nbgrader.csv": write_table(rows)}


def export_gradescope(results: Sequence[SubmissionResult], pages: dict[str, str]) -> Files:
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
    seconds = {"execution_time": round(result.seconds), "stdout_visibility": "hidden"}
    return {"score": result.earned, **seconds, "tests": tests}


def passed_or_failed(exercise: ExerciseResult) -> str:
    """Return one of two words."""
    return "passed" if exercise.status == "passed" else "failed"


def export_classroom(results: Sequence[SubmissionResult], pages: dict[str, str]) -> Files:
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
            "execution_time": f"{exercise.wall_s:g}s",
        }
        for exercise in result.exercises
    ]
    status = "pass" if result.status == "passed" else "fail"
    return {"version": 1, "status": status, "max_score": result.points, "tests": tests}


EXPORTS: dict[str, Callable[[Sequence[SubmissionResult], dict[str, str]], Files]] = {
    "canvas": export_canvas,
    "moodle": export_moodle,
    "nbgrader": export_nbgrader,
    "gradescope": export_gradescope,
    "classroom": export_classroom,
}
