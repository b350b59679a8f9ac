import multiprocessing
import os
import stat

import pytest

from course_lib.errors import CourseError, DataError
from course_lib.files import explained, locked, write_whole


def test_a_file_is_written_as_a_whole_and_no_draft_stays(tmp_path):
    path = tmp_path / "kept.json"
    write_whole(path, b"old")
    write_whole(path, b"new", mode=0o600)
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.json"]
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_cannot_be_written_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "kept.json"
    write_whole(path, b"old")

    def stop(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("course_lib.files.os.fsync", stop)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.json"]


def test_a_refusal_of_the_system_becomes_a_sentence_with_advice():
    with pytest.raises(DataError, match=r"^the cache cannot be used \(No space left\): make room$"):
        with explained("the cache", "make room", DataError):
            raise OSError(28, "No space left")
    with pytest.raises(ValueError, match="other"), explained("x", "y"):
        raise ValueError("other errors pass")


def hold(path, taken, release):
    with locked(path, 1.0, CourseError("busy")):
        taken.set()
        release.wait(60)


def test_a_lock_keeps_another_process_out_until_its_holder_dies(tmp_path):
    context = multiprocessing.get_context("spawn")
    taken, release = context.Event(), context.Event()
    holder = context.Process(target=hold, args=(tmp_path / "lock", taken, release))
    holder.start()
    assert taken.wait(60)
    with (
        pytest.raises(CourseError, match="somebody is at it"),
        locked(tmp_path / "lock", 0.1, CourseError("somebody is at it")),
    ):
        pytest.fail("two hold the lock")
    holder.kill()
    holder.join()
    with locked(tmp_path / "lock", 5.0, CourseError("busy")):
        pass


def test_where_no_lock_can_be_made_the_block_runs_all_the_same(tmp_path):
    ran = []
    with locked(tmp_path / "no such folder" / "lock", 0.1, CourseError("busy")):
        ran.append(1)
    assert ran
