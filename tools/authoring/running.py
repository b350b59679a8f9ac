"""Runs a notebook from top to bottom in a fresh kernel."""

import sys
import tempfile
from pathlib import Path

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from course_lib.errors import CourseError
from tools.authoring.editions import METADATA, SKIPPED
from tools.authoring.environment import prepare_environment
from tools.authoring.measuring import Run, Watch
from tools.authoring.outputs import find_unstable, keep_stable

CELL_TIMEOUT_S = 600
STARTUP_TIMEOUT_S = 300
MOST_LINES_OF_ERROR = 4


class RunError(CourseError):
    """A notebook does not run through, or shows what no other run would show.

    Parameters
    ----------
    message
        What came and what to do.
    cell
        Id of the cell, empty if no cell had begun.
    """

    def __init__(self, message: str, cell: str) -> None:
        super().__init__(message)
        self.cell = cell


class ThisPython(KernelSpecManager):
    """Knows one kernel, ``python3``: the one of the Python that runs this."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return it, whatever other kernels of that name are installed."""
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())


class Manager(AsyncKernelManager):
    """Starts kernels of this Python."""

    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        return ThisPython(parent=self)

    def _transport_default(self) -> str:
        return "tcp" if sys.platform == "win32" else "ipc"  # files, no ports, wherever there are such sockets


def run_notebook(notebook: NotebookNode, root: Path, slow: bool = False) -> Run:
    """Run ``notebook`` and leave its stable outputs in it.

    A cell tagged ``raises-exception`` may raise, as everywhere in Jupyter.

    Parameters
    ----------
    notebook
        Changed in place.
    root
        The folder of the course whose ``course_lib`` it imports.
    slow
        Whether to run the cells tagged ``slow`` too, with the network open.

    Raises
    ------
    RunError
        If a cell fails, or its output would differ from run to run.
    """
    client = make_client(notebook, slow)
    with Watch(client) as watch:
        try:
            execute(client, root, slow)
        except CellExecutionError as error:
            what = "\n".join((error.evalue or "no message").strip().splitlines()[:MOST_LINES_OF_ERROR])
            raise RunError(f"this cell raised {error.ename}: {what}", watch.cell) from error
        except CellTimeoutError as error:
            message = f"this cell ran for {CELL_TIMEOUT_S} s: make it lighter or tag it slow"
            raise RunError(message, watch.cell) from error
        except DeadKernelError as error:
            message = "the kernel died in this cell: does it exit, or need more memory than there is?"
            raise RunError(message, watch.cell) from error
    clean(notebook, root)
    return watch.result()


def make_client(notebook: NotebookNode, slow: bool) -> NotebookClient:
    """Return what runs ``notebook``."""
    return NotebookClient(
        notebook,
        kernel_name="python3",
        kernel_manager_class=Manager,
        timeout=CELL_TIMEOUT_S,
        startup_timeout=STARTUP_TIMEOUT_S,
        record_timing=False,
        store_widget_state=False,
        skip_cells_with_tag="" if slow else SKIPPED,
    )


def execute(client: NotebookClient, root: Path, slow: bool) -> None:
    """Run the notebook of ``client`` in a learner's folder that exists as long as the kernel."""
    with tempfile.TemporaryDirectory(prefix="lesson-", ignore_cleanup_errors=True) as folder:
        manager = client.create_kernel_manager()
        if manager.transport == "ipc":  # or the sockets lie where this was started, and stay when it is killed
            manager.ip = str(Path(folder) / "kernel")
        client.execute(env=prepare_environment(Path(folder), root, network=slow), cleanup_kc=True)


def clean(notebook: NotebookNode, root: Path) -> None:
    """Keep of a notebook that ran what is the same on every run.

    Raises
    ------
    RunError
        If an output shows what is not.
    """
    notebook.metadata = NotebookNode({key: NotebookNode(value) for key, value in METADATA.items()})
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = keep_stable(cell.outputs, cell.execution_count)
            for sentence in find_unstable(cell.outputs, root):
                raise RunError(sentence, cell.id)
