"""What a box promises, and for each promise the attack that would break it."""

import os
import platform
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_lib.grading.attacks import amounts, reach, rights
from course_lib.grading.boundary import BoxEnded
from course_lib.grading.box.runtime import COURSE, ENVIRONMENT, INSIDE
from course_lib.grading.limits import Limits
from course_lib.grading.runner.seccomp import MACHINES, NUMBERS

# Small, so that the attacks which use up everything are quick.
LIMITS = Limits(call_s=2, patience=2, grace_s=4, memory_mb=200, tmp_mb=8, shared_mb=4, file_mb=2, threads=64)
MORE = 4  # times a limit is what an attack tries to get
ALWAYS_SET = {"PWD", "LC_CTYPE", "HOSTNAME", "PATH"}  # by shells, Python and engines, with nothing secret in them
STANDARD_AND_PROTOCOL = 5
# A call of these by the probe would start a process; another probe tries them in a way that it can clean up after.
TRIED_ELSEWHERE = {"fork", "vfork", "execve", "execveat"}
OF_THE_COURSE = ("README.md", "lessons", "solutions", "notebooks", "tests", "course_lib/checks/core.py", ".git")
TO_WRITE_TO = ("/", "/etc", "/usr/lib", "/dev", INSIDE, f"{INSIDE}/course_lib", "/packages/0", sys.base_prefix)
MOST_OF_HOME = 50
OTHER_NAMES = {"arm64": "aarch64", "AMD64": "x86_64"}  # of the same processors, on systems whose containers run Linux


@dataclass(frozen=True)
class Traps:
    """What waits outside of the box for an attack that gets there.

    Parameters
    ----------
    port, path
        Where somebody listens on this computer.
    secret
        A file of this computer.
    """

    port: int
    path: str
    secret: str


@dataclass(frozen=True)
class Probe:
    """One attack.

    Parameters
    ----------
    name
        One or two words.
    says
        The promise.
    source
        From `course_lib.grading.attacks`.
    holds
        Tells from the attack's result, or from the error that ended it, whether it failed.
    arguments
        Of the attack.
    """

    name: str
    says: str
    source: str
    holds: Callable[[Any], bool]
    arguments: dict[str, Any] = field(default_factory=dict)


def is_nothing(got: Any) -> bool:
    """Tell whether an attack ran to its end and got nothing."""
    return got == []


def is_timeout(got: Any) -> bool:
    """Tell whether an attack was ended for its time."""
    return isinstance(got, BoxEnded) and got.status == "timeout"


def at_most(most: float) -> Callable[[Any], bool]:
    """Return a judgement: the attack got no more than ``most``, or was ended for what it used."""
    return lambda got: isinstance(got, BoxEnded) or (isinstance(got, int | float) and 0 < got <= most)


def only(names: Iterable[str]) -> Callable[[Any], bool]:
    """Return a judgement: the attack got nothing but ``names``."""
    return lambda got: isinstance(got, list) and set(got) <= set(names)


def are_own_descriptors(got: Any) -> bool:
    """Tell whether open descriptors are the three standard ones and those of the protocol."""
    return isinstance(got, list) and len(got) <= STANDARD_AND_PROTOCOL and "other" not in got


def list_probes(traps: Traps) -> list[Probe]:
    """Return all attacks on one box."""
    return [*probes_of_reach(traps), *probes_of_rights(), *probes_of_limits()]


def probes_of_reach(traps: Traps) -> list[Probe]:
    """Return the attacks on what is outside of the box."""
    hidden = [traps.secret, "/etc/passwd", "/etc/hostname", *(str(COURSE / name) for name in OF_THE_COURSE), *of_home()]
    network = {"port": traps.port, "path": traps.path}
    pids = {"pids": [os.getpid(), os.getppid()]}
    return [
        Probe("network", "no connection, not even to this computer", reach.NETWORK, is_nothing, network),
        Probe("files", "no file of this computer", reach.FILES, is_nothing, {"paths": hidden}),
        Probe("answers", "no solutions, tests or references", reach.ANSWERS, is_nothing, {"root": INSIDE}),
        Probe("other processes", "cannot be seen", reach.OTHER_PROCESSES, is_nothing, pids),
        Probe("variables", "none of the caller's", reach.VARIABLES, only({*ENVIRONMENT, *ALWAYS_SET})),
        Probe("descriptors", "only the box's own pipes", reach.DESCRIPTORS, are_own_descriptors),
    ]


def of_home() -> list[str]:
    """Return files and folders of whoever grades, but for folders above what a box needs."""
    try:
        entries = sorted(Path.home().iterdir())[:MOST_OF_HOME]
    except OSError:
        return []
    return [
        str(entry)
        for entry in entries
        if not any(Path(name).is_relative_to(entry) for name in sys.path + [sys.base_prefix])
    ]


def probes_of_rights() -> list[Probe]:
    """Return the attacks on what a process may do."""
    column = MACHINES[OTHER_NAMES.get(platform.machine(), platform.machine())].column
    calls = {name: both[column] for name, both in NUMBERS.items() if both[column] and name not in TRIED_ELSEWHERE}
    folders = {"folders": list(TO_WRITE_TO)}
    return [
        Probe("read only", "nothing but two folders can be written to", rights.READ_ONLY, is_nothing, folders),
        Probe("processes", "no new process and no other program", rights.PROCESSES, is_nothing),
        Probe("threads", "threads work", rights.THREADS_WORK, lambda got: got == 1),
        Probe("system calls", "no rarely used ones", rights.SYSTEM_CALLS, is_nothing, {"numbers": calls}),
        Probe("privileges", "none, and none to be had", rights.PRIVILEGES, is_nothing),
    ]


def probes_of_limits() -> list[Probe]:
    """Return the attacks that use up something."""
    tmp_mb, shared_mb, memory_mb = LIMITS.tmp_mb, LIMITS.shared_mb, LIMITS.memory_mb
    disk = {"most_mb": MORE * tmp_mb}
    memory = {"most_mb": MORE * memory_mb}
    threads = {"most": MORE * MORE * LIMITS.threads}
    return [
        Probe("disk", "the temporary folder is small", amounts.DISK, at_most(tmp_mb), disk | {"folder": "/tmp"}),
        Probe("shared disk", "so is /dev/shm", amounts.DISK, at_most(shared_mb), disk | {"folder": "/dev/shm"}),
        Probe("file size", "each file is small", amounts.ONE_FILE, at_most(LIMITS.file_mb), disk),
        Probe("memory", "limited", amounts.MEMORY, at_most(memory_mb), memory),
        # Seen from outside every 20 ms; that much more may be there for a moment.
        Probe("shared memory", "limited too", amounts.SHARED_MEMORY, at_most(memory_mb), memory),
        Probe("many threads", "limited", amounts.MANY_THREADS, at_most(LIMITS.threads), threads),
        Probe("time", "a loop that ignores all signals is ended", amounts.LOOP, is_timeout),
    ]
