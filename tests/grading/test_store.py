import json
import stat
import subprocess
import sys

import pytest

from course_lib.errors import CourseError
from course_lib.grading.results import SubmissionResult
from course_lib.grading.store import Store
from tests.test_architecture import ROOT


def make_result(label="class/ada", key="k1", status="passed", earned=10, **changed):
    parts = {
        "key": key,
        "submission": label,
        "student": "ada",
        "student_id": "",
        "lesson": "98",
        "file": "a.ipynb",
        "sha256": "ab",
        "status": status,
        "reason": "",
        "earned": earned,
        "points": 10,
        "box": "bubblewrap",
        "isolated": True,
        "exercises": [],
        "ignored": [],
        "notes": [],
        "seconds": 0.1,
    }
    return SubmissionResult(**parts | changed)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "grades", "98")


def journal(store):
    return [json.loads(line) for line in (store.folder / "journal.jsonl").read_text().splitlines()]


def test_a_result_is_kept_once(store):
    assert store.keep(make_result())
    assert not store.keep(make_result(seconds=0.2))
    assert store.earlier("class/ada", "k1").seconds == 0.1
    assert store.earlier("class/ada", "k2") is None
    assert [line["key"] for line in journal(store)] == ["k1"]


def test_a_fault_of_the_grader_is_not_final(store):
    store.keep(make_result(status="grader error", earned=None))
    assert store.earlier("class/ada", "k1") is None
    assert store.keep(make_result())
    assert [result.status for result in store.results()] == ["passed"]


def test_a_new_attempt_keeps_the_older_one(store):
    store.keep(make_result())
    store.keep(make_result(key="k2", earned=4, status="partly"))
    assert store.results()[0].earned == 4
    (older,) = (store.folder / "earlier").iterdir()
    assert store.read(older).earned == 10
    assert [line["earned"] for line in journal(store)] == [10, 4]


def test_names_of_files_hold_nothing_that_a_student_chose(store):
    path = store.path_of('class/=1+1,"<b>x/../..')
    assert path.parent == store.folder / "results"
    assert path.name.startswith("class-1-1-b-x-")
    assert store.path_of("A") != store.path_of("a")
    assert len(store.path_of("ü" * 400).name) < 80


def test_a_damaged_result_is_graded_again(store):
    store.keep(make_result())
    store.path_of("class/ada").write_bytes(b'{"schema": 1,')
    assert store.earlier("class/ada", "k1") is None
    assert store.results() == []


def test_the_journal_is_mended_after_a_kill(store):
    store.keep(make_result())
    store.keep(make_result("class/bob", "k2"))
    path = store.folder / "journal.jsonl"
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second[:20])
    with store.held():
        pass
    assert [line["key"] for line in journal(store)] == ["k1", "k2"]


def test_the_seed_is_made_once_and_is_nobody_elses_to_read(store):
    seed = store.seed(None)
    assert len(seed) == 32
    assert store.seed(None) == seed
    assert stat.S_IMODE((store.folder / "cohort_seed.txt").stat().st_mode) & 0o077 == 0 or sys.platform == "win32"
    assert store.seed("autumn") == "autumn" == Store(store.folder, "98").seed(None)


def test_a_folder_belongs_to_one_lesson(store):
    with pytest.raises(CourseError, match="holds grades of lesson 98"):
        Store(store.folder, "97")
    (store.folder / "about.json").write_text("[]")
    with pytest.raises(CourseError, match="is not what course grade writes"):
        Store(store.folder, "98")


def test_one_process_at_a_time(store):
    start = "from pathlib import Path; from course_lib.grading.store import Store"
    code = f"{start}\nwith Store(Path({str(store.folder)!r}), '98').held(): pass"
    with store.held():
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "another course grade works in" in done.stderr
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CourseError, match="give a folder of yours as --out"):
        Store(tmp_path / "file" / "grades", "98")
