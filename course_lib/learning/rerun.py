"""Runs a learner's notebook from top to bottom in a clean kernel: no network, a record of its own.

The kernel works in the learner's folder, as JupyterLab's does, and has the rights of whoever starts it.
"""

import hashlib
import json
import os
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, ValidationError, read

from course_lib.checks.showing import clean
from course_lib.learning.folder import ROOT
from course_lib.learning.kernels import NAME, encryption

CELL_TIMEOUT_S = 600
STARTUP_TIMEOUT_S = 300
REPEATED = {"check", "expect-output"}
"""Tags of cells that show the same on every run and every computer."""
START = "from course_lib.learning.offline import go_offline\n\ngo_offline()\ndel go_offline\n"
SETTINGS = {
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


@dataclass(frozen=True)
class Rerun:
    """What one notebook gave.

    Parameters
    ----------
    sha256
        Of all code with the outputs of the cells that show the same each time: two runs of one notebook have one hash.
        Empty if the run ended early.
    seconds
        Wall-clock time.
    problems
        A sentence for each cell that raised, a check that says no excepted; or why the run ended early.
    """

    sha256: str
    seconds: float
    problems: tuple[str, ...]


def make_surroundings(folder: Path) -> dict[str, str]:
    """Put an empty home and a profile of IPython into ``folder``; return the environment variables of the kernels."""
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00_offline.py").write_text(START, encoding="utf-8")
    return {
        **os.environ,
        **SETTINGS,
        "COURSE_HOME": str(folder / "home"),
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
    }


def rerun(path: Path, environment: dict[str, str]) -> Rerun:
    """Run the notebook at ``path``, cells tagged ``slow`` excepted; the file stays as it is."""
    started = time.perf_counter()
    try:
        notebook = read_notebook(path)
    except (OSError, ValidationError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        problem = "is no notebook of nbformat 4: open it in JupyterLab and save it, or delete it and start learn again"
        return Rerun("", 0.0, (f"{path.name} {problem}",))
    n_ran, ending = run_cells(notebook, path.parent, environment)
    problems = [*find_errors(notebook.cells[:n_ran]), *([ending] if ending else [])]
    seconds = round(time.perf_counter() - started, 1)
    return Rerun("" if ending else hash_run(notebook), seconds, tuple(problems))


def read_notebook(path: Path) -> NotebookNode:
    """Return a notebook without its outputs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cells without ids and the like: nothing is written back
        notebook = read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.source = str(cell.source)
    return notebook


def make_client(notebook: NotebookNode, folder: Path) -> NotebookClient:
    """Return what runs a notebook in ``folder``."""
    return NotebookClient(
        notebook,
        kernel_name=NAME,
        timeout=CELL_TIMEOUT_S,
        startup_timeout=STARTUP_TIMEOUT_S,
        allow_errors=True,
        record_timing=False,
        store_widget_state=False,
        skip_cells_with_tag="slow",
        resources={"metadata": {"path": str(folder)}},
    )


def run_cells(notebook: NotebookNode, folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Run all cells and leave their outputs in the notebook.

    Returns
    -------
    tuple
        How many cells ran to their end, and why the run ended early; no words if it did not.
    """
    client, number = make_client(notebook, folder), 0
    try:
        # Not client.execute(): it takes Ctrl-C for the end of one kernel, and the next lesson would begin.
        with client.setup_kernel(env=environment, transport_encryption=encryption(), cleanup_kc=True):
            for number, cell in enumerate(notebook.cells, 1):
                client.execute_cell(cell, number - 1)
    except CellTimeoutError:
        return number - 1, f"cell {number} ran for {CELL_TIMEOUT_S} s: the cells after it were not run"
    except DeadKernelError:
        return number - 1, f"the kernel died in cell {number}: does it exit, or need more memory than there is?"
    except RuntimeError as error:
        if number:
            raise
        return 0, f"no kernel started ({clean(str(error))}): python3 course.py doctor says what is wrong"
    return number, ""


def find_errors(cells: list[NotebookNode]) -> list[str]:
    """Return a sentence for each cell that raised something else than the no of a check."""
    return [
        f"cell {number} raised {output.ename}: {clean(output.evalue or 'no message')}"
        for number, cell in enumerate(cells, 1)
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error" and not ("check" in tags_of(cell) and output.ename == "CheckFailed")
    ]


def tags_of(cell: NotebookNode) -> list[str]:
    """Return the tags of a cell."""
    return list(cell.metadata.get("tags", []))


def hash_run(notebook: NotebookNode) -> str:
    """Return the hash of a notebook that was run: all code, and the outputs that are the same on every run."""
    parts = [
        [cell.source, text_of(cell) if REPEATED & set(tags_of(cell)) else ""]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def text_of(cell: NotebookNode) -> str:
    """Return what a cell shows, as one text; how a stream was cut into pieces does not matter."""
    return "".join(map(_text, cell.outputs))


def _text(output: Any) -> str:
    if output.output_type == "stream":
        return output.text if output.name == "stdout" else ""
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    return output.data.get("text/plain", "")
