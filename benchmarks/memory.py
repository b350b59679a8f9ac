"""The largest memory of a command with all processes that it starts."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

import psutil

from benchmarks.loading import IMPORT_CODE, IMPORTS
from benchmarks.measuring import Row, compare, interleave
from course_lib.errors import CourseError

INTERVAL_S = 0.02


def measure_memory(command: Sequence[str], name: str, *, repeats: int) -> list[Row]:
    """Return the peak memory of ``command``, called ``name`` in the table, beside that of the imports alone."""
    seconds: list[float] = []

    def run_command() -> float:
        start = time.perf_counter()
        peak = peak_memory(command)
        seconds.append(time.perf_counter() - start)
        return peak / 1e6

    variants = {IMPORTS: lambda: peak_memory([sys.executable, "-c", IMPORT_CODE]) / 1e6, name: run_command}
    values = interleave(variants, repeats, warm_up=False)
    details: dict[str, dict[str, float | str]] = {name: {"seconds": round(sorted(seconds)[len(seconds) // 2], 1)}}
    return compare("memory", "peak", values, unit="MB", better="lower", reference=IMPORTS, details=details)


def peak_memory(command: Sequence[str], interval_s: float = INTERVAL_S) -> int:
    """Run ``command`` and return the largest sum of resident memory over its process tree, in bytes.

    Looked at every 20 ms: a shorter peak goes unseen. Pages that two processes share count twice.

    Raises
    ------
    CourseError
        It cannot be started or fails: the peak of half a run would be a wrong figure.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        try:
            process = psutil.Popen(list(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)
        except OSError as error:
            raise CourseError(f"cannot start {command[0]!r} ({error}): give a program and its arguments") from error
        peak = 0
        try:
            while process.poll() is None:
                peak = max(peak, tree_memory(process))
                time.sleep(interval_s)
        finally:
            stop_tree(process)
        if process.returncode:
            said.seek(0)
            last = said.read().strip().splitlines()[-1:] or ["it said nothing"]
            raise CourseError(f"{' '.join(command)} ended with exit code {process.returncode}: {last[0]}")
    return peak


def tree_memory(process: psutil.Process) -> int:
    """Return the resident memory of a process and all below it, in bytes; those that have just ended count 0."""
    total = 0
    for member in [process, *_below(process)]:
        try:
            total += member.memory_info().rss
        except psutil.Error:
            continue
    return total


def stop_tree(process: psutil.Process) -> None:
    """End what is still running, after an interruption for instance."""
    if process.poll() is None:
        for member in [*_below(process), process]:
            try:
                member.kill()
            except psutil.Error:
                continue
    process.wait()


def _below(process: psutil.Process) -> list[psutil.Process]:
    """Return all processes that descend from ``process``."""
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []
