import json
from dataclasses import replace
from pathlib import Path

import pytest

from course_lib.checks.cases import Cases
from course_lib.checks.core import Exercise
from course_lib.errors import CourseError
from course_lib.grading import keys
from course_lib.grading.assignment import load_assignment, number_of
from course_lib.grading.batch import make_marker, mark_twice
from course_lib.grading.box.base import BoxError
from course_lib.grading.collecting import Candidate, Handed
from course_lib.grading.gate import Gate
from course_lib.grading.limits import Limits
from course_lib.grading.marking import Marker
from course_lib.grading.results import read_result, sum_up, write_result
from tests.grading.tiny_lesson import ANSWERS, N_EXERCISES, POINTS, draw_value, make_assignment, notebook, right

SCHEMA = Path(__file__).parents[2] / "docs" / "grade_result.schema.json"


def hand_in(data, label="class/ada.ipynb", record=None):
    given = Candidate(".course/record.json", lambda: record) if record else None
    return Handed(label, "ada", notebooks=(Candidate("98_small_numbers.ipynb", lambda: data),), record=given)


@pytest.fixture
def marker(sandbox, hasty):
    return Marker(make_assignment(), sandbox, "autumn", hasty, hasty, Gate())


@pytest.fixture
def mark(marker):
    return lambda data, **options: marker.mark(hand_in(data, **options))


def statuses(result):
    return [exercise.status for exercise in result.exercises]


def test_right_answers_have_full_marks(mark):
    result = mark(right())
    assert (result.status, result.earned, result.points) == ("passed", POINTS, POINTS)
    assert (result.isolated, result.box, result.reason) == (True, "bubblewrap", "")
    assert [exercise.answer for exercise in result.exercises][0].endswith("return value * 2")


def test_the_released_notebook_is_not_started(mark):
    result = mark(make_assignment().released)
    assert (result.status, result.earned) == ("not started", 0)
    assert statuses(result) == ["not started"] * N_EXERCISES


def test_statuses_are_told_apart_and_cost_only_their_exercise(mark):
    hangs = "\ndef square_value(value):\n    while True: pass"
    exits = "\nimport os\ndef add_two(value):\n    os._exit(0)"
    eats = "\ndef shift_value(value):\n    return len(bytearray(10**10))"
    result = mark(notebook(ex_98_1="value + 2", ex_98_2=hangs, ex_98_3=exits, ex_98_4=eats, ex_98_5="\n1 / 0"))
    assert statuses(result) == ["partly", "timeout", "crashed", "out of memory", "error"]
    assert [exercise.earned for exercise in result.exercises] == [1, 0, 0, 0, 0]
    assert (result.status, result.earned) == ("partly", 1)


def test_a_file_that_is_no_notebook_is_refused_and_has_no_mark(mark):
    result = mark(b"{")
    assert (result.status, result.earned, result.exercises) == ("refused", None, [])
    assert "save it and hand it in again" in result.reason


def test_a_submission_that_was_refused_before_keeps_its_reason(marker):
    result = marker.mark(Handed("class/ada", "ada", reason="there is a link in it"))
    assert (result.status, result.reason) == ("refused", "there is a link in it")
    assert marker.mark(Handed("class/bob", "bob")).reason.startswith("there is no notebook in it")


def test_the_student_reads_public_calls_and_no_hidden_input(mark):
    result = mark(notebook(ex_98_1="value + 2", ex_98_2="value // 0 if value > 2 else 5"))
    hidden, raising = result.exercises[0], result.exercises[1]
    call = hidden.checks[1].call
    assert hidden.checks[1].hidden
    assert call.startswith("double_value(")
    assert call not in hidden.feedback
    assert " no   is right for other values\n note: where no call is shown" in hidden.feedback
    assert "square_value(2) returned 5, expected 4" in raising.feedback
    assert "raised ZeroDivisionError\n" in raising.feedback
    assert 'next: hint("ex_98_2")' in raising.feedback


SEEN = "\nseen = []\ndef double_value(value):\n    seen.append(value)\n    return 2 * value"


@pytest.mark.parametrize(
    "later",
    [
        "\nraise ValueError(f'input {seen[-1]}')",
        "\ndef square_value(value):\n    return f'input {seen[-1]}'",
        "\ndef square_value(value):\n    raise type(f'input_{seen[-1]}', (Exception,), {})",
        "\nimport os\nos._exit(seen[-1])",
    ],
)
def test_no_answer_can_carry_a_hidden_input_of_an_earlier_one_to_the_student(mark, marker, later):
    result = mark(notebook(ex_98_1=SEEN, ex_98_2=later))
    last = list(Cases(number_of(marker.seed)).draw(draw_value, 3))[-1]
    everything = "\n".join([result.exercises[1].words, *(line.got or "" for line in result.exercises[1].checks)])
    assert f"{last}" in everything  # the instructor reads it
    assert f"{last}" not in result.exercises[1].feedback


def test_what_a_hidden_check_expected_is_kept_from_the_student(mark, marker):
    result = mark(notebook(ex_98_1="'x' * 400"))
    first = next(Cases(number_of(marker.seed)).draw(draw_value, 1))
    assert f"expected the integer {2 * first}" in result.exercises[0].checks[1].help
    assert f"{2 * first}" not in result.exercises[0].feedback


def test_texts_are_left_out_where_the_run_on_public_inputs_says_something_else(mark):
    odd = "\nimport os\ndef double_value(value):\n    if value > 30: os._exit(3)\n    return 2 * value"
    result = mark(notebook(ex_98_1=odd))
    assert result.exercises[0].status == "crashed"
    assert "note: crashed\n" in result.exercises[0].feedback + "\n"
    assert "exit status" not in result.exercises[0].feedback


def test_a_right_submission_is_run_once(mark, marker, monkeypatch):
    monkeypatch.setattr("course_lib.grading.marking.Session", lambda *_: pytest.fail("it was run again"))
    assert mark(right()).status == "passed"


def test_what_an_answer_prints_is_kept_from_the_student(mark):
    result = mark(notebook(ex_98_1="print('input', value) or value * 2"))
    assert "input 2" in result.exercises[0].printed
    assert "input" not in result.exercises[0].feedback


def test_feedback_says_how_a_box_ended(mark):
    result = mark(notebook(ex_98_1="\nimport os\nos._exit(0)"))
    assert "0 of 2 points" in result.exercises[0].feedback
    assert "note: crashed: ended its process (exit status 0)" in result.exercises[0].feedback


def test_hints_come_from_the_record_that_was_handed_in(mark):
    result = mark(right(), record=b'{"hints": {"ex_98_2": 3, "ex_98_3": -1}}')
    assert [exercise.hints_used for exercise in result.exercises] == [0, 3, 0, 0, 0]
    assert mark(right()).exercises[0].hints_used is None
    assert mark(right(), record=b"[" * 100_000).exercises[0].hints_used == 0


def test_the_same_submission_has_the_same_mark(mark):
    draws = "\nimport random\ndef add_two(value):\n    return random.random()"
    data = notebook(**ANSWERS | {"ex_98_2": "hash(str(value)) % 3", "ex_98_3": draws})
    first, second = ([(e.status, e.earned, e.checks, e.feedback) for e in mark(data).exercises] for _ in range(2))
    assert first == second


def test_a_result_comes_back_from_its_file_as_it_was(mark):
    result = mark(notebook(ex_98_1="value + 2"))
    assert read_result(write_result(result)) == result
    assert json.loads(write_result(result))["schema"] == 1


def test_the_published_schema_is_that_of_the_results():
    from course_lib.grading.results import json_schema

    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_schema()


def test_a_key_changes_with_all_that_a_mark_depends_on(marker, quick):
    file = marker.assignment.take_in(right()).file
    other_file = marker.assignment.take_in(notebook()).file
    key = marker.key("a", file)
    changed = [
        marker.key("b", file),
        marker.key("a", other_file),
        replace(marker, seed="spring").key("a", file),
        replace(marker, floor=Limits()).key("a", file),
        replace(marker, assignment=make_assignment(b"2")).key("a", file),
    ]
    assert replace(marker, limits=Limits()).key("a", file) == key
    assert len({key, *changed}) == 6
    assert len(keys.hash_grader()) == 64


class Broken:
    """Boxes that never start."""

    isolated, name, n_starts = True, "broken", 0

    def start(self, limits):
        self.n_starts += 1
        raise BoxError("no box today")


def test_a_fault_of_the_grader_is_no_mark_and_is_tried_again(marker, monkeypatch):
    monkeypatch.setattr("course_lib.grading.session.SECONDS_BETWEEN_STARTS", 0)
    box = Broken()
    result = mark_twice(replace(marker, box=box), hand_in(right()), lambda *_: None)
    assert (result.status, result.earned) == ("grader error", None)
    assert "no box today" in result.reason
    assert box.n_starts == 6


def test_a_check_that_fails_itself_gives_no_mark(marker):
    exercise = Exercise("ex_98_1", "double", hints=("a", "b", "c"))

    @exercise.check
    def stumbles(double_value):
        """stumbles"""
        double_value(1)["x"]

    assignment = replace(marker.assignment, exercises=(exercise, *marker.assignment.exercises[1:]))
    result = replace(marker, assignment=assignment).mark(hand_in(right()))
    assert (result.status, result.earned, result.exercises[0].earned) == ("grader error", None, None)
    assert statuses(result)[1:] == ["passed"] * 4


def test_an_answer_that_only_waited_is_tried_once_more_alone(marker, monkeypatch):
    alone = []
    real = Gate.alone
    monkeypatch.setattr(Gate, "alone", lambda gate: alone.append(1) or real(gate))
    result = marker.mark(hand_in(notebook(ex_98_1="__import__('time').sleep(60)")))
    assert (result.exercises[0].status, len(alone)) == ("timeout", 1)


def test_nobody_is_graded_where_the_courses_own_answers_fail(sandbox, hasty):
    assignment = replace(make_assignment(), solved=notebook(**ANSWERS | {"ex_98_2": "7"}))
    with pytest.raises(CourseError, match="ex_98_2 failed"):
        make_marker(assignment, sandbox, "autumn", hasty)
    assert make_marker(make_assignment(), sandbox, "autumn", hasty).limits.call_s >= hasty.call_s


def test_an_unknown_lesson_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(CourseError, match="no released notebook of lesson '77': give one of none"):
        load_assignment("77", tmp_path)


def test_all_exercises_in_one_state_give_the_submission_that_state(mark):
    assert mark(notebook(**dict.fromkeys(ANSWERS, "\n1 / 0"))).status == "error"
    assert mark(notebook(ex_98_1="7")).status == "failed"
    assert sum_up([]) == "not started"
