import csv
import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from course_lib.cli import app, grading
from course_lib.cli.grading_words import NOT_ISOLATED
from course_lib.grading import batch
from course_lib.grading import box as boxes
from course_lib.grading.box.base import BoxError
from course_lib.grading.collecting import collect
from course_lib.grading.gate import Gate
from course_lib.grading.marking import Marker
from course_lib.grading.reports.tables import make_grades, write_table
from course_lib.grading.store import Store
from tests.grading.test_store import make_result
from tests.grading.tiny_lesson import ANSWERS, POINTS, STEM, make_assignment, notebook, right
from tests.test_architecture import ROOT

HOSTILE = "\nimport os\nos.kill(os.getppid(), 9)\nwhile True: os.open('/dev/null', 0)"


@pytest.fixture
def submissions(tmp_path):
    """Return a folder of five submissions: all right, partly, refused, hostile, not started."""
    folder = tmp_path / "class"
    works = {
        "ada": right(),
        "bob": notebook(ex_98_1="value + 2"),
        "cyd": b"{",
        "dan": notebook(**ANSWERS | {"ex_98_3": HOSTILE}),
        "eve": notebook(),
    }
    for name, data in works.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "work.ipynb").write_bytes(data)
    return folder


@pytest.fixture
def grade(submissions, sandbox, hasty, tmp_path):
    """Return a function that grades the five and returns the counts and the store."""

    def grade_all(seed="autumn", checks=b"1", jobs=2, tell=lambda *_: None, box=sandbox):
        store = Store(tmp_path / "grades", "98")
        marker = Marker(make_assignment(checks), box, seed, hasty, hasty, Gate())
        return batch.grade_batch(marker, collect([submissions], STEM), store, jobs, tell), store

    return grade_all


def marks(store):
    return [(result.student, result.status, result.earned) for result in store.results()]


def test_each_submission_has_its_own_mark(grade):
    counts, store = grade()
    found = marks(store)
    assert found[:3] == [("ada", "passed", POINTS), ("bob", "partly", 1), ("cyd", "refused", None)]
    assert found[3][:2] == ("dan", "partly")
    assert found[3][2] == POINTS - 2
    assert found[4] == ("eve", "not started", 0)
    assert (counts.n_submissions, counts.n_graded_now, counts.n_grader_errors) == (5, 5, 0)


def test_what_is_graded_is_not_graded_again_unless_it_changed(grade, submissions):
    _, store = grade()
    before = marks(store)
    assert grade()[0].n_graded_now == 0
    (submissions / "eve" / "work.ipynb").write_bytes(notebook(ex_98_1="value + value"))
    assert grade()[0].n_graded_now == 1
    assert marks(store)[:4] == before[:4]
    assert marks(store)[4] == ("eve", "partly", 2)
    counts, store = grade(checks=b"mended")
    assert counts.n_graded_now == 5
    assert len(list((store.folder / "earlier").iterdir())) == 6


def test_a_stopped_batch_goes_on_where_it_was(grade):
    class Stopped(Exception):
        pass

    def stop(result, is_new):
        raise Stopped

    with pytest.raises(Stopped):
        grade(tell=stop, jobs=1)
    counts, store = grade()
    assert counts.n_graded_now == 4
    assert len(marks(store)) == 5
    assert len((store.folder / "journal.jsonl").read_text().splitlines()) == 5


def test_a_grader_error_is_no_zero_and_is_mended_by_the_next_run(grade, monkeypatch):
    monkeypatch.setattr("course_lib.grading.session.SECONDS_BETWEEN_STARTS", 0)

    class Broken:
        isolated, name = True, "bubblewrap"

        def start(self, limits):
            raise BoxError("no box today")

    counts, store = grade(box=Broken())
    assert counts.n_grader_errors == 4
    assert marks(store)[0] == ("ada", "grader error", None)
    counts, store = grade()
    assert (counts.n_grader_errors, counts.n_graded_now) == (0, 4)


KILLED = """
import sys, time
from pathlib import Path
from course_lib.checks import Exercise
from course_lib.grading import batch
from course_lib.grading.assignment import Assignment
from course_lib.grading.box.unisolated import Unisolated
from course_lib.grading.collecting import collect
from course_lib.grading.gate import Gate
from course_lib.grading.limits import Limits
from course_lib.grading.marking import Marker
from course_lib.grading.store import Store

class Slow(Marker):
    def _grade(self, intake):
        time.sleep(0.03)

    def _describe(self, handed, picked, graded, hints, started):
        parts = dict(file="", status="passed", reason="", earned=1, exercises=[], ignored=[], notes=[])
        return self._result(handed, picked.intake.file, started, **parts)

exercises = (Exercise("ex_98_1", "double", hints=("a", "b", "c")),)
marker = Slow(Assignment("98_x", exercises, b""), Unisolated(), "s", Limits(), Limits(), Gate())
handed = collect([Path(sys.argv[1])], "98_x")
counts = batch.grade_batch(marker, handed, Store(Path(sys.argv[2]), "98"), 2, lambda *_: None)
print(counts.n_graded_now)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_batch_that_is_killed_twice_is_complete_and_repeats_nothing(tmp_path):
    work, out, n = tmp_path / "class", tmp_path / "grades", 40
    work.mkdir()
    for number in range(n):
        (work / f"s{number:03}.ipynb").write_bytes(b'{"cells": [{"cell_type": "code", "source": "%d"}]}' % number)
    command = [sys.executable, "-c", KILLED, str(work), str(out)]
    for n_enough in (8, 20):
        process = subprocess.Popen(command, cwd=ROOT)
        while process.poll() is None and len(list((out / "results").glob("*.json"))) < n_enough:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    n_before = len(list((out / "results").glob("*.json")))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) == n - n_before < n
    lines = [json.loads(line)["key"] for line in (out / "journal.jsonl").read_text().splitlines()]
    assert len(lines) == len(set(lines)) == n == len(Store(out, "98").results())


def test_grades_have_a_row_each_empty_cells_for_no_mark_and_no_formula():
    rows = list(
        csv.reader(io.StringIO(make_grades([make_result(student="=1+1"), make_result(earned=None, status="refused")])))
    )
    assert rows[1][:2] == ["'=1+1", ""]
    assert [row[rows[0].index("earned")] for row in rows[1:]] == ["10", ""]
    assert write_table([["-1", -1, "a\nb"]]) == '\'-1,-1,"a\nb"\r\n'


@pytest.fixture
def command(monkeypatch, submissions, sandbox, tmp_path, hasty):
    """Return a function that runs ``course grade`` on the five submissions."""
    monkeypatch.setattr("course_lib.grading.assignment.load_assignment", lambda _lesson: make_assignment())
    monkeypatch.setattr("course_lib.grading.assignment.released_names", lambda: [STEM])
    monkeypatch.setattr("course_lib.grading.batch.Limits", lambda: hasty)
    monkeypatch.setattr(sandbox.__class__, "close", lambda _box: None)
    monkeypatch.setattr(boxes, "choose_box", lambda **_options: sandbox)

    def run(*words):
        out = tmp_path / "out"
        whole = ["grade", str(submissions), "--lesson", "98", "--out", str(out), "--cohort-seed", "autumn", *words]
        return CliRunner().invoke(app, whole), out

    return run


def test_the_command_leaves_results_grades_and_journal(command):
    ended, out = command("--json", "--jobs", "2")
    report = json.loads(ended.stdout)
    assert ended.exit_code == 0
    assert report["statuses"] == {"not started": 1, "partly": 2, "passed": 1, "refused": 1}
    assert len(list((out / "results").glob("*.json"))) == 5
    assert len((out / "journal.jsonl").read_text().splitlines()) == 5
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["earned"] for row in rows] == ["10", "1", "", "8", "0"]
    ended, _ = command()
    assert ended.stdout.startswith("5 submissions, 0 graded now: 1 not started, 2 partly, 1 passed, 1 refused\n")


def test_grader_errors_have_an_exit_code_of_their_own(command, monkeypatch):
    monkeypatch.setattr(Marker, "mark", lambda *_: make_result(status="grader error", earned=None))
    ended, _ = command()
    assert ended.exit_code == grading.SOME_ERRORS == 3
    assert "the same command tries them again" in ended.stdout


def test_without_a_sandbox_nothing_is_graded(command, monkeypatch):
    def refuse(**options):
        assert not options["trust_submissions"]
        raise BoxError("none works here")

    monkeypatch.setattr(boxes, "choose_box", refuse)
    ended, out = command()
    assert (ended.exit_code, ended.stderr) == (2, "course: none works here\n")
    assert not out.exists()


def test_trusted_submissions_are_said_to_be_not_isolated(command, monkeypatch):
    monkeypatch.setattr("course_lib.cli.grading.grade_submissions", trusted_report)
    ended, _ = command("--trust-submissions")
    assert NOT_ISOLATED in ended.stdout


def trusted_report(wanted):
    assert wanted.trust_submissions
    counts = {"submissions": 1, "graded_now": 1, "statuses": {"passed": 1}, "grader_errors": 0}
    return counts | {"isolated": False, "files": {}}


def test_a_wrong_call_is_said():
    ended = CliRunner().invoke(app, ["grade", "--lesson", "04"])
    assert ended.exit_code == 2
    assert "course grade PATHS --lesson 04 --out grades" in ended.stderr
