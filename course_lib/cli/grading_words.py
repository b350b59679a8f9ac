"""What ``course grade`` says at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course_lib.grading.assignment import Assignment
    from course_lib.grading.batch import Counts
    from course_lib.grading.reports.roster import Matched

NOT_ISOLATED = "not isolated: the code of these submissions ran with your rights"
PEOPLE = {
    "missing": "on the roster, without a submission",
    "strangers": "submissions of nobody on the roster",
    "doubled": "several submissions of one person, choose before you use the exports",
}


def summarise(
    counts: Counts, assignment: Assignment, box: Any, files: dict[str, str], matched: Matched
) -> dict[str, Any]:
    """Return what the command says at its end."""
    return {
        "lesson": assignment.lesson,
        "box": box.name,
        "isolated": box.isolated,
        "submissions": counts.n_submissions,
        "graded_now": counts.n_graded_now,
        "statuses": dict(sorted(counts.statuses.items())),
        "grader_errors": counts.n_grader_errors,
        "missing": [person.name for person in matched.missing],
        "strangers": list(matched.strangers),
        "doubled": list(matched.doubled),
        "files": files,
    }


def describe(report: dict[str, Any]) -> str:
    """Return the report for a person."""
    kinds = ", ".join(f"{n} {status}" for status, n in report["statuses"].items())
    lines = [f"{report['submissions']} submissions, {report['graded_now']} graded now: {kinds}"]
    if report["grader_errors"]:
        lines.append("those with a grader error have no mark; the same command tries them again")
    if not report["isolated"]:
        lines.append(NOT_ISOLATED)
    lines += [f"{words}: {'; '.join(report[kind])}" for kind, words in PEOPLE.items() if report.get(kind)]
    return "\n".join([*lines, *(f"{what}: {file}" for what, file in report["files"].items())])
