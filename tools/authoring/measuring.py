"""Measures a notebook while it runs: time, memory, and which cell it is at."""

import threading
import time
from dataclasses import dataclass

import psutil
from nbclient import NotebookClient
from nbformat import NotebookNode

SECONDS_BETWEEN_LOOKS = 0.05


@dataclass(frozen=True)
class Run:
    """What a run took.

    Parameters
    ----------
    seconds
        Wall-clock time of the cells; the start of the kernel is not theirs.
    memory_mb
        Largest resident memory of the kernel and the processes it started.
    """

    seconds: float
    memory_mb: int


class MemoryWatch(threading.Thread):
    """Looks at the memory of a process and its children until it is stopped.

    Parameters
    ----------
    pid
        Of the process.

    Attributes
    ----------
    peak_bytes
        The largest sum seen so far.
    stopped
        Set it to end.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.process = psutil.Process(pid)
        self.stopped = threading.Event()
        self.peak_bytes = self.total()

    def run(self) -> None:
        """Look, wait, look again."""
        while not self.stopped.wait(SECONDS_BETWEEN_LOOKS):
            self.peak_bytes = max(self.peak_bytes, self.total())

    def total(self) -> int:
        """Return the resident memory now, in bytes; a process that has just ended counts as nothing."""
        total = 0
        try:
            for process in (self.process, *self.process.children(recursive=True)):
                total += process.memory_info().rss
        except psutil.Error:
            pass
        return total


class Watch:
    """Follows a client through a notebook; stops looking when its ``with`` block ends.

    Parameters
    ----------
    client
        That will run the notebook.

    Attributes
    ----------
    cell
        Id of the cell that runs, or ran last; empty before the first.
    """

    def __init__(self, client: NotebookClient) -> None:
        self.client = client
        self.cell = ""
        self.started = self.ended = 0.0
        self.memory: MemoryWatch | None = None
        client.on_notebook_start = self.kernel_is_ready
        client.on_cell_execute = self.cell_begins
        client.on_cell_executed = self.cell_ended

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *error: object) -> None:
        if self.memory:
            self.memory.stopped.set()

    def kernel_is_ready(self, notebook: NotebookNode) -> None:
        """Begin to measure."""
        self.memory = MemoryWatch(self.client.km.provisioner.pid)
        self.memory.start()
        self.started = self.ended = time.perf_counter()

    def cell_begins(self, cell: NotebookNode, cell_index: int) -> None:
        """Note the cell."""
        self.cell = cell.id

    def cell_ended(self, cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
        """Note the time."""
        self.ended = time.perf_counter()

    def result(self) -> Run:
        """Return what was measured up to the last cell that ended."""
        peak = self.memory.peak_bytes if self.memory else 0
        return Run(round(self.ended - self.started, 2), round(peak / 1e6))
