"""The machine that a table was made on: without it no figure of the table means anything."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

PACKAGES = ("torch", "transformers", "peft", "trl", "faiss-cpu", "numpy")


def describe_machine() -> dict[str, Any]:
    """Return processor, cores, memory, load and versions.

    ``busy`` is the share of all processors that was in use just before: far from 0, the figures are not worth keeping.
    """
    return {
        "processor": processor_name(),
        "cores": psutil.cpu_count(logical=False),
        "threads": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "busy": round(psutil.cpu_percent(interval=1.0) / 100, 2),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "not set"),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
    }


def processor_name() -> str:
    """Return the processor's model, as far as the system tells."""
    if platform.system() == "Linux":
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        return names[0] if names else platform.machine()
    if platform.system() == "Darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return platform.processor()


def machine_line(machine: dict[str, Any]) -> str:
    """Return the machine in one line.

    >>> machine_line({"processor": "A 1", "cores": 2, "threads": 4, "memory_gb": 8.0, "busy": 0.25,
    ...               "system": "Linux x86_64", "versions": {"python": "3.11.7", "torch": "2.13.0"}})
    'A 1, 2 cores, 4 threads, 8.0 GB, Linux x86_64, 25 % busy before the start; python 3.11.7, torch 2.13.0'
    """
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['threads']} threads, {machine['memory_gb']} GB, "
        f"{machine['system']}, {machine['busy']:.0%}".replace("%", " %")
        + f" busy before the start; {versions}"
    )
