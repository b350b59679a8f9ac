from dataclasses import replace

import pytest

from course_lib.checks.cases import Cases
from course_lib.checks.core import Exercise
from course_lib.checks.expect import expect_equal
from course_lib.grading.box.base import BoxError
from course_lib.grading.session import Cell, Session

HINTS = ("a", "b", "c")


def make_exercise(number):
    exercise = Exercise(f"ex_04_{number}", "double", hints=HINTS, points=2)

    @exercise.check
    def doubles_one(double):
        """doubles 1"""
        expect_equal(double, args=(1,), expected=2)

    @exercise.check
    def doubles_two(double):
        """doubles 2"""
        expect_equal(double, args=(2,), expected=4)

    return exercise


EXERCISES = {f"ex_04_{number}": make_exercise(number) for number in (1, 2, 3)}
RIGHT = "def double(x):\n    return 2 * x"


def examine(exercise, handle):
    found = EXERCISES[exercise]
    return found.run(*map(handle, found.functions), cases=Cases(1))


@pytest.fixture
def grade(sandbox, hasty):
    """Return a function that grades answers to three exercises and returns the outcomes."""

    def grade_answers(*answers, limits=hasty, box=sandbox):
        cells = [answer if isinstance(answer, Cell) else None for answer in answers]
        numbers = iter(range(1, 10))
        cells = [cell or Cell(answer, f"ex_04_{next(numbers)}") for cell, answer in zip(cells, answers, strict=True)]
        return Session(box, cells, examine, limits).run()

    return grade_answers


def statuses(outcomes):
    return [outcome.status for outcome in outcomes]


def test_right_wrong_half_right_and_no_answers_are_told_apart(grade):
    outcomes = grade(RIGHT, "def double(x):\n    return 2", "def double(x):\n    raise NotImplementedError('ex_04_3')")
    assert statuses(outcomes) == ["passed", "partly", "not started"]
    assert [outcome.earned for outcome in outcomes] == [2, 1, 0]
    assert statuses(grade("def double(x):\n    return 'x'", "", RIGHT)) == ["failed", "not started", "passed"]


def test_a_cell_that_raises_before_it_answers_is_an_error(grade):
    (outcome,) = grade("1 / 0")
    assert (outcome.status, outcome.earned) == ("error", 0)
    assert outcome.words == "raised ZeroDivisionError: division by zero (line 1: 1 / 0)"


def test_a_cell_that_raises_after_its_answer_is_graded(grade):
    (outcome,) = grade(f"{RIGHT}\nassert double(1) == 3")
    assert outcome.status == "passed"
    assert outcome.words.startswith("raised AssertionError")


HANG = "def double(x):\n    while True: pass"
CRASH = "import os\ndef double(x):\n    os._exit(0)"
EAT = "def double(x):\n    return len(bytearray(10**10))"


@pytest.mark.parametrize(
    ("broken", "status"),
    [
        (HANG, "timeout"),
        ("while True: pass", "timeout"),
        (CRASH, "crashed"),
        ("import os; os._exit(0)", "crashed"),
        (EAT, "out of memory"),
    ],
)
def test_an_exercise_that_breaks_its_box_costs_no_other_one(grade, broken, status):
    outcomes = grade(RIGHT, broken, RIGHT)
    assert statuses(outcomes) == ["passed", status, "passed"]
    assert [outcome.earned for outcome in outcomes] == [2, 0, 2]


def test_a_new_box_has_what_earlier_cells_made(grade):
    outcomes = grade("factor = 2\n" + RIGHT, CRASH, "def double(x):\n    return factor * x")
    assert statuses(outcomes) == ["passed", "crashed", "passed"]


def test_points_of_an_exercise_that_broke_its_box_are_lost_although_a_check_had_passed(grade):
    (outcome,) = grade("def double(x):\n    while x > 1: pass\n    return 2 * x")
    assert [line.state for line in outcome.result.checks] == ["yes", "no"]
    assert (outcome.status, outcome.earned) == ("timeout", 0)


def test_an_answer_that_breaks_the_second_box_keeps_its_mark(grade):
    # The cell is run again in the second box; what it does there is no part of the answer.
    once = f"import os\nif os.path.exists('/tmp/x'): os._exit(0)\n{RIGHT}"
    assert statuses(grade(once, CRASH, RIGHT)) == ["passed", "crashed", "passed"]


def test_an_own_cell_that_breaks_the_box_is_left_out(grade):
    outcomes = grade(Cell("import os; os._exit(0)", own=3), RIGHT, RIGHT)
    assert statuses(outcomes) == ["passed", "passed"]


def test_a_cell_of_the_lesson_that_breaks_the_box_is_nobodys_fault(grade):
    with pytest.raises(BoxError, match="a cell of the lesson"):
        grade(Cell("import os; os._exit(0)"), RIGHT)


def test_the_time_of_the_submission_ends(grade, hasty):
    outcomes = grade(HANG, HANG, RIGHT, limits=replace(hasty, submission_s=0.35, exercise_s=0.35))
    assert set(statuses(outcomes)) == {"timeout"}
    assert "of the whole submission" in outcomes[-1].words


def test_prints_belong_to_their_exercise(grade):
    outcomes = grade(f"print('one')\n{RIGHT}", f"print('two')\n{RIGHT}")
    assert [outcome.printed for outcome in outcomes] == ["one\n", "two\n"]


def test_the_same_submission_has_the_same_outcome(grade):
    answers = (RIGHT, CRASH, "def double(x):\n    return hash(str(x)) % 3")
    first, second = ([(o.status, o.words, o.result) for o in grade(*answers)] for _ in range(2))
    assert first == second


def test_a_check_that_fails_itself_gives_no_mark(sandbox, hasty):
    exercise = Exercise("ex_04_1", "double", hints=HINTS)

    @exercise.check
    def stumbles(double):
        """stumbles"""
        double(1)["x"]

    cells = [Cell(RIGHT, "ex_04_1")]
    (outcome,) = Session(sandbox, cells, lambda _, handle: exercise.run(handle("double"), cases=Cases(1)), hasty).run()
    assert outcome.unsure


class Stubborn:
    """Boxes that start only after some tries."""

    isolated, name = True, "stubborn"

    def __init__(self, box, n_failures):
        self.box, self.n_failures, self.n_tries = box, n_failures, 0

    def start(self, limits):
        self.n_tries += 1
        if self.n_tries <= self.n_failures:
            raise BoxError("busy")
        return self.box.start(limits)


def test_a_start_that_failed_is_tried_again(grade, sandbox, monkeypatch):
    monkeypatch.setattr("course_lib.grading.session.SECONDS_BETWEEN_STARTS", 0)
    assert statuses(grade(RIGHT, box=Stubborn(sandbox, 2))) == ["passed"]


def test_a_box_that_never_starts_gives_no_marks(sandbox, hasty, monkeypatch):
    monkeypatch.setattr("course_lib.grading.session.SECONDS_BETWEEN_STARTS", 0)
    box = Stubborn(sandbox, 9)
    with pytest.raises(BoxError, match="busy"):
        Session(box, [Cell(RIGHT, "ex_04_1")], examine, hasty).run()
    assert box.n_tries == 3
