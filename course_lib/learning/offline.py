"""Runs in the kernel of a notebook that is verified, before its first cell: no way out of this computer.

It refuses what Python code asks of sockets; the kernel's own connections do not pass there. This keeps an honest
notebook honest and is no border against a hostile one.
"""

import ipaddress
import sys
from typing import Any

REACHING_OUT = ("socket.connect", "socket.sendto", "socket.sendmsg")
LOOKING_UP = ("socket.getaddrinfo", "socket.gethostbyname")


class NoNetworkError(RuntimeError):
    """A cell tried to leave this computer; no OSError, so that code which retries does not swallow it."""


def is_here(host: Any) -> bool:
    """Return whether a host is this computer; none means an address to listen at.

    >>> is_here("127.0.0.1"), is_here(b"localhost"), is_here("127.0.0.1.example"), is_here("192.0.2.1")
    (True, True, False, False)
    """
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "localhost")
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def refuse_to_leave(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise if an event of Python is an attempt to reach another computer.

    Raises
    ------
    NoNetworkError
        With the name of the host.
    """
    if event in REACHING_OUT:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a path is no network
    elif event in LOOKING_UP:
        host = arguments[0]
    else:
        return
    if not is_here(host):
        raise NoNetworkError(f"a cell asked for {host!r}, but lessons are verified offline")


def go_offline() -> None:
    """Keep this process from reaching other computers, for good."""
    sys.addaudithook(refuse_to_leave)
