"""The virtual environment in ``.venv``: where its parts are and whether it is fit for use."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.launcher.processes import Tool, run_quiet, run_shown

NEWEST_PYTHON = (3, 14)
# Imported in .venv at every start: quick to load, and both fail when the environment lost its packages.
QUICK_IMPORTS = "import sys, numpy, typer"
FULL_IMPORTS = f"{QUICK_IMPORTS}, faiss, torch, transformers"
TELL_VERSION = "; print('%d.%d' % sys.version_info[:2])"


@dataclass(frozen=True)
class Environment:
    """The virtual environment of one copy of the course.

    Parameters
    ----------
    root
        Folder of the course.
    shown, quiet
        How commands are run: with their output on the terminal, or kept.
    """

    root: Path
    shown: Tool = run_shown
    quiet: Tool = run_quiet

    @property
    def folder(self) -> Path:
        """The virtual environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamp(self) -> Path:
        """The file that says what has been installed; written last."""
        return self.folder / "course-stamp.json"

    @property
    def packages(self) -> Path | None:
        """Its site-packages folder, None before there is one."""
        return next(self.folder.glob("Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages"), None)


def fingerprint(root: Path, name: str) -> str:
    """Return the hash of requirements file ``name`` with the constraints; comments and line ends do not count."""
    lines = [line.partition("#")[0].strip() for part in (name, "constraints.txt") for line in read_lines(root / part)]
    return hashlib.sha256("\n".join(line for line in lines if line).encode()).hexdigest()


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text file of the course."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise CourseError(f"{path.name} is missing from {path.parent}: get a complete copy of the course") from None


def wanted_stamp(root: Path, dev: bool) -> dict[str, str]:
    """Return the hashes that a finished installation has."""
    stamp = {"learner": fingerprint(root, "requirements.txt")}
    return stamp | ({"dev": fingerprint(root, "requirements-dev.txt")} if dev else {})


def read_stamp(environment: Environment) -> dict[str, str]:
    """Return the stamp; empty where it is missing or unreadable."""
    try:
        stamp = json.loads(environment.stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def look(environment: Environment, dev: bool) -> str:
    """Return the state of the environment: ``missing``, ``broken``, ``incomplete`` or ``ready``.

    ``broken`` has to be made anew: no interpreter, an unsupported Python, another Python than the packages were
    installed for, packages that do not import or were half written. ``incomplete`` only needs pip: the installation
    was stopped, or the requirements have changed. Starting the course with another Python than the one in .venv is
    no reason to install again.
    """
    if not environment.folder.exists():
        return "missing"
    if not environment.python.exists() or not _is_supported(environment.folder / "pyvenv.cfg"):
        return "broken"
    stamp = read_stamp(environment)
    if any(stamp.get(key) != value for key, value in wanted_stamp(environment.root, dev).items()):
        return "broken" if _has_half_written_packages(environment) else "incomplete"
    status, text = environment.quiet([str(environment.python), "-I", "-c", QUICK_IMPORTS + TELL_VERSION])
    if status > 0 or (status == 0 and text.strip() != stamp.get("python")):
        return "broken"  # a negative status is a signal from outside and says nothing about the environment
    return "ready"


def _is_supported(config: Path) -> bool:
    """Tell whether ``pyvenv.cfg`` names a Python that the pinned packages are made for."""
    try:
        pairs = dict(line.split("=", 1) for line in config.read_text(encoding="utf-8").splitlines() if "=" in line)
    except (OSError, UnicodeDecodeError):
        return False
    values = {key.strip(): value.strip() for key, value in pairs.items()}
    version = values.get("version") or values.get("version_info") or "0"
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    return (3, 11) <= numbers <= NEWEST_PYTHON


def _has_half_written_packages(environment: Environment) -> bool:
    """Tell whether pip was killed inside a package: it takes one without RECORD for installed and skips it."""
    folder = environment.packages
    return folder is not None and any(not (info / "RECORD").is_file() for info in folder.glob("*.dist-info"))


def write_stamp(environment: Environment, stamp: dict[str, str]) -> None:
    """Write the stamp in one step, so that a half-written one cannot be read."""
    draft = environment.stamp.with_suffix(".tmp")
    draft.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    os.replace(draft, environment.stamp)
