"""Repeating a call that may fail for a while."""

import email.utils
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

T = TypeVar("T")

LONGEST_PAUSE_S = 60.0
"""Nobody wants to look at a still screen for longer than this."""


class PermanentFailure(Exception):
    """Asking again would not help."""


class TemporaryFailure(Exception):
    """Asking again may help.

    Parameters
    ----------
    message
        What happened.
    pause_s
        How long the server asks to be left alone, if it says so.
    """

    def __init__(self, message: str, pause_s: float | None = None) -> None:
        super().__init__(message)
        self.pause_s = pause_s


def call_with_retries(
    call: Callable[[], T],
    *,
    retries: int,
    backoff_s: float,
    stop: threading.Event,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Call until it succeeds, fails for good, or ``retries`` repetitions are used up.

    Parameters
    ----------
    backoff_s
        Pause before the first repetition, doubled each time up to a minute.
    stop
        Once set, no further repetition is made.

    Raises
    ------
    PermanentFailure, TemporaryFailure
        The last failure; its text tells how often the call was made.

    Examples
    --------
    >>> call_with_retries(lambda: "answer", retries=2, backoff_s=1.0, stop=threading.Event())
    'answer'
    """
    for attempt in range(retries + 1):
        try:
            return call()
        except TemporaryFailure as failure:
            if failure.pause_s is not None and failure.pause_s > LONGEST_PAUSE_S:
                raise PermanentFailure(
                    f"{failure} and asks to wait {failure.pause_s:.0f} s: try again later"
                ) from failure
            if attempt == retries or stop.is_set():
                raise TemporaryFailure(f"{failure}; given up after {attempt + 1} attempts") from failure
            pause_s = backoff_s * 2**attempt if failure.pause_s is None else failure.pause_s
            sleep(min(pause_s, LONGEST_PAUSE_S))
    raise AssertionError("unreachable: the last attempt returns or raises")


def read_retry_after(header: str | None) -> float | None:
    """Read a ``Retry-After`` header, seconds or an HTTP date; None if there is none or it makes no sense.

    Examples
    --------
    >>> read_retry_after("3")
    3.0
    >>> read_retry_after("soon") is None
    True
    """
    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        moment = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
