"""What one submission costs in ``course grade``, nbgrader and otter: ``python benchmarks/grading_peers.py``.

All grade the same submissions of the same small lesson, one at a time, in the same run: the graders take turns. Ours
runs each in its sandbox; the others run them with the rights of whoever grades.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # called as a file, Python looks for the parts beside it only

from benchmarks.machine import describe_machine, machine_line  # noqa: E402
from benchmarks.measuring import Row, compare, interleave  # noqa: E402
from benchmarks.peers import Peers, make_peers  # noqa: E402
from benchmarks.small_lesson import ANSWERS, NAME, fill_in, make_assignment  # noqa: E402
from course_lib.errors import CourseError  # noqa: E402
from course_lib.grading.editions import make_for_nbgrader, make_for_otter  # noqa: E402

COURSE = "course grade"
LESSON = "lesson_97"
N_SINGLE = 3
"""Submissions for the commands that grade one: each pays its start anew, so few are enough."""


def measure_graders(peers: Peers, n: int, repeats: int, folder: Path) -> list[Row]:
    """Return the seconds a submission of each grader, and their ratio to those of `course grade`.

    Parameters
    ----------
    peers
        The other graders.
    n
        Submissions in a batch.
    repeats
        Rounds that count; one more warms up.
    folder
        An empty one.
    """
    submissions = make_submissions(n)
    released = {"nbgrader": prepare_nbgrader(peers, folder), "otter": prepare_otter(peers, folder)}
    write_course(submissions, folder)
    write_nbgrader(submissions, released["nbgrader"], folder)
    write_otter(submissions, released["otter"], folder)
    single = min(n, N_SINGLE)
    graders: dict[str, Callable[[], float]] = {
        COURSE: partial(run_course, folder, n),
        "nbgrader autograde, the batch": partial(run_nbgrader, peers, folder, n),
        "nbgrader autograde, one student": partial(run_nbgrader_singly, peers, folder, list(submissions)[:single]),
        "otter run": partial(run_otter, peers, folder, list(submissions)[:single]),
    }
    values = interleave(graders, repeats)
    case = f"{n} submissions of 4 exercises, one worker"
    return compare("grade", case, values, unit="s a submission", better="lower", reference=COURSE)


def make_submissions(n: int) -> dict[str, Mapping[str, str]]:
    """Return the answers of ``n`` students by name: right, almost, begun and empty ones in turn."""
    kinds = list(ANSWERS.values())
    return {f"s{number:03}": kinds[number % len(kinds)] for number in range(n)}


def prepare_nbgrader(peers: Peers, folder: Path) -> bytes:
    """Make nbgrader's course and its release; return the notebook of the students."""
    course = folder / "nbgrader"
    write_all(make_for_nbgrader(make_assignment()), course)
    peers.run("nbgrader", "generate_assignment", LESSON, folder=course)
    return (course / "release" / LESSON / f"{NAME}.ipynb").read_bytes()


def prepare_otter(peers: Peers, folder: Path) -> bytes:
    """Make what grades with otter; return the notebook of the students."""
    course = folder / "otter"
    write_all(make_for_otter(make_assignment()), course)
    peers.run("otter", "assign", f"{NAME}.ipynb", "dist", folder=course)
    next((course / "dist" / "autograder").glob("*.zip")).rename(course / "autograder.zip")
    return (course / "dist" / "student" / f"{NAME}.ipynb").read_bytes()


def write_course(submissions: Mapping[str, Mapping[str, str]], folder: Path) -> None:
    """Write the lesson and the submissions for `course grade`."""
    lesson = make_assignment()
    write_all({"released.ipynb": lesson.released, "solved.ipynb": lesson.solved}, folder / "editions")
    filled = {f"{who}/{NAME}.ipynb": fill_in(lesson.released, answers) for who, answers in submissions.items()}
    write_all(filled, folder / "class")


def write_nbgrader(submissions: Mapping[str, Mapping[str, str]], released: bytes, folder: Path) -> None:
    """Write the submissions where nbgrader takes them."""
    files = {f"{who}/{LESSON}/{NAME}.ipynb": fill_in(released, answers) for who, answers in submissions.items()}
    write_all(files, folder / "nbgrader" / "submitted")


def write_otter(submissions: Mapping[str, Mapping[str, str]], released: bytes, folder: Path) -> None:
    """Write the submissions for otter."""
    write_all({f"{who}.ipynb": fill_in(released, answers) for who, answers in submissions.items()}, folder / "otter")


def write_all(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files and the folders that they are in."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def run_course(folder: Path, n: int) -> float:
    """Grade the class with `course grade`; return the seconds a submission, with the start of the command."""
    out = folder / "grades"
    shutil.rmtree(out, ignore_errors=True)
    words = ["grade", str(folder / "class"), "--lesson", "97", "--out", str(out), "--jobs", "1"]
    start = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.small_lesson", str(folder / "editions"), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise CourseError(f"course grade ended with exit code {done.returncode}: {done.stderr.strip()[-500:]}")
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        must_be(n, sum(bool(row["earned"]) for row in csv.DictReader(file)))
    return seconds / n


def run_nbgrader(peers: Peers, folder: Path, n: int) -> float:
    """Grade the class with one command of nbgrader; return the seconds a submission."""
    course = folder / "nbgrader"
    shutil.rmtree(course / "autograded", ignore_errors=True)
    start = time.perf_counter()
    peers.run("nbgrader", "autograde", LESSON, "--force", folder=course)
    seconds = time.perf_counter() - start
    must_be(n, sum(1 for _ in course.glob(f"autograded/*/{LESSON}/{NAME}.ipynb")))
    return seconds / n


def run_nbgrader_singly(peers: Peers, folder: Path, students: list[str]) -> float:
    """Grade some of the class with a command of nbgrader for each; return the seconds a submission."""
    course = folder / "nbgrader"
    shutil.rmtree(course / "autograded", ignore_errors=True)
    start = time.perf_counter()
    for student in students:
        peers.run("nbgrader", "autograde", LESSON, f"--student={student}", "--force", folder=course)
    seconds = time.perf_counter() - start
    must_be(len(students), sum(1 for _ in course.glob(f"autograded/*/{LESSON}/{NAME}.ipynb")))
    return seconds / len(students)


def run_otter(peers: Peers, folder: Path, students: list[str]) -> float:
    """Grade some of the class with otter, without a container; return the seconds a submission."""
    course = folder / "otter"
    seconds = 0.0
    for student in students:
        (course / "results.json").unlink(missing_ok=True)
        start = time.perf_counter()
        peers.run("otter", "run", "-a", "autograder.zip", f"{student}.ipynb", folder=course)
        seconds += time.perf_counter() - start
        tests = json.loads((course / "results.json").read_text(encoding="utf-8"))["tests"]
        must_be(4, sum("score" in test for test in tests))
    return seconds / len(students)


def must_be(wanted: int, got: int) -> None:
    """Raise `CourseError` where a grader has not done all of its work."""
    if got != wanted:
        raise CourseError(f"expected {wanted} marks, got {got}: nothing was measured")


def main() -> None:
    """Measure, and print a line for each grader."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=20, help="submissions in a batch (%(default)s)")
    parser.add_argument("--repeats", type=int, default=3, help="rounds in which the graders take turns (%(default)s)")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    print(machine_line(describe_machine()))
    with tempfile.TemporaryDirectory(prefix="grading-peers-") as folder:
        rows = measure_graders(make_peers(), options.n, options.repeats, Path(folder))
    print(f"{rows[0].case}; {rows[0].unit}: median (smallest-largest) of {options.repeats} rounds")
    for row in rows:
        value, ratio = row.value, row.ratio
        words = f"{ratio.median:.0f} times ({ratio.low:.0f}-{ratio.high:.0f}) that of {COURSE}" if ratio else ""
        print(f"  {row.variant:<34}{value.median:7.2f} ({value.low:.2f}-{value.high:.2f})   {words}".rstrip())


if __name__ == "__main__":
    main()
