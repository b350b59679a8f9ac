"""``course doctor``: look at this installation and say what to do."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import typer

from course_lib.cli.output import ROOT, Json, print_json
from course_lib.errors import DataError

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


def doctor(as_json: Json = False) -> None:
    """Check Python, packages, weights, memory, disk and the notebook kernel; exit 1 if something must be mended."""
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


def read_pins(path: Path) -> dict[str, str]:
    """Return package and version for each pin of a requirements file."""
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return dict(line.split("==", 1) for line in lines if line)


def check_packages(path: Path = ROOT / "requirements.txt") -> Finding:
    """Compare the installed packages with the pins; a build tag such as ``+cpu`` does not count."""
    wrong = []
    pins = read_pins(path)
    for package, pinned in pins.items():
        try:
            installed = metadata.version(package)
        except metadata.PackageNotFoundError:
            wrong.append(f"{package} is missing")
            continue
        if installed.partition("+")[0] != pinned:
            wrong.append(f"{package} is {installed}, pinned {pinned}")
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
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    advice = "delete .venv and run python3 course.py setup"
    try:
        command = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        return Finding("kernel", False, "no notebook kernel python3", advice)
    # A bare name is replaced by the running interpreter when Jupyter starts the kernel.
    if Path(command).is_absolute() and Path(command) != Path(sys.executable):
        advice = "remove that kernel with: jupyter kernelspec remove python3"
        return Finding("kernel", False, f"python3 starts {command}, not {sys.executable}", advice)
    return Finding("kernel", True, "python3")


CHECKS: tuple[Callable[[], Finding], ...] = (
    check_python,
    check_packages,
    check_weights,
    check_memory,
    check_disk,
    check_kernel,
)
