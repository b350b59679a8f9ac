"""What holds for every test: no network, no Hub, the same random numbers each time."""

import os
import random
import socket
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import settings

# Before any library reads them.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

# The same examples on every run, and no deadline: how long one example takes depends on the machine.
settings.register_profile("course", derandomize=True, deadline=None, max_examples=50, print_blob=True)
settings.load_profile("course")


class NetworkBlockedError(RuntimeError):
    """A test tried to leave the process; no OSError, so that code which retries does not swallow it."""


class Guard:
    """Stands before the connecting calls of `socket.socket` and `socket.getaddrinfo`.

    Attributes
    ----------
    loopback
        Whether addresses of this computer are allowed.
    attempts
        What was refused since the test began.
    """

    LOOPBACK = ("127.", "::1", "localhost")

    def __init__(self) -> None:
        # Windows has no socket pairs: asyncio makes them from loopback connections, so they must be let through.
        self.always_loopback = sys.platform == "win32"
        self.loopback = self.always_loopback
        self.attempts: list[str] = []

    def check(self, host: object) -> None:
        """Raise unless ``host`` may be reached."""
        name = host.decode() if isinstance(host, bytes) else str(host)
        if self.loopback and name.startswith(self.LOOPBACK):
            return
        self.attempts.append(name)
        allowed = "only addresses of this computer" if self.loopback else "none (mark the test `loopback` for its own)"
        raise NetworkBlockedError(f"the test tried to reach {name!r}, allowed are {allowed}")

    def install(self) -> None:
        """Replace the connecting calls for the whole session, collection included."""
        for name in ("connect", "connect_ex", "sendto"):
            setattr(socket.socket, name, self._guard_method(getattr(socket.socket, name)))
        look_up = socket.getaddrinfo

        def guarded_look_up(host: object, *arguments: object, **options: object) -> object:
            if host:  # none means an address to listen at
                self.check(host)
            return look_up(host, *arguments, **options)

        socket.getaddrinfo = guarded_look_up

    def _guard_method(self, method: object) -> object:
        def guarded(sock: socket.socket, *arguments: object) -> object:
            address = arguments[-1]
            if isinstance(address, tuple):  # a path is a socket between processes and no network
                self.check(address[0])
            return method(sock, *arguments)

        return guarded


GUARD = Guard()
GUARD.install()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Set the guard for a test, before its fixtures: a fixture of the module may start the server."""
    GUARD.loopback = GUARD.always_loopback or item.get_closest_marker("loopback") is not None
    GUARD.attempts.clear()


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that tried to reach the network even if its code swallowed the refusal."""
    if request.node.get_closest_marker("loopback"):
        # Offline, the Hub's client refuses servers on this computer too; the guard still keeps it here.
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    yield
    if GUARD.attempts:
        pytest.fail(f"the test tried to reach {', '.join(GUARD.attempts)}")


@pytest.fixture
def guard() -> Guard:
    """Return the guard, for the tests of the guard itself."""
    return GUARD


@pytest.fixture(autouse=True)
def _same_random_numbers() -> None:
    """Seed what is loaded; torch is not loaded for this."""
    random.seed(0)
    np.random.seed(0)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(0)
