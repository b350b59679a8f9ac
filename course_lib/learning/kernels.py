"""Whether the kernel that the lessons ask for is the Python that the course is installed in."""

import os
import sys
from pathlib import Path

from course_lib.errors import CourseError

NAME = "python3"
JUPYTER = os.path.join(".venv", "Scripts" if os.name == "nt" else "bin", "jupyter")
"""How a learner calls Jupyter's own commands, in the folder of the course: the launcher puts none of them on a path."""
REMOVE = f"remove that kernel with {JUPYTER} kernelspec remove {NAME}"


def find_trouble() -> tuple[str, str] | None:
    """Return what is wrong with the notebook kernel and what to do, None if nothing is."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        command = KernelSpecManager().get_kernel_spec(NAME).argv[0]
    except NoSuchKernel:
        return f"no notebook kernel {NAME}", "delete .venv and run python3 course.py setup"
    except (OSError, ValueError, TypeError, IndexError) as error:
        return f"the description of the notebook kernel {NAME} cannot be read ({error})", REMOVE
    # A bare name is replaced by the running interpreter when Jupyter starts the kernel.
    if Path(command).is_absolute() and Path(command) != Path(sys.executable):
        return f"the notebook kernel {NAME} starts {command}, not {sys.executable}", REMOVE
    return None


def refuse_trouble() -> None:
    """Raise unless the kernel is in order.

    Raises
    ------
    CourseError
        Says what is wrong and what to do.
    """
    if trouble := find_trouble():
        found, advice = trouble
        raise CourseError(f"{found}: {advice}")


def encryption() -> str:
    """Return how Jupyter talks to its kernels: unreadable for others on this computer, wherever that can be had."""
    import zmq

    return "auto" if zmq.has("curve") else "disabled"
