"""``course doctor --grading``: prove that the sandbox keeps what it promises, or say that there is none."""

import time
from typing import Any

import typer

from course_lib.cli.output import print_json
from course_lib.errors import CourseError


def examine_sandbox(as_json: bool) -> None:
    """Attack a box of the kind that grading takes here, and print what holds; exit 1 if anything does not."""
    from course_lib.grading.box import choose_box

    try:
        box = choose_box()
    except CourseError as error:
        report = {"ok": False, "box": None, "reason": str(error), "facts": {}, "findings": []}
        finish(report, as_json)
    try:
        report = examine(box)
    finally:
        box.close()
    finish(report, as_json)


def examine(box: Any) -> dict[str, Any]:
    """Return what holds in boxes of this kind, and how long one takes to start."""
    from course_lib.grading.isolation import prove_isolation

    findings = list(prove_isolation(box))
    return {
        "ok": all(fact.holds for fact in findings),
        "box": box.name,
        "reason": "",
        "start_ms": round(1000 * measure_start(box)),
        "facts": {fact.name: fact.holds for fact in findings},
        "findings": findings,
    }


def measure_start(box: Any, n: int = 5) -> float:
    """Return the seconds from the order of a box to its first answer, at best: other programs may be busy."""
    from course_lib.grading.allowance import Allowance
    from course_lib.grading.limits import Limits
    from course_lib.grading.worker import Worker

    seconds = []
    for _ in range(n):
        start = time.perf_counter()
        with Worker(box, Allowance(Limits())):
            seconds.append(time.perf_counter() - start)
    return min(seconds)


def finish(report: dict[str, Any], as_json: bool) -> None:
    """Print a report and end the program with its exit code."""
    if as_json:
        print_json(report)
    else:
        print_report(report)
    raise typer.Exit(0 if report["ok"] else 1)


def print_report(report: dict[str, Any]) -> None:
    """Print a report for a person."""
    for fact in report["findings"]:
        print(f" {'yes' if fact.holds else 'no ':<4}{fact.name:<17}{fact.says}")
        if not fact.holds:
            print(f"{'':<22}the attack: {fact.found}")
    if report["box"]:
        print(f"sandbox: {report['box']}, {report['start_ms']} ms for a box")
    print(
        "work of others can be graded here" if report["ok"] else f"do not grade work of others here. {report['reason']}"
    )
