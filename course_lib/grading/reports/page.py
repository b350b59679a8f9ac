"""Pages without scripts in which no word of a student's can become one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from course_lib.checks.markup import element, plain
from course_lib.checks.showing import printable

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; margin: 1rem 0; width: 100%; }
caption { text-align: left; font-weight: bold; padding: .3rem 0; }
th, td { border: 1px solid GrayText; padding: .3rem .6rem; text-align: left; vertical-align: top; }
h1, p, th, td, code, pre { overflow-wrap: anywhere; }
code, pre { white-space: pre-wrap; }
pre { border-left: .3rem solid GrayText; padding-left: 1rem; }
@media print { section { break-inside: avoid; } }
"""
SAFE = "default-src 'none'; style-src 'unsafe-inline'"  # a browser loads and runs nothing, whatever is in the page
MOST_LINES = 400


def make_page(title: str, *parts: str) -> str:
    """Return a page; ``parts`` are HTML already, the title is not."""
    head = (
        '<meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{SAFE}">'
        f"{element('title', plain(title))}{element('style', STYLE)}"
    )
    body = element("body", element("main", element("h1", plain(title)) + "".join(parts)))
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>{body}</html>\n'


def make_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table, every cell escaped; the first cell of a row may be a `Link`. Nothing without rows."""
    lines = [element("tr", "".join(map(make_cell, row))) for row in rows]
    if not lines:
        return ""
    headings = element("tr", "".join(element("th", plain(cell), scope="col") for cell in head))
    return element("table", element("caption", plain(caption)) + headings + "".join(lines))


@dataclass(frozen=True)
class Link:
    """Text that leads to another page of the report.

    Parameters
    ----------
    text
        What is shown.
    address
        A name that this course has made, relative to the page.
    """

    text: str
    address: str


def make_cell(cell: object) -> str:
    """Return one cell of a table.

    Examples
    --------
    >>> make_cell("<b>"), make_cell(None), make_cell(0.5)
    ('<td>&lt;b&gt;</td>', '<td>-</td>', '<td>0.5</td>')
    """
    if isinstance(cell, Link):
        return element("th", element("a", plain(cell.text), href=cell.address), scope="row")
    return element("td", plain("-" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell)))


def paragraph(text: str) -> str:
    """Return a paragraph of any text."""
    return element("p", plain(text))


def preformatted(text: str) -> str:
    """Return text with its line breaks, escaped and shortened; nothing for none."""
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"... {len(lines) - MOST_LINES} more lines"]
    return element("pre", escape("\n".join(printable(line.expandtabs(4)) for line in lines))) if lines else ""
