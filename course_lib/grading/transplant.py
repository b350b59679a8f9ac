"""Puts answers into a clean copy of the lesson: what runs in the box, and in which order.

Not all of a lesson runs: its experiments take minutes and no answer needs them. Taken are the answers and, step by
step, the statements that make a name which they use: those of the released lesson first (imports, small data), and
cells of the student's own only for names that nothing else makes.
"""

import builtins
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from course_lib.grading.intake import Intake, checked_in
from course_lib.grading.notebook_file import CellText
from course_lib.grading.runner.names import Names, names_of, split_statements
from course_lib.grading.session import Cell

# Finds the names in texts; of student code this happens in a box.
Look = Callable[[list[str]], list[Names]]


@dataclass(frozen=True)
class Part:
    """A piece of code that may be taken along.

    Parameters
    ----------
    cell
        Number of its cell.
    source
        Its text.
    names
        What it uses and makes.
    """

    cell: int
    source: str
    names: Names


@dataclass(frozen=True)
class Lesson:
    """The released lesson, taken apart once for all submissions.

    Parameters
    ----------
    exercises
        Their ids, in order.
    places
        Number of the cell of each.
    parts
        The statements of all other cells, but for checks.
    """

    exercises: tuple[str, ...]
    places: dict[str, int]
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Program:
    """What runs in the box.

    Parameters
    ----------
    cells
        In order; a missing answer is a blank cell.
    helpers
        Numbers of the student's own cells among them.
    """

    cells: tuple[Cell, ...]
    helpers: tuple[int, ...]


def take_apart(cells: Sequence[CellText], exercises: Sequence[str]) -> Lesson:
    """Return the lesson whose released notebook has ``cells``."""
    places = {name: cell.number for cell in cells for name in (cell.name, cell.id) if name in exercises}
    parts = [
        Part(cell.number, statement, names_of(statement))
        for cell in find_plain(cells, exercises)
        for statement in split_statements(cell.source)
    ]
    return Lesson(tuple(exercises), places, tuple(parts))


def build_program(lesson: Lesson, intake: Intake, look: Look) -> Program:
    """Return the program for one submission.

    Parameters
    ----------
    lesson
        See `take_apart`.
    intake
        What was taken from the submission.
    look
        See `Look`.
    """
    answers = {name: intake.found[name].source for name in lesson.exercises if name in intake.found}
    found = look(list(answers.values())) if answers else []
    made = set().union(*(names.makes for names in found))
    taken, needed = select(lesson.parts, set().union(*(names.uses for names in found)) - made)
    missing = needed - made - set(dir(builtins)) - set().union(*(part.names.makes for part in taken))
    helpers = find_helpers(lesson, intake, missing, look) if missing else []
    return Program(tuple(arrange(lesson, taken, helpers, answers)), tuple(part.cell for part in helpers))


def find_helpers(lesson: Lesson, intake: Intake, missing: set[str], look: Look) -> list[Part]:
    """Return the student's own cells that make a name which is missing, with what these need."""
    in_answers = {number for found in intake.found.values() for number in found.cells}
    own = [cell for cell in find_plain(intake.file.cells, lesson.exercises) if cell.number not in in_answers]
    found = look([cell.source for cell in own]) if own else []
    return select([Part(cell.number, cell.source, names) for cell, names in zip(own, found, strict=True)], missing)[0]


def arrange(lesson: Lesson, taken: Sequence[Part], helpers: Sequence[Part], answers: dict[str, str]) -> list[Cell]:
    """Return the cells in the order of the lesson, the student's own before the first answer."""
    sources: dict[int, list[str]] = {}
    for part in taken:
        sources.setdefault(part.cell, []).append(part.source)
    last = max([*lesson.places.values(), 0]) + 1
    cells = [(number, Cell("\n".join(parts))) for number, parts in sources.items()]
    cells += [(lesson.places.get(name, last), Cell(answers.get(name, ""), name)) for name in lesson.exercises]
    ordered = [cell for _, cell in sorted(cells, key=lambda item: item[0])]
    first = next((place for place, cell in enumerate(ordered) if cell.exercise), len(ordered))
    return [*ordered[:first], *(Cell(part.source, own=part.cell) for part in helpers), *ordered[first:]]


def find_plain(cells: Iterable[CellText], exercises: Iterable[str]) -> list[CellText]:
    """Return the code cells that neither answer nor check an exercise."""
    names = set(exercises)
    return [cell for cell in cells if cell.is_code and not names & {cell.name, cell.id} and not checked_in(cell)]


def select(parts: Sequence[Part], needed: Iterable[str]) -> tuple[list[Part], set[str]]:
    """Return the parts that make something that is needed, by answers or by each other, and all that is needed then."""
    makers: dict[str, list[int]] = {}
    for place, part in enumerate(parts):
        for name in part.names.makes:
            makers.setdefault(name, []).append(place)
    seen: set[str] = set()
    taken: set[int] = set()
    waiting = list(needed)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for place in makers.get(name, ()):
            if place not in taken:
                taken.add(place)
                waiting.extend(parts[place].names.uses)
    return [part for place, part in enumerate(parts) if place in taken], seen
