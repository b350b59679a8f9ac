import hashlib
import json
import zipfile
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from course_lib.cli import app
from course_lib.errors import CourseError
from course_lib.grading.release import make_release
from tests.grading.tiny_lesson import STEM, make_assignment, notebook


def test_a_package_holds_the_notebook_and_how_to_begin(tmp_path):
    with zipfile.ZipFile(make_release(make_assignment(), tmp_path / "out")["package"]) as archive:
        files = {name.removeprefix(f"{STEM}/"): archive.read(name) for name in archive.namelist()}
    assert set(files) == {f"{STEM}.ipynb", "README.txt", "MANIFEST.json"}
    assert files[f"{STEM}.ipynb"] == make_assignment().released
    assert b"# BEGIN SOLUTION" not in b"".join(files.values())
    assert "Lesson 98: 98_small_numbers.ipynb, 10 points" in files["README.txt"].decode()
    hashes = json.loads(files["MANIFEST.json"])
    assert {name: hashlib.sha256(files[name]).hexdigest() for name in hashes} == hashes


def test_the_same_lesson_gives_the_same_bytes(tmp_path):
    first, second = (make_release(make_assignment(), tmp_path / name) for name in "ab")
    assert set(first) == {"package", "nbgrader", "otter"}
    assert all(first[kind].read_bytes() == second[kind].read_bytes() for kind in first)


def test_a_notebook_that_shows_a_solution_is_not_packed(tmp_path):
    line = "sum(sorted([value, value]))"
    content = json.loads(make_assignment().released)
    content["cells"][0]["source"] = f"# Lesson\nreturn {line}"
    changed = {"released": json.dumps(content).encode(), "solved": notebook(ex_98_1=line)}
    with pytest.raises(CourseError, match="shows a line of a solution"):
        make_release(replace(make_assignment(), **changed), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_solved_edition_there_is_nothing_to_compare_with(tmp_path):
    with pytest.raises(CourseError, match="no solved edition"):
        make_release(replace(make_assignment(), solved=b""), tmp_path)


def test_the_command_says_where_the_package_is(tmp_path, monkeypatch):
    monkeypatch.setattr("course_lib.grading.assignment.load_assignment", lambda _lesson: make_assignment())
    ended = CliRunner().invoke(app, ["grade", "--release", "98", "--out", str(tmp_path), "--json"])
    assert ended.exit_code == 0
    archives = {"package": f"{STEM}.zip", "nbgrader": f"{STEM}_nbgrader.zip", "otter": f"{STEM}_otter.zip"}
    places = {kind: str(tmp_path / name) for kind, name in archives.items()}
    assert json.loads(ended.stdout) == {"lesson": "98"} | places
    ended = CliRunner().invoke(app, ["grade", "--release", "98"])
    assert ended.exit_code == 2
    assert "course grade --release 04 --out packages" in ended.stderr
