"""What the builder refuses in a source, each with a sentence that says what to do."""

import re
from collections import Counter
from collections.abc import Iterator

from tools.authoring import regions
from tools.authoring.budgets import HOW_TO_PROMISE, read_promise
from tools.authoring.declared import check_calls
from tools.authoring.editions import cell_id, solved_source, student_source
from tools.authoring.source import Cell, Lesson

ROLES = ("exercise", "check", "solution")
TAGS = (*ROLES, "expect-output", "slow")
MOST_LINES = 15
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
Faults = Iterator[tuple[int, str]]


def find_faults(lesson: Lesson) -> Faults:
    """Yield (line in the source, sentence) of everything in ``lesson`` that no edition can be made with."""
    of_cells = [fault for cell in lesson.cells for rule in (mark, roles, length, solution) for fault in rule(cell)]
    yield from of_cells
    if of_cells:
        return  # the rest needs to know which cell is what
    for rule in (names, same_text, exercises, checks, promise):
        yield from rule(lesson)


def mark(cell: Cell) -> Faults:
    """Yield what is wrong with the words behind the mark of ``cell``."""
    if cell.kind not in ("code", "markdown"):
        yield cell.line, f"a {cell.kind} cell: a lesson has code cells, '# %%', and text cells, '# %% [markdown]'"
    if cell.unknown:
        allowed = '[markdown], tags=["..."] and name="..."'
        yield cell.line, f"the mark of this cell says {', '.join(cell.unknown)}: behind '# %%' stand only {allowed}"
    if cell.name and not NAME.fullmatch(cell.name):
        yield cell.line, f"the name {cell.name!r} is not in small letters, digits and underscores: rename the cell"


def roles(cell: Cell) -> Faults:
    """Yield what is wrong with the tags of ``cell``."""
    for tag in cell.tags:
        if tag not in TAGS:
            yield cell.line, f"unknown tag {tag!r}: the tags are {', '.join(TAGS)}"
        elif tag != "solution" and not cell.is_code:
            yield cell.line, f"the tag {tag!r} is for code cells: take it away, or take [markdown] away"
    taken = [tag for tag in cell.tags if tag in ROLES]
    if len(taken) > 1:
        yield cell.line, f"a cell is only one of {', '.join(ROLES)}, this one is {' and '.join(taken)}: split it"
    calls = called(cell)
    if "check" in cell.tags and len(calls) != 1:
        yield cell.line, f"a cell with the tag 'check' calls check(\"ex_NN_k\", f) once, here: {len(calls)} times"
    if "check" not in cell.tags and calls:
        yield cell.line, f"check({calls[0][0]!r}, ...) in a cell without the tag 'check': add the tag"


def length(cell: Cell) -> Faults:
    """Yield a fault if ``cell`` is empty or has more lines of code than a reader takes in at once."""
    if not cell.source.strip():
        yield cell.line, "this cell is empty: write something in it or delete its mark"
    n_lines = len(solved_source(cell).splitlines()) if cell.is_code else 0  # the student edition is never longer
    if n_lines > MOST_LINES:
        yield cell.line, f"{n_lines} lines of code, a cell has at most {MOST_LINES}: split it or use course_lib"


def solution(cell: Cell) -> Faults:
    """Yield what is wrong with the solution marks of ``cell``."""
    if "exercise" not in cell.tags:
        for number, text in regions.find_marks(cell.source):
            yield cell.line + number, f"{text!r} outside of an exercise: tag the cell 'exercise', or else 'solution'"
        return
    faults = list(regions.find_faults(cell.source))
    for number, sentence in faults:
        yield cell.line + number, sentence
    if faults:
        return
    try:
        unguarded = list(regions.find_unguarded(student_source(cell)))
    except SyntaxError as error:
        yield cell.line, f"without its solution this exercise is no Python ({error.msg}): leave it a function"
        return
    if unguarded:
        yield cell.line, "a region outside of a function would raise at once: put it into the body of a function"


def called(cell: Cell) -> list[tuple[str, tuple[str, ...]]]:
    """Return (exercise, functions) of the checks that ``cell`` calls."""
    return check_calls(cell.source) if cell.is_code else []


def names(lesson: Lesson) -> Faults:
    """Yield the names that are given twice, or to the wrong cell."""
    counts = Counter(cell.name for cell in lesson.cells if cell.name)
    for cell in lesson.cells:
        if counts[cell.name] > 1:
            yield cell.line, f"the name {cell.name} is given {counts[cell.name]} times: each name is one cell's"
        if cell.name.startswith(("ex_", "check_")) and "exercise" not in cell.tags:
            yield cell.line, f"{cell.name} is a name for an exercise: tag the cell 'exercise', or rename it"


def same_text(lesson: Lesson) -> Faults:
    """Yield the cells that would get one id."""
    counts = Counter(cell_id(cell) for cell in lesson.cells)
    for cell in lesson.cells:
        if not cell.name and counts[cell_id(cell)] > 1:
            yield cell.line, "another cell has this very text: change one, delete it, or tell them apart by name"


def exercises(lesson: Lesson) -> Faults:
    """Yield the exercises with another name than theirs, or without a check."""
    for number, cell in enumerate(lesson.cells):
        if "exercise" not in cell.tags:
            continue
        if not re.fullmatch(rf"ex_{lesson.number}_[1-9]\d?", cell.name):
            expected = f'name="ex_{lesson.number}_k" with k = 1, 2, ...'
            yield cell.line, f"an exercise has {expected} behind its mark, this one {cell.name!r}: rename it"
        elif not any(name == cell.name for later in lesson.cells[number + 1 :] for name, _ in called(later)):
            call = f'check("{cell.name}", f)'
            yield cell.line, f"{cell.name} has no check after it: add a cell with the tag 'check' and {call}"


def checks(lesson: Lesson) -> Faults:
    """Yield the checks that are given no exercise of this lesson, or not its function."""
    for cell in lesson.tagged("check"):
        name, functions = called(cell)[0]
        if name not in lesson.exercises:
            yield cell.line, f"check({name!r}, ...), but no exercise of this lesson has that name: mend the name"
            continue
        defined = regions.defined_names(lesson.exercises[name].source)
        if not functions or set(functions) - defined:
            call = ", ".join((repr(name), *functions))
            yield cell.line, f"check({call}), but the exercise defines {', '.join(sorted(defined))}: pass its functions"


def promise(lesson: Lesson) -> Faults:
    """Yield a fault unless the header promises a budget, once."""
    if read_promise(lesson.header.source) is None:
        yield lesson.header.line, f"the first cell holds the budget once, on a line of its own: {HOW_TO_PROMISE}"
