"""A gate for many at once or for one alone."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Lets any number of threads through together, or one that wants to be alone.

    Whoever wants to be alone goes first: those who come later wait, those inside finish.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._n_inside = 0
        self._n_waiting = 0
        self._is_taken = False

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Go through beside others."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_taken and not self._n_waiting)
            self._n_inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._n_inside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Go through when nobody else is inside."""
        with self._changed:
            self._n_waiting += 1
            self._changed.wait_for(lambda: not self._is_taken and not self._n_inside)
            self._n_waiting -= 1
            self._is_taken = True
        try:
            yield
        finally:
            with self._changed:
                self._is_taken = False
                self._changed.notify_all()
