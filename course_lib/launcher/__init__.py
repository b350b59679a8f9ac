"""The way in: make ``.venv`` once, notice when it is broken, then hand over to the command line.

Standard library only, because it runs before anything is installed. Everything it says goes to standard error, so that
``--json`` commands keep standard output for themselves.
"""

import errno
import os
import subprocess
import sys
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.launcher.environment import Environment
from course_lib.launcher.install import prepare
from course_lib.launcher.packages import free_gb
from course_lib.launcher.processes import say

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {
    "setup": "make .venv and install the packages, nothing else",
    "learn": "copy the lessons into a folder of yours and open JupyterLab there",
    "run": "run the experiments and print the scoreboard",
    "scoreboard": "print the stored scoreboard",
    "contract": "measure what the embedded model can do",
    "claims": "list what the articles claim, with the verdicts so far",
    "world": "look at the company: documents, facts, versions",
    "index": "index a folder of Markdown or text files",
    "search": "search an index",
    "ask": "answer a question from an index",
    "check": "check the exercises of one notebook",
    "progress": "what you have done, what is open, what comes next",
    "lessons": "list the lessons with minutes, memory and exercises",
    "grade": "grade the notebooks of a class in a sandbox",
    "verify": "run your lessons again from top to bottom and write a certificate of practice",
    "benchmark": "measure speed and memory, each beside a reference",
    "doctor": "check this installation and say what to do",
    "test": "run all checks: ruff, pytest, doctests, lessons",
}


def overview() -> str:
    """Return what ``course.py`` alone prints."""
    width = max(map(len, COMMANDS)) + 2
    lines = ["usage: python3 course.py COMMAND [OPTIONS]", ""]
    lines += [f"  {name:<{width}}{what}" for name, what in COMMANDS.items()]
    lines += ["", "The first command makes .venv and installs the packages (some minutes, about 3 GB of disk)."]
    return "\n".join([*lines, "More about a command: python3 course.py COMMAND --help"])


def hand_over(command: list[str]) -> int:
    """Become ``command``; on Windows, which has no such thing, run it and return its exit code."""
    os.environ.setdefault("PYTHONUTF8", "1")
    sys.stdout.flush()
    if os.name == "nt":
        return subprocess.run(command, check=False).returncode
    return os.execv(command[0], command)  # same process: signals, terminal and exit code need no care


def explain(error: OSError, root: Path) -> str:
    """Return one sentence for an error of the file system."""
    if error.errno == errno.ENOSPC:
        return f"the disk is full ({free_gb(root):.1f} GB free in {root}): make room and start again"
    if isinstance(error, PermissionError):
        where = error.filename or root
        return f"no permission for {where}: close programs that use it, or move the course to a folder of yours"
    return f"{error}: mend this and start again"


def main(arguments: list[str] | None = None, environment: Environment | None = None) -> int:
    """Run ``course.py``; return the exit code (2: something must be mended first)."""
    arguments = sys.argv[1:] if arguments is None else arguments
    environment = environment or Environment(ROOT)
    command = arguments[0] if arguments else "--help"
    if command in ("--help", "-h", "help"):
        print(overview())
        return 0
    try:
        if command not in COMMANDS:
            raise CourseError(f"there is no command {command!r}: python3 course.py prints those there are")
        prepare(environment, dev=command == "test")
        if command == "setup":
            return 0
        return hand_over([str(environment.python), "-m", "course_lib.cli", *arguments])
    except CourseError as error:
        say(f"course: {error}")
    except OSError as error:
        say(f"course: {explain(error, environment.root)}")
    except KeyboardInterrupt:
        say("course: stopped; the next start goes on from here")
        return 130
    return 2
