"""Progress of a long run on the terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class RunProgress:
    """A line for the run and, for each process at work, one for what it does; plain lines where that is no terminal.

    Parameters
    ----------
    n_parts
        Of the run.
    quiet
        Show nothing.
    """

    def __init__(self, n_parts: int, quiet: bool = False) -> None:
        self.quiet = quiet
        self.live = not quiet and sys.stderr.isatty()
        self._start = time.perf_counter()
        self._stages: dict[int, str] = {}
        self._told: dict[int, str] = {}
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._run = self._bars.add_task("experiments", total=n_parts)
        self._lanes: dict[int, TaskID] = {}

    def __enter__(self) -> RunProgress:
        """Start the display."""
        if self.live:
            self._bars.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop the display."""
        if self.live:
            self._bars.stop()

    def tell(self, what: str, arguments: Sequence[object], lane: int = 0) -> None:
        """Call ``stage``, ``detail`` or ``finish``, for one of several processes."""
        {"stage": self.stage, "detail": self.detail, "finish": self.finish}[what](*arguments, lane=lane)

    def stage(self, name: str, lane: int = 0) -> None:
        """Name what begins now."""
        self._stages[lane] = name
        self._show(lane, name)
        self._print(name)

    def detail(self, what: str, done: int, total: int, lane: int = 0) -> None:
        """Show how far one training or evaluation has come."""
        self._show(lane, f"{self._stages.get(lane, '')}, {what}", done, total)
        if what != self._told.get(lane):  # a line for each thing, not for each step of it
            self._told[lane] = what
            self._print(f"  {what}")

    def finish(self, lane: int = 0) -> None:
        """Count the part that has ended."""
        self._bars.advance(self._run)

    def _show(self, lane: int, text: str, done: int = 0, total: int | None = None) -> None:
        if lane not in self._lanes:
            self._lanes[lane] = self._bars.add_task("", total=None)
        self._bars.update(self._lanes[lane], description=f"  {text}", completed=done, total=total or None)

    def _print(self, text: str) -> None:
        if not self.quiet and not self.live:
            print(f"{time.perf_counter() - self._start:5.0f} s  {text}", file=sys.stderr, flush=True)
