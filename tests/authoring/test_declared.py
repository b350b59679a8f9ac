import inspect

import pytest

from tests.authoring.tiny import STEM, replace
from tools.authoring import declared


def test_exercise_is_read_with_its_hints_and_number_of_checks(course):
    first = declared.read_exercises(course, "98")["ex_98_1"]
    assert (first.title, first.points, first.level, first.minutes, first.pattern) == (
        "double_value",
        2,
        "core",
        10,
        "G1 G2",
    )
    assert first.hints == ("Which operator?", "One line.", "Begin with return.")
    assert first.n_checks == 1


def test_checks_with_and_without_brackets_count_for_their_exercise_only(course):
    text = '\n\n@ex_98_1.check(after=returns_four_for_two)\ndef again(double_value):\n    """again"""\n'
    with course.checks("98").open("a") as file:
        file.write(text)
    counts = {name: exercise.n_checks for name, exercise in declared.read_exercises(course, "98").items()}
    assert counts == {"ex_98_1": 2, "ex_98_2": 1, "ex_98_3": 1, "ex_98_4": 1, "ex_98_5": 1}


def test_what_is_no_plain_value_reads_as_none(course):
    replace(course.checks("98"), 'hints=("Which operator?", "One line.", "Begin with return.")', "hints=make_hints()")
    assert declared.read_exercises(course, "98")["ex_98_1"].hints is None


def test_exercises_may_stand_in_several_modules_of_a_lesson(course):
    more = course.checks("98").with_name("lesson_98_more.py")
    more.write_text('ex_98_6 = Exercise("ex_98_6", "more", hints=())\n')
    assert declared.read_exercises(course, "98")["ex_98_6"].path == more


@pytest.mark.parametrize("text", [None, "def f(:"])
def test_file_that_cannot_be_read_declares_nothing(course, text):
    course.checks("98").unlink()
    if text:
        course.checks("98").write_text(text)
    assert declared.read_exercises(course, "98") == {}


def test_answers_are_counted_by_exercise_and_kind(course):
    for kind, n_answers in (("right", 2), ("wrong", 3)):
        counts = declared.count_answers(course.answers(STEM), kind)
        assert counts == {f"ex_98_{number}": n_answers for number in range(1, 6)}


def test_checks_of_several_functions_are_read_in_magic_free_code_only():
    assert declared.check_calls('check("ex_98_1", f, g)\ncheck("ex_98_2", obj.h)') == [
        ("ex_98_1", ("f", "g")),
        ("ex_98_2", ("obj.h",)),
    ]
    assert declared.check_calls('%time check("ex_98_1", f)') == []


def test_defaults_are_those_of_the_exercise():
    exercise = pytest.importorskip("course_lib.checks.core").Exercise
    parameters = inspect.signature(exercise).parameters
    assert {name: parameters[name].default for name in declared.DEFAULTS} == declared.DEFAULTS
