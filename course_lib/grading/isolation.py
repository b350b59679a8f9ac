"""Proves what a box promises, by attacking it."""

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from course_lib.checks.failures import NoValue
from course_lib.grading.allowance import Allowance
from course_lib.grading.attacks import reach
from course_lib.grading.box.base import Box, BoxError
from course_lib.grading.probes import LIMITS, Probe, Traps, list_probes
from course_lib.grading.worker import Worker

CANARY = "COURSE_CANARY"
MOST_WORDS = 200


@dataclass(frozen=True)
class Fact:
    """One promise of the sandbox, and whether it is kept.

    Parameters
    ----------
    name
        One or two words.
    says
        The promise.
    holds
        Whether the attack failed.
    found
        What the attack got, or how it ended.
    """

    name: str
    says: str
    holds: bool
    found: str


def prove_isolation(box: Box) -> Iterator[Fact]:
    """Attack boxes of this kind, each attack in one of its own; yield what holds.

    Raises
    ------
    BoxError
        The box isolates nothing: the attacks are never run there.
    """
    if not box.isolated:
        raise BoxError("the attacks run in a sandbox only: install bubblewrap, Docker or Podman")
    with set_traps() as traps:
        box.close()  # what is kept ready was started before the traps were set
        for probe in list_probes(traps):
            yield try_probe(box, probe)
    yield try_leaving(box)
    if hasattr(box, "nursery_usage"):
        usage = box.nursery_usage()
        holds = usage is not None and usage.threads == 1
        yield Fact(
            "warm process", "has one thread, so that forks are safe", holds, f"{usage and usage.threads} threads"
        )


@contextmanager
def set_traps() -> Iterator[Traps]:
    """Listen on two addresses, keep a secret file open for children, set a variable; undo all of it at the end."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as by_port:
        secret, path = Path(folder, "secret"), str(Path(folder, "socket"))
        secret.write_text("secret", encoding="utf-8")
        with socket.socket(socket.AF_UNIX) as by_path, secret.open("rb") as file:
            by_path.bind(path)
            by_path.listen()
            os.set_inheritable(file.fileno(), True)
            os.environ[CANARY] = "secret"
            try:
                yield Traps(by_port.getsockname()[1], path, str(secret))
            finally:
                del os.environ[CANARY]


def try_probe(box: Box, probe: Probe) -> Fact:
    """Run one attack in a box of its own."""
    got = attack(box, probe.source, probe.arguments)
    try:
        holds = bool(probe.holds(got))
    except TypeError:  # what came is of no kind that a failed attack gives
        holds = False
    return Fact(probe.name, probe.says, holds, f"{got}"[:MOST_WORDS])


def attack(box: Box, source: str, arguments: dict[str, Any]) -> Any:
    """Return what an attack got, or the error that ended it."""
    with Worker(box, Allowance(LIMITS)) as worker:
        try:
            return worker.run_cell(source, "attack") or worker.handle("attack")(**arguments)
        except NoValue as error:
            return error


def try_leaving(box: Box) -> Fact:
    """Leave files and a running thread in one box; see what is left of it, and what the next one finds."""
    with Worker(box, Allowance(LIMITS)) as worker:
        pid = worker.pid
        left = worker.run_cell(reach.LEAVE_BEHIND, "attack") or worker.handle("attack")()
    survives = False
    with suppress(psutil.Error):
        survives = pid is not None and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    found = attack(box, reach.LEFT_BEHIND, {})
    holds = left is None and not survives and found == []
    says = "no process survives its box, no file comes into the next one"
    return Fact("clean start", says, holds, f"process {'there' if survives else 'gone'}, {found}"[:MOST_WORDS])
