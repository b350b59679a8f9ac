"""A released lesson in the forms that nbgrader and otter read: neither holds a solution.

Their graders run the checks in the process of the student's code, with the public inputs of the notebook: what they
give are marks for practice.
"""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from course_lib.checks.core import Exercise
from course_lib.errors import CourseError
from course_lib.grading.assignment import Assignment

Cell = dict[str, Any]
STUB = re.compile(r"^(?P<indent>[ \t]*)raise NotImplementedError\(", re.MULTILINE)
NBGRADER_CONFIG = '''\
"""Settings of nbgrader for this lesson; run its commands in this folder."""

c = get_config()
c.ClearSolutions.code_stub = {{"python": "# YOUR CODE HERE"}}  # the line that raises follows it
c.Execute.timeout = {cell_s}  # seconds for one cell: lessons load models
'''
NBGRADER_README = """Lesson {lesson} for nbgrader, {points} points, without solutions

nbgrader has to run in the environment of the course, see docs/instructors.md. In this folder:

1. nbgrader generate_assignment {folder}
2. Give students release/{folder}/{name}.ipynb.
3. Put what they hand in into submitted/NAME/{folder}/{name}.ipynb
4. nbgrader autograde {folder}, then nbgrader export

{practice}
"""
OTTER_README = """Lesson {lesson} for otter, {points} points, without solutions

otter has to run in the environment of the course, see docs/instructors.md. In this folder:

1. otter assign {name}.ipynb dist
2. Give students what is in dist/student. They need otter-grader as well.
3. otter run -a dist/autograder/{name}-autograder_*.zip HANDED_IN.ipynb

{practice}
"""
PRACTICE = """The checks run in the process of the student's code, with inputs that are public: the points are practice.
For marks use course grade."""
SLOWEST_CELL_S = 600


def make_for_nbgrader(assignment: Assignment) -> dict[str, bytes]:
    """Return the files of a course folder of nbgrader with this lesson as its source.

    Raises
    ------
    CourseError
        The lesson has an exercise without a stub, or without a check of its own.
    """
    notebook = json.loads(assignment.released)
    parts = find_parts(notebook["cells"], assignment)
    for exercise, (answer, check) in parts.items():
        answer["source"] = mark_stub(answer, "BEGIN SOLUTION")
        answer["metadata"]["nbgrader"] = describe_cell(exercise.id, solution=True)
        check["source"] = f"from course_lib.checks import points\n\n{call_points(exercise)}"
        check["metadata"]["nbgrader"] = describe_cell(f"check_{exercise.id}", grade=True, points=exercise.points)
    folder = f"lesson_{assignment.lesson}"
    return {
        "README.txt": fill(NBGRADER_README, assignment, folder=folder),
        "nbgrader_config.py": NBGRADER_CONFIG.format(cell_s=SLOWEST_CELL_S).encode(),
        f"source/{folder}/{assignment.name}.ipynb": write_notebook(notebook),
    }


def make_for_otter(assignment: Assignment) -> dict[str, bytes]:
    """Return the files from which ``otter assign`` makes what students get and what grades them.

    Raises
    ------
    CourseError
        The lesson has an exercise without a stub, or without a check of its own.
    """
    notebook = json.loads(assignment.released)
    parts = find_parts(notebook["cells"], assignment)
    questions = {id(answer): exercise for exercise, (answer, _) in parts.items()}
    dropped = {id(check) for _, check in parts.values()}
    cells = [raw("ASSIGNMENT CONFIG", **otter_settings(assignment))]
    for cell in notebook["cells"]:
        if id(cell) in questions:
            cells += make_question(questions[id(cell)], cell)
        elif id(cell) not in dropped:
            cells.append(cell)
    for number, cell in enumerate(cells):
        cell.setdefault("id", f"otter_{number}")
    return {
        "README.txt": fill(OTTER_README, assignment),
        f"{assignment.name}.ipynb": write_notebook(notebook | {"cells": cells}),
    }


def fill(text: str, assignment: Assignment, **words: str) -> bytes:
    """Return a text about a lesson."""
    known = {"lesson": assignment.lesson, "name": assignment.name, "points": assignment.points, "practice": PRACTICE}
    return text.format(**known, **words).encode()


def write_notebook(notebook: Mapping[str, Any]) -> bytes:
    """Return the file of a notebook."""
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()


def find_parts(cells: list[Cell], assignment: Assignment) -> dict[Exercise, tuple[Cell, Cell]]:
    """Return the cell of the answer and the cell of the check of each exercise."""
    by_id = {cell.get("id"): cell for cell in cells}
    parts = {}
    for exercise in assignment.exercises:
        answer, check = by_id.get(exercise.id), by_id.get(f"check_{exercise.id}")
        if not (answer and check and STUB.search(text_of(answer))):
            raise CourseError(
                f"{assignment.name}.ipynb has no cells {exercise.id}, with a line that raises, and "
                f"check_{exercise.id}: build it with tools/build_notebooks.py"
            )
        parts[exercise] = (answer, check)
    return parts


def text_of(cell: Mapping[str, Any]) -> str:
    """Return the text of a cell, which may be stored as lines."""
    return "".join(cell["source"])


def mark_stub(cell: Mapping[str, Any], begin: str) -> str:
    """Return the text of a stub with a place for a solution before each line that raises."""
    return STUB.sub(rf"\g<indent># {begin}\n\g<indent># END SOLUTION\n\g<0>", text_of(cell))


def describe_cell(name: str, grade: bool = False, solution: bool = False, **more: Any) -> dict[str, Any]:
    """Return what nbgrader keeps about a cell."""
    kinds = {"grade": grade, "solution": solution, "locked": grade, "task": False}
    return {"grade_id": name, "schema_version": 3, **kinds, **more}


def call_points(exercise: Exercise, more: str = "") -> str:
    """Return the call that gives the points of an exercise."""
    return f'points("{exercise.id}", {", ".join(exercise.functions)}{more})'


def otter_settings(assignment: Assignment) -> dict[str, Any]:
    """Return what otter is told about the whole lesson: there are no solutions that its tests could be run on."""
    return {
        "name": f"lesson_{assignment.lesson}",
        "run_tests": False,
        "export_cell": False,
        "tests": {"ok_format": False},
    }


def make_question(exercise: Exercise, answer: Cell) -> Iterator[Cell]:
    """Yield the cells of one exercise: a test for each point, because a test of otter is passed or not."""
    cell = copy.deepcopy(answer)
    cell["source"] = mark_stub(answer, "BEGIN SOLUTION NO PROMPT")
    yield raw("BEGIN QUESTION", name=exercise.id, points=[1] * exercise.points)
    yield from (raw("BEGIN SOLUTION"), cell, raw("END SOLUTION"), raw("BEGIN TESTS"))
    for wanted in range(1, exercise.points + 1):
        more = "" if wanted == exercise.points else ", show=False"  # what the checks say is shown once
        lines = (
            f"def earns_{wanted}_of_{exercise.points}({', '.join(exercise.functions)}):",
            "    from course_lib.checks import points",
            f"    earned = {call_points(exercise, more)}",
            f'    assert earned >= {wanted}, f"{exercise.id}: {{earned}} of {exercise.points} points"',
        )
        source = "\n".join(lines)
        yield {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
    yield from (raw("END TESTS"), raw("END QUESTION"))


def raw(words: str, **settings: Any) -> Cell:
    """Return a cell that tells otter something; JSON is YAML."""
    lines = [f"# {words}", *(f"{name}: {json.dumps(value)}" for name, value in settings.items())]
    return {"cell_type": "raw", "metadata": {}, "source": "\n".join(lines)}
