"""Other graders in an environment of their own, beside the packages of the course."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

from course_lib.checks.catalogue import ROOT
from course_lib.errors import CourseError
from course_lib.files import locked, write_whole

PINS = Path(__file__).with_suffix(".txt")
CACHE = ROOT / ".course_cache"
PATIENCE_S = 300.0
BUSY = CourseError("another process installs the other graders: wait for it, then start again")


@dataclass(frozen=True)
class Peers:
    """The environment of the other graders.

    Parameters
    ----------
    folder
        Where it is.
    """

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter, which imports the course as well."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def run(self, *words: str | Path, folder: Path) -> str:
        """Run a command such as ``nbgrader autograde`` in a folder; return what it said.

        Raises
        ------
        CourseError
            It failed; with the end of what it said.
        """
        scripts = str(self.python.parent)
        # The kernels that it starts are those of this environment; the student's record stays in the folder.
        variables = {
            **os.environ,
            "PATH": os.pathsep.join([scripts, os.environ.get("PATH", os.defpath)]),
            "COURSE_HOME": str(folder / ".course"),
        }
        command = [shutil.which(str(words[0]), path=scripts) or str(words[0]), *map(str, words[1:])]
        done = subprocess.run(
            command,
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode:
            raise CourseError(f"{' '.join(map(str, words))} failed in {folder}: {done.stdout[-2000:].strip()}")
        return done.stdout


def make_peers(cache: Path = CACHE) -> Peers:
    """Return the environment, installed once and kept.

    It holds what ``peers.txt`` lists; everything else comes from the environment of the course, in the versions of
    ``constraints.txt``, so that the installation is small and both sides of a comparison run on the same packages.

    Raises
    ------
    CourseError
        pip cannot install it, for example without network.
    """
    about = f"{sys.version}\n{sys.prefix}\n{PINS.read_text(encoding='utf-8')}"
    peers = Peers(cache / f"peers-{hashlib.sha256(about.encode()).hexdigest()[:12]}")
    cache.mkdir(exist_ok=True)
    with locked(cache / "peers.lock", PATIENCE_S, BUSY):
        if not (peers.folder / "finished").is_file():
            install(peers)
            write_whole(peers.folder / "finished", b"")
    return peers


def install(peers: Peers) -> None:
    """Make the environment."""
    venv.create(peers.folder, clear=True, symlinks=os.name != "nt")
    here = {"base": str(peers.folder), "platbase": str(peers.folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", here))
    shared = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), str(ROOT)]
    (packages / "course.pth").write_text("\n".join(dict.fromkeys(shared)) + "\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(peers.python), "--quiet", "--disable-pip-version-check"]
    command = [*pip, "install", "--no-deps", "--requirement", str(PINS)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise CourseError(f"pip could not install {PINS.name} ({reason}): connect to the network and start again")
