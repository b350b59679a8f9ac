"""Which port of this computer is free for JupyterLab."""

import os
import socket

from course_lib.errors import CourseError
from course_lib.learning.kernels import JUPYTER

HOST = "127.0.0.1"
"""An address and no name: it means this computer to every program, and nothing outside reaches it."""
FIRST = 8888
TRIES = 50


def is_free(port: int) -> bool:
    """Return whether a server could listen at ``port``."""
    with socket.socket() as probe:
        if os.name != "nt":  # as the server does: there the port of a server that has just ended counts as free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose_port(wanted: int | None = None) -> int:
    """Return the port that is wanted, or without a wish the first free one from `FIRST` on.

    Raises
    ------
    CourseError
        The port that is wanted is taken, or all are.
    """
    if wanted is not None:
        if is_free(wanted):
            return wanted
        raise CourseError(f"port {wanted} is taken, or not yours to use: give another, or leave --port out")
    for port in range(FIRST, FIRST + TRIES):
        if is_free(port):
            return port
    raise CourseError(
        f"the ports {FIRST} to {FIRST + TRIES - 1} are all taken: stop other servers ({JUPYTER} server list shows "
        "those of Jupyter), or give a free one with --port"
    )
