"""A process that loads the heavy libraries once and makes each box from a copy of itself.

It is the first program of a bubblewrap sandbox: no network, read-only folders, no secret. It never runs student code.
For each order it forks a keeper; the keeper moves into namespaces of its own, covers the writable folders with empty
ones, and forks the process in which student code runs: number 1 of its own process namespace, without capabilities,
behind a filter of system calls. When the keeper kills it, the kernel kills everything that it may have started.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
import threading
import time
from typing import Any, NoReturn

from course_lib.grading.runner import confine
from course_lib.grading.runner.serving import serve
from course_lib.grading.runner.surroundings import prepare, warm_up

ORDER_BYTES = 1 << 16
N_DESCRIPTORS = 4  # requests, replies, prints, status
MOST_DESCRIPTORS = 4096


def main() -> None:
    """Load what the first argument names, say how that went, then fulfil orders until nobody can send any."""
    settings = json.loads(sys.argv[1])
    control = socket.socket(fileno=settings["control"])
    start = time.perf_counter()
    prepare(settings["packages"])
    failed = warm_up(settings["warm"])
    gc.collect()
    gc.freeze()  # the collector leaves alone what all boxes share, so the pages stay shared
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers that have ended leave nothing behind
    report = {"failed": failed, "threads": threading.active_count(), "seconds": time.perf_counter() - start}
    control.send(json.dumps(report).encode())
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, ORDER_BYTES, N_DESCRIPTORS)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            keep_box(json.loads(message), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def keep_box(order: dict[str, Any], requests: int, replies: int, prints: int, status: int) -> NoReturn:
    """Make a box, wait until it ends or nobody listens to its status any more, report how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    listener = socket.socket(fileno=status)
    try:
        confine.enter_namespaces()
        for folder, size_mb in order["folders"].items():
            confine.mount_empty(folder, size_mb, order["max_files"])
        pid = os.fork()
        if pid == 0:
            live_in_box(order, requests, replies, prints, listener)
        for descriptor in (requests, replies, prints):
            os.close(descriptor)
        tell(listener, {"ended": wait_for(pid, listener)})
    except BaseException as error:
        tell(listener, {"failed": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(0)


def wait_for(pid: int, listener: socket.socket) -> int:
    """Return how the process ``pid`` ended: its exit status, or the negative number of a signal."""
    ended = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    poll.register(listener, select.POLLIN)
    if ended not in dict(poll.poll()):  # the other side has closed its end, or has asked for the end
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def live_in_box(order: dict[str, Any], requests: int, replies: int, prints: int, listener: socket.socket) -> NoReturn:
    """Give up every right, say so, then serve."""
    try:
        os.setsid()  # or a signal to the process group would reach the warm process and all other boxes
        take_over_streams(prints)
        os.chdir(order["work"])
        close_others({requests, replies, listener.fileno()})
        confine.limit_resources(order["limits"])
        confine.drop_capabilities()
        confine.forbid_new_privileges()
        confine.filter_system_calls()
    except BaseException as error:
        tell(listener, {"failed": f"{type(error).__name__}: {error}"})
        os._exit(1)
    tell(listener, {"ready": True})
    listener.close()
    try:
        serve(requests, replies)
    finally:
        os._exit(0)


def take_over_streams(prints: int) -> None:
    """Make standard input empty and send both outputs to ``prints``."""
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.dup2(prints, 1)
    os.dup2(prints, 2)
    # The old ones remember the file that they wrote to; one for both keeps the lines in their order.
    sys.stdout = sys.stderr = open(1, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    sys.__stdout__ = sys.__stderr__ = sys.stdout


def close_others(kept: set[int]) -> None:
    """Close every descriptor but the three standard ones and ``kept``."""
    start = 3
    for descriptor in [*sorted(kept), MOST_DESCRIPTORS]:
        os.closerange(start, descriptor)
        start = descriptor + 1


def tell(listener: socket.socket, message: dict[str, Any]) -> None:
    """Send a message on the status socket; whoever listened may be gone."""
    try:
        listener.send(json.dumps(message).encode())
    except OSError:
        pass
