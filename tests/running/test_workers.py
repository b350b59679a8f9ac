import multiprocessing
import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import psutil
import pytest

from course_lib.errors import CourseError
from course_lib.models import load_model
from course_lib.running import workers
from course_lib.running.parts import Part
from course_lib.running.progress import RunProgress
from course_lib.running.run import run_course
from course_lib.running.workers import LabOptions, choose_workers, work_off

RUN = """
from pathlib import Path
from course_lib.running.run import run_course

if __name__ == "__main__":
    run_course(only=["E03"], seeds=[0, 1], out=Path({out!r}), cache=Path({cache!r}), workers=2)
"""


class FailingPart(Part):
    """A part that fails at once."""

    def do(self, lab):
        raise CourseError(f"{self.title} cannot be done")


def test_two_processes_find_what_one_finds(tmp_path, capfd):
    def run(name, **options):
        return run_course(only=["E01"], seeds=[0, 1], out=tmp_path / name, cache=tmp_path / f"{name} cache", **options)

    alone = run("alone", json=True)
    shared = run("shared", workers=2)
    assert shared["verdicts"] == alone["verdicts"]
    assert shared["rows"] == alone["rows"]
    told = capfd.readouterr().err
    assert {"seed 0: E01 cutoff", "seed 1: E01 cutoff"} <= {line.partition(" s  ")[2] for line in told.splitlines()}


def test_what_measures_time_runs_in_this_process_after_all_else(monkeypatch):
    order = []
    monkeypatch.setattr(workers, "_share_out", lambda parts, *rest: order.append(list(parts)) or dict.fromkeys(parts))
    monkeypatch.setattr(workers.Bench, "do", lambda bench, part: order.append(part))
    parts = [Part(0, "E33"), Part(0), Part(0, "E01")]
    with RunProgress(3, quiet=True) as progress:
        found = work_off(parts, None, None, workers=2, options=LabOptions(), progress=progress)
    assert order == [[Part(0), Part(0, "E01")], Part(0, "E33")]
    assert set(found) == set(parts)


def test_a_single_part_needs_no_further_process(monkeypatch):
    monkeypatch.setattr(workers, "_share_out", lambda *given: pytest.fail("a process was started"))
    monkeypatch.setattr(workers.Bench, "do", lambda bench, part: part.title)
    with RunProgress(2, quiet=True) as progress:
        found = work_off(
            [Part(0, "E30"), Part(0, "E33")], None, None, workers=2, options=LabOptions(), progress=progress
        )
    assert len(found) == 2


def test_a_process_that_dies_is_told_and_ends_the_run(tmp_path):
    parts, missing = [Part(0, "E01"), Part(1, "E01")], str(tmp_path / "no model")
    with RunProgress(2, quiet=True) as progress, pytest.raises(CourseError, match="run again with --workers 1"):
        work_off(parts, load_model(), missing, workers=2, options=LabOptions(tmp_path), progress=progress)


def test_no_process_outlives_a_killed_run(tmp_path):
    script = tmp_path / "long_run.py"
    script.write_text(RUN.format(out=str(tmp_path / "out"), cache=str(tmp_path / "cache")))
    run = psutil.Popen([sys.executable, script], stderr=subprocess.PIPE, text=True)
    try:
        told = next(line for line in run.stderr if "questions" in line)  # both are ready soon, one is at work
        assert "BASE" in told
        started = run.children(recursive=True)
    finally:
        run.kill()
    assert len(started) >= 2
    _, alive = psutil.wait_procs(started, timeout=60)
    assert not alive


def test_an_error_is_told_before_the_other_parts_have_ended(tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(RunProgress, "tell", lambda progress, what, *rest: told.append(what))
    parts = [Part(0, "E03"), FailingPart(0, "E01")]
    with RunProgress(2, quiet=True) as progress, pytest.raises(CourseError, match="cannot be done"):
        work_off(parts, load_model(), None, workers=2, options=LabOptions(tmp_path), progress=progress)
    assert "finish" not in told
    assert not multiprocessing.active_children()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent in another way there")
def test_ctrl_c_while_the_processes_begin_ends_all_and_only_the_run_says_so(tmp_path):
    script = tmp_path / "long_run.py"
    script.write_text(RUN.format(out=str(tmp_path / "out"), cache=str(tmp_path / "cache")))
    run = psutil.Popen([sys.executable, script], stderr=subprocess.PIPE, text=True, start_new_session=True)
    while not any("spawn_main" in " ".join(child.cmdline()) for child in run.children()):
        assert run.is_running()
    started = run.children(recursive=True)
    os.killpg(run.pid, signal.SIGINT)
    _, told = run.communicate(timeout=120)
    assert told.count("KeyboardInterrupt") == 1
    _, alive = psutil.wait_procs(started, timeout=60)
    assert not alive


@pytest.mark.parametrize(
    ("n_cores", "free_gb", "n_workers"), [(1, 64, 1), (2, 64, 2), (64, 64, 4), (64, 3.5, 2), (2, 0.2, 1)]
)
def test_there_is_a_process_a_core_that_memory_allows_up_to_four(monkeypatch, n_cores, free_gb, n_workers):
    monkeypatch.setattr(workers, "count_cores", lambda: n_cores)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free_gb * 1e9))
    assert choose_workers() == n_workers


def test_the_cores_are_those_that_this_process_may_use():
    assert 1 <= workers.count_cores() <= psutil.cpu_count()
