"""Make or mend ``.venv``: the environment, torch in a pip call of its own, then all other packages."""

import os
import shutil
import sys
import time

from course_lib.errors import CourseError
from course_lib.launcher.environment import (
    FULL_IMPORTS,
    NEWEST_PYTHON,
    TELL_VERSION,
    Environment,
    look,
    wanted_stamp,
    write_stamp,
)
from course_lib.launcher.lock import locked
from course_lib.launcher.packages import PackageError, free_gb, install_packages
from course_lib.launcher.processes import say


def prepare(environment: Environment, dev: bool) -> None:
    """Make the environment ready; returns at once where it is.

    Raises
    ------
    CourseError
        It cannot be done; the message says why and what to do.
    """
    if look(environment, dev) == "ready":
        return
    with locked(environment.root / ".venv.lock"):
        state = look(environment, dev)  # another start may have finished it while this one waited
        for last_try in (False, True):
            if state == "ready":
                return
            state = _make_or_mend(environment, dev, state, last_try)


def _make_or_mend(environment: Environment, dev: bool, state: str, last_try: bool) -> str:
    """Install once; return ``broken`` if it must be done again from nothing, raise on the last try."""
    started = time.monotonic()
    try:
        if state != "incomplete":
            _make_venv(environment, state)
        install_packages(environment, dev)
        version = _import_packages(environment)
    except PackageError:
        # An old environment may itself be the cause; a new one deserves one try. Lack of disk or network is no cause.
        if last_try or state != "incomplete":
            raise
        say("course: .venv cannot be completed, making it anew")
        return "broken"
    write_stamp(environment, wanted_stamp(environment.root, dev) | {"python": version})
    say(f"course: ready after {(time.monotonic() - started) / 60:.1f} min; later starts take a second")
    return "ready"


def _make_venv(environment: Environment, state: str) -> None:
    """Make an empty environment in place of whatever is there."""
    if sys.version_info[:2] > NEWEST_PYTHON:
        newest = ".".join(map(str, NEWEST_PYTHON))
        found = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise CourseError(f"Python {found} is newer than the pinned packages: start course.py with 3.11 to {newest}")
    if environment.folder.is_symlink() or environment.folder.is_file():
        raise CourseError(f"{environment.folder} is not a folder of its own: move it away and start again")
    if state == "broken":
        say("course: .venv is broken or half-made, making it anew")
        shutil.rmtree(environment.folder)
    if free_gb(environment.root) < 3:
        raise CourseError(f"the packages need 3 GB of disk, {free_gb(environment.root):.1f} GB are free: make room")
    say(f"[1/3] making .venv with Python {sys.version.split()[0]}")
    # The base interpreter, so that this works when it is .venv's own Python that runs course.py.
    base = getattr(sys, "_base_executable", None) or sys.executable
    status, text = environment.quiet([base, "-m", "venv", str(environment.folder)])
    if status != 0:
        reason = (text.strip().splitlines() or ["no reason given"])[-1]
        hint = "on Debian and Ubuntu install python3-venv" if "ensurepip" in text else "see the venv page of its manual"
        raise CourseError(f"this Python cannot make a virtual environment ({reason}): {hint}")


def _import_packages(environment: Environment) -> str:
    """Import the big packages once; return the environment's Python version, for example ``"3.11"``."""
    site = environment.packages
    if site is None:
        raise PackageError(f"{environment.folder} has no site-packages folder: delete .venv and start again")
    # A relative line, so that the course can be moved: notebooks find course_lib from any folder.
    (site / "course_lib.pth").write_text(os.path.relpath(environment.root, site) + "\n", encoding="utf-8")
    status, text = environment.quiet([str(environment.python), "-I", "-c", FULL_IMPORTS + TELL_VERSION])
    if status != 0:
        reason = (text.strip().splitlines() or [f"exit status {status}"])[-1]
        raise PackageError(f"the installed packages do not import ({reason}): delete .venv and start again")
    return text.strip().splitlines()[-1]
