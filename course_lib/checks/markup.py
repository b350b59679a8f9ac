"""Small pieces of HTML that read well in a notebook, light or dark, seen or heard.

JupyterLab's own variables give the colours; the values after them are for pages without JupyterLab. A colour marks an
edge or a sign and never carries a meaning alone, text keeps the page's colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from course_lib.checks.showing import clean, printable

GOOD = "var(--jp-success-color1, #2e7d32)"
BAD = "var(--jp-error-color1, #c62828)"
OPEN = "var(--jp-content-font-color2, #757575)"
UNSURE = "var(--jp-warn-color0, #b26a00)"
_BOX = (
    "border:1px solid var(--jp-border-color2, #bdbdbd);border-left:4px solid {colour};padding:.4em .8em;"
    "line-height:1.5;color:var(--jp-content-font-color1, inherit);background:var(--jp-layout-color1, inherit)"
)
# JupyterLab floats both and gives them widths; a grid keeps a value of several lines beside its label.
_PAIRS = "display:grid;grid-template-columns:fit-content(10em) minmax(0,1fr);gap:.15em .8em;margin:.3em 0 .5em 0"
_LABEL = "float:none;width:auto;margin:0;font-weight:bold"
_VALUE = "float:none;width:auto;margin:0;overflow-wrap:anywhere"


def plain(text: str) -> str:
    """Return any text as HTML that shows it and does nothing.

    >>> plain("<b onclick='x'>&")
    '&lt;b onclick=&#x27;x&#x27;&gt;&amp;'
    """
    return escape(printable(text))


def plain_lines(text: str) -> str:
    r"""Return any text as `plain` does, with its lines kept apart.

    >>> plain_lines("a < b\n\nc")
    '<span style="white-space:pre-wrap">a &lt; b\n\nc</span>'
    """
    return element("span", "\n".join(map(plain, text.split("\n"))), style="white-space:pre-wrap")


def element(tag: str, content: str, **attributes: str) -> str:
    """Return one element around ``content``, which is HTML already; attributes are escaped."""
    words = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{words}>{content}</{tag}>"


def pairs(rows: Sequence[tuple[str, str]]) -> str:
    """Return labels, each beside what it stands for, which is HTML already."""
    cells = "".join(
        element("dt", plain(label), style=_LABEL) + element("dd", html, style=_VALUE) for label, html in rows
    )
    return element("dl", cells, style=_PAIRS)


def box(content: str, label: str, colour: str) -> str:
    """Return a framed block that a screen reader announces as ``label``."""
    names = {"role": "group", "aria-label": clean(label)}
    return element("div", content, **names, style=_BOX.format(colour=colour))
