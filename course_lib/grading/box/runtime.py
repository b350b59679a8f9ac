"""What is in a box: Python, the installed packages, and the parts of the course that hold no answers."""

import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from course_lib.grading.box.base import BoxError

LIBRARY = Path(__file__).resolve().parents[2]
COURSE = LIBRARY.parent
INSIDE = "/course"  # where a box has the course
# These parts hold references, or are of no use in a box. Some files of them are let in after all.
LEFT_OUT = {"checks", "grading", "cli", "launcher", "widgets"}
LET_IN = ("checks/codec", "checks/failures.py", "checks/handles.py", "checks/showing.py", "grading/runner")
SHARED_FOLDERS = ("embedded_model", "datasets")
# Of the system: shared libraries and time zones; everything else stays outside.
OF_THE_SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/usr/share/zoneinfo")
LINKED = ("/lib", "/lib64")
START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from course_lib.grading.runner.{} import main; main()"
# What most submissions would load: done once, in the warm process.
WARM = ("numpy", "IPython.core.interactiveshell", "torch", "transformers", "course_lib.models", "embedded model")
# Nothing of the caller's: the same in every box. One thread a library, or a start takes a second and forks are unsafe.
ENVIRONMENT = {
    "HOME": "/tmp",
    "TMPDIR": "/tmp",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "agg",
    "PYTHONHASHSEED": "0",
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
}


@dataclass(frozen=True)
class Runtime:
    """Files and folders of a box.

    Parameters
    ----------
    python
        The interpreter itself, no link of a virtual environment.
    binds
        (path here, path in the box): read only there.
    masked
        Folders of the box that are empty, although a bind would fill them.
    packages
        Folders of the box where imports look last.
    """

    python: Path
    binds: tuple[tuple[Path, str], ...]
    masked: tuple[str, ...]
    packages: tuple[str, ...]

    def command(self, module: str) -> list[str]:
        """Return the words that start a module of the runner in the box; its settings follow as one more."""
        return [str(self.python), *python_options(), "-c", START.format(module), INSIDE]


def python_options() -> list[str]:
    """Return the options with which Python reads no variables, no folder of the user's, and writes no caches."""
    return ["-I", "-B", "-X", "utf8"]


def find_runtime(course: Path = COURSE) -> Runtime:
    """Return what a box needs of this installation.

    Raises
    ------
    BoxError
        A folder that a box needs would show it the whole course.
    """
    python = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    system = [Path(name) for name in OF_THE_SYSTEM]
    home = [python, Path(sys.base_prefix) / "lib", Path(sysconfig.get_path("stdlib"))]
    packages = package_folders()
    seen = outermost([path for path in system + home if path.exists()])
    binds = [(path, str(path)) for path in seen]
    inside = tuple(f"/packages/{number}" for number in range(len(packages)))
    binds += zip(packages, inside, strict=True)
    for path, _ in binds:
        if course != path and course.is_relative_to(path):
            raise BoxError(f"the course lies in {path}, which boxes can read: move it to a folder of its own")
    masked = tuple(
        f"{name}/course_lib" for path, name in binds if path.is_dir() and (path / "course_lib" / "grading").is_dir()
    )
    return Runtime(python, (*binds, *course_binds(course)), masked, inside)


def package_folders() -> list[Path]:
    """Return the folders of installed packages that the interpreter does not find by itself."""
    if sys.prefix == sys.base_prefix:
        return []
    return list(dict.fromkeys(Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")))


def outermost(paths: list[Path]) -> list[Path]:
    """Return ``paths`` without those that lie in another one.

    Examples
    --------
    >>> outermost([Path("/usr/lib"), Path("/usr/lib/python3"), Path("/opt")]) == [Path("/usr/lib"), Path("/opt")]
    True
    """
    return [path for path in dict.fromkeys(paths) if not any(path.is_relative_to(p) for p in paths if p != path)]


def course_binds(course: Path) -> list[tuple[Path, str]]:
    """Return the parts of the course that a box may read."""
    parts = [path for path in sorted(LIBRARY.iterdir()) if path.stem not in LEFT_OUT]
    parts += [LIBRARY / name for name in LET_IN]
    binds = [(path, f"{INSIDE}/course_lib/{path.relative_to(LIBRARY).as_posix()}") for path in parts]
    return binds + [(course / name, f"{INSIDE}/{name}") for name in SHARED_FOLDERS if (course / name).is_dir()]
