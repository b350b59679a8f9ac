"""Cutting Markdown into pieces that a chunk should not tear apart: headings, items, rows, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?!\S)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+\S")
# A sentence ends at a stop, the marks that close it and a blank, unless a small letter follows.
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]*_]*\s+(?=[^\sa-z])")
_ABBREVIATION = re.compile(r"\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|No|Nos|Fig|vs|approx|e\.g|i\.e|cf)\.$")


@dataclass(frozen=True)
class Piece:
    """A stretch of a text that stays whole where it fits; pieces tile the text.

    Parameters
    ----------
    start, end
        Offsets into the text; blanks after a piece belong to it.
    section
        Number of the section, from 0; a section begins with a heading.
    path
        Headings above the piece, outermost first. A heading is not part of its own path.
    leads
        Whether the piece makes sense only with the next one: a heading, the head of a table.
    table_head
        Offsets of the head of the table of which the piece is a row.
    """

    start: int
    end: int
    section: int
    path: tuple[str, ...] = ()
    leads: bool = False
    table_head: tuple[int, int] | None = None


@dataclass
class _Block:
    """Lines of one kind: heading, table, item, code or text."""

    kind: str
    start: int
    end: int
    closed: bool = False  # a blank line or the end of a fence has been seen


def split_pieces(text: str) -> list[Piece]:
    r"""Cut a text into pieces.

    Sections begin at ATX headings (``## Name``); a heading right after a heading stays in its section. Blank text has
    no pieces.

    Examples
    --------
    >>> text = "# Prices\nThe lamp costs 9 euros. The hub is free.\n- one\n- two\n"
    >>> [text[piece.start : piece.end] for piece in split_pieces(text)]
    ['# Prices\n', 'The lamp costs 9 euros. ', 'The hub is free.\n', '- one\n', '- two\n']
    """
    pieces: list[Piece] = []
    headings: list[tuple[int, str]] = []  # (level, title) from the outermost to the innermost
    section, after_heading = 0, True
    for block in _blocks(text):
        if block.kind == "heading":
            level, title = _read_heading(text[block.start : block.end].strip())
            headings = [heading for heading in headings if heading[0] < level]
            section += not after_heading
            pieces.append(Piece(block.start, block.end, section, _titles(headings), leads=True))
            headings.append((level, title))
        else:
            pieces += _cut_block(text, block, section, _titles(headings))
        after_heading = block.kind == "heading"
    return pieces


def _titles(headings: list[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(title for _, title in headings if title)


def _read_heading(line: str) -> tuple[int, str]:
    """Return level and title of a heading, without links and emphasis."""
    match = _HEADING.match(line)
    # Nothing useful is longer, and the pattern for links would take long on thousands of brackets.
    title = line[match.end() :].strip()[:300].rstrip("# ")
    title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title)
    return len(match.group(1)), " ".join(re.sub(r"[*`]", "", title).split())


def _blocks(text: str) -> list[_Block]:
    """Group the lines into blocks that tile the text; blank text gives none."""
    blocks: list[_Block] = []
    fence = ""
    for match in _LINE.finditer(text):
        line = match.group()
        if fence:  # everything belongs to the code until a closing fence at least as long as the opening one
            blocks[-1].end = match.end()
            if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence, blocks[-1].closed = "", True
        elif not line.strip():
            if blocks:
                blocks[-1].end, blocks[-1].closed = match.end(), True
        else:
            kind = _kind(line)
            if kind == "code":
                fence = _FENCE.match(line).group(1)
            if blocks and _continues(blocks[-1], kind, line):
                blocks[-1].end = match.end()
            else:
                # Blank lines before the first block belong to it.
                blocks.append(_Block(kind, match.start() if blocks else 0, match.end()))
    return blocks


def _kind(line: str) -> str:
    if _FENCE.match(line):
        return "code"
    if _HEADING.match(line):
        return "heading"
    if line.lstrip().startswith("|"):
        return "table"
    return "item" if _ITEM.match(line) else "text"


def _continues(block: _Block, kind: str, line: str) -> bool:
    """Return whether a line goes on with the block before it."""
    if kind == "table":
        return block.kind == "table" and not block.closed
    if kind != "text":
        return False
    if block.closed:
        return block.kind == "item" and line.startswith(("  ", "\t"))  # a second paragraph of the item
    return block.kind in ("text", "item")


def _cut_block(text: str, block: _Block, section: int, path: tuple[str, ...]) -> Iterator[Piece]:
    """Yield the pieces of a block: sentences of a text, rows of a table, anything else whole."""
    if block.kind == "table":
        yield from _cut_table(text, block, section, path)
        return
    cuts = _sentence_ends(text, block.start, block.end) if block.kind == "text" else []
    bounds = [block.start, *cuts, block.end]
    for start, end in zip(bounds, bounds[1:], strict=False):
        yield Piece(start, end, section, path)


def _cut_table(text: str, block: _Block, section: int, path: tuple[str, ...]) -> Iterator[Piece]:
    """Yield the head of a table, if it has one, and each row."""
    rows = _row_bounds(text, block)
    head = None
    if len(rows) > 3 and _is_separator(text[rows[1] : rows[2]]):
        head = (rows[0], rows[2])
        rows = rows[2:]
        yield Piece(*head, section, path, leads=True)
    for start, end in zip(rows, rows[1:], strict=False):
        yield Piece(start, end, section, path, table_head=head)


def _row_bounds(text: str, block: _Block) -> list[int]:
    """Return where each row of a table begins, and the end; blank lines belong to the row before."""
    lines = [line for line in _LINE.finditer(text, block.start, block.end) if line.group().strip()]
    return [block.start, *(line.start() for line in lines[1:]), block.end]


def _is_separator(row: str) -> bool:
    """Return whether a row is the line of dashes under the head of a table."""
    return "-" in row and set(row) <= set("|:- \t\r\n")


def _sentence_ends(text: str, start: int, end: int) -> list[int]:
    """Return the offsets where a new sentence begins, without ``start``."""
    matches = _SENTENCE_END.finditer(text, start, end)
    return [
        match.end()
        for match in matches
        if match.end() < end and not _ABBREVIATION.search(text, max(start, match.start() - 8), match.start() + 1)
    ]
