"""Shows text and HTML of one thing: a notebook gets both, everything else the text."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CHECK_MEDIA_TYPE = "application/vnd.course.check+json"


@dataclass(frozen=True)
class View:
    """One thing to show.

    Parameters
    ----------
    text, html
        How it looks.
    data
        Media type -> what programs read.
    """

    text: str
    html: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/plain": self.text, "text/html": self.html, **self.data}


def show_view(view: View) -> None:
    """Display a view in the notebook that runs this, or print its text where none does."""
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        ipython.display.display(view)
    else:
        print(view.text)
