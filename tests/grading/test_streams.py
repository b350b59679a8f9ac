import os
import threading

import pytest

from course_lib.grading.streams import END, Lines, Prints
from course_lib.grading.strict_json import MOST_BYTES


@pytest.fixture
def pipe():
    """Return the two ends of a pipe; the reading one is closed at the end."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", 0) as out, os.fdopen(writing, "wb", 0) as into:
        yield out, into


def start(thread):
    thread.start()
    return thread


def test_lines_come_whole_whatever_the_chunks(pipe):
    out, into = pipe
    lines = start(Lines(out, pytest.fail))
    for part in (b"on", b"e\ntwo\n\nthr", b"ee\nrest"):
        into.write(part)
    into.close()
    assert [lines.next() for _ in range(5)] == [b"one", b"two", b"", b"three", END]


def test_a_line_without_end_is_noticed_and_not_kept(pipe):
    out, into = pipe
    seen = threading.Event()
    lines = start(Lines(out, seen.set))
    into.write(bytes(MOST_BYTES))
    into.write(b"x")
    assert seen.wait(10)
    assert lines.next() is END


def test_a_reader_of_lines_ends_although_nobody_takes_them(pipe):
    out, into = pipe
    lines = start(Lines(out, pytest.fail))
    into.write(b"\n" * 1000)
    into.close()
    lines.stop()
    lines.join(10)
    assert not lines.is_alive()


def test_prints_are_kept_up_to_a_size_and_read_to_the_end(pipe):
    out, into = pipe
    prints = start(Prints(out, room=5))
    for _ in range(100):
        into.write(bytes(10_000))  # more than a pipe holds
    assert prints.take() == bytes(5)
    into.write(b"next")
    assert prints.take() == b"next"
    assert prints.n_bytes == 1_000_004
