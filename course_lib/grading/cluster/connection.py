"""A connection to a Dask scheduler that says in one sentence when nobody is there any more."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from course_lib.errors import CourseError
from course_lib.grading.marking import StoppedError

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_S = 10.0
WORKERS_S = 10.0  # for the first worker to appear
LOOK_S = 2.0  # between two looks at whether anybody is still there
DESERTED_S = 60.0  # without any worker: one that was killed may be started again
CLOSE_S = 5.0
CANCELLED = (concurrent.futures.CancelledError, asyncio.CancelledError)
GOES_ON = "what was graded is kept, and the same command goes on from there, with or without a cluster"


@contextmanager
def connect(address: str) -> Iterator[Cluster]:
    """Give the block the cluster of a scheduler.

    Parameters
    ----------
    address
        ``tcp://HOST:PORT``, or ``tls://HOST:PORT`` with the certificates that Dask's own settings name.

    Raises
    ------
    CourseError
        Dask is not installed, or nobody answers at the address.
    """
    if not re.fullmatch(r"(tcp|tls)://\S+:\d+", address):
        raise CourseError(f"expected a scheduler such as tcp://HOST:8786, got {address!r}: give it as --scheduler")
    try:
        from distributed import Client
    except ImportError:
        raise CourseError(
            "a cluster needs the package distributed, which is not installed: "
            "python -m pip install -r requirements-dask.txt -c constraints.txt"
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what ends a batch is said in a sentence of ours
    try:
        client = Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise CourseError(
            f"no scheduler answers at {address} ({error or type(error).__name__}): start one with "
            "python -m dask scheduler, or leave --engine out to grade on this computer"
        ) from None
    try:
        with suppress(TimeoutError):
            client.wait_for_workers(1, timeout=WORKERS_S)
        yield Cluster(client, address)
    finally:
        client.close(timeout=CLOSE_S)


class Cluster:
    """A scheduler and its workers.

    Parameters
    ----------
    client
        Connected.
    address
        Of the scheduler, for sentences.
    """

    def __init__(self, client: Client, address: str) -> None:
        self.address = address
        self._client = client
        self._seen = time.monotonic()

    @property
    def n_threads(self) -> int:
        """How many submissions all workers grade at once."""
        return sum(self._client.nthreads().values())

    def ask(self, function: Callable[..., bytes], *arguments: bytes) -> bytes:
        """Return what a function gives on some worker; one that ends meanwhile is replaced by another.

        Raises
        ------
        StoppedError
            There is no scheduler, or no worker, any more.
        """
        with self._explained():
            return self._wait(self._client.submit(function, *arguments, pure=False))

    def ask_each(self, function: Callable[..., bytes], *arguments: bytes) -> dict[str, bytes]:
        """Return what a function gives on each worker that is there now, by their addresses.

        Raises
        ------
        CourseError
            There is none.
        """
        with self._explained():
            asked = {
                address: self._client.submit(function, *arguments, workers=[address], pure=False)
                for address in self._client.nthreads()
            }
            if not asked:
                raise CourseError(
                    f"no worker is connected to {self.address}: start some with python -m dask worker {self.address}"
                )
            return {address: self._wait(future, address) for address, future in asked.items()}

    def _wait(self, future: Future, address: str = "") -> bytes:
        """Return the bytes that a future stands for, which the worker at ``address`` alone may give if there is one."""
        while True:
            try:
                reply = future.result(timeout=LOOK_S)
            except TimeoutError:
                self._refuse_if_deserted(address)
            else:
                if type(reply) is not bytes:
                    raise TypeError(f"expected bytes from a worker, got {type(reply).__name__}")
                return reply

    def _refuse_if_deserted(self, address: str) -> None:
        """Give up where nobody who could answer is there any more."""
        there = self._client.nthreads()
        if address and address not in there:
            raise StoppedError(f"the worker {address} has ended while it was asked: see what it said, start it again")
        if there:
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > DESERTED_S:
            raise StoppedError(f"no worker is left at {self.address}: start some; {GOES_ON}")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn the ways in which a lost scheduler shows itself into one sentence."""
        try:
            yield
        except (*CANCELLED, OSError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and self._client.status == "running":
                raise  # it came from a worker
            raise StoppedError(f"the scheduler at {self.address} is gone: {GOES_ON}") from None
