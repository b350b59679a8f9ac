"""Reads a lesson: a percent script, solved, with tags on its cells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jupytext
from nbformat import NotebookNode, ValidationError

from course_lib.errors import CourseError

STEM = re.compile(r"(?P<number>\d\d)_[a-z][a-z0-9]*(_[a-z0-9]+)*")
MARK = re.compile(r"# %%(\s|$)")
TITLE = re.compile(r"# (?P<number>\d\d) (?P<title>\S.*)")
# jupytext notes blank lines in the metadata; nobody wrote that.
OF_JUPYTEXT = {"lines_to_next_cell", "lines_to_end_of_cell_marker"}


class LessonError(CourseError):
    """A source cannot be read as a lesson.

    Parameters
    ----------
    message
        What was expected, what came, what to do.
    line
        Where, counted from 1; 0 for the whole file.
    """

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Cell:
    """One cell of a source.

    Parameters
    ----------
    kind
        ``code``, ``markdown`` or ``raw``.
    source
        Its text, without comment signs if it is markdown.
    line
        Of the first line of the text in the file, counted from 1.
    tags, name
        As written behind its mark; the name is empty where none was given.
    unknown
        Other words behind the mark.
    """

    kind: str
    source: str
    line: int
    tags: tuple[str, ...] = ()
    name: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def is_code(self) -> bool:
        """Whether a kernel runs it."""
        return self.kind == "code"

    @property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return self.source.splitlines()


@dataclass(frozen=True)
class Lesson:
    """A lesson as its author wrote it.

    Parameters
    ----------
    stem
        Name of the file without its ending: ``04_rag``.
    title
        From the first line of the first cell, without the number.
    cells
        In their order.
    """

    stem: str
    title: str
    cells: tuple[Cell, ...]

    @property
    def number(self) -> str:
        """The two digits that its exercises carry too."""
        return self.stem[:2]

    @property
    def header(self) -> Cell:
        """The first cell."""
        return self.cells[0]

    def tagged(self, tag: str) -> list[Cell]:
        """Return the cells with ``tag``."""
        return [cell for cell in self.cells if tag in cell.tags]

    @property
    def exercises(self) -> dict[str, Cell]:
        """The cells to solve, by name."""
        return {cell.name: cell for cell in self.tagged("exercise")}


def read_lesson(path: Path) -> Lesson:
    """Read the lesson at ``path``.

    Raises
    ------
    LessonError
        If its name, its first cell or the marks of its cells are not those of a lesson.
    """
    if not STEM.fullmatch(path.stem):
        raise LessonError("a lesson is named NN_noun_phrase.py, two digits and small letters: rename the file")
    text = path.read_text(encoding="utf-8")
    cells = tuple(read_cells(text))
    title = TITLE.match(cells[0].source) if cells and cells[0].kind == "markdown" else None
    if title is None or title["number"] != path.stem[:2]:
        raise LessonError(f"a lesson begins with a text cell whose first line is '# {path.stem[:2]} Its title'", 1)
    return Lesson(path.stem, title["title"].strip(), cells)


def read_cells(text: str) -> Iterator[Cell]:
    """Yield the cells of a percent script, each with its place in ``text``.

    Raises
    ------
    LessonError
        If text stands before the first mark, or a mark is not one that both we and jupytext read.
    """
    lines = text.splitlines()
    marks = [number for number, line in enumerate(lines) if MARK.match(line)]
    for number, line in enumerate(lines[: marks[0]] if marks else lines):
        if line.strip():
            raise LessonError("text before the first '# %%': every line of a lesson belongs to a cell", number + 1)
    ends = [*marks, len(lines)][1:]
    for cell, mark, end in zip(parse(text, len(marks)), marks, ends, strict=True):
        blank = " " if cell.cell_type == "code" else " #"
        first = next((number for number in range(mark + 1, end) if lines[number].strip(blank)), mark)
        words = {key: value for key, value in cell.metadata.items() if key not in OF_JUPYTEXT}
        tags, name = tuple(words.pop("tags", ())), str(words.pop("name", ""))
        yield Cell(cell.cell_type, cell.source.strip("\n"), first + 1, tags, name, tuple(words))


def parse(text: str, n_marks: int) -> list[NotebookNode]:
    """Return the cells that jupytext finds in ``text``, which must be as many as its marks.

    Raises
    ------
    LessonError
        If they are not, or if the words behind a mark are malformed.
    """
    if not n_marks:
        return []
    try:
        found = jupytext.reads(text, fmt="py:percent").cells
    except ValidationError as error:
        sentence = f'words behind a mark are malformed ({error.message}): write tags=["..."], name="..."'
        raise LessonError(sentence) from error
    if len(found) != n_marks:
        raise LessonError(
            f"{n_marks} lines begin a cell with '# %%', but {len(found)} cells were read: "
            "write each mark as '# %%' or '# %% [markdown]' and nothing else that looks like one"
        )
    return found
