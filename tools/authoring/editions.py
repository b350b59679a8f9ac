"""Makes the two notebooks of a lesson: one to work in, one to compare with."""

import hashlib
import json

import nbformat
from nbformat import NotebookNode

from tools.authoring import regions
from tools.authoring.budgets import Measured, fill_header, read_promise
from tools.authoring.declared import check_calls
from tools.authoring.source import Cell, Lesson

MAY_RAISE = "raises-exception"  # for JupyterLab, nbclient and nbval alike: go on after an error in this cell
SKIPPED, COMPARED, NOT_COMPARED = "nbval-skip", "nbval-check-output", "nbval-ignore-output"
LENGTH_OF_ID = 12
# Nothing here that changes with an installation.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def cell_id(cell: Cell) -> str:
    """Return an id that depends on this cell alone.

    A named cell keeps its id when its text changes, and so does the check of an exercise; the id of any other cell is
    made from its text.

    Examples
    --------
    >>> cell_id(Cell("code", 'check("ex_04_1", pack)', 7, tags=("check",)))
    'check_ex_04_1'
    """
    if cell.name:
        return cell.name
    if "check" in cell.tags:
        return f"check_{check_calls(cell.source)[0][0]}"
    return hashlib.sha256(f"{cell.kind}\n{cell.source}".encode()).hexdigest()[:LENGTH_OF_ID]


def make_student(lesson: Lesson, measured: Measured | None) -> NotebookNode:
    """Return the student edition: exercises unsolved, no ``solution`` cells, no outputs."""
    cells = [
        make_cell(lesson, cell, measured, student_source(cell), student_metadata(cell))
        for cell in lesson.cells
        if "solution" not in cell.tags
    ]
    return make_notebook(cells)


def make_solved(lesson: Lesson, measured: Measured | None) -> NotebookNode:
    """Return the solved edition before its run: every cell, marks removed, no outputs."""
    return make_notebook(
        [make_cell(lesson, cell, measured, solved_source(cell), solved_metadata(cell)) for cell in lesson.cells]
    )


def make_notebook(cells: list[NotebookNode]) -> NotebookNode:
    """Return a notebook of ``cells`` with nothing in it that depends on this computer."""
    return nbformat.from_dict({"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5})


def make_cell(lesson: Lesson, cell: Cell, measured: Measured | None, source: str, metadata: dict) -> NotebookNode:
    """Return one cell of a notebook; the header gets its budget line filled."""
    promise = read_promise(source) if cell is lesson.header else None
    source = fill_header(source, promise, measured) if promise else source
    content = {"cell_type": cell.kind, "id": cell_id(cell), "metadata": metadata, "source": source}
    return nbformat.from_dict(content | ({"execution_count": None, "outputs": []} if cell.is_code else {}))


def student_source(cell: Cell) -> str:
    """Return what the learner sees of a cell."""
    return regions.strip(cell.source, cell.name) if "exercise" in cell.tags else cell.source


def solved_source(cell: Cell) -> str:
    """Return what the solved edition shows of a cell."""
    return regions.solve(cell.source) if "exercise" in cell.tags else cell.source


def student_metadata(cell: Cell) -> dict:
    """Return the metadata of a student's cell: what may be deleted, edited, or raise."""
    metadata = common_metadata(cell, [MAY_RAISE] if "check" in cell.tags else [])
    if {"exercise", "check"} & set(cell.tags):
        metadata["deletable"] = False
    if "check" in cell.tags:
        metadata["editable"] = False
    return metadata


def solved_metadata(cell: Cell) -> dict:
    """Return the metadata of a solved cell: what nbval compares."""
    compared = [COMPARED if "expect-output" in cell.tags else NOT_COMPARED]
    return common_metadata(cell, compared if cell.is_code and "slow" not in cell.tags else [])


def common_metadata(cell: Cell, more_tags: list[str]) -> dict:
    """Return what both editions say of a cell: its name, its tags, what skips it."""
    tags = [*cell.tags, *([SKIPPED] if "slow" in cell.tags else []), *more_tags]
    return ({"name": cell.name} if cell.name else {}) | ({"tags": tags} if tags else {})


def keep_outputs(notebook: NotebookNode, old: NotebookNode) -> NotebookNode:
    """Give each code cell of ``notebook`` the outputs that the same cell has in ``old``."""
    ran = {cell.id: cell for cell in old.cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        before = ran.get(cell.id)
        if cell.cell_type == "code" and before is not None and before.source == cell.source:
            cell.outputs, cell.execution_count = before.outputs, before.execution_count
    return notebook


def digest_outputs(notebook: NotebookNode) -> str:
    """Return a digest of the code cells, their order and their outputs."""
    ran = [[cell.id, cell.source, cell.outputs] for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256(json.dumps(ran, sort_keys=True).encode()).hexdigest()


def as_text(notebook: NotebookNode) -> str:
    """Return a notebook as it stands in its file."""
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"
