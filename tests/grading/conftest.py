import os
from types import SimpleNamespace

import pytest

from course_lib.grading.allowance import Allowance
from course_lib.grading.box.choosing import try_bubblewrap
from course_lib.grading.box.unisolated import Unisolated
from course_lib.grading.limits import Limits
from course_lib.grading.worker import Worker

HASTY = Limits(call_s=0.3, cell_s=0.3, exercise_s=4.0, submission_s=20.0, patience=2.0, grace_s=1.0, memory_mb=300)
QUICK = Limits(call_s=1.0, cell_s=2.0, exercise_s=4.0, submission_s=20.0, patience=3.0, grace_s=2.0, memory_mb=300)


@pytest.fixture(scope="session")
def sandbox():
    """Return the boxes of bubblewrap; without it these tests are skipped, unless COURSE_NEEDS_SANDBOX says not to."""
    box, fault = try_bubblewrap(())
    if box is None:
        if os.environ.get("COURSE_NEEDS_SANDBOX"):
            pytest.fail(fault)
        pytest.skip(fault)
    yield box
    box.close()


@pytest.fixture(scope="session")
def unisolated():
    return Unisolated()


@pytest.fixture
def quick():
    """Return limits with which a test of a limit is short."""
    return QUICK


@pytest.fixture
def hasty():
    """Return limits for code that does not end by itself."""
    return HASTY


@pytest.fixture
def start(sandbox):
    """Return a function that starts workers in the sandbox; they end with the test."""
    workers = []

    def start_worker(limits=QUICK, box=sandbox):
        workers.append(Worker(box, Allowance(limits)))
        return workers[-1]

    yield start_worker
    for worker in workers:
        worker.close()


@pytest.fixture
def run(start):
    """Return a function that runs one cell and calls a function of it."""

    def run_cell(source, function="f", *args, limits=QUICK):
        worker = start(limits)
        error = worker.run_cell(source, "ex_04_1")
        value = worker.handle(function)(*args) if error is None else None
        return SimpleNamespace(worker=worker, error=error, value=value)

    return run_cell
