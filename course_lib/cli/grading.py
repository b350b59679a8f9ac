"""``course grade``: mark what a class has handed in."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from course_lib.cli import grading_proof
from course_lib.cli.output import Json, keep_stdout_clean, print_json
from course_lib.errors import CourseError

if TYPE_CHECKING:
    from course_lib.grading.assignment import Assignment
    from course_lib.grading.batch import Counts
    from course_lib.grading.results import SubmissionResult

SOME_ERRORS = 3
NOT_ISOLATED = "not isolated: the code of these submissions ran with your rights"


def grade(
    submissions: Annotated[
        list[Path] | None, typer.Argument(help="Notebooks, folders or zip archives, as your platform delivers them.")
    ] = None,
    lesson: Annotated[str | None, typer.Option(metavar="NN", help="Number of the lesson, such as 04.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for results, grades and report.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Submissions at once. Default: one a processor core.")] = None,
    cohort_seed: Annotated[
        str | None, typer.Option(help="Secret of the class: hidden inputs come from it. Default: one made for --out.")
    ] = None,
    trust_submissions: Annotated[
        bool, typer.Option("--trust-submissions", help="Isolate nothing. Only for work that you would run yourself.")
    ] = False,
    export: Annotated[
        list[str] | None,
        typer.Option(metavar="FORMAT", help="canvas, moodle, nbgrader, gradescope or classroom; may be repeated."),
    ] = None,
    verify: Annotated[
        str | None, typer.Option(metavar="NN", help="Grade nobody: prove that this lesson can be graded.")
    ] = None,
    release: Annotated[
        str | None, typer.Option(metavar="NN", help="Grade nobody: write the package of this lesson into --out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Grade submissions in a sandbox. Started again, it goes on where it was stopped.

    Exit 0: all graded; 3: some have no mark through a fault of the grader; 2: wrong call, or no sandbox; 1: --verify
    has found something.
    """
    if verify:
        grading_proof.prove(verify, trust_submissions, as_json)
    if release:
        grading_proof.release(release, out, as_json)
    if not (submissions and lesson and out):
        raise CourseError("expected submissions, a lesson and a folder: course grade PATHS --lesson 04 --out grades")
    with keep_stdout_clean(as_json):
        wanted = Wanted(submissions, lesson, out, jobs or count_cores(), cohort_seed, trust_submissions, export or [])
        report = grade_submissions(wanted)
    if as_json:
        print_json(report)
    else:
        print(describe(report))
    raise typer.Exit(SOME_ERRORS if report["grader_errors"] else 0)


def count_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Wanted:
    """What the command was asked for."""

    paths: list[Path]
    lesson: str
    out: Path
    jobs: int
    seed: str | None
    trust_submissions: bool
    formats: list[str]


def grade_submissions(wanted: Wanted) -> dict[str, Any]:
    """Grade, write everything into the folder, and return what there is to say."""
    from course_lib.grading import batch
    from course_lib.grading.assignment import load_assignment, released_names
    from course_lib.grading.collecting import collect
    from course_lib.grading.reports.writing import refuse_unknown, write_reports
    from course_lib.grading.store import Store

    refuse_unknown(wanted.formats)
    assignment = load_assignment(wanted.lesson)
    handed = collect(wanted.paths, assignment.name, released_names())
    with opened_box(assignment, wanted.trust_submissions) as box:
        store = Store(wanted.out, assignment.lesson)
        marker = batch.make_marker(assignment, box, store.seed(wanted.seed))
        with progress(len(handed)) as tell:
            counts = batch.grade_batch(marker, handed, store, wanted.jobs, tell)
    return summarise(counts, assignment, box, write_reports(store, wanted.formats))


@contextmanager
def opened_box(assignment: Assignment, trust_submissions: bool) -> Iterator[Any]:
    """Give the block boxes of the best kind that works here."""
    from course_lib.grading.box import choose_box

    box = choose_box(warm=assignment.warm, trust_submissions=trust_submissions)
    try:
        yield box
    finally:
        box.close()


@contextmanager
def progress(n: int) -> Iterator[Callable[[SubmissionResult, bool], None]]:
    """Show a bar on standard error while the block runs; give it what hears of each result."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(file=sys.stderr)
    columns = (
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=n)
        yield lambda result, _is_new: bar.update(task, advance=1, description=f"{result.status}", refresh=False)


def summarise(counts: Counts, assignment: Assignment, box: Any, files: dict[str, str]) -> dict[str, Any]:
    """Return what the command says at its end."""
    return {
        "lesson": assignment.lesson,
        "box": box.name,
        "isolated": box.isolated,
        "submissions": counts.n_submissions,
        "graded_now": counts.n_graded_now,
        "statuses": dict(sorted(counts.statuses.items())),
        "grader_errors": counts.n_grader_errors,
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
    return "\n".join([*lines, *(f"{what}: {file}" for what, file in report["files"].items())])
