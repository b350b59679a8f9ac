import os
import time

import psutil

from course_lib.grading.allowance import Allowance
from course_lib.grading.box.unisolated import Unisolated
from course_lib.grading.session import Cell, Session
from course_lib.grading.worker import Worker


def test_it_says_that_nothing_is_isolated():
    assert not Unisolated.isolated
    assert Unisolated.name == "not isolated"


def test_calls_are_answered(unisolated, quick):
    with Worker(unisolated, Allowance(quick)) as worker:
        worker.run_cell("import os\ndef f(x):\n    return x, os.listdir(), sorted(os.environ)", "a")
        value, files, names = worker.handle("f")(3)
    assert (value, files) == (3, [])
    assert "COURSE_HOME" not in names


def test_a_loop_is_ended(unisolated, hasty):
    cells = [Cell("while True: pass", "ex_04_1")]
    (outcome,) = Session(unisolated, cells, lambda *_: None, hasty).run()
    assert outcome.status == "timeout"


def test_children_end_with_it(unisolated, quick):
    with Worker(unisolated, Allowance(quick)) as worker:
        source = "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(100)'])"
        worker.run_cell(source, "a")
        children = psutil.Process(worker._running._process.pid).children()
        assert len(children) == 1
        worker._running.kill()
    deadline = time.monotonic() + 10
    while children[0].is_running() and children[0].status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not children[0].is_running() or children[0].status() == psutil.STATUS_ZOMBIE


def test_its_folder_is_deleted(unisolated, quick):
    running = unisolated.start(quick)
    assert os.path.isdir(running._folder)
    running.end()
    running.close()
    assert not os.path.exists(running._folder)
