"""Keeps of a cell's outputs what is the same on every run and every computer."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

KEPT = (
    "text/plain",
    "text/html",
    "text/markdown",
    "image/png",
    "image/svg+xml",
    "application/vnd.course.check+json",
)
ADDRESS = re.compile(r"\bat 0x[0-9A-Fa-f]{6,}")


def keep_stable(outputs: list[NotebookNode], execution_count: int | None) -> list[NotebookNode]:
    """Return what is stored of ``outputs``: printed text, and of what is displayed the kinds in `KEPT`.

    What goes to standard error (bars, log lines, warnings) is dropped, and so are the models of widgets: their numbers
    change on each run.
    """
    kept = []
    for output in outputs:
        if output.output_type == "stream" and output.name == "stdout":
            kept.append(NotebookNode(output_type="stream", name="stdout", text=output.text))
        elif output.output_type in ("display_data", "execute_result"):
            data = NotebookNode({kind: output.data[kind] for kind in KEPT if kind in output.data})
            number = {"execution_count": execution_count} if output.output_type == "execute_result" else {}
            if data:
                kept.append(NotebookNode(output_type=output.output_type, data=data, metadata=NotebookNode(), **number))
    return kept


def written_in(outputs: list[NotebookNode]) -> Iterator[str]:
    """Yield the texts that a reader of ``outputs`` sees."""
    for output in outputs:
        if output.output_type == "stream":
            yield output.text
        else:
            yield from (text for kind, text in output.data.items() if kind.startswith("text/"))


def find_unstable(outputs: list[NotebookNode], root: Path) -> Iterator[str]:
    """Yield a sentence for each thing in ``outputs`` that another run or another computer would show otherwise."""
    places = {str(root), str(Path.home()), tempfile.gettempdir()} - {"/"}
    for text in written_in(outputs):
        if found := ADDRESS.search(text):
            yield f"the output shows an address of this run ({found[0]}): show a value, not the object"
        for place in sorted(places):
            if re.search(rf"{re.escape(place)}(?![\w.-])", text):
                yield f"the output shows a folder of this computer ({place}): show the name of the file only"
