import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from typer.testing import CliRunner

from benchmarks.grading_batch import read_results
from course_lib.cli import app
from course_lib.errors import CourseError
from course_lib.grading import batch, keys
from course_lib.grading.cluster import connect, connection, open_marker
from course_lib.grading.collecting import collect
from course_lib.grading.store import Store
from tests.grading.tiny_lesson import ANSWERS, STEM, make_assignment, notebook, right
from tests.test_architecture import ROOT

pytest.importorskip("distributed", reason="Dask is not installed: requirements-dask.txt")
pytestmark = [
    pytest.mark.loopback,
    pytest.mark.usefixtures("sandbox"),
    pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL"),
]

START_S = 120.0
HOSTILE = "\nimport os\nos.kill(os.getppid(), 9)\nwhile True: os.open('/dev/null', 0)"
RECORD = b'{"hints": {"ex_98_1": 2}}'


class Processes:
    """A scheduler and its workers, each a process of its own, as on several computers."""

    def __init__(self, folder):
        self.folder = folder
        self.started = []
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0")
        self.address = self._wait_for_address()

    def add_worker(self, kind=""):
        """Start a worker with one thread; it is a process that nothing starts again."""
        options = ("--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder))
        preload = ("--preload", "tests.grading.tiny_worker")
        return self._start("worker", self.address, *options, *preload, COURSE_TINY_WORKER=kind)

    def end(self):
        for process in self.started:
            process.kill()
            process.wait()

    def _start(self, what, *words, **variables):
        file = ("--scheduler-file", str(self.folder / "scheduler.json")) if what == "scheduler" else ()
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *words, *file, "--no-dashboard"]
        self.started.append(subprocess.Popen(command, cwd=ROOT, env=os.environ | variables, stderr=subprocess.DEVNULL))
        return self.started[-1]

    def _wait_for_address(self):
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            try:
                return json.loads((self.folder / "scheduler.json").read_text())["address"]
            except (OSError, ValueError):
                time.sleep(0.05)
        raise TimeoutError("the scheduler has not started")


@pytest.fixture
def processes(tmp_path, monkeypatch):
    """Return a running scheduler without workers; it ends with the test."""
    monkeypatch.setattr(connection, "WORKERS_S", START_S)
    keys.hash_grader.cache_clear()  # workers read the files now: someone may have edited one since the session began
    folder = tmp_path / "cluster"
    folder.mkdir()
    started = Processes(folder)
    yield started
    started.end()


@pytest.fixture
def submissions(tmp_path):
    """Return a folder of eight submissions of all kinds."""
    works = {
        "ada": right(),
        "bob": notebook(ex_98_1="value + 2"),
        "cyd": b"{",
        "dan": notebook(**ANSWERS | {"ex_98_3": HOSTILE}),
        "eve": notebook(),
        "fay": notebook(ex_98_1="value * 2", ex_98_2="print('<b>hello') or value ** 2"),
        "guy": notebook(ex_98_1="1 / 0"),
        "hal": right(),
    }
    folder = tmp_path / "class"
    for name, data in works.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "work.ipynb").write_bytes(data)
    (folder / "hal" / "older.ipynb").write_bytes(notebook())
    (folder / "hal" / ".course").mkdir()
    (folder / "hal" / ".course" / "record.json").write_bytes(RECORD)
    return folder


@pytest.fixture
def grade_here(submissions, sandbox, hasty):
    """Return a function that grades the submissions without a cluster."""

    def grade(out):
        store = Store(out, "98")
        marker = batch.make_marker(make_assignment(), sandbox, "autumn", hasty)
        return batch.grade_batch(marker, collect([submissions], STEM), store, 2, lambda *_: None), store

    return grade


@pytest.fixture
def grade_there(submissions, hasty):
    """Return a function that grades the submissions on a cluster."""

    def grade(address, out, tell=lambda *_: None):
        store = Store(out, "98")
        with connect(address) as cluster, open_marker(cluster, make_assignment(), "autumn", floor=hasty) as marker:
            return batch.grade_batch(marker, collect([submissions], STEM), store, 4, tell), store

    return grade


def read_journal(store):
    lines = (store.folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    return sorted(json.loads(line)["submission"] for line in lines)


def below(process):
    return [child.pid for child in psutil.Process(process.pid).children(recursive=True)]


def test_a_cluster_gives_the_results_of_this_computer_and_keeps_no_box(
    processes, grade_here, submissions, hasty, monkeypatch, tmp_path
):
    workers = [processes.add_worker() for _ in range(2)]
    monkeypatch.setattr("course_lib.grading.assignment.load_assignment", lambda _lesson: make_assignment())
    monkeypatch.setattr("course_lib.grading.assignment.released_names", lambda: [STEM])
    monkeypatch.setattr("course_lib.grading.cluster.marking.Limits", lambda: hasty)
    there = Store(tmp_path / "there", "98")
    where = ["--engine", "dask", "--scheduler", processes.address]
    command = ["grade", str(submissions), "--lesson", "98", "--out", str(there.folder), "--cohort-seed", "autumn"]
    ended = CliRunner().invoke(app, [*command, *where, "--json"])
    assert ended.exit_code == 0, ended.output
    report = json.loads(ended.stdout)
    assert (report["submissions"], report["graded_now"], report["isolated"]) == (8, 8, True)
    _, here = grade_here(tmp_path / "here")
    results = read_results(there.folder)
    assert results == read_results(here.folder)
    assert len({result["status"] for result in results.values()}) >= 4
    assert [result["exercises"][0]["hints_used"] for result in results.values() if result["student"] == "hal"] == [2]
    assert read_journal(there) == read_journal(here)
    assert [below(worker) for worker in workers] == [[], []]
    again = CliRunner().invoke(app, [*command, *where])
    assert again.stdout.startswith("8 submissions, 0 graded now")


def test_a_killed_worker_loses_nothing_and_nothing_is_graded_twice(processes, grade_here, grade_there, tmp_path):
    victim = processes.add_worker()
    processes.add_worker()
    wait_for_workers(processes.address, 2)
    n_told, left = 0, []

    def kill_midway(_result, _is_new):
        nonlocal n_told
        n_told += 1
        if n_told == 2:
            left.extend(below(victim))
            victim.send_signal(signal.SIGKILL)
            victim.wait()

    counts, there = grade_there(processes.address, tmp_path / "there", kill_midway)
    assert (counts.n_submissions, counts.n_graded_now, counts.n_grader_errors) == (8, 8, 0)
    assert read_journal(there) == sorted(f"class/{name}" for name in "ada bob cyd dan eve fay guy hal".split())
    assert read_results(there.folder) == read_results(grade_here(tmp_path / "here")[1].folder)
    assert left
    assert not [pid for pid in left if is_alive(pid)]


def wait_for_workers(address, n):
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(n, timeout=START_S)


def is_alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_what_was_graded_before_the_scheduler_went_is_kept_and_this_computer_does_the_rest(
    processes, grade_here, grade_there, tmp_path
):
    processes.add_worker()
    n_told = 0

    def kill_midway(_result, _is_new):
        nonlocal n_told
        n_told += 1
        if n_told == 3:
            processes.scheduler.kill()

    with pytest.raises(CourseError, match=f"the scheduler at {processes.address} is gone: what was graded is kept"):
        grade_there(processes.address, tmp_path / "there", kill_midway)
    n_kept = len(Store(tmp_path / "there", "98").results())
    assert 3 <= n_kept < 8
    counts, there = grade_here(tmp_path / "there")
    assert (counts.n_submissions, counts.n_graded_now) == (8, 8 - n_kept)
    assert len(read_journal(there)) == len(set(read_journal(there))) == 8
    assert read_results(there.folder) == read_results(grade_here(tmp_path / "here")[1].folder)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("no sandbox", "cannot grade: none works here"),
        ("other checks", "would grade otherwise than this computer: it has another copy of the course"),
    ],
)
def test_a_worker_that_cannot_grade_or_would_grade_otherwise_is_refused(processes, grade_there, tmp_path, kind, words):
    processes.add_worker(kind)
    with pytest.raises(CourseError, match=f"the worker tcp://.* {words}"):
        grade_there(processes.address, tmp_path / "there")
    assert not Store(tmp_path / "there", "98").results()


def test_a_worker_that_joins_with_another_course_stops_the_batch(processes, grade_there, tmp_path):
    first = processes.add_worker()

    def exchange(_result, _is_new):
        if first.poll() is None:
            first.kill()
            first.wait()
            processes.add_worker("other checks")

    with pytest.raises(CourseError, match="a worker that has joined cannot grade .it has another copy of the course"):
        grade_there(processes.address, tmp_path / "there", exchange)
    assert Store(tmp_path / "there", "98").results()


def test_a_scheduler_without_workers_is_refused(processes, grade_there, tmp_path, monkeypatch):
    monkeypatch.setattr(connection, "WORKERS_S", 0.5)
    with pytest.raises(CourseError, match="no worker is connected to tcp://.*: start some with python -m dask worker"):
        grade_there(processes.address, tmp_path / "there")


def test_a_batch_that_all_workers_have_left_ends(processes, grade_there, tmp_path, monkeypatch):
    monkeypatch.setattr(connection, "DESERTED_S", 1.0)
    only = processes.add_worker()
    with pytest.raises(CourseError, match="no worker is left at tcp://.*what was graded is kept"):
        grade_there(processes.address, tmp_path / "there", lambda *_: only.kill())
    assert Store(tmp_path / "there", "98").results()


def test_an_address_at_which_nobody_listens_is_said(monkeypatch):
    monkeypatch.setattr(connection, "CONNECT_S", 1.0)
    with (
        pytest.raises(CourseError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9 "),
        connect("tcp://127.0.0.1:9"),
    ):
        pass
