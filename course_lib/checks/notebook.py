"""Checks the exercises of one notebook in a process of its own.

That process has the rights of whoever starts it, and the checks share it with the code they check. This is for one's
own notebooks; other people's are graded behind a border.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from course_lib.checks.catalogue import ROOT, exercises_of
from course_lib.checks.core import Exercise
from course_lib.checks.render import render_text
from course_lib.checks.results import SCHEMA
from course_lib.checks.showing import clean
from course_lib.errors import CourseError

NOT_ISOLATED = "not isolated: this ran the notebook's code with your rights, so use it for notebooks that you trust"
MISSING = "its cell is not in this notebook"
EXAMPLE = "my_course/00_start_here.ipynb"
TIMEOUT_S = 600.0


def read_code_cells(path: Path) -> list[dict[str, Any]]:
    """Return the code cells of a notebook: ``source``, ``tags``, ``name`` and ``number`` (from 1, all cells counted).

    Raises
    ------
    CourseError
        There is no such file, or it is no notebook.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8-sig"))["cells"]
        return [_read_cell(cell, number) for number, cell in enumerate(cells, 1) if cell["cell_type"] == "code"]
    except OSError as error:
        raise CourseError(
            f"{path} cannot be read ({error.strerror}): give the path of a notebook, such as {EXAMPLE}"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CourseError(f"{path} is no notebook of nbformat 4: open it in JupyterLab and save it again") from error


def _read_cell(cell: Mapping[str, Any], number: int) -> dict[str, Any]:
    metadata, source = cell.get("metadata", {}), cell["source"]
    return {
        "source": source if isinstance(source, str) else "".join(source),
        "tags": list(metadata.get("tags", [])),
        "name": str(metadata.get("name", "")),
        "number": number,
    }


def check_notebook(path: Path, *, all_cells: bool = False, timeout_s: float = TIMEOUT_S) -> dict[str, Any]:
    """Return the results of all exercises of the lessons that a notebook holds exercises of.

    Parameters
    ----------
    path
        Of the notebook.
    all_cells
        Whether to run every cell but the checks. Without it, of the cells that are no exercise only imports,
        definitions and plain constants are run: an exercise needs no more, and no experiment costs its minutes.
    timeout_s
        For everything together.

    Returns
    -------
    dict
        ``schema``, ``notebook`` (file name), ``isolated`` (False), ``points``, ``earned``, ``results`` (each as
        `CheckResult.as_dict` gives it) and ``problems`` (sentences about cells that failed).

    Raises
    ------
    CourseError
        The file is no notebook with exercises of this course.
    """
    names = [cell["name"] for cell in read_code_cells(path) if "exercise" in cell["tags"]]
    numbers = sorted({found[1] for name in names if (found := re.fullmatch(r"ex_(\d\d)_\d+", name))})
    if not numbers:
        raise CourseError(f"{path} has no exercises: give a notebook of a lesson, such as {EXAMPLE}")
    exercises = [exercise for number in numbers for exercise in exercises_of(number)]
    results, problems = _run_apart(path, all_cells, timeout_s)
    shown = [results.get(exercise.id) or _without_result(exercise, names, problems) for exercise in exercises]
    return {
        "schema": SCHEMA,
        "notebook": path.name,
        "isolated": False,
        "points": sum(result["points"] for result in shown),
        "earned": sum(result["earned"] for result in shown),
        "results": shown,
        "problems": problems,
    }


def _without_result(exercise: Exercise, names: Sequence[str], problems: Sequence[str]) -> dict[str, Any]:
    if exercise.id not in names:
        return exercise.not_run("not started", MISSING).as_dict()
    return exercise.not_run("error", f"not checked: {problems[-1] if problems else 'no result came'}").as_dict()


def _run_apart(path: Path, all_cells: bool, timeout_s: float) -> tuple[dict[str, Any], list[str]]:
    """Return the results by exercise, and what went wrong, of a process that runs the cells."""
    with tempfile.TemporaryDirectory(prefix="course-check-", ignore_cleanup_errors=True) as folder:
        out, noise = Path(folder) / "results.jsonl", Path(folder) / "noise.txt"
        out.touch()
        words = [str(path.resolve()), str(out), "all" if all_cells else "exercises"]
        command = [sys.executable, "-m", "course_lib.checks.notebook_process", *words]
        with noise.open("wb") as errors:
            ending = _wait(command, _environment(Path(folder)), path.resolve().parent, errors, timeout_s)
        lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        problems = [line["problem"] for line in lines if "problem" in line]
        if ending:
            last = noise.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
            problems.append(": ".join([ending, *map(clean, last)]))
    return {line["result"]["exercise"]: line["result"] for line in lines if "result" in line}, problems


def _environment(folder: Path) -> dict[str, str]:
    """Return the environment of the process: it finds this course, and keeps away from the learner's record."""
    found = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": found, "COURSE_HOME": str(folder), "MPLBACKEND": "Agg"}


def _wait(command: list[str], environment: dict[str, str], folder: Path, errors: Any, timeout_s: float) -> str:
    """Run a command in a folder; return how it ended, empty if well."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        start_new_session=True,
    )
    try:
        code = process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        return f"stopped after {timeout_s:g} s"
    finally:
        _end(process)
    return f"the process ended with code {code}" if code else ""


def _end(process: subprocess.Popen) -> None:
    """End the process and, where sessions are known, everything that it started."""
    if hasattr(os, "killpg"):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:  # all have ended
            pass
    elif process.poll() is None:
        process.kill()
    process.wait()


def render_report(report: Mapping[str, Any]) -> str:
    """Return what `check_notebook` found as text."""
    blocks = [render_text(result) for result in report["results"]]
    if report["problems"]:
        blocks.append("\n".join(f"problem: {clean(problem)}" for problem in report["problems"]))
    n_passed = sum(result["status"] == "passed" for result in report["results"])
    score = f"{report['earned']} of {report['points']} points"
    blocks.append(f"{report['notebook']}: {n_passed} of {len(report['results'])} exercises passed, {score}")
    return "\n\n".join([*blocks, NOT_ISOLATED])
