"""Pauses and repetitions, without a server and without waiting."""

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from course_lib.models.retrying import PermanentFailure, TemporaryFailure, call_with_retries, read_retry_after


def run(outcomes, retries=4, stop=None):
    """Play outcomes in turn; return the result and the pauses."""
    pauses = []
    outcomes = iter(outcomes)

    def call():
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    stop = stop or threading.Event()
    return call_with_retries(call, retries=retries, backoff_s=1.0, stop=stop, sleep=pauses.append), pauses


def test_pauses_double():
    busy = [TemporaryFailure("busy")] * 4
    assert run([*busy, "done"]) == ("done", [1.0, 2.0, 4.0, 8.0])


def test_the_pause_that_the_server_asks_for_wins():
    assert run([TemporaryFailure("busy", 7.0), TemporaryFailure("busy"), "done"]) == ("done", [7.0, 2.0])
    assert run([TemporaryFailure("busy", 0.0), "done"]) == ("done", [0.0])


def test_no_pause_is_longer_than_a_minute():
    assert max(run([TemporaryFailure("busy")] * 9 + ["done"], retries=9)[1]) == 60.0


def test_a_server_that_asks_for_an_hour_is_left_at_once():
    with pytest.raises(PermanentFailure, match="busy and asks to wait 3600 s"):
        run([TemporaryFailure("busy", 3600.0)])


def test_a_permanent_failure_is_not_repeated():
    with pytest.raises(PermanentFailure, match="no"):
        run([PermanentFailure("no"), "done"])


def test_the_number_of_attempts_is_told():
    with pytest.raises(TemporaryFailure, match="busy; given up after 3 attempts"):
        run([TemporaryFailure("busy")] * 3, retries=2)


def test_nothing_is_repeated_after_the_stop():
    stop = threading.Event()
    stop.set()
    with pytest.raises(TemporaryFailure, match="after 1 attempts"):
        run([TemporaryFailure("busy"), "done"], stop=stop)


def test_a_date_is_turned_into_seconds():
    soon = datetime.now(UTC) + timedelta(seconds=20)
    assert read_retry_after(format_datetime(soon, usegmt=True)) == pytest.approx(20, abs=2)
    past = datetime(2001, 1, 1, tzinfo=UTC)
    assert read_retry_after(format_datetime(past)) == 0.0


@pytest.mark.parametrize("header", [None, "", "soon", "-1"])
def test_a_header_without_sense_counts_as_none(header):
    assert read_retry_after(header) is None
