"""What surrounds a kernel that runs a built notebook: the same on every computer, whoever is logged in."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START = "from tools.authoring import kernel_start\n\nkernel_start.start()\ndel kernel_start\n"
SAME_EVERYWHERE = {
    "COLUMNS": "120",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def prepare_environment(folder: Path, root: Path, network: bool = False) -> dict[str, str]:
    """Make a learner's folder and an IPython profile in ``folder``; return the environment variables of the kernel.

    The profile is how the network is blocked in every kernel, the one of nbval included.

    Parameters
    ----------
    folder
        An empty folder that lives as long as the kernel.
    root
        The folder of the course whose ``course_lib`` the notebook imports.
    network
        Whether cells may leave this computer, as slow ones may.
    """
    home, profile = folder / "home", folder / "ipython"
    startup = profile / "profile_default" / "startup"
    home.mkdir(parents=True)
    startup.mkdir(parents=True)
    (startup / "00_start.py").write_text(START, encoding="utf-8")
    # What a user chose for the course (a model, an endpoint) must not reach an edition.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COURSE_")}
    return {
        **kept,
        **SAME_EVERYWHERE,
        "COURSE_HOME": str(home),
        "IPYTHONDIR": str(profile),
        "LESSON_NETWORK": "1" if network else "",
        "PYTHONPATH": os.pathsep.join(dict.fromkeys((str(root), str(ROOT)))),
    }
