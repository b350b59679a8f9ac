"""Progress of a long run on the terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


class RunProgress:
    """A line for the stage and one for what it is doing, on standard error; plain lines where that is no terminal.

    Parameters
    ----------
    quiet
        Show nothing.
    """

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet
        self.live = not quiet and sys.stderr.isatty()
        self._start = time.perf_counter()
        self._told = ""
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._stage = self._bars.add_task("", total=None)
        self._detail = self._bars.add_task("", total=None)

    def __enter__(self) -> RunProgress:
        """Start the display."""
        if self.live:
            self._bars.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop the display."""
        if self.live:
            self._bars.stop()

    def stage(self, name: str, total: int | None = None) -> None:
        """Name what begins now."""
        if self.live:
            self._bars.update(self._stage, description=name, total=total)
        else:
            self._print(name)

    def detail(self, what: str, done: int, total: int) -> None:
        """Show how far one training or evaluation has come."""
        if self.live:
            self._bars.update(self._detail, description=f"  {what}", completed=done, total=total or None)
        elif what != self._told:  # a line for each thing, not for each step of it
            self._told = what
            self._print(f"  {what}")

    def _print(self, text: str) -> None:
        if not self.quiet:
            print(f"{time.perf_counter() - self._start:5.0f} s  {text}", file=sys.stderr, flush=True)
