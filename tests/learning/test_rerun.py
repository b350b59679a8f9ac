"""Real kernels: few, because each takes seconds to start."""

import json

import pytest

from course_lib.checks.record import read_record
from course_lib.learning import rerun as rerun_module
from course_lib.learning.rerun import make_surroundings, rerun
from tests.learning.notebooks import code, text, write_notebook

pytestmark = pytest.mark.loopback
DOUBLE = "def double(x):\n    return {}"
CHECK = ('check("ex_97_1", double)', "check", "raises-exception")
IMPORT = "from course_lib.checks import check"


@pytest.fixture
def environment(tmp_path, lesson_97):
    return make_surroundings(tmp_path / "surroundings")


def lesson(folder, *cells):
    return write_notebook(folder / "97_doubling.ipynb", text("# 97 Doubling"), *cells)


def test_lesson_runs_to_its_end_and_says_what_went_wrong(tmp_path, environment):
    path = lesson(
        tmp_path / "mine",
        code(IMPORT),
        code(DOUBLE.format("2 * x"), "exercise", name="ex_97_1"),
        code(*CHECK),
        code("def halve(x):\n    raise NotImplementedError('ex_97_2')", "exercise", name="ex_97_2"),
        code('check("ex_97_2", halve)', "check", "raises-exception"),
        code("raise RuntimeError('only on a large computer')", "slow"),
        code("import urllib.request\nurllib.request.urlopen('http://example.invalid')"),
        code("import os, pathlib\npathlib.Path('here.txt').write_text(os.environ['COURSE_HOME'])"),
        code("check('ex_97_1', dubble)", "check", "raises-exception"),
        code("assert not [name for name in dir() if 'offline' in name], 'the start left names behind'"),
    )
    before = path.read_bytes()
    found = rerun(path, environment)
    assert found.problems == (
        "cell 8 raised NoNetworkError: a cell asked for 'example.invalid', but lessons are verified offline",
        "cell 10 raised NameError: name 'dubble' is not defined",
    )
    results = read_record(tmp_path / "surroundings" / "home")["results"]
    assert {id: entry["status"] for id, entry in results.items()} == {"ex_97_1": "passed", "ex_97_2": "not started"}
    assert (tmp_path / "mine" / "here.txt").read_text() == environment["COURSE_HOME"]
    assert path.read_bytes() == before
    assert found.seconds > 0


def test_hash_is_the_same_for_the_same_work_and_another_for_another(tmp_path, environment):
    def run(answer, verdict):
        cells = (
            code(IMPORT),
            code("import time\nprint(time.time_ns())"),
            code(f"print({verdict})", "expect-output"),
            code(DOUBLE.format(answer), "exercise", name="ex_97_1"),
            code(*CHECK),
        )
        return rerun(lesson(tmp_path / "mine", *cells), environment).sha256

    first = run("2 * x", "'depends'")
    assert len(first) == 64
    assert run("2 * x", "'depends'") == first
    assert run("x + 2", "'depends'") != first
    assert run("2 * x", "'supported'") != first


def test_cell_that_takes_too_long_ends_the_lesson(tmp_path, environment, monkeypatch):
    monkeypatch.setattr(rerun_module, "CELL_TIMEOUT_S", 1)
    path = lesson(tmp_path, code("import time\ntime.sleep(60)"), code("raise RuntimeError('was run')"))
    found = rerun(path, environment)
    assert found.problems == ("cell 2 ran for 1 s: the cells after it were not run",)
    assert found.sha256 == ""


def test_kernel_that_dies_is_a_problem_of_its_cell(tmp_path, environment):
    path = lesson(tmp_path, code("1 + 1"), code("import os\nos._exit(3)"))
    (problem,) = rerun(path, environment).problems
    assert problem.startswith("the kernel died in cell 3")


def test_kernel_that_does_not_start_is_a_problem(tmp_path, environment):
    # A module of this name, found first, ends the kernel before it answers.
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "ipykernel_launcher.py").write_text("raise SystemExit(1)")
    environment = environment | {"PYTHONPATH": str(tmp_path / "wrong")}
    (problem,) = rerun(lesson(tmp_path, code("1 + 1")), environment).problems
    assert problem.startswith("no kernel started (")


def test_ctrl_c_ends_the_run_and_its_kernel(tmp_path, environment, monkeypatch):
    managers = []

    def interrupt(client, cell, index):
        managers.append(client.km)
        raise KeyboardInterrupt

    monkeypatch.setattr("nbclient.NotebookClient.execute_cell", interrupt)
    with pytest.raises(KeyboardInterrupt):
        rerun(lesson(tmp_path, code("1 + 1")), environment)
    assert not managers[0].has_kernel


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": 3})])
def test_file_that_is_no_notebook_is_a_problem(tmp_path, content):
    path = tmp_path / "97_doubling.ipynb"
    path.write_text(content)
    found = rerun(path, {})
    assert found.problems[0].startswith("97_doubling.ipynb is no notebook of nbformat 4")
    assert found.sha256 == ""
