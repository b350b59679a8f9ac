"""``course grade``: mark what a class has handed in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from course_lib.cli import grading_proof
from course_lib.cli.grading_words import describe, summarise
from course_lib.cli.output import Json, keep_stdout_clean, print_json
from course_lib.errors import CourseError
from course_lib.models import count_cores

if TYPE_CHECKING:
    from course_lib.grading.assignment import Assignment
    from course_lib.grading.marking import Marker
    from course_lib.grading.results import SubmissionResult

SOME_ERRORS = 3
WAITING = 2  # submissions on the way for each thread of a cluster, so that no worker waits for the next one


class Engine(StrEnum):
    """Where boxes run."""

    LOCAL = "local"
    DASK = "dask"


def grade(
    submissions: Annotated[
        list[Path] | None, typer.Argument(help="Notebooks, folders or zip archives, as your platform delivers them.")
    ] = None,
    lesson: Annotated[str | None, typer.Option(metavar="NN", help="Number of the lesson, such as 04.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for results, grades and report.")] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1, help="Submissions at once. Default: one a core; on a cluster, two a thread of its workers."
        ),
    ] = None,
    cohort_seed: Annotated[
        str | None, typer.Option(help="Secret of the class: hidden inputs come from it. Default: one made for --out.")
    ] = None,
    trust_submissions: Annotated[
        bool, typer.Option("--trust-submissions", help="Isolate nothing. Only for work that you would run yourself.")
    ] = False,
    engine: Annotated[
        Engine, typer.Option(help="local: the boxes run on this computer. dask: on the workers of --scheduler.")
    ] = Engine.LOCAL,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Of a Dask cluster for --engine dask, tcp://HOST:PORT.")
    ] = None,
    export: Annotated[
        list[str] | None,
        typer.Option(metavar="FORMAT", help="canvas, moodle, nbgrader, gradescope or classroom; may be repeated."),
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option(help="List of the class, as your platform exports it: who is missing, ids in exports."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="STUDENT", help="Grade this submission again and touch no other mark; may be repeated."),
    ] = None,
    exercise: Annotated[
        list[str] | None,
        typer.Option(metavar="EX", help="Grade again and replace the mark of this exercise alone; may be repeated."),
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
        where = where_to_grade(engine, scheduler)
        again = (tuple(only or ()), tuple(exercise or ()))
        wanted = Wanted(
            submissions, lesson, out, jobs, cohort_seed, trust_submissions, export or [], where, roster, *again
        )
        report = grade_submissions(wanted)
    if as_json:
        print_json(report)
    else:
        print(describe(report))
    raise typer.Exit(SOME_ERRORS if report["grader_errors"] else 0)


def where_to_grade(engine: Engine, scheduler: str | None) -> str:
    """Return the address of a scheduler; empty for this computer."""
    if (engine is Engine.DASK) != bool(scheduler):
        raise CourseError(
            "expected --engine dask and --scheduler tcp://HOST:PORT together, got one of them: add the other"
        )
    return scheduler or ""


@dataclass(frozen=True)
class Wanted:
    """What the command was asked for."""

    paths: list[Path]
    lesson: str
    out: Path
    jobs: int | None
    seed: str | None
    trust_submissions: bool
    formats: list[str]
    scheduler: str
    roster: Path | None
    only: tuple[str, ...]
    exercises: tuple[str, ...]


def grade_submissions(wanted: Wanted) -> dict[str, Any]:
    """Grade, write everything into the folder, and return what there is to say."""
    from course_lib.grading import batch
    from course_lib.grading.assignment import load_assignment, released_names
    from course_lib.grading.collecting import collect
    from course_lib.grading.regrading import Again
    from course_lib.grading.reports.roster import read_roster
    from course_lib.grading.reports.writing import refuse_unknown, write_reports
    from course_lib.grading.store import Store

    refuse_unknown(wanted.formats)
    people = read_roster(wanted.roster) if wanted.roster else None
    assignment = load_assignment(wanted.lesson)
    again = Again(wanted.only, wanted.exercises)
    again.refuse_unknown(assignment)
    handed = again.choose(collect(wanted.paths, assignment.name, released_names()))
    with opened_engine(assignment, wanted) as (make_marker, jobs):
        store = Store(wanted.out, assignment.lesson)
        with make_marker(store.seed(wanted.seed)) as marker, progress(len(handed)) as tell:
            counts = batch.grade_batch(marker, handed, store, wanted.jobs or jobs, tell, again)
    files, matched = write_reports(store, wanted.formats, people)
    return summarise(counts, assignment, marker.box, files, matched)


@contextmanager
def opened_engine(
    assignment: Assignment, wanted: Wanted
) -> Iterator[tuple[Callable[[str], AbstractContextManager[Marker]], int]]:
    """Give the block what opens a marker for the seed of the class, and how many submissions to grade at once."""
    from course_lib.grading import batch

    if not wanted.scheduler:
        with opened_box(assignment, wanted.trust_submissions) as box:
            yield lambda seed: nullcontext(batch.make_marker(assignment, box, seed)), count_cores()
        return
    from course_lib.grading.cluster import connect, open_marker

    with connect(wanted.scheduler) as cluster:
        jobs = WAITING * cluster.n_threads
        yield lambda seed: open_marker(cluster, assignment, seed, wanted.trust_submissions), jobs


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
