import json
import os
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from course_lib.checks.notebook import MISSING, check_notebook, read_code_cells, render_report
from course_lib.checks.notebook_process import keep_definitions
from course_lib.checks.record import changing
from course_lib.cli import app
from course_lib.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "check_result.schema.json").read_text(encoding="utf-8"))
# Python runs this in every process of the test: it makes lesson 97 out of the folder that it stands in.
CUSTOMIZE = "import pathlib, course_lib.checks as c; c.__path__.append(str(pathlib.Path(__file__).parent / 'checks'))\n"
CHECKS = '''
from course_lib.checks import Exercise, expect_equal
ex_97_1 = Exercise("ex_97_1", "double", hints=("a", "b", "c"), points=2)
@ex_97_1.check
def doubles(double):
    """doubles"""
    expect_equal(double, (2,), expected=4)
ex_97_2 = Exercise("ex_97_2", "halve", hints=("a", "b", "c"))
@ex_97_2.check
def halves(halve):
    """halves"""
    expect_equal(halve, (4,), expected=2.0)
'''
DOUBLE = "def double(x):\n    return 2 * x"
HALVE = "def halve(x):\n    return x / 2"


def code(source, *tags, name=""):
    metadata = {"tags": list(tags)} | ({"name": name} if name else {})
    return {"cell_type": "code", "metadata": metadata, "source": source.splitlines(keepends=True), "outputs": []}


def exercise(k, source):
    return code(source, "exercise", name=f"ex_97_{k}")


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes cells as a notebook of lesson 97 and returns its path."""
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "lesson_97.py").write_text(CHECKS)
    (tmp_path / "sitecustomize.py").write_text(CUSTOMIZE)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT)]))
    monkeypatch.setattr("course_lib.checks.__path__", [str(tmp_path / "checks")])
    monkeypatch.delitem(sys.modules, "course_lib.checks.lesson_97", raising=False)
    path = tmp_path / "97_doubling.ipynb"

    def write_cells(*cells):
        text = {"cell_type": "markdown", "metadata": {}, "source": "# 97 Doubling"}
        path.write_text(json.dumps({"cells": [text, *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
        return path

    yield write_cells
    sys.modules.pop("course_lib.checks.lesson_97", None)


def statuses(report):
    return [result["status"] for result in report["results"]]


def test_exercises_are_checked_and_the_checks_of_the_notebook_are_not_run(write):
    report = check_notebook(
        write(
            code("import math\nFACTOR = 2\nprint(undefined)"),
            code("def helper(x):\n    return FACTOR * x"),
            exercise(1, "def double(x):\n    print('noise')\n    return math.floor(helper(x))"),
            code("raise SystemExit('the check cell ran')", "check"),
            exercise(2, "def halve(x):\n    return x // 2"),
        )
    )
    assert statuses(report) == ["passed", "failed"]
    assert (report["earned"], report["points"], report["isolated"], report["problems"]) == (2, 3, False, [])
    assert "your code printed 1 line" in report["results"][0]["notes"][0]


def test_report_is_what_the_published_schema_says(write):
    report = json.loads(json.dumps(check_notebook(write(exercise(1, DOUBLE)))))
    whole = jsonschema.Draft202012Validator(SCHEMA)
    whole.evolve(schema=SCHEMA["$defs"]["notebook"]).validate(report)
    assert not whole.evolve(schema=SCHEMA["$defs"]["notebook"]).is_valid(report | {"isolated": True})


def test_exercise_without_its_cell_or_with_its_stub_is_not_started(write):
    report = check_notebook(write(exercise(1, "def double(x):\n    raise NotImplementedError")))
    assert statuses(report) == ["not started", "not started"]
    assert report["results"][1]["notes"] == [MISSING]


def test_cell_that_fails_or_defines_something_else_costs_its_own_exercise_only(write):
    report = check_notebook(write(exercise(1, "def double(x) return"), exercise(2, HALVE)))
    assert statuses(report) == ["error", "passed"]
    assert "its cell raised SyntaxError" in report["results"][0]["notes"][0]
    report = check_notebook(write(code(DOUBLE), exercise(1, "def dbl(x): pass"), exercise(2, "halve = 3")))
    assert "its cell defines no function double" in report["results"][0]["notes"][0]
    assert "expected the function halve, got an object of type int" in report["results"][1]["notes"][0]


def test_cell_that_ends_the_process_loses_nothing_that_was_known_before(write):
    report = check_notebook(write(exercise(1, DOUBLE), exercise(2, "import os\nos._exit(7)")))
    assert statuses(report) == ["passed", "error"]
    assert report["results"][1]["notes"] == ["not checked: the process ended with code 7"]


def test_exit_and_prints_of_a_cell_do_not_end_it(write):
    report = check_notebook(write(exercise(1, "print('x' * 10_000_000)\nraise SystemExit"), exercise(2, HALVE)))
    assert statuses(report) == ["error", "passed"]


def test_endless_cell_is_stopped_with_all_that_it_started(write):
    sleeper = "import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    slow = f"{sleeper}\nopen('pid', 'w').write(str(child.pid))\nwhile True: pass"
    path = write(exercise(1, DOUBLE), exercise(2, slow))
    report = check_notebook(path, timeout_s=8)
    assert statuses(report) == ["passed", "error"]
    assert report["problems"] == ["stopped after 8 s"]
    pid = (path.parent / "pid").read_text()
    states = []
    while len(states) < 100 and (not states or states[-1] not in ("", "Z")):  # the dead run once more
        time.sleep(0.1)
        shown = subprocess.run(["ps", "-o", "stat=", "-p", pid], capture_output=True, text=True, check=False).stdout
        states.append(shown.strip()[:1])
    assert states[-1] in ("", "Z")


def test_all_cells_run_on_request(write):
    path = write(code("TWO = len('ab')"), exercise(1, "def double(x):\n    return TWO * x"), exercise(2, HALVE))
    assert statuses(check_notebook(path)) == ["failed", "passed"]
    assert statuses(check_notebook(path, all_cells=True)) == ["passed", "passed"]


def test_cell_that_fails_beside_the_exercises_is_a_problem_and_no_more(write):
    report = check_notebook(write(code("1 / 0"), exercise(1, DOUBLE), exercise(2, HALVE)), all_cells=True)
    assert statuses(report) == ["passed", "passed"]
    assert report["problems"] == ["cell 2 raised ZeroDivisionError: division by zero (line 1: 1 / 0)"]


def test_magics_are_understood(write):
    report = check_notebook(write(exercise(1, f"%matplotlib --list\n{DOUBLE}"), exercise(2, HALVE)))
    assert statuses(report) == ["passed", "passed"]


def test_exercise_that_the_course_does_not_know_is_a_problem(write):
    report = check_notebook(write(exercise(1, DOUBLE), exercise(2, HALVE), exercise(3, "x = 1")))
    assert report["problems"] == ["cell 4: there is no exercise ex_97_3: lesson 97 has ex_97_1, ex_97_2"]


def test_record_of_the_learner_is_left_alone(write, home):
    source = f"from course_lib.checks import hint\nhint('ex_97_1')\n{DOUBLE}"
    assert check_notebook(write(exercise(1, source)))["earned"] == 2
    assert not home.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "no notebook of nbformat 4"),
        (b"\xff", "no notebook of nbformat 4"),
        (b"[]", "no notebook of nbformat 4"),
        (b'{"cells": [1]}', "no notebook of nbformat 4"),
        (b'{"worksheets": []}', "no notebook of nbformat 4"),
        (b'{"cells": []}', "has no exercises"),
        (None, "cannot be read"),
    ],
)
def test_file_that_is_no_lesson_is_refused_with_a_sentence(tmp_path, content, words):
    path = tmp_path / "x.ipynb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CourseError, match=words):
        check_notebook(path)


def test_byte_order_mark_and_source_in_one_piece_are_read(tmp_path):
    path = tmp_path / "x.ipynb"
    cell = {"cell_type": "code", "source": "a\nb"}
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"cells": [cell]}).encode())
    assert read_code_cells(path) == [{"source": "a\nb", "tags": [], "name": "", "number": 1}]


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("import os\nfrom math import pi", {"os", "pi"}),
        ("A = 1\nB: list = [1, {'x': (2,)}]\nC: int\nD = f()\nE = -1", {"A", "B", "E", "__annotations__"}),
        ("class K:\n    pass\nasync def f():\n    pass", {"K", "f"}),
        ("for i in range(3):\n    print(i)", set()),
        ("%matplotlib inline\nimport os", set()),
    ],
)
def test_imports_definitions_and_constants_are_kept(source, kept):
    names = {}
    exec(keep_definitions(source), names)
    assert set(names) - {"__builtins__"} == kept


# The commands


def test_check_prints_results_sum_and_what_it_is_no_protection_from(write):
    ended = CliRunner().invoke(app, ["check", str(write(exercise(1, DOUBLE)))])
    assert ended.exit_code == 1
    assert ended.stdout.startswith("ex_97_1  double")
    assert "97_doubling.ipynb: 1 of 2 exercises passed, 2 of 3 points" in ended.stdout
    assert ended.stdout.rstrip().endswith("use it for notebooks that you trust")


def test_check_prints_json_only_on_request_and_exits_by_what_is_expected(write):
    path = str(write(exercise(1, DOUBLE), exercise(2, HALVE)))
    ended = CliRunner().invoke(app, ["check", path, "--json"])
    assert ended.exit_code == 0
    assert json.loads(ended.stdout)["earned"] == 3
    assert CliRunner().invoke(app, ["check", path, "--expect", "none"]).exit_code == 1


def test_unsolved_notebook_is_expected_to_have_nothing_started(write):
    stub = "def {}(x):\n    raise NotImplementedError"
    path = str(write(exercise(1, stub.format("double")), exercise(2, stub.format("halve"))))
    assert CliRunner().invoke(app, ["check", path, "--expect", "none"]).exit_code == 0
    assert CliRunner().invoke(app, ["check", path]).exit_code == 1


def test_problems_are_printed_too(write):
    report = check_notebook(write(exercise(1, DOUBLE), exercise(3, "x = 1")))
    assert "problem: cell 3: there is no exercise ex_97_3" in render_report(report)


def test_missing_notebook_is_a_sentence(tmp_path):
    ended = CliRunner().invoke(app, ["check", str(tmp_path / "none.ipynb")])
    assert ended.exit_code == 2
    assert "cannot be read (No such file or directory): give the path of a notebook" in ended.stderr


@pytest.mark.usefixtures("demonstration", "home")
def test_progress_prints_text_or_json():
    assert "next: ex_03_4" in CliRunner().invoke(app, ["progress"]).stdout
    shown = json.loads(CliRunner().invoke(app, ["progress", "03", "--json"]).stdout)
    assert shown["next"]["exercise"] == "ex_03_4"
    assert CliRunner().invoke(app, ["progress", "55"]).exit_code == 2
    assert CliRunner().invoke(app, ["progress", "3", "--json"]).stdout == json.dumps(shown, indent=2) + "\n"


@pytest.mark.usefixtures("demonstration")
def test_progress_says_which_record_it_has_read(home):
    assert f"no record in {home} yet" in CliRunner().invoke(app, ["progress"]).stdout
    with changing(home) as record:
        record["results"]["ex_03_4"] = {"best": 2, "passed": True}
    ended = CliRunner().invoke(app, ["progress"])
    assert ended.stdout.splitlines()[-1] == f"read from {home / 'record.json'}"
    assert json.loads(CliRunner().invoke(app, ["progress", "--json"]).stdout)["record"] == str(home / "record.json")


@pytest.mark.usefixtures("demonstration")
def test_progress_of_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    ended = CliRunner().invoke(app, ["progress", "--folder", str(tmp_path / "none")])
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "there is no folder" in ended.stderr


def test_lessons_prints_a_table_or_json(monkeypatch):
    lesson = {
        "number": "03", "title": "Retrieval [x]", "minutes_promised": 95, "minutes_measured": 1.25,
        "peak_memory_mb": None, "exercises": [{}, {}], "experiments": ["E04"],
    }  # fmt: skip
    monkeypatch.setattr("course_lib.checks.catalogue.lessons", lambda: [lesson])
    shown = CliRunner().invoke(app, ["lessons"]).stdout
    for word in ("03 Retrieval [x]", "95", "1.250", "E04"):
        assert word in shown
    assert json.loads(CliRunner().invoke(app, ["lessons", "--json"]).stdout) == [lesson]
