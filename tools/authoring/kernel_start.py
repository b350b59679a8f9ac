"""Runs in the kernel of a built notebook before its first cell: no network, and a folder of its own to work in.

It refuses what Python code asks of `socket.socket`; the kernel's own connections to this computer do not pass there.
"""

import os
import socket
from collections.abc import Callable

THIS_COMPUTER = ("127.", "::1", "localhost")


class NoNetworkError(RuntimeError):
    """A cell tried to leave this computer; no OSError, so that code which retries does not swallow it."""


def refuse_unless_here(host: object) -> None:
    """Raise unless ``host`` is this computer.

    Raises
    ------
    NoNetworkError
        With the name of the host.
    """
    name = host.decode() if isinstance(host, bytes) else str(host)
    if not name.startswith(THIS_COMPUTER):
        raise NoNetworkError(f"a cell asked for {name!r}, but lessons run offline: ship the data, or tag the cell slow")


def guard(method: Callable) -> Callable:
    """Return a method of a socket that refuses addresses elsewhere; a path is no network."""

    def guarded(sock: socket.socket, *arguments: object) -> object:
        if isinstance(arguments[-1], tuple):
            refuse_unless_here(arguments[-1][0])
        return method(sock, *arguments)

    return guarded


def block_network() -> None:
    """Replace the calls of Python's sockets that reach out."""
    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, guard(getattr(socket.socket, name)))
    look_up = socket.getaddrinfo

    def guarded_look_up(host: object, *arguments: object, **options: object) -> object:
        if host:  # none means an address to listen at
            refuse_unless_here(host)
        return look_up(host, *arguments, **options)

    socket.getaddrinfo = guarded_look_up


def start() -> None:
    """Prepare this process: block the network unless a slow run asked for it, work in the learner's folder."""
    if not os.environ.get("LESSON_NETWORK"):
        block_network()
    os.chdir(os.environ["COURSE_HOME"])
