"""What a mark depends on, as hashes: where all of it is the same, nothing is graded twice."""

import hashlib
import json
import platform
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from course_lib.checks.catalogue import ROOT
from course_lib.grading.box.base import Box
from course_lib.grading.limits import Limits

# These parts of course_lib have no say in a mark; the checks of a lesson count with that lesson.
WITHOUT_SAY = (
    "cli/",
    "launcher/",
    "learning/",
    "widgets/",
    "grading/reports/",
    "grading/editions",
    "grading/release",
    "grading/collecting/",
    "checks/lesson_",
)
MANIFESTS = ("datasets/MANIFEST.json", "embedded_model/SHA256SUMS")
NOT_INSTALLED = "none"
PACKAGES = ("numpy", "scipy", "scikit-learn", "pandas", "torch", "transformers", "tokenizers", "ipython")


def hash_parts(*parts: object) -> str:
    """Return one hash for some JSON values.

    Examples
    --------
    >>> hash_parts("ab", "c") != hash_parts("a", "bc")
    True
    """
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=1)
def hash_grader(root: Path = ROOT) -> str:
    """Return the hash of the code that grades, and of the data and the model that checks may use."""
    library = root / "course_lib"
    names = sorted(path.relative_to(library).as_posix() for path in library.rglob("*.py"))
    files = [library / name for name in names if not name.startswith(WITHOUT_SAY)]
    files += [root / name for name in MANIFESTS if (root / name).is_file()]
    return hash_parts(*(hashlib.sha256(path.read_bytes()).hexdigest() for path in files))


def hash_environment(box: Box, limits: Limits) -> str:
    """Return the hash of what the code of submissions finds here."""
    return hash_parts(box.name, box.isolated, list_environment(), vars(limits))


def list_environment() -> dict[str, str]:
    """Return the versions of Python, system, processor and packages here."""
    here = {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine()}
    return here | {package: find_version(package) for package in PACKAGES}


def find_version(package: str) -> str:
    """Return the version of a package, a word where there is none."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return NOT_INSTALLED
