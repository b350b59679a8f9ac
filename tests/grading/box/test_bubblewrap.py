import os
import subprocess
import sys
import time

import psutil
import pytest

from course_lib.grading.box.base import BoxError
from course_lib.grading.box.runtime import COURSE, find_runtime

if not sys.platform.startswith("linux"):
    pytest.skip("bubblewrap is for Linux only", allow_module_level=True)

from course_lib.grading.box import bubblewrap  # noqa: E402
from course_lib.grading.box.bubblewrap import Bubblewrap, build_command  # noqa: E402
from course_lib.grading.limits import Limits  # noqa: E402


@pytest.fixture
def make(sandbox):
    """Return a function that makes further kinds of boxes, where boxes work at all."""
    made = []

    def make_box(*arguments, **options):
        made.append(Bubblewrap(*arguments, **options))
        return made[-1]

    yield make_box
    for box in made:
        box.close()


def are_gone(pids, patience_s=20):
    """Wait until no process of ``pids`` is there: the kernel clears a namespace away after its first process."""
    deadline = time.monotonic() + patience_s
    while any(psutil.pid_exists(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not [pid for pid in pids if psutil.pid_exists(pid)]


def test_the_command_cuts_everything_off():
    command = build_command(find_runtime(), "/usr/bin/bwrap")
    for option in ("--unshare-all", "--unshare-user", "--clearenv", "--new-session"):
        assert option in command
    assert "--proc" not in command
    assert command.index("--remount-ro") > command.index("--ro-bind")
    assert not [word for word in command if word in ("--bind", "--dev-bind", "--share-net")]


def test_without_bubblewrap_the_refusal_says_what_to_install(monkeypatch):
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    with pytest.raises(BoxError, match="install the package bubblewrap"):
        Bubblewrap().start(Limits())


def test_a_system_that_forbids_it_is_told_with_the_line_that_allows_it(tmp_path, monkeypatch):
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho 'setting up uid map: Permission denied' >&2\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: str(program))
    with pytest.raises(BoxError, match=r"Permission denied.*sysctl kernel\.apparmor"):
        Bubblewrap().start(Limits())


def test_modules_are_loaded_once_and_found_in_every_box(make, start):
    box = make(warm=["fractions", "no_such_module"])
    worker = start(box=box)
    worker.run_cell("import sys\ndef f():\n    return 'fractions' in sys.modules", "a")
    assert worker.handle("f")() is True
    assert box._nursery.failed == {"no_such_module": "ModuleNotFoundError: No module named 'no_such_module'"}


def test_a_warm_process_that_has_died_is_replaced(make, start):
    box = make()
    start(box=box)
    first = box._nursery.pid
    psutil.Process(first).kill()
    box._nursery._process.wait(10)
    start(box=box)
    assert box._nursery.pid != first


def test_closing_ends_the_warm_process_and_all_boxes(make, start):
    box = make()
    worker = start(box=box)
    worker.run_cell("import threading, time\nthreading.Thread(target=time.sleep, args=(100,)).start()", "a")
    pids = [worker.pid, box._nursery.pid]
    box.close()
    assert are_gone(pids)


def test_nothing_outlives_a_grader_that_was_killed(sandbox):
    code = """
import sys, time
from course_lib.grading.box.bubblewrap import Bubblewrap
from course_lib.grading.limits import Limits
box = Bubblewrap()
running = box.start(Limits())
print(box._nursery.pid, running.pid, flush=True)
time.sleep(100)
"""
    grader = subprocess.Popen([sys.executable, "-c", code], cwd=COURSE, stdout=subprocess.PIPE, text=True)
    pids = [int(word) for word in grader.stdout.readline().split()]
    assert len([pid for pid in pids if psutil.pid_exists(pid)]) == 2
    grader.kill()
    grader.wait()
    grader.stdout.close()
    assert are_gone(pids)


@pytest.mark.parametrize("what", ["numpy", "course_lib.world", "course_lib.metrics"])
def test_packages_and_the_library_can_be_imported(start, what):
    assert start().run_cell(f"import {what}", "a") is None


@pytest.mark.parametrize(
    "what", ["course_lib.grading.worker", "course_lib.checks.core", "course_lib.cli", "pytest_cache"]
)
def test_parts_of_the_course_that_are_secret_cannot_be_imported(start, what):
    assert start().run_cell(f"import {what}", "a").kind == "ModuleNotFoundError"


def test_what_a_lesson_calls_to_show_something_does_nothing(start):
    source = (
        "from course_lib.checks import check, hint, predict\nimport course_lib.widgets as w\ncheck('x', 1)\nw.show(2)"
    )
    assert start().run_cell(source, "a") is None


MAGIC = "%matplotlib inline\n!pip install something\nx = !ls\n%time y = 2\ndef f():\n    return x, y"


def test_a_cell_with_magics_runs(start):
    worker = start(Limits())  # IPython takes a while to load
    assert worker.run_cell(MAGIC, "a") is None
    assert worker.handle("f")() == ([], 2)
    assert "not run here: !pip install something" in worker.take_prints()


def test_a_cell_magic_keeps_what_its_cell_makes(start):
    worker = start(Limits())
    assert worker.run_cell("%%time\ndef f():\n    return 3", "a") is None
    assert worker.handle("f")() == 3


def test_what_is_in_the_way_of_a_box_is_said(make, start):
    box = make()
    box._nursery_now()._said.close()
    with pytest.raises(BoxError, match="a box did not start: OSError"):
        box.start(Limits(tmp_mb=-1))


def test_a_secret_variable_of_the_caller_is_not_in_the_memory_of_the_first_process(make, start, monkeypatch):
    monkeypatch.setenv("COURSE_CANARY", "secret")
    box = make()
    start(box=box)
    parents = psutil.Process(box._nursery.pid).parents()
    mine = os.getpid()
    for process in parents[: [parent.pid for parent in parents].index(mine)]:
        assert "COURSE_CANARY" not in process.environ()
