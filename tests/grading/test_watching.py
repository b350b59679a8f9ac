import time

import pytest

from course_lib.grading.allowance import Deadline
from course_lib.grading.box.base import Usage
from course_lib.grading.limits import Limits
from course_lib.grading.watching import find_excess

LIMITS = Limits(memory_mb=100, threads=5, print_mb=1)
AT_START = Usage(cpu_s=1.0, memory_mb=50, threads=1)


def judge(cpu_s=1.0, memory_mb=60, threads=1, n_printed=0, deadline=None):
    """Return status, words and whether only the wall clock says so; None if the box may go on."""
    found = find_excess(Usage(cpu_s, memory_mb, threads), AT_START, LIMITS, n_printed, deadline)
    return found and (found[0].status, found[0].got, found[1])


def later(cpu_s, wall_s):
    return Deadline(cpu_s, time.monotonic() + wall_s, "for the processor", "for the wall")


def test_what_was_there_at_the_start_does_not_count():
    assert judge(memory_mb=149, threads=6) is None


@pytest.mark.parametrize(
    ("used", "status", "words"),
    [
        ({"memory_mb": 151}, "out of memory", "100 MB of memory"),
        ({"threads": 7}, "crashed", "5 threads"),
        ({"n_printed": 2**20 + 1}, "crashed", "1 MB"),
        ({"cpu_s": 3.1, "deadline": later(3.0, 100)}, "timeout", "for the processor"),
    ],
)
def test_each_excess_has_its_status(used, status, words):
    found = judge(**used)
    assert (found[0], found[2]) == (status, False)
    assert words in found[1]


def test_only_the_clock_on_the_wall_leaves_a_doubt():
    assert judge(cpu_s=2.0, deadline=later(3.0, -1)) == ("timeout", "for the wall", True)


def test_between_requests_time_is_free():
    assert judge(cpu_s=1000.0) is None
