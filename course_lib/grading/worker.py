"""One box at work: asks it, watches it, ends it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from course_lib.checks.failures import AnswerError
from course_lib.grading.allowance import Allowance, Deadline
from course_lib.grading.boundary import BoxEnded, RemoteHandle, clean_print, read_names, read_reply, write_request
from course_lib.grading.box.base import Box, BoxError, Usage
from course_lib.grading.limits import Limits
from course_lib.grading.runner.names import Names
from course_lib.grading.streams import END, Lines, Prints
from course_lib.grading.strict_json import MOST_BYTES, BrokenProtocolError
from course_lib.grading.watching import describe_status, find_excess

SECONDS_BETWEEN_LOOKS = 0.02
START_S = 20.0  # of the processor, and some times as many on the wall: a container may come from a slow disk
KILLED, KILLED_CONTAINER = -9, 137


class Worker:
    """A started box.

    Three threads belong to it: one reads replies, one takes away what is printed, one looks every 20 ms at what the
    box uses. Whoever waits for a reply is set free by the end of the box, which nothing in it can prevent.

    Parameters
    ----------
    box
        Makes the box.
    allowance
        What it may use.

    Attributes
    ----------
    ending
        Why it ended before its time; None as long as it works.
    starved
        Whether it ended because of the clock although it had used less of the processor than it may: then it hung, or
        its neighbours took the time, and only another try can tell.
    peak_mb
        Most memory seen, beyond what it occupied at its start.
    memory_errors
        How often an answer was refused memory.

    Raises
    ------
    BoxError
        It did not start.
    """

    def __init__(self, box: Box, allowance: Allowance) -> None:
        self.allowance = allowance
        self.ending: BoxEnded | None = None
        self.starved = False
        self.peak_mb = 0.0
        self.memory_errors = 0
        self._running = box.start(self.limits)
        self._lock = threading.Lock()
        self._deadline: Deadline | None = None  # as readings of the two clocks, while something is asked
        self._base = self._last = self._running.usage() or Usage(0.0, 0.0, 1)
        self._lines = Lines(self._running.replies, self._end_for_long_line)
        self._prints = Prints(self._running.prints, room=4 * self.limits.print_characters)
        self._closed = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        for thread in (self._lines, self._prints, self._watcher):
            thread.start()
        self._begin()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def limits(self) -> Limits:
        """What the box may use."""
        return self.allowance.limits

    @property
    def pid(self) -> int | None:
        """Number of the process that the box is, where it is one of this computer's."""
        return getattr(self._running, "pid", None)

    @property
    def cpu_s(self) -> float:
        """Seconds of the processor that the box has used, as far as was seen."""
        return self._last.cpu_s - self._base.cpu_s

    def run_cell(self, source: str, name: str, limit_s: float = 0.0) -> AnswerError | None:
        """Run one cell, for ``limit_s`` seconds if that is not 0; return what it raised.

        Raises
        ------
        BoxEnded
            The box ended, now or before.
        """
        try:
            deadline = self.allowance.next(limit_s or self.limits.cell_s)
            self._ask({"do": "cell", "source": source, "name": name}, deadline)
        except AnswerError as error:
            return error
        return None

    def names(self, sources: list[str]) -> list[Names]:
        """Return the global names that each of some pieces of code uses and makes, as the box says.

        Raises
        ------
        BoxEnded
            The box ended, now or before: a text may be made to break a parser.
        """
        reply = self._ask({"do": "names", "sources": sources}, self.allowance.next(self.limits.cell_s))
        try:
            return read_names(reply, len(sources))
        except BrokenProtocolError as error:
            raise self._refuse(error) from error

    def handle(self, function: str) -> RemoteHandle:
        """Return a handle on the function called ``function``."""
        return RemoteHandle(function, lambda request: self._ask(request, self.allowance.next(self.limits.call_s)))

    def take_prints(self) -> str:
        """Return what has been printed since this was last asked, cleaned and shortened."""
        return clean_print(self._prints.take(), self.limits.print_characters)

    def close(self) -> None:
        """End the box and wait until nothing of it is left."""
        self._closed.set()
        self._lines.stop()
        self._running.end()
        for thread in (self._lines, self._prints, self._watcher):
            thread.join(1.0)
        self._running.close()

    def _begin(self) -> None:
        """Wait until the runner in the box answers; its start is not at the submission's cost."""
        try:
            self._ask(
                {"do": "start"}, Deadline(START_S, self.limits.on_the_wall(START_S), "did not start"), count=False
            )
        except BoxEnded as error:
            said = self.take_prints()[-300:]
            self.close()
            raise BoxError(f"a box did not start: it {error.got}; {said or 'it said nothing'}") from error

    def _ask(self, request: dict[str, Any], deadline: Deadline, count: bool = True) -> Any:
        """Send one request and return the value of its reply."""
        if self.ending:
            raise self._again()
        number, line = write_request(request)
        with self._timed(deadline, count):
            reply = self._exchange(line)
        if reply is END or self.ending:
            self._find_reason()
            raise self._again()
        try:
            return read_reply(reply, number)
        except AnswerError as error:
            self.memory_errors += "MemoryError" in error.kinds
            raise
        except BrokenProtocolError as error:
            raise self._refuse(error) from error

    def _refuse(self, error: BrokenProtocolError) -> BoxEnded:
        """End the box for what came out of it."""
        self._end(BoxEnded("crashed", "sent something that is no reply", f"{error}"))
        return self._again()

    def _exchange(self, line: bytes) -> bytes | None:
        """Send a line and return the next one that comes, None when none will."""
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[self._running.requests.write(rest) :]
        except OSError:
            return END
        return self._lines.next()

    @contextmanager
    def _timed(self, deadline: Deadline, count: bool) -> Iterator[None]:
        cpu_s, wall_s = self._look().cpu_s, time.monotonic()
        self._deadline = Deadline(
            cpu_s + deadline.cpu_s, wall_s + deadline.wall_s, deadline.words, deadline.wall_words or deadline.words
        )
        try:
            yield
        finally:
            self._deadline = None
            if count:
                self.allowance.spend(self._look().cpu_s - cpu_s, time.monotonic() - wall_s)

    def _again(self) -> BoxEnded:
        """Return the reason of the end once more, for one more call."""
        return BoxEnded(self.ending.status, self.ending.got, self.ending.help)

    def _find_reason(self) -> None:
        """Find out why the box has ended, if nobody here has ended it."""
        if self.ending is None:
            status = self._running.end()
            if status == KILLED_CONTAINER or (status == KILLED and self.peak_mb > self.limits.memory_mb / 2):
                self._end(BoxEnded("out of memory", f"used more than {self.limits.memory_mb} MB of memory"))
            else:
                self._end(BoxEnded("crashed", f"ended its process ({describe_status(status)})"))

    def _end(self, reason: BoxEnded, starved: bool = False) -> None:
        """End the box for ``reason``, unless it has ended for another one."""
        with self._lock:
            if self.ending is None:
                self.ending, self.starved = reason, starved
        self._running.kill()

    def _end_for_long_line(self) -> None:
        self._end(BoxEnded("crashed", f"sent more than {MOST_BYTES // 2**20} MB at once"))

    def _look(self) -> Usage:
        """Return what the box uses now, or did when it was last seen."""
        self._last = self._running.usage() or self._last
        self.peak_mb = max(self.peak_mb, self._last.memory_mb - self._base.memory_mb)
        return self._last

    def _watch(self) -> None:
        """End the box when it uses more than it may."""
        while not self._closed.wait(SECONDS_BETWEEN_LOOKS):
            if excess := find_excess(self._look(), self._base, self.limits, self._prints.n_bytes, self._deadline):
                self._end(*excess)
                return
