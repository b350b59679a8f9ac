"""The pip calls of the launcher, and one sentence for each way in which they fail."""

import platform
import re
import shutil
import sys
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.launcher.environment import Environment, read_lines
from course_lib.launcher.processes import say

_DISK = r"No space left on device|Errno 28\b|WinError 112\b|not enough space on the disk|Disk quota exceeded"
_NETWORK = (
    r"NewConnectionError|NameResolutionError|Max retries exceeded|ConnectTimeoutError|ReadTimeoutError|ProxyError"
    r"|Temporary failure in name resolution|getaddrinfo failed|Network is unreachable"
    r"|Connection (refused|reset|aborted)|CERTIFICATE_VERIFY_FAILED|ProtocolError|IncompleteRead"
)
_ABSENT = r"No matching distribution found for (\S+)"
# pip or the packages in the environment are themselves damaged, so that a new environment helps.
_DAMAGED = r"No module named pip|Traceback \(most recent call last\)|[Nn]o RECORD file|[Ii]nvalid metadata"


class PackageError(CourseError):
    """The packages cannot be installed or imported, for a reason that a new environment might not have."""


def free_gb(folder: Path) -> float:
    """Return the free space of the disk that holds ``folder``, in gigabytes."""
    return shutil.disk_usage(folder).free / 1e9


def read_pin(root: Path, package: str) -> str:
    """Return the line of requirements.txt that pins ``package``, for example ``"torch==2.13.0"``."""
    for line in read_lines(root / "requirements.txt"):
        if line.strip().startswith(f"{package}=="):
            return line.partition("#")[0].strip()
    raise CourseError(f"requirements.txt must pin {package}==VERSION, it does not: get a complete copy of the course")


def install_packages(environment: Environment, dev: bool) -> None:
    """Install torch by itself, then everything else.

    Raises
    ------
    CourseError
        No disk space, no network, or no build for this computer.
    PackageError
        The environment is damaged.
    """
    _install_torch(environment)
    say("[3/3] installing the other packages")
    files = ["-r", "requirements.txt", *(["-r", "requirements-dev.txt"] if dev else [])]
    _check(environment, *_pip(environment, files))


def _install_torch(environment: Environment) -> None:
    """Install torch, the CPU build where there is a choice.

    By itself and first: whatever asks for torch later finds it and leaves it alone. On macOS and Windows the plain
    version is the CPU build. On Linux the plain version may be a CUDA build of several gigabytes, so the pinned version
    is asked for by the name of its CPU build first; a private index, a mirror or a folder of wheels given by pip's own
    settings (PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS) may offer it. Where none does, the plain version is taken: it runs on
    a CPU just as well, it is only larger, and a start that works is worth more than the disk.
    """
    pin = read_pin(environment.root, "torch")
    say(f"[2/3] installing {pin}, by far the largest package")
    if sys.platform == "linux":
        status, errors = _pip(environment, [f"{pin}+cpu"])
        if status == 0 or not re.search(_ABSENT, errors) or re.search(_NETWORK, errors):
            _check(environment, status, errors)
            return
        say("      no build for the CPU alone is offered (PIP_EXTRA_INDEX_URL can name an index that has one)")
        if free_gb(environment.root) < 9:
            raise CourseError(
                f"the default build of torch needs 9 GB of disk, {free_gb(environment.root):.1f} GB are free: make "
                "room, or set PIP_EXTRA_INDEX_URL to an index that has torch's CPU builds"
            )
    _check(environment, *_pip(environment, [pin]))


def _pip(environment: Environment, what: list[str]) -> tuple[int, str]:
    """Run ``pip install`` in the environment, with every version held by constraints.txt."""
    constraints = environment.root / "constraints.txt"
    what = [str(environment.root / word) if word.endswith(".txt") else word for word in what]
    return environment.shown([str(environment.python), "-m", "pip", "install", "-c", str(constraints), *what])


def _check(environment: Environment, status: int, errors: str) -> None:
    """Raise the sentence that fits a failed pip call."""
    if status == 0:
        return
    if re.search(_DISK, errors) or free_gb(environment.root) < 0.2:
        raise CourseError(
            f"no disk space: {free_gb(environment.root):.1f} GB are free in {environment.root}, the packages need "
            "about 3 GB: make room and start again, it goes on from here"
        )
    if re.search(_NETWORK, errors):
        raise CourseError(
            "no network: pip cannot reach its package index; check the connection (behind a proxy set HTTPS_PROXY) "
            "and start again, it goes on from here"
        )
    if absent := re.search(_ABSENT, errors):
        raise CourseError(
            f"there is no {absent[1]} for Python {platform.python_version()} on {platform.platform()}: the packages "
            "are made for 64-bit Python 3.11 to 3.14 on Linux, Windows (x64) and macOS 14 (Apple silicon)"
        )
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    reason = next((line for line in reversed(lines) if line.startswith("ERROR:")), lines[-1] if lines else "no output")
    kind = PackageError if re.search(_DAMAGED, errors) else CourseError
    raise kind(f"pip failed ({reason}): mend what it names, then start again; if in doubt delete .venv first")
