"""Reads a notebook that anybody may have made, by any program, or by none.

What a person could read is read: other encodings with a mark, damaged letters, line breaks of any kind, notebooks of
format 3 to 5 or of none. Only the text of cells, their kind and what they are called are looked at; nothing is run,
converted or followed. The rest is refused with a sentence.
"""

import errno
import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_BYTES = 20 * 2**20
MOST_CELLS = 2_000
MOST_CHARACTERS = 2_000_000  # of one cell
LONGEST_NAME = 200
MARKS_OF_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
HALF_CHARACTER = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class CellText:
    """One cell of a notebook.

    Parameters
    ----------
    number
        Its place, counted from 1 over all cells.
    is_code
        Whether a kernel would run it.
    source
        Its text with line breaks of one kind.
    id, name, tags
        What it is called; empty where it is not.
    """

    number: int
    is_code: bool
    source: str
    id: str = ""
    name: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotebookFile:
    """What could be read of a notebook.

    Parameters
    ----------
    cells
        In their order.
    digest
        SHA-256 of the file; empty if it could not be opened.
    fault
        One word for a refusal: ``missing``, ``link``, ``no file``, ``unreadable``, ``too large``, ``empty``,
        ``no JSON``, ``too deep``, ``no notebook``. Empty if the notebook was read.
    reason
        A sentence for it.
    notes
        What was odd and read all the same.
    """

    cells: tuple[CellText, ...] = ()
    digest: str = ""
    fault: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()


class RefusedError(Exception):
    """A file is no notebook that can be graded.

    Parameters
    ----------
    fault
        One word.
    reason
        A sentence.
    """

    def __init__(self, fault: str, reason: str) -> None:
        super().__init__(reason)
        self.fault, self.reason = fault, reason


def read_notebook(path: Path) -> NotebookFile:
    """Read the notebook at ``path``; whatever is wrong with it stands in the result."""
    try:
        data = read_bytes(path)
    except RefusedError as refused:
        return NotebookFile(fault=refused.fault, reason=refused.reason)
    return parse_notebook(data)


def read_bytes(path: Path) -> bytes:
    """Return the content of an ordinary file without following links.

    Raises
    ------
    RefusedError
        It is none, cannot be read, or is too large.
    """
    try:
        before = os.lstat(path)
        if stat.S_ISLNK(before.st_mode):
            raise RefusedError("link", "this is a link to another file, and links are not followed: hand in the file")
        if not stat.S_ISREG(before.st_mode):
            raise RefusedError("no file", "expected an ordinary file, got a folder or a device: hand in the notebook")
        # Between the look and the opening somebody may have put a link or a pipe there.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags), "rb") as file:
            if not os.path.samestat(before, os.fstat(file.fileno())):
                raise RefusedError("link", "the file was exchanged while it was opened: collect it again")
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        is_missing = getattr(error, "errno", None) in (errno.ENOENT, errno.ENOTDIR)
        fault, words = ("missing", "there is no such file") if is_missing else ("unreadable", "it cannot be opened")
        raise RefusedError(fault, f"{words}: collect it again") from error
    if len(data) > MOST_BYTES:
        raise RefusedError("too large", f"more than {MOST_BYTES // 2**20} MB: clear all outputs and hand it in again")
    return data


def parse_notebook(data: bytes) -> NotebookFile:
    """Read the bytes of a notebook; whatever is wrong with them stands in the result."""
    digest = hashlib.sha256(data).hexdigest()
    notes: list[str] = []
    try:
        content = parse_json(decode(data, notes))
        cells = tuple(read_cells(content, notes))
    except RefusedError as refused:
        return NotebookFile(digest=digest, fault=refused.fault, reason=refused.reason, notes=tuple(notes))
    return NotebookFile(cells, digest, notes=tuple(notes))


def decode(data: bytes, notes: list[str]) -> str:
    """Return the text of a file; add to ``notes`` what had to be mended."""
    if not data.strip():
        raise RefusedError("empty", "the file is empty: save the notebook and hand it in again")
    encoding = "utf-16" if data.startswith(MARKS_OF_UTF_16) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        notes.append(f"some of its bytes are no {encoding[:6].upper()}; they were read as question marks")
        return data.decode(encoding, "replace")


def parse_json(text: str) -> dict[str, Any]:
    """Return the object in ``text``.

    Raises
    ------
    RefusedError
        There is none.
    """
    try:
        content = json.loads(text, parse_int=_read_integer, parse_constant=lambda _word: None, strict=False)
    except RecursionError:
        raise RefusedError("too deep", "its parts are nested deeper than any notebook's: save it anew") from None
    except ValueError:
        raise RefusedError(
            "no JSON", "this is no notebook, or only a part of one: save it and hand it in again"
        ) from None
    if not isinstance(content, dict):
        raise RefusedError("no notebook", "this is JSON, but no notebook: hand in the .ipynb file")
    return content


def _read_integer(text: str) -> int:
    """Return a number; one so long that reading it takes time is nothing that a notebook needs."""
    return int(text) if len(text) < 20 else 0


def read_cells(content: dict[str, Any], notes: list[str]) -> Iterator[CellText]:
    """Yield the cells of a notebook of any format; add to ``notes`` what could not be read.

    Raises
    ------
    RefusedError
        It has no cells, or too many.
    """
    found = list(list_cells(content))
    if not found:
        raise RefusedError("no notebook", "there are no cells in this file: hand in the notebook of the lesson")
    if len(found) > MOST_CELLS:
        raise RefusedError("too large", f"more than {MOST_CELLS} cells: hand in the notebook of the lesson")
    for number, cell in enumerate(found, 1):
        source = read_source(cell) if isinstance(cell, dict) else None
        if source is None:
            notes.append(f"cell {number} is no cell")
        elif len(source) > MOST_CHARACTERS:
            notes.append(f"cell {number} has more than {MOST_CHARACTERS} characters and was not read")
        else:
            yield CellText(number, is_code(cell), source, text_of(cell.get("id")), *read_names(cell))


def list_cells(content: dict[str, Any]) -> Iterator[Any]:
    """Yield the cells where format 4 has them, then those where format 3 has them."""
    if isinstance(cells := content.get("cells"), list):
        yield from cells
    if isinstance(sheets := content.get("worksheets"), list):
        for sheet in sheets:
            if isinstance(sheet, dict) and isinstance(cells := sheet.get("cells"), list):
                yield from cells


def is_code(cell: dict[str, Any]) -> bool:
    """Tell whether a kernel would run ``cell``; one that lost its type is told by its outputs."""
    kind = cell.get("cell_type")
    return kind.lower() == "code" if isinstance(kind, str) else "outputs" in cell


def read_source(cell: dict[str, Any]) -> str:
    r"""Return the text of a cell, which formats call ``source`` or ``input``, as one string or as lines.

    Examples
    --------
    >>> read_source({"source": ["a = 1", "b = 2"]}) == read_source({"input": "a = 1\r\nb = 2"})
    True
    """
    source = cell.get("source", cell.get("input"))
    if isinstance(source, list):
        lines = [line for line in source if isinstance(line, str)]
        # The format wants each line with its break; some programs leave all of them out.
        source = ("" if any(line.endswith("\n") for line in lines) else "\n").join(lines)
    if not isinstance(source, str):
        return ""
    return HALF_CHARACTER.sub("\ufffd", source).replace("\r\n", "\n").replace("\r", "\n")


def read_names(cell: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return the name and the tags in a cell's metadata."""
    metadata = cell.get("metadata")
    if not isinstance(metadata, dict):
        return "", ()
    tags = metadata.get("tags")
    return text_of(metadata.get("name")), tuple(filter(None, map(text_of, tags))) if isinstance(tags, list) else ()


def text_of(value: Any) -> str:
    """Return ``value`` if it is text of reasonable length."""
    return value if isinstance(value, str) and len(value) <= LONGEST_NAME else ""
