"""What is installed here beside what the course asks for, and which weights it comes with."""

import tomllib
from importlib import metadata
from pathlib import Path

from course_lib.models.checksums import MANIFEST, hash_file, verify_folder


def read_pins(path: Path) -> dict[str, str]:
    """Return package and version for each pin of a requirements file."""
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return dict(line.split("==", 1) for line in lines if line)


def installed_version(package: str) -> str | None:
    """Return the version of a package, None where it is not installed.

    >>> installed_version("no-such-package") is None
    True
    """
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def is_as_pinned(installed: str | None, pinned: str) -> bool:
    """Return whether a version is the pinned one; a build tag does not count.

    >>> is_as_pinned("2.13.0+cpu", "2.13.0"), is_as_pinned("2.13.1", "2.13.0"), is_as_pinned(None, "2.13.0")
    (True, False, False)
    """
    return installed is not None and installed.partition("+")[0] == pinned


def course_version(root: Path) -> str:
    """Return the version of this copy of the course."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def fingerprint_weights(folder: Path) -> str:
    """Return one hash for all files of a checkpoint, once each is the one that its manifest names.

    Raises
    ------
    DataError
        A file is missing or another one.
    """
    verify_folder(folder)
    return hash_file(folder / MANIFEST)
