"""The command line: one function a command, all work elsewhere.

Imports of the heavy parts stand inside the commands, so that ``--help`` and mistyped options answer at once.
"""

import typer

from course_lib.cli import (
    benchmarking,
    checks,
    claims,
    doctor,
    documents,
    experiments,
    grading,
    learning,
    quality,
    world,
)
from course_lib.cli.output import CourseGroup

app = typer.Typer(
    name="course",
    help="Prompt, retrieve, fine-tune, combine or do nothing: answer by experiment.",
    cls=CourseGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(learning.learn)
app.command()(experiments.run)
app.command()(experiments.scoreboard)
app.command()(experiments.contract)
app.command()(claims.claims)
app.add_typer(world.app, name="world")
app.command()(documents.index)
app.command()(documents.search)
app.command()(documents.ask)
app.command()(checks.check)
app.command()(checks.progress)
app.command()(checks.lessons)
app.command()(grading.grade)
app.command()(learning.verify)
app.command()(benchmarking.benchmark)
app.command()(doctor.doctor)
app.command("test")(quality.run_checks)
