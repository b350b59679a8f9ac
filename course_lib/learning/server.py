"""Starts JupyterLab on a learner's folder and stays with it until it is stopped."""

import os
import signal
from collections.abc import Callable
from typing import Any

from course_lib.learning.folder import ROOT, WorkFolder
from course_lib.learning.kernels import encryption
from course_lib.learning.ports import HOST

# JupyterLab fetches news, looks for updates and lists extensions that others offer. Nothing of this course leaves the
# computer.
SAYS_NOTHING_TO_OTHERS = (
    "--LabApp.extension_manager=readonly",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
)
# It lays a question about that news over the first lesson, whatever the settings above say.
ASKS = "@jupyterlab/apputils-extension:announcements"


def prepare_kernels(folder: WorkFolder) -> None:
    """Set what every kernel of this process inherits: where the record is, and where the course is."""
    os.environ["COURSE_HOME"] = str(folder.home)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))


def server_words(folder: WorkFolder, lesson: str, port: int, open_browser: bool) -> list[str]:
    """Return the settings of the server; the token stays as Jupyter makes it."""
    return [
        f"--ServerApp.root_dir={folder.path}",
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.open_browser={open_browser}",
        "--ServerApp.allow_root=True",  # in a container everybody is root; only this computer can reach it
        "--Application.log_level=WARN",
        f"--KernelManager.transport_encryption={encryption()}",
        f"--LabApp.default_url=/lab/tree/{lesson}",
        # Which tabs are open belongs to the folder: those of other projects are not here.
        f"--LabApp.workspaces_dir={folder.home / 'workspaces'}",
        *SAYS_NOTHING_TO_OTHERS,
    ]


def serve(words: list[str], tell: Callable[[str], None]) -> None:
    """Run JupyterLab in this process until somebody stops it: Ctrl-C, its menu, or the system.

    Parameters
    ----------
    words
        What `server_words` returns.
    tell
        Called with the address, token included, once it answers.
    """
    from jupyterlab.labapp import LabApp

    server = LabApp.initialize_server(argv=words)
    server.io_loop.add_callback(tell, server.local_url)  # after the port is bound, which the loop does first
    server.identity_provider.token_generated = False  # or it tells the address again, in six lines
    server.web_app.settings["page_config_hook"] = ask_nothing
    stop_when_told(server)
    server.start()


def ask_nothing(handler: Any, page: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of JupyterLab's page without the part that asks a learner whether it may fetch news."""
    return page | {"disabledExtensions": [*page.get("disabledExtensions", ()), ASKS]}


def stop_when_told(server: Any) -> None:
    """Let signals stop the server and its kernels without a question; a second Ctrl-C does not wait for them."""

    def stop(number: int, frame: Any) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        server.stop(from_signal=True)

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # Windows has no SIGHUP
            signal.signal(getattr(signal, name), stop)
