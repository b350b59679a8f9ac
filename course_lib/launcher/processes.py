"""Run other programs, with their output on the terminal or kept, and talk to the person on standard error."""

import os
import subprocess
import sys
from collections.abc import Callable

# What runs a command: takes the words, returns the exit status and what is needed of the output. A parameter, so that
# the tests put a fake in its place.
Tool = Callable[[list[str]], tuple[int, str]]
# Settings of the person's shell that would make pip install elsewhere, or Python look elsewhere.
_MISLEADING = ("PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_ROOT", "PYTHONHOME", "PYTHONPATH")
_DEFAULTS = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_RETRIES": "3", "PYTHONUTF8": "1"}
# Lines of pip that the launcher says itself, in one sentence or by trying something else.
_SAID_BETTER = ("ERROR: Could not find a version", "ERROR: No matching dist", "ERROR: Ignored the following versions")


def say(text: str) -> None:
    """Print ``text`` on standard error."""
    print(text, file=sys.stderr, flush=True)


def _environment() -> dict[str, str]:
    """Return the variables for programs that the launcher starts."""
    return _DEFAULTS | {name: value for name, value in os.environ.items() if name not in _MISLEADING}


def run_shown(command: list[str]) -> tuple[int, str]:
    """Run ``command`` with all its output on standard error; return its status and what it wrote to standard error.

    Its standard output is the terminal itself and no pipe, because pip draws progress bars on terminals only.
    """
    terminal = sys.stderr.fileno()
    with subprocess.Popen(
        command, stdout=terminal, stderr=subprocess.PIPE, env=_environment(), encoding="utf-8", errors="replace"
    ) as process:
        lines = []
        for line in process.stderr:
            lines.append(line)
            sys.stderr.write("" if line.startswith(_SAID_BETTER) else line)
            sys.stderr.flush()
    return process.returncode, "".join(lines)


def run_quiet(command: list[str]) -> tuple[int, str]:
    """Run ``command`` without showing anything; return its status and standard output (with errors if it failed)."""
    done = subprocess.run(
        command, capture_output=True, env=_environment(), encoding="utf-8", errors="replace", check=False
    )
    return done.returncode, done.stdout if done.returncode == 0 else done.stdout + done.stderr
