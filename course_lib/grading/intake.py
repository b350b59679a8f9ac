"""Finds the answers in a notebook that was handed in.

Only answers are taken: the cells of the exercises, and the cells of the student's own that these need. What the
notebook says about points, checks and itself has no effect. How an exercise is found is what a reader would do: by the
name of its cell, by the function that it should define, and, where there are several, by what "run all" would check.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from course_lib.grading.notebook_file import CellText, NotebookFile, read_notebook

# No pattern here may take more than one pass over a text, however it was chosen.
CHECKING = re.compile(r"^[ \t]*(?:check|points)\([ \t]*[\"'](?P<exercise>ex_\d\d_\d{1,2})[\"']", re.MULTILINE)
CALLS = re.compile(r"\s*(?:from course_lib\.checks import points\s+)?(?:(?:check|points)\([^()]*\)\s*)+")


@dataclass(frozen=True)
class Slot:
    """What the lesson asks for in one exercise.

    Parameters
    ----------
    exercise
        Its id, which its cell is called by.
    functions
        Names that its cell must define.
    """

    exercise: str
    functions: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """The answer to one exercise.

    Parameters
    ----------
    exercise
        Its id.
    source
        Text of its cell, or of its cells one after the other.
    cells
        Their numbers.
    """

    exercise: str
    source: str
    cells: tuple[int, ...]


@dataclass(frozen=True)
class Ignored:
    """A cell that has no effect although its author may have thought so.

    Parameters
    ----------
    cell
        Its number.
    why
        A few words.
    """

    cell: int
    why: str


@dataclass(frozen=True)
class Intake:
    """What was taken from one file.

    Parameters
    ----------
    status
        ``read`` or ``refused``.
    file
        What could be read of it, with the reason of a refusal.
    found
        Answers by exercise, in the order of the lesson.
    missing
        Exercises without any.
    ignored
        What was not taken.
    """

    status: str
    file: NotebookFile
    found: dict[str, Found]
    missing: tuple[str, ...]
    ignored: tuple[Ignored, ...]


def take_in(path: Path, slots: Sequence[Slot]) -> Intake:
    """Read the file at ``path`` and find the answers to ``slots`` in it."""
    return find_answers(read_notebook(path), slots)


def find_answers(file: NotebookFile, slots: Sequence[Slot]) -> Intake:
    """Find the answers to ``slots`` in a notebook that was read."""
    if file.fault:
        return Intake("refused", file, {}, tuple(slot.exercise for slot in slots), ())
    ignored: list[Ignored] = []
    found = {slot.exercise: answer for slot in slots if (answer := find_answer(file.cells, slot, ignored))}
    missing = tuple(slot.exercise for slot in slots if slot.exercise not in found)
    ignored += list_changed_checks(file.cells)
    return Intake("read", file, found, missing, tuple(sorted(set(ignored), key=lambda item: (item.cell, item.why))))


def find_answer(cells: Sequence[CellText], slot: Slot, ignored: list[Ignored]) -> Found | None:
    """Return the answer to ``slot``; add to ``ignored`` what else looked like it."""
    named = [cell for cell in cells if slot.exercise in (cell.name, cell.id) and cell.source.strip()]
    ignored += [Ignored(cell.number, f"{slot.exercise} is no code cell any more") for cell in named if not cell.is_code]
    named = [cell for cell in named if cell.is_code]
    code = [cell for cell in cells if cell.is_code]
    chosen = []
    for function in slot.functions:
        candidates = [cell for cell in code if defines(cell.source, function)]
        if candidates:
            chosen.append(choose(candidates, code, slot.exercise))
            ignored += list_others(candidates, chosen[-1], slot.exercise)
    if not chosen and named:
        chosen = [choose(named, code, slot.exercise)]
        ignored += list_others(named, chosen[0], slot.exercise)
    if not chosen:
        return None
    parts = sorted(set(chosen), key=lambda cell: cell.number)
    return Found(slot.exercise, "\n\n".join(part.source for part in parts), tuple(part.number for part in parts))


def choose(candidates: Sequence[CellText], code: Iterable[CellText], exercise: str) -> CellText:
    """Return the cell that "run all" would check: the last one before the check, but no stub if there is another."""
    written = [cell for cell in candidates if not is_stub(cell.source, exercise)] or candidates
    checks = [cell.number for cell in code if exercise in checked_in(cell)]
    before = [cell for cell in written if checks and cell.number < checks[0]]
    return (before or written)[-1]


def list_others(candidates: Iterable[CellText], chosen: CellText, exercise: str) -> list[Ignored]:
    """Return the candidates that were not chosen."""
    words = f"another cell answers {exercise}: cell {chosen.number} is what running all cells would check"
    return [Ignored(cell.number, words) for cell in candidates if cell != chosen]


def list_changed_checks(cells: Iterable[CellText]) -> list[Ignored]:
    """Return the check cells with more in them than a call: the checks of the grader are its own."""
    return [
        Ignored(cell.number, "a check cell was changed, which has no effect")
        for cell in cells
        if cell.is_code
        and ("check" in cell.tags or cell.id.startswith("check_ex_"))
        and not CALLS.fullmatch(cell.source)
    ]


def checked_in(cell: CellText) -> set[str]:
    """Return the exercises that a cell checks.

    Examples
    --------
    >>> checked_in(CellText(3, True, 'check("ex_04_1", pack)'))
    {'ex_04_1'}
    """
    return {match["exercise"] for match in CHECKING.finditer(cell.source)}


def is_stub(source: str, exercise: str) -> bool:
    """Tell whether ``source`` still has the line that stands for the answer."""
    return f'NotImplementedError("{exercise}' in source or f"NotImplementedError('{exercise}" in source


def defines(source: str, function: str) -> bool:
    r"""Tell whether a cell makes something called ``function`` at its top.

    The text is not parsed: that takes a magic for an error, and hostile text may harm a parser.

    Examples
    --------
    >>> defines("%%time\ndef pack(chunks): ...", "pack"), defines("packing = 1", "pack")
    (True, False)
    """
    name = re.escape(function)
    return bool(
        re.search(rf"^(?:(?:async[ \t]+)?def[ \t]+{name}\b|{name}[ \t]*(?::[^=\n]*)?=(?!=))", source, re.MULTILINE)
    )
