"""``course grade --verify`` and ``--release``: before a class begins."""

from pathlib import Path
from typing import Any, NoReturn

import typer

from course_lib.cli.output import ROOT, keep_stdout_clean, print_json
from course_lib.errors import CourseError


def release(lesson: str, out: Path | None, as_json: bool) -> NoReturn:
    """Write the packages, say where they are, and end the program."""
    from course_lib.grading.assignment import load_assignment
    from course_lib.grading.release import make_release

    if out is None:
        raise CourseError("expected a folder for the package: course grade --release 04 --out packages")
    assignment = load_assignment(lesson)
    packages = make_release(assignment, out)
    if as_json:
        print_json({"lesson": assignment.lesson, **packages})
    else:
        print(f"for students, without solutions: {packages['package']}")
        print(f"for nbgrader and for otter, without solutions: {packages['nbgrader']}, {packages['otter']}")
    raise typer.Exit(0)


def prove(lesson: str, trust_submissions: bool, as_json: bool) -> NoReturn:
    """Print what holds of a lesson and end the program: exit 1 unless all of it does."""
    with keep_stdout_clean(as_json):
        report = examine(lesson, trust_submissions)
    if as_json:
        print_json(report)
    else:
        print(describe(report))
    raise typer.Exit(0 if report["ok"] else 1)


def examine(lesson: str, trust_submissions: bool) -> dict[str, Any]:
    """Return what holds of a lesson."""
    from course_lib.checks.answers import collect
    from course_lib.cli.grading import opened_box
    from course_lib.grading import proving
    from course_lib.grading.assignment import load_assignment
    from course_lib.grading.limits import Limits

    assignment = load_assignment(lesson)
    answers = collect(ROOT / "lessons" / "answers" / f"{assignment.name}.py")
    with opened_box(assignment, trust_submissions) as box:
        findings = list(proving.prove_assignment(assignment, answers, box, Limits(), proving.SEEDS))
    return {
        "ok": all(fact.holds for fact in findings),
        "lesson": assignment.lesson,
        "box": box.name,
        "facts": {fact.name: fact.holds for fact in findings},
        "findings": findings,
    }


def describe(report: dict[str, Any]) -> str:
    """Return the report for a person."""
    lines = []
    for fact in report["findings"]:
        lines.append(f" {'yes' if fact.holds else 'no ':<4}{fact.name:<18}{fact.says}")
        if not fact.holds:
            lines.append(f"{'':<23}{fact.found}")
    words = "can be graded" if report["ok"] else "must be mended before anybody is graded"
    return "\n".join([*lines, f"lesson {report['lesson']} {words}"])
