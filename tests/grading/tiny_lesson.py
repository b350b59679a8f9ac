"""The tiny lesson of the authoring tests as an assignment to grade."""

import inspect
import io
import json
import zipfile
from functools import cache

from course_lib.checks import Exercise, expect_equal
from course_lib.grading.assignment import Assignment
from tests.authoring.tiny import EXERCISES, STEM, lesson_of, make_source
from tools.authoring.editions import as_text, make_solved, make_student

HINTS = ("Which operator?", "One line.", "Begin with return.")
RULES = {
    "double_value": lambda value: value * 2,
    "square_value": lambda value: value * value,
    "add_two": lambda value: value + 2,
    "shift_value": lambda value: value << 1,
    "raise_two": lambda value: 2**value,
}
ANSWERS = {f"ex_98_{number}": solution for number, (solution, _, _) in enumerate(EXERCISES.values(), 1)}
N_EXERCISES, POINTS = 5, 10


def draw_value(rng):
    return rng.randrange(3, 40)


def make_exercise(number, name):
    """Return an exercise with a check whose inputs are public and one whose inputs are not."""
    exercise = Exercise(f"ex_98_{number}", name.replace("_", " "), points=2, hints=HINTS)
    rule = RULES[name]

    def returns_four_for_two(function):
        """returns 4 for 2"""
        expect_equal(function, (2,), expected=4)

    def is_right_for_others(function, cases):
        """is right for other values"""
        for value in cases.draw(draw_value, 3):
            expect_equal(function, (value,), expected=rule(value))

    for check, *names in ((returns_four_for_two, name), (is_right_for_others, name, "cases")):
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        check.__signature__ = inspect.Signature([inspect.Parameter(parameter, kind) for parameter in names])
        exercise.check(check)
    return exercise


@cache
def make_editions():
    lesson = lesson_of(make_source())
    return [as_text(make(lesson, None)).encode() for make in (make_student, make_solved)]


def make_assignment(checks=b"1"):
    released, solved = make_editions()
    exercises = tuple(make_exercise(number, name) for number, name in enumerate(EXERCISES, 1))
    return Assignment(STEM, exercises, released, solved, checks=checks)


def notebook(**answers):
    """Return the released notebook, filled in: ``ex_98_1="value + value"`` is what the function returns.

    An answer that begins with a line break replaces the whole cell.
    """
    content = json.loads(make_editions()[0])
    for cell in content["cells"]:
        answer = answers.get(cell["id"])
        if answer is None:
            continue
        source = "".join(cell["source"])
        stub = f'raise NotImplementedError("{cell["id"]}: write your code here")'
        assert stub in source
        cell["source"] = answer[1:] if answer.startswith("\n") else source.replace(stub, f"return {answer}")
    return json.dumps(content).encode()


def right():
    return notebook(**ANSWERS)


def zip_of(files):
    """Return an archive of files: content by path, or pairs of both."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items() if isinstance(files, dict) else files:
            archive.writestr(name, content)
    return data.getvalue()
