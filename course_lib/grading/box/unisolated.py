"""No box at all: a process of this computer, for work that the instructor trusts."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import psutil

from course_lib.grading.box.base import Usage, close_all, look_at
from course_lib.grading.box.runtime import COURSE, ENVIRONMENT, START, python_options
from course_lib.grading.limits import Limits

# Without these some systems start no program.
NEEDED = ("SYSTEMROOT", "PATH")


class Unisolated:
    """Runs submissions with all the rights of whoever grades: files, network, everything.

    Time and memory are watched, so that a mistake stops; nothing holds back intent.
    """

    name = "not isolated"
    isolated = False

    def start(self, limits: Limits) -> "Subprocess":
        """Start the runner in an empty folder."""
        folder = tempfile.mkdtemp(prefix="course-")
        settings = json.dumps({"packages": [], "limits": {}})
        process = subprocess.Popen(
            [sys.executable, *python_options(), "-c", START.format("direct"), str(COURSE), settings],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=folder,
            env=ENVIRONMENT
            | {"HOME": folder, "TMPDIR": folder, "TEMP": folder}
            | {name: os.environ[name] for name in NEEDED if name in os.environ},
            start_new_session=True,
        )
        return Subprocess(process, folder)

    def close(self) -> None:
        """Do nothing: no process is kept ready."""


class Subprocess:
    """One process."""

    def __init__(self, process: subprocess.Popen[bytes], folder: str) -> None:
        self.requests, self.replies, self.prints = process.stdin, process.stdout, process.stderr
        self._process = process
        self._folder = folder

    def usage(self) -> Usage | None:
        """Return what it uses, without its children."""
        return look_at(self._process.pid)

    def kill(self) -> None:
        """End it and the children that can still be found."""
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(self._process.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    child.kill()
        self._process.kill()
        if hasattr(os, "killpg"):
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def end(self) -> int | None:
        """End it and wait for it; a runner that nobody can ask any more ends by itself."""
        close_all(self.requests)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(0.2)
        self.kill()
        return self._process.wait()

    def close(self) -> None:
        """Close the streams and delete the folder."""
        close_all(self.requests, self.replies, self.prints)
        shutil.rmtree(self._folder, ignore_errors=True)
