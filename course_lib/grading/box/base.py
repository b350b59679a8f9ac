"""What all boxes have in common."""

import contextlib
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import psutil

from course_lib.errors import CourseError
from course_lib.grading.limits import Limits


class BoxError(CourseError):
    """A box cannot be made or does not start: never the fault of a submission."""


@dataclass(frozen=True)
class Usage:
    """What a box uses, seen from outside.

    Parameters
    ----------
    cpu_s
        Seconds of the processor since its start.
    memory_mb
        In memory now, what it shares with other boxes included.
    threads
        Now.
    """

    cpu_s: float
    memory_mb: float
    threads: int


class Running(Protocol):
    """One started box: three pipes and a way to end it."""

    requests: BinaryIO
    replies: BinaryIO
    prints: BinaryIO

    def usage(self) -> Usage | None:
        """Return what it uses; None where that cannot be seen or it has ended."""
        ...

    def kill(self) -> None:
        """End it with everything that it has started; may be called from any thread, and more than once."""
        ...

    def end(self) -> int | None:
        """End it, wait until nothing of it is left; return its exit status, negative for a signal, None if unknown."""
        ...

    def close(self) -> None:
        """Close the pipes, after the end."""
        ...


class Box(Protocol):
    """A way to make boxes.

    Attributes
    ----------
    name
        For reports.
    isolated
        Whether code in it is kept from files, network, processes and memory of others.
    """

    name: str
    isolated: bool

    def start(self, limits: Limits) -> Running:
        """Start a box with the runner in it.

        Raises
        ------
        BoxError
            It did not start.
        """
        ...

    def close(self) -> None:
        """End what is kept ready for the next box."""
        ...


def look_at(pid: int) -> Usage | None:
    """Return what the process ``pid`` uses, None if it has ended."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            times = process.cpu_times()
            return Usage(times.user + times.system, process.memory_info().rss / 2**20, process.num_threads())
    except psutil.Error:
        return None


def close_all(*streams: BinaryIO) -> None:
    """Close pipes; one whose other end is gone, with data still to be written, counts as closed."""
    for stream in streams:
        with contextlib.suppress(OSError):
            stream.close()
