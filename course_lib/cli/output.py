"""What all commands share about output: errors as one sentence, JSON and nothing else, tables."""

import contextlib
import dataclasses
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from course_lib.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
Folder = Annotated[
    Path | None,
    typer.Option(help="Your notebooks and record. Default: the folder you stand in, else my_course beside course.py."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value on standard output and nothing else.")]


class CourseGroup(TyperGroup):
    """A group of commands in which a `CourseError` ends as its sentence on standard error and exit code 2."""

    def invoke(self, ctx: typer.Context) -> Any:
        """Run the command that ``ctx`` names."""
        try:
            return super().invoke(ctx)
        except CourseError as error:
            print(f"course: {error}", file=sys.stderr)
            raise typer.Exit(2) from error


@contextlib.contextmanager
def keep_stdout_clean(wanted: bool) -> Iterator[None]:
    """Send what a library prints to standard error while the block runs, if ``wanted``."""
    with contextlib.redirect_stdout(sys.stderr) if wanted else contextlib.nullcontext():
        yield


def print_json(value: Any) -> None:
    """Print ``value`` as JSON; dataclasses become objects, paths text, sets sorted lists.

    Examples
    --------
    >>> print_json({"file": Path("a"), "access": {"staff", "public"}})
    {
      "file": "a",
      "access": [
        "public",
        "staff"
      ]
    }
    """
    print(json.dumps(value, indent=2, ensure_ascii=False, default=_as_json, allow_nan=False))


def _as_json(value: Any) -> Any:
    """Return a JSON form of what the json module does not know."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if hasattr(value, "tolist"):  # arrays and numbers of numpy
        return value.tolist()
    return str(value)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print ``rows`` under ``headings``, wrapped to the terminal; numbers get three decimals."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    console = Console(highlight=False)
    console.print(table)


def _cell(value: Any) -> str:
    """Return the text of one cell.

    Examples
    --------
    >>> [_cell(value) for value in (0.25, None, True, "words")]
    ['0.250', '-', 'yes', 'words']
    """
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
