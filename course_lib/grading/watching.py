"""Judges what a box uses, and how it ended."""

import time

from course_lib.grading.allowance import Deadline
from course_lib.grading.boundary import BoxEnded
from course_lib.grading.box.base import Usage
from course_lib.grading.limits import Limits

HINT_FOR_TIME = "look for a loop that does not end, or does work twice"


def find_excess(
    usage: Usage, at_start: Usage, limits: Limits, n_printed: int, deadline: Deadline | None
) -> tuple[BoxEnded, bool] | None:
    """Return what a box uses too much of, and whether only the clock on the wall says so; None if it may go on.

    Parameters
    ----------
    usage, at_start
        Of the box now, and before any student code.
    limits
        What it may use.
    n_printed
        Bytes.
    deadline
        Readings of the two clocks at which what is asked must be answered; None while nothing is.
    """
    if usage.memory_mb - at_start.memory_mb > limits.memory_mb:
        return BoxEnded("out of memory", f"used more than {limits.memory_mb} MB of memory"), False
    if usage.threads - at_start.threads > limits.threads:
        return BoxEnded("crashed", f"started more than {limits.threads} threads"), False
    if n_printed > limits.print_mb * 2**20:
        return BoxEnded("crashed", f"printed more than {limits.print_mb} MB"), False
    if deadline and usage.cpu_s > deadline.cpu_s:
        return BoxEnded("timeout", deadline.words, HINT_FOR_TIME), False
    if deadline and time.monotonic() > deadline.wall_s:
        return BoxEnded("timeout", deadline.wall_words, HINT_FOR_TIME), True
    return None


def describe_status(status: int | None) -> str:
    """Return how a process ended.

    Examples
    --------
    >>> describe_status(-11), describe_status(3)
    ('signal 11', 'exit status 3')
    """
    if status is None:
        return "nobody saw how"
    return f"signal {-status}" if status < 0 else f"exit status {status}"
