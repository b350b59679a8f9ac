"""The warm process that boxes are forked from, seen from outside."""

import array
import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from typing import Any

import psutil

from course_lib.grading.box.base import BoxError, look_at

WARM_UP_S = 300.0
STOP_S = 10.0
MESSAGE_BYTES = 1 << 16
CREDENTIALS = 3 * array.array("i").itemsize  # pid, uid, gid
MAY_BE_FORBIDDEN = (
    "if this system forbids user namespaces to ordinary users, as Ubuntu 24.04 does, an administrator allows them by: "
    "sysctl kernel.apparmor_restrict_unprivileged_userns=0"
)


class Nursery:
    """The warm process, from outside."""

    def __init__(self, command: list[str], warm: Sequence[str], packages: Sequence[str]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._said = tempfile.TemporaryFile()
        self._first: int | None = None
        settings = json.dumps({"control": theirs.fileno(), "warm": list(warm), "packages": list(packages)})
        with theirs:
            self._process = subprocess.Popen(
                [*command, settings],
                env={},  # what bubblewrap itself gets could be read from inside, whatever --clearenv says
                stdin=subprocess.DEVNULL,
                stdout=self._said,
                stderr=self._said,
                pass_fds=[theirs.fileno()],
                cwd="/",
            )
        try:
            self._greet()
        except BaseException:
            self.close()
            raise

    def _greet(self) -> None:
        """Wait until it has loaded everything, and get hold of it."""
        report, self.pid = receive(self._control, WARM_UP_S)
        if report is None:
            raise BoxError(f"bubblewrap did not start ({self._last_words()}); {MAY_BE_FORBIDDEN}")
        self.failed: dict[str, str] = report["failed"]
        self.seconds: float = report["seconds"]
        # Number 1 of the namespace: with it the kernel ends every process in it, whoever its parent is.
        self._first = os.pidfd_open(psutil.Process(self.pid).ppid())
        usage = look_at(self.pid)
        if usage is None or usage.threads != 1:
            raise BoxError(f"expected one thread in the warm process, or forks are unsafe, got {usage}: load less")

    def alive(self) -> bool:
        """Return whether it can still make boxes."""
        return self._process.poll() is None

    def order(self, order: dict[str, Any], descriptors: list[int]) -> None:
        """Ask for one box that uses ``descriptors``."""
        try:
            socket.send_fds(self._control, [json.dumps(order).encode()], descriptors)
        except OSError as error:
            raise BoxError(f"the warm process has ended ({self._last_words()})") from error

    def close(self) -> None:
        """End it and everything that it has made."""
        if self._first is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._first, signal.SIGKILL)
            os.close(self._first)
            self._first = None
        self._process.kill()
        self._process.wait()
        self._control.close()
        self._said.close()

    def _last_words(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_S)
        self._said.seek(0)
        return self._said.read()[-500:].decode("utf-8", "replace").strip() or "it said nothing"


def receive(listener: socket.socket, timeout_s: float) -> tuple[dict[str, Any] | None, int]:
    """Return the next message of a status socket and the process that sent it, as numbered here; (None, 0) at the end.

    Only the runner's own code writes these messages, before and after student code runs; the kernel fills in the
    number of the process.
    """
    listener.settimeout(timeout_s)
    try:
        message, ancillary, _, _ = listener.recvmsg(MESSAGE_BYTES, socket.CMSG_SPACE(CREDENTIALS))
    except OSError:
        return None, 0
    if not message:
        return None, 0
    credentials = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            credentials.frombytes(data[:CREDENTIALS])
    return json.loads(message), credentials[0] if credentials else 0
