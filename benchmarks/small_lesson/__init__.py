"""A lesson of four exercises that take no time, and submissions to it: what is left is the time of a grader."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course_lib.grading.assignment import Assignment

FOLDER = Path(__file__).parent
NAME = "97_small_lesson"
POINTS = 8
# Bodies of the functions, by what the author of a submission has understood; the stub stands where there is none.
RIGHT = {
    "largest_distance": "return max(numbers) - min(numbers) if numbers else 0",
    "count_vowels": "return sum(letter in VOWELS for letter in text.lower())",
    "vector_length": "return math.sqrt(sum(value**2 for value in vector))",
    "pack": 'return ",".join(words)',
    "unpack": 'return text.split(",") if text else []',
}
ALMOST = RIGHT | {
    "largest_distance": "return max(numbers) - min(numbers)",
    "count_vowels": "return sum(letter in VOWELS for letter in text)",
    "unpack": 'return text.split(",")',
}
BEGUN = {"largest_distance": ALMOST["largest_distance"], "pack": "return 1 / 0"}
ANSWERS = {"right": RIGHT, "almost": ALMOST, "begun": BEGUN, "empty": {}}


@cache
def load_checks() -> ModuleType:
    """Return the module of the checks, which is no part of `course_lib`."""
    spec = importlib.util.spec_from_file_location("course_lib.checks.lesson_97", FOLDER / "lesson_97.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def make_assignment() -> Assignment:
    """Return the lesson as `course grade` takes it, built anew."""
    from tools.authoring.editions import as_text, make_solved, make_student
    from tools.authoring.source import Lesson, read_cells

    lesson = Lesson(NAME, "Small lesson", tuple(read_cells((FOLDER / "source.txt").read_text(encoding="utf-8"))))
    return describe(*(as_text(make(lesson, None)).encode() for make in (make_student, make_solved)))


def describe(released: bytes, solved: bytes) -> Assignment:
    """Return the lesson with these editions."""
    from course_lib.checks import Exercise
    from course_lib.grading.assignment import Assignment

    exercises = tuple(value for value in vars(load_checks()).values() if isinstance(value, Exercise))
    return Assignment(NAME, exercises, released, solved, checks=(FOLDER / "lesson_97.py").read_bytes())


def fill_in(notebook: bytes, answers: Mapping[str, str]) -> bytes:
    """Return a notebook, of any edition of the lesson, with the bodies of functions in place of their stubs.

    Parameters
    ----------
    notebook
        A file with the cells of the exercises in it, whatever else its edition has.
    answers
        Name of the function -> body.
    """
    content = json.loads(notebook)
    for cell in content["cells"]:
        text = "".join(cell["source"])
        for function, body in answers.items() if cell["cell_type"] == "code" else ():
            head, found, rest = text.partition(f"def {function}(")
            if found and "raise NotImplementedError(" in rest:
                before, _, after = rest.partition("raise NotImplementedError(")
                text = head + found + before + body + "\n" + after.partition("\n")[2]
        cell["source"] = text
    return json.dumps(content).encode()
