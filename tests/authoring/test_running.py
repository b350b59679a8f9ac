"""Real kernels: few, because each takes seconds to start."""

import json
import sys
from pathlib import Path

import nbformat
import pytest

from tests.authoring.tiny import MEASURED, golden_lesson, golden_text, lesson_of, make_course, make_source
from tools.authoring.editions import MAY_RAISE, as_text, keep_outputs, make_solved, make_student
from tools.authoring.measuring import Run
from tools.authoring.running import RunError, run_notebook
from tools.authoring.tree import Tree


@pytest.fixture
def tree(tmp_path) -> Tree:
    return make_course(tmp_path)


def notebook_of(*sources: str):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)


def test_solved_edition_that_ran_is_the_golden_one(tree):
    notebook = make_solved(golden_lesson(), None)
    took = run_notebook(notebook, tree.root)
    assert as_text(keep_outputs(make_solved(golden_lesson(), MEASURED), notebook)) == golden_text("solved.json")
    assert isinstance(took, Run)
    assert 0 < took.seconds < 300
    assert 20 < took.memory_mb < 1000


def test_student_edition_runs_to_its_end_and_only_checks_fail(tree):
    notebook = make_student(lesson_of(make_source()), None)
    errors = []

    def note(cell):
        return [output for output in cell.outputs if output.output_type == "error"]

    # Nothing is cleaned here: the errors are what this test is about.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tools.authoring.running.clean", lambda notebook, root: None)
        run_notebook(notebook, tree.root)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in code:
        errors += [cell.id for _ in note(cell)]
    assert errors == [f"check_ex_98_{number}" for number in range(1, 6)]
    assert [note(cell)[0].evalue for cell in code if note(cell)][0] == "ex_98_1: not started"
    assert [cell.execution_count for cell in code if "slow" not in cell.metadata.get("tags", [])] == list(range(1, 13))
    assert all(MAY_RAISE in cell.metadata.tags for cell in code if note(cell))


def test_cell_after_an_exercise_that_needs_the_answer_fails_in_the_student_edition(tree):
    source = make_source().replace(
        "# %% [markdown]\n# ### Exercise 98.2", "# %%\ndouble_value(2)\n\n# %% [markdown]\n# 2"
    )
    notebook = make_student(lesson_of(source), None)
    with pytest.raises(RunError, match="raised NotImplementedError: ex_98_1: write your code here"):
        run_notebook(notebook, tree.root)


def test_wrong_solution_is_told_with_its_check(tree):
    notebook = make_solved(lesson_of(make_source().replace("return value + 2", "return value + 3")), None)
    with pytest.raises(RunError, match=r"raised CheckFailed: ex_98_3: add_two\(2\) returned 5, expected 4") as caught:
        run_notebook(notebook, tree.root)
    assert caught.value.cell == "check_ex_98_3"


def test_kernel_is_this_python_in_a_folder_of_its_own_without_network(tree, tmp_path, monkeypatch):
    (tmp_path / "started here").mkdir()
    monkeypatch.chdir(tmp_path / "started here")
    notebook = notebook_of(
        "import sys, os, socket\nprint(sys.executable)\nprint(os.listdir(), 'COURSE_HOME' in os.environ)",
        "try:\n    socket.getaddrinfo('example.invalid', 80)\nexcept Exception as error:\n    print(repr(error)[:14])",
        "print([name for name in dir() if 'kernel_start' in name])",
        "from course_lib.checks import CheckFailed",
        f"print(os.listdir({str(Path.cwd())!r}))",  # sockets of the kernel would be there
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tools.authoring.running.find_unstable", lambda outputs, root: [])
        run_notebook(notebook, tree.root)
    texts = [cell.outputs[0].text if cell.outputs else "" for cell in notebook.cells]
    assert texts[:3] == [f"{sys.executable}\n[] True\n", "NoNetworkError\n", "[]\n"]
    assert texts[4] == "[]\n"


@pytest.mark.parametrize(
    ("source", "words"),
    [("print(object())", "an address of this run"), ("import os\nos._exit(1)", "the kernel died in this cell")],
)
def test_run_that_no_other_run_would_repeat_is_refused(tree, source, words):
    notebook = notebook_of("1 + 1", source)
    with pytest.raises(RunError, match=words) as caught:
        run_notebook(notebook, tree.root)
    assert caught.value.cell == notebook.cells[1].id


def test_cell_that_takes_too_long_is_refused(tree, monkeypatch):
    monkeypatch.setattr("tools.authoring.running.CELL_TIMEOUT_S", 1)
    notebook = notebook_of("import time\ntime.sleep(30)")
    with pytest.raises(RunError, match="this cell ran for 1 s: make it lighter or tag it slow"):
        run_notebook(notebook, tree.root)


def test_memory_of_a_cell_is_measured_and_versions_are_not_kept(tree):
    notebook = notebook_of("import time\nblock = bytearray(300_000_000)\ntime.sleep(1)", "del block")
    took = run_notebook(notebook, tree.root)
    assert 300 < took.memory_mb < 1000
    assert took.seconds >= 1
    assert "version" not in json.dumps(notebook.metadata)


def test_slow_cells_run_in_the_slow_lane_only(tree):
    notebook = make_solved(lesson_of(make_source()), None)
    with pytest.raises(RunError, match="raised RuntimeError: only on a large computer"):
        run_notebook(notebook, tree.root, slow=True)
