"""Reads the two pipes that come out of a box, each in a thread of its own, so that nothing in there can block us."""

import os
import queue
import select
import threading
import time
from collections.abc import Callable
from typing import BinaryIO

from course_lib.grading.strict_json import MOST_BYTES

CHUNK = 1 << 16
SECONDS_BETWEEN_TRIES = 0.05
SECONDS_TO_CATCH_UP = 0.1
END = None  # stands in the queue of lines behind the last one


class Lines(threading.Thread):
    """Reads lines of bounded length.

    Parameters
    ----------
    stream
        The pipe.
    too_long
        Called once when a line is longer than a reply may be; nothing is read after it.
    """

    def __init__(self, stream: BinaryIO, too_long: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._stream = stream
        self._too_long = too_long
        self._lines: queue.Queue[bytes | None] = queue.Queue(maxsize=4)
        self._stopped = threading.Event()

    def next(self) -> bytes | None:
        """Return the next line without its break, None when no more will come."""
        return self._lines.get()

    def stop(self) -> None:
        """Throw away what still comes."""
        self._stopped.set()

    def run(self) -> None:
        """Read until the end."""
        rest = bytearray()
        try:
            while len(rest) <= MOST_BYTES and (chunk := self._stream.read(CHUNK)):
                rest += chunk
                if b"\n" in chunk:
                    *lines, last = bytes(rest).split(b"\n")
                    rest = bytearray(last)
                    for line in lines:
                        self._put(line)
        except (OSError, ValueError):  # closed
            pass
        if len(rest) > MOST_BYTES:
            self._too_long()
        self._put(END)

    def _put(self, line: bytes | None) -> None:
        """Wait for room in the queue, unless nobody will read from it any more."""
        while not self._stopped.is_set():
            try:
                return self._lines.put(line, timeout=SECONDS_BETWEEN_TRIES)
            except queue.Full:
                continue


class Prints(threading.Thread):
    """Keeps the beginning of what is printed and throws away the rest, so that no program waits for a reader.

    Parameters
    ----------
    stream
        The pipe.
    room
        How many bytes are kept between two calls of `take`.

    Attributes
    ----------
    n_bytes
        How many have come.
    """

    def __init__(self, stream: BinaryIO, room: int) -> None:
        super().__init__(daemon=True)
        self.n_bytes = 0
        self._stream = stream
        self._room = room
        self._kept = bytearray()
        self._lock = threading.Lock()

    def take(self) -> bytes:
        """Return what has been kept since this was last called, with what waits in the pipe."""
        deadline = time.monotonic() + SECONDS_TO_CATCH_UP
        with self._lock:
            while has_waiting(self._stream) and time.monotonic() < deadline and self._read():
                pass
            kept, self._kept = bytes(self._kept), bytearray()
        return kept

    def run(self) -> None:
        """Read until the end; under the lock, so that nothing is ever read and not yet kept."""
        try:
            while wait_for_input(self._stream):
                with self._lock:
                    if has_waiting(self._stream, or_ended=True) and not self._read():
                        return
        except (OSError, ValueError):  # closed
            pass

    def _read(self) -> bool:
        """Read a chunk, with the lock held; False at the end."""
        chunk = self._stream.read(CHUNK)
        self.n_bytes += len(chunk)
        self._kept += chunk[: max(0, self._room - len(self._kept))]
        return bool(chunk)


def wait_for_input(stream: BinaryIO) -> bool:
    """Wait until something can be read from a pipe, its end included; Windows cannot wait."""
    if os.name != "nt":
        poll = select.poll()
        poll.register(stream, select.POLLIN)
        poll.poll()
    return True


def has_waiting(stream: BinaryIO, or_ended: bool = False) -> bool:
    """Tell whether something can be read from a pipe at once, or its end where asked; Windows cannot tell."""
    if os.name == "nt" or stream.closed:
        return or_ended
    poll = select.poll()
    poll.register(stream, select.POLLIN)
    return any(or_ended or events & select.POLLIN for _, events in poll.poll(0))
