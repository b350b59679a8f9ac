"""Finds the header, the body and the footer of a lesson, and what its author has still to write."""

import re
from collections.abc import Iterable, Iterator

from tools.authoring.source import Cell, Lesson

PLACEHOLDER = re.compile(r"\bTODO\b")
# Each stands as a heading, or as a line that begins in bold.
HEADER = ("The number that brought us here", "Claims on trial", "Before this lesson")
FOOTER = ("Scoreboard rows", "Claims judged", "What would change at a larger model", "Quiz", "Next lesson")


def has_section(cells: Iterable[Cell], words: str) -> bool:
    """Return whether a text cell has a heading or a bold beginning with ``words`` in it.

    Examples
    --------
    >>> has_section([Cell("markdown", "## Quiz: three questions", 7)], "Quiz")
    True
    """
    pattern = re.compile(rf"^(#+ |\*\*).*{re.escape(words)}", re.IGNORECASE | re.MULTILINE)
    return any(cell.kind == "markdown" and pattern.search(cell.source) for cell in cells)


def split(lesson: Lesson) -> tuple[list[Cell], list[Cell], list[Cell]]:
    """Return the cells of the header, the body and the footer.

    The header ends with the first code cell or heading that is not its own; the footer begins with the first heading
    that is its own.
    """
    cells = list(lesson.cells)
    start = next((n for n, cell in enumerate(cells) if n and begins_the_body(cell)), len(cells))
    end = next((n for n, cell in enumerate(cells) if n >= start and has_any(cell, FOOTER)), len(cells))
    return cells[:start], cells[start:end], cells[end:]


def begins_the_body(cell: Cell) -> bool:
    """Return whether the header has ended before ``cell``."""
    return cell.is_code or (cell.source.startswith("## ") and not has_any(cell, HEADER))


def has_any(cell: Cell, sections: tuple[str, ...]) -> bool:
    """Return whether ``cell`` has one of ``sections``."""
    return any(has_section([cell], words) for words in sections)


def find_placeholders(lines: Iterable[str], first: int) -> Iterator[tuple[int, str]]:
    """Yield (number, sentence) of the lines, numbered from ``first``, that hold the word of the scaffold."""
    for number, line in enumerate(lines, start=first):
        if PLACEHOLDER.search(line):
            yield number, f"replace this line: {line.strip('#*_ ').strip()[:70]}"
