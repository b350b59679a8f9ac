"""``course doctor``: look at this installation and say what to do."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from course_lib.cli.output import ROOT, Json, print_json
from course_lib.errors import CourseError, DataError

NEEDED_MEMORY_GB = 1.5
NEEDED_DISK_GB = 1.0


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Parameters
    ----------
    check
        Name of the check.
    ok
        Whether nothing has to be done.
    found
        What is there.
    advice
        What to do; empty if nothing.
    """

    check: str
    ok: bool
    found: str
    advice: str = ""


Grading = Annotated[bool, typer.Option("--grading", help="Attack the sandbox of the grader instead.")]


def doctor(grading: Grading = False, as_json: Json = False) -> None:
    """Check Python, packages, weights, memory, disk, kernel, port, write access; exit 1 if something must be mended."""
    if grading:
        from course_lib.cli.grading_doctor import examine_sandbox

        examine_sandbox(as_json)
    findings = [check() for check in CHECKS]
    if as_json:
        print_json({"ok": all(finding.ok for finding in findings), "findings": findings})
    else:
        for finding in findings:
            print(f" {'yes' if finding.ok else 'no ':<4}{finding.check:<10}{finding.found}")
            if finding.advice:
                print(f"{'':<15}{finding.advice}")
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


def check_python() -> Finding:
    """Look at the Python that runs this."""
    found = f"{sys.version.split()[0]} in {sys.prefix}"
    is_64_bit = sys.maxsize > 2**32
    if (3, 11) <= sys.version_info[:2] <= (3, 14) and is_64_bit:
        return Finding("python", True, found)
    return Finding("python", False, found, "start the course with a 64-bit Python 3.11 to 3.14")


def check_packages(path: Path = ROOT / "requirements.txt") -> Finding:
    """Compare the installed packages with the pins; a build tag such as ``+cpu`` does not count."""
    from course_lib.learning.versions import installed_version, is_as_pinned, read_pins

    pins = read_pins(path)
    installed = {package: installed_version(package) for package in pins}
    wrong = [
        f"{package} is {installed[package]}, pinned {pin}" if installed[package] else f"{package} is missing"
        for package, pin in pins.items()
        if not is_as_pinned(installed[package], pin)
    ]
    if not wrong:
        return Finding("packages", True, f"{len(pins)} as pinned")
    return Finding("packages", False, "; ".join(wrong), "delete .venv and run python3 course.py setup")


def check_weights(folder: Path = ROOT / "embedded_model") -> Finding:
    """Compare the embedded model's files with the hashes in SHA256SUMS."""
    from course_lib.models.checksums import verify_folder

    try:
        verify_folder(folder)
    except DataError as error:
        found, _, advice = str(error).rpartition(": ")
        return Finding("weights", False, found, advice)
    return Finding("weights", True, f"as in {folder.name}/SHA256SUMS")


def check_memory() -> Finding:
    """Look at the memory that is free for use."""
    import psutil

    free = psutil.virtual_memory().available / 1e9
    if free >= NEEDED_MEMORY_GB:
        return Finding("memory", True, f"{free:.1f} GB available")
    return Finding("memory", False, f"{free:.1f} GB available, {NEEDED_MEMORY_GB} GB needed", "close other programs")


def check_disk(folder: Path = ROOT) -> Finding:
    """Look at the free space for caches and results."""
    free = shutil.disk_usage(folder).free / 1e9
    if free >= NEEDED_DISK_GB:
        return Finding("disk", True, f"{free:.1f} GB free")
    advice = "make room, for example by deleting .course_cache"
    return Finding("disk", False, f"{free:.1f} GB free, {NEEDED_DISK_GB} GB needed", advice)


def check_kernel() -> Finding:
    """Look whether the notebook kernel ``python3`` starts this Python."""
    from course_lib.learning.kernels import NAME, find_trouble

    trouble = find_trouble()
    return Finding("kernel", False, *trouble) if trouble else Finding("kernel", True, NAME)


def check_port() -> Finding:
    """Look for a port that JupyterLab can listen at."""
    from course_lib.learning.ports import FIRST, choose_port

    try:
        port = choose_port()
    except CourseError as error:
        found, _, advice = str(error).rpartition(": ")
        return Finding("port", False, found, advice)
    return Finding("port", True, f"{port} is free" if port == FIRST else f"{FIRST} is taken, learn goes to {port}")


def check_write() -> Finding:
    """Look whether the folders that the course writes into are the learner's to write in."""
    from course_lib.learning.folder import choose_folder

    folders = (Path(os.environ.get("COURSE_HOME") or choose_folder(root=ROOT)), ROOT / ".course_cache")
    refused = [str(folder) for folder in folders if not can_write(folder)]
    if not refused:
        return Finding("write", True, " and ".join(folder.name for folder in folders))
    advice = "move the course to a folder of yours, or give learn one with --folder"
    return Finding("write", False, f"no permission for {' and '.join(refused)}", advice)


def can_write(folder: Path) -> bool:
    """Return whether files can be made in a folder, or in the place where it would be made."""
    place = folder.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        tempfile.TemporaryFile(dir=place).close()
    except OSError:
        return False
    return True


CHECKS: tuple[Callable[[], Finding], ...] = (
    check_python,
    check_packages,
    check_weights,
    check_memory,
    check_disk,
    check_kernel,
    check_port,
    check_write,
)
