"""``course check``, ``course progress`` and ``course lessons``: exercises from the terminal."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from course_lib.cli.output import ROOT, Folder, Json, keep_stdout_clean, print_json, print_table


class Expected(StrEnum):
    """What ``course check`` exits with success for."""

    all = "all"
    none = "none"


def check(
    notebook: Annotated[Path, typer.Argument(help="A notebook of a lesson that you trust.")],
    all_cells: Annotated[
        bool, typer.Option("--all-cells", help="Run every cell, not only exercises, imports and definitions.")
    ] = False,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds for everything together.")] = 600,
    expect: Annotated[
        Expected, typer.Option(help="all: every exercise passed; none: not one is started.")
    ] = Expected.all,
    as_json: Json = False,
) -> None:
    """Check the exercises of one notebook in a fresh process; exit 1 unless all are as expected.

    Your record stays as it is: it holds what checks in the notebook gave. The code runs with your rights. Other
    people's notebooks are for course grade, which runs them in a sandbox, and refuses to run them where there is none.
    """
    from course_lib.checks.notebook import check_notebook, render_report

    with keep_stdout_clean(as_json):
        report = check_notebook(notebook, all_cells=all_cells, timeout_s=timeout)
    if as_json:
        print_json(report)
    else:
        print(render_report(report))
    wanted = {Expected.all: "passed", Expected.none: "not started"}[expect]
    raise typer.Exit(0 if all(result["status"] == wanted for result in report["results"]) else 1)


def progress(
    lesson: Annotated[str | None, typer.Argument(help="Number of a lesson, such as 04. Default: all.")] = None,
    folder: Folder = None,
    as_json: Json = False,
) -> None:
    """Show what you have done, what is open, what comes next, and how well your confidence fits.

    The last line says which record that is. COURSE_HOME names another one.
    """
    from course_lib.checks.overview import read_progress, render_progress
    from course_lib.checks.record import FILE
    from course_lib.learning.folder import choose_record

    home = choose_record(folder, ROOT)
    with keep_stdout_clean(as_json):
        shown = read_progress(lesson, home)
    if as_json:
        print_json({**shown, "record": home / FILE})
        return
    print(render_progress(shown))
    is_there = (home / FILE).exists()
    print(
        f"read from {home / FILE}" if is_there else f"no record in {home} yet: the first check in a notebook begins it"
    )


def lessons(as_json: Json = False) -> None:
    """List the lessons: minutes, memory, exercises with hints and tested answers, experiments, claims."""
    from course_lib.checks.catalogue import lessons as read_lessons

    with keep_stdout_clean(as_json):
        found = read_lessons()
    if as_json:
        print_json(found)
        return
    keys = ("lesson", "minutes", "run min", "memory MB", "exercises", "experiments")
    print_table(keys, map(_lesson_row, found))


def _lesson_row(lesson: dict[str, Any]) -> tuple[Any, ...]:
    return (
        f"{lesson['number']} {lesson['title']}",
        lesson["minutes_promised"],
        lesson["minutes_measured"],
        lesson["peak_memory_mb"],
        len(lesson["exercises"]),
        ", ".join(lesson["experiments"]),
    )
