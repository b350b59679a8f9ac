"""``course test``: everything that CI runs."""

import importlib.util
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Annotated

import typer

from course_lib.cli.output import ROOT, Json, print_json
from course_lib.errors import CourseError


@dataclass(frozen=True)
class Step:
    """The outcome of one tool.

    Parameters
    ----------
    name
        The command, as a person would type it.
    exit_code
        Of the tool; 0 is success.
    seconds
        Wall-clock time.
    """

    name: str
    exit_code: int
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether the tool succeeded; pytest's 5, no test ran, is a failure like any other."""
        return self.exit_code == 0


def run_checks(
    pytest_arguments: Annotated[list[str] | None, typer.Argument(help="For pytest, after --: -- -k chunk -x")] = None,
    as_json: Json = False,
) -> None:
    """Run ruff, pytest with the doctests of course_lib, and the lessons; exit 0 only if all pass."""
    commands = (
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["pytest", *(pytest_arguments or [])],
        *lesson_commands(),
    )
    missing = [name for name in ("ruff", "pytest") if importlib.util.find_spec(name) is None]
    if missing:
        raise CourseError(f"{' and '.join(missing)} not installed: python3 course.py test installs them")
    steps = [run_step(command, as_json) for command in commands]
    if as_json:
        print_json({"ok": all(step.ok for step in steps), "steps": [vars(step) | {"ok": step.ok} for step in steps]})
    else:
        print_summary(steps)
    raise typer.Exit(0 if all(step.ok for step in steps) else 1)


def lesson_commands() -> list[list[str]]:
    """Return what tests the lessons: are the editions in sync, and do they run; nothing while there is no lesson."""
    if not list((ROOT / "lessons").glob("*.py")):
        print("== no lesson in lessons/ yet: the editions are not checked and not run", file=sys.stderr)
        return []
    return [["tools.build_notebooks", "--check"], ["pytest", "--nbval-lax", "notebooks", "solutions"]]


def run_step(command: list[str], quiet: bool) -> Step:
    """Run one tool of this Python in the folder of the course; its output goes to standard error if ``quiet``."""
    name = " ".join(command)
    print(f"== {name}", file=sys.stderr, flush=True)
    started = time.perf_counter()
    # The folder of the course, so that this checks the same files wherever it is called from.
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, stdout=sys.stderr if quiet else None, check=False)
    return Step(name, done.returncode, round(time.perf_counter() - started, 2))


def print_summary(steps: list[Step]) -> None:
    """Print one line a tool and the verdict."""
    print("\n== summary")
    for step in steps:
        verdict = "ok" if step.ok else f"FAILED (exit {step.exit_code})"
        print(f"{step.name:<41} {verdict:<18} {step.seconds:7.1f} s")
    failed = sum(not step.ok for step in steps)
    print("all passed" if failed == 0 else f"{failed} of {len(steps)} failed")
