"""Boxes made by bubblewrap: namespaces, a read-only world of a few folders, a fork of a warm process for each one."""

import os
import resource
import shutil
import socket
import threading
from collections.abc import Sequence
from typing import Any, BinaryIO

from course_lib.grading.box.base import BoxError, Usage, close_all, look_at
from course_lib.grading.box.runtime import ENVIRONMENT, LINKED, Runtime, find_runtime
from course_lib.grading.box.warm_process import STOP_S, Nursery, receive
from course_lib.grading.limits import Limits

NURSERY_TMP_MB = 64
START_S = 20.0


class Bubblewrap:
    """Makes boxes with bubblewrap.

    Parameters
    ----------
    warm
        Modules to load before the first box, so that no box loads them again.
    runtime
        What is in the boxes; by default what this installation needs.
    """

    name = "bubblewrap"
    isolated = True

    def __init__(self, warm: Sequence[str] = (), runtime: Runtime | None = None) -> None:
        self.warm = tuple(warm)
        self.runtime = runtime or find_runtime()
        self._lock = threading.Lock()
        self._nursery: Nursery | None = None

    def start(self, limits: Limits) -> "Forked":
        """Start a box; the first one waits for the warm process."""
        requests_out, requests_in = os.pipe()
        replies_out, replies_in = os.pipe()
        prints_out, prints_in = os.pipe()
        theirs = [requests_out, replies_in, prints_in]
        ours = [os.fdopen(requests_in, "wb", 0), os.fdopen(replies_out, "rb", 0), os.fdopen(prints_out, "rb", 0)]
        status, their_status = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            status.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            self._nursery_now().order(describe_order(limits), [*theirs, their_status.fileno()])
        except BaseException:
            close_all(status, *ours)
            raise
        finally:
            their_status.close()
            for descriptor in theirs:
                os.close(descriptor)
        return Forked(ours, status, limits)

    def close(self) -> None:
        """End the warm process and with it all boxes."""
        with self._lock:
            if self._nursery:
                self._nursery.close()
            self._nursery = None

    def nursery_usage(self) -> Usage | None:
        """Return what the warm process uses; its threads must be one."""
        return look_at(self._nursery_now().pid)

    def _nursery_now(self) -> Nursery:
        """Return the warm process; start it if there is none, or none any more."""
        with self._lock:
            if self._nursery is None or not self._nursery.alive():
                self._nursery = Nursery(build_command(self.runtime), self.warm, self.runtime.packages)
            return self._nursery


def describe_order(limits: Limits) -> dict[str, Any]:
    """Return what the warm process must know to make one box."""
    return {
        "folders": {"/tmp": limits.tmp_mb, "/dev/shm": limits.shared_mb},
        "max_files": limits.files,
        "work": "/tmp",
        "limits": limits.for_kernel(data_mb=0),  # set from outside, where what is in use already can be seen
    }


def build_command(runtime: Runtime, program: str = "") -> list[str]:
    """Return the bubblewrap command that starts the warm process; its settings follow as one more word.

    Raises
    ------
    BoxError
        Bubblewrap is not installed.
    """
    program = program or shutil.which("bwrap") or ""
    if not program:
        raise BoxError("bubblewrap is not installed: install the package bubblewrap of your Linux")
    command = [program, "--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534"]
    command += ["--hostname", "box", "--new-session", "--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        command += ["--setenv", name, value]
    for path, inside in runtime.binds:
        command += ["--ro-bind", str(path), inside]
    for inside in runtime.masked:
        command += ["--tmpfs", inside, "--remount-ro", inside]
    for link in LINKED:  # one folder with /usr on most systems, a folder of its own on others
        if os.path.islink(link):
            command += ["--symlink", os.readlink(link), link]
        elif os.path.isdir(link):
            command += ["--ro-bind", link, link]
    # No /proc at all: with the one of this system a box could look at its processes, and a new one is refused in
    # many containers.
    command += ["--dev", "/dev", "--size", "1048576", "--tmpfs", "/dev/shm"]
    command += ["--size", str(NURSERY_TMP_MB * 2**20), "--tmpfs", "/tmp", "--chdir", "/tmp"]
    return [*command, "--remount-ro", "/dev", "--remount-ro", "/", *runtime.command("nursery")]


class Forked:
    """One box that the warm process has made."""

    def __init__(self, pipes: list[BinaryIO], status: socket.socket, limits: Limits) -> None:
        self.requests, self.replies, self.prints = pipes
        self._status = status
        self._lock = threading.Lock()
        self._ended: int | None = None
        self._seen = False
        report, self.pid = receive(status, START_S)
        if report is None or "ready" not in report:
            close_all(*pipes, status)
            raise BoxError(f"a box did not start: {report['failed'] if report else 'it said nothing'}")
        self._limit_memory(limits.memory_mb)

    def usage(self) -> Usage | None:
        """Return what it uses."""
        return look_at(self.pid)

    def kill(self) -> None:
        """End it: its keeper kills it when nobody listens any more."""
        try:
            self._status.shutdown(socket.SHUT_WR)
        except OSError:  # it has ended by itself
            pass

    def end(self) -> int | None:
        """End it and wait until the keeper has seen its end; return how it ended."""
        with self._lock:
            if not self._seen:
                self.kill()
                report, _ = receive(self._status, STOP_S)
                self._ended, self._seen = (report or {}).get("ended"), True
        return self._ended

    def close(self) -> None:
        """Close the pipes and the status."""
        close_all(self.requests, self.replies, self.prints, self._status)

    def _limit_memory(self, memory_mb: int) -> None:
        """Limit the memory that the box can write to, beyond what it shares with the warm process."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as lines:
            used_kb = next(int(line.split()[1]) for line in lines if line.startswith("VmData"))
        most = used_kb * 1024 + memory_mb * 2**20
        resource.prlimit(self.pid, resource.RLIMIT_DATA, (most, most))
