from contextlib import closing

import psutil
import pytest

from course_lib.checks.cases import Cases
from course_lib.checks.core import Exercise
from course_lib.checks.expect import expect_equal
from course_lib.grading.intake import Slot, find_answers
from course_lib.grading.notebook_file import CellText, NotebookFile, parse_notebook
from course_lib.grading.runner.names import NOTHING, names_of
from course_lib.grading.submission import Scout, grade_intake
from course_lib.grading.transplant import take_apart

DOUBLE = Exercise("ex_04_1", "double", hints=("a", "b", "c"))
LESSON = take_apart((CellText(1, True, "import math\nTWO = 2"), CellText(2, True, "stub", "ex_04_1")), ["ex_04_1"])


@DOUBLE.check
def doubles(double):
    """doubles"""
    expect_equal(double, args=(3,), expected=6)


@pytest.fixture
def grade(sandbox, hasty):
    """Return a function that grades the code cells of a notebook."""

    def grade_cells(*sources):
        file = NotebookFile(tuple(CellText(number, True, source) for number, source in enumerate(sources, 1)))
        return grade_intake(sandbox, LESSON, find_answers(file, [Slot("ex_04_1", ("double",))]), examine, hasty)

    return grade_cells


def examine(exercise, handle):
    return DOUBLE.run(handle("double"), cases=Cases(1))


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        (["def double(x):\n    return TWO * x"], "passed"),
        (["import re\ndef half(x): return x / 2", "def double(x):\n    return int(half(4 * x))"], "passed"),
        (["def double(x):\n    return THREE * x"], "failed"),
        (["x = 1"], "not started"),
        (["TWO = 3", "def double(x):\n    return TWO * x"], "passed"),
    ],
)
def test_an_answer_runs_with_what_it_needs(grade, cells, status):
    graded = grade(*cells)
    assert [outcome.status for outcome in graded.outcomes] == [status]


def test_a_refused_file_is_not_run(sandbox, hasty):
    intake = find_answers(parse_notebook(b"{"), [Slot("ex_04_1", ("double",))])
    graded = grade_intake(sandbox, LESSON, intake, examine, hasty)
    assert (graded.program, graded.outcomes, graded.intake.status) == (None, (), "refused")


def test_names_are_found_in_a_box_as_here(sandbox, hasty):
    texts = ["def f(x):\n    return x + y", "a = b"]
    with closing(Scout(sandbox, hasty)) as scout:
        assert scout.look(texts) == [names_of(text) for text in texts]


def test_a_text_that_breaks_a_parser_costs_only_its_own_names(sandbox, hasty):
    endless = "x = " + "-" * 1_000_000 + "1"
    with closing(Scout(sandbox, hasty)) as scout:
        found = scout.look(["a = b", endless])
    assert found[0] == names_of("a = b")
    assert found[1] == NOTHING


def test_the_box_of_the_names_is_that_of_the_answers_and_nothing_is_left_of_either(sandbox, hasty):
    started = []

    class Counting:
        isolated, name = sandbox.isolated, sandbox.name

        def start(self, limits):
            started.append(sandbox.start(limits))
            return started[-1]

    file = NotebookFile((CellText(1, True, "def double(x):\n    return 2 * x"),))
    graded = grade_intake(Counting(), LESSON, find_answers(file, [Slot("ex_04_1", ("double",))]), examine, hasty)
    assert [outcome.status for outcome in graded.outcomes] == ["passed"]
    assert len(started) == 1
    assert not psutil.pid_exists(started[0].pid)


def test_a_box_that_nobody_takes_ends_with_the_scout(sandbox, hasty):
    with closing(Scout(sandbox, hasty)) as scout:
        scout.look(["a = b"])
        pid = scout.worker.pid
    assert scout.worker is None
    assert not psutil.pid_exists(pid)
