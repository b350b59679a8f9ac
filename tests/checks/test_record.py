import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from course_lib.checks import record
from course_lib.checks.record import RecordError, changing, empty_record, find_folder, read_record

ROOT = Path(__file__).resolve().parents[2]


def write(folder, content):
    folder.mkdir(parents=True, exist_ok=True)
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / "record.json").write_bytes(data)


# Where it is


def test_record_is_where_course_home_says(home):
    assert find_folder() == home


def test_record_is_in_the_nearest_folder_upward(monkeypatch, tmp_path):
    monkeypatch.delenv("COURSE_HOME", raising=False)
    (tmp_path / ".course").mkdir()
    inside = tmp_path / "notebooks" / "deep"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert find_folder() == tmp_path / ".course"
    monkeypatch.chdir(tmp_path)
    assert find_folder() == tmp_path / ".course"


def test_record_begins_here_when_there_is_none_upward(monkeypatch, tmp_path):
    monkeypatch.delenv("COURSE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    assert find_folder() == tmp_path / ".course"


# Reading and writing


def test_reading_makes_nothing(home):
    assert read_record() == empty_record()
    assert not home.exists()


def test_what_is_changed_is_kept(home):
    with changing() as content:
        content["hints"]["ex_03_4"] = 2
    assert read_record()["hints"] == {"ex_03_4": 2}
    assert sorted(path.name for path in home.iterdir()) == ["record.json", "record.lock"]


def test_change_that_fails_changes_nothing(home):
    with changing() as content:
        content["hints"]["ex_03_4"] = 1
    with pytest.raises(ZeroDivisionError), changing() as content:
        content["hints"]["ex_03_4"] = 1 / 0
    with pytest.raises(TypeError), changing() as content:
        content["hints"]["ex_03_4"] = object()
    assert read_record()["hints"] == {"ex_03_4": 1}


def test_parts_of_a_later_minor_version_are_kept(home):
    write(home, empty_record() | {"badges": [1]})
    with changing():
        pass
    assert json.loads((home / "record.json").read_text())["badges"] == [1]


def test_write_that_was_killed_leaves_the_old_record(home):
    with changing() as content:
        content["hints"]["ex_03_4"] = 1
    (home / "record.json.tmp").write_text('{"schema": 1, "res')
    assert read_record()["hints"] == {"ex_03_4": 1}
    with changing() as content:
        content["hints"]["ex_03_4"] = 2
    assert read_record()["hints"] == {"ex_03_4": 2}


def test_kernels_that_write_at_the_same_time_lose_nothing(home):
    code = textwrap.dedent("""
        import sys
        from course_lib.checks.record import changing
        for n in range(10):
            with changing() as content:
                content["hints"][f"ex_{sys.argv[1]}_{n}"] = 1
    """)
    processes = [subprocess.Popen([sys.executable, "-c", code, str(n)], cwd=ROOT) for n in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert len(read_record()["hints"]) == 30


def test_record_that_another_kernel_holds_is_waited_for_and_then_said(home):
    with changing(), pytest.raises(RecordError, match="another kernel has held your record"), changing():
        pass


def test_lock_of_a_killed_kernel_is_free_again(home):
    code = "import os; from course_lib.checks.record import changing\nwith changing(): os._exit(9)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 9
    with changing() as content:
        content["hints"]["ex_03_4"] = 1


def test_file_system_without_locks_is_used_all_the_same(home, monkeypatch):
    (home / "record.lock").mkdir(parents=True)  # cannot be opened as a file
    with changing() as content:
        content["hints"]["ex_03_4"] = 1
    assert read_record()["hints"] == {"ex_03_4": 1}


def test_folder_that_cannot_be_made_is_a_sentence(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(RecordError, match="cannot be used .*set COURSE_HOME"), changing():
        pass


# Files that are none


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        [],
        None,
        {},
        {"schema": 0},
        {"schema": "1"},
        {"schema": True},
        {"schema": 1},
        empty_record() | {"rows": {}},
        empty_record() | {"rows": [1]},
        empty_record() | {"results": {"ex_03_4": "passed"}},
        empty_record() | {"hints": {"ex_03_4": "2"}},
    ],
    ids=lambda content: str(content)[:30],
)
def test_damaged_or_older_file_is_set_aside_and_said(home, capsys, content):
    write(home, content)
    before = (home / "record.json").read_bytes()
    with changing() as fresh:
        assert fresh == empty_record()
    assert (home / "record.json.broken-1").read_bytes() == before
    assert "kept as record.json.broken-1, a new one begins" in capsys.readouterr().err


def test_second_damaged_file_does_not_replace_the_first(home):
    for content in (b"first", b"second"):
        write(home, content)
        read_record()
    assert (home / "record.json.broken-1").read_bytes() == b"first"
    assert (home / "record.json.broken-2").read_bytes() == b"second"


def test_record_of_a_newer_course_is_refused_and_stays(home):
    write(home, {"schema": 2, "new": True})
    for use in (read_record, lambda: changing().__enter__()):
        with pytest.raises(RecordError, match="newer version of the course .schema 2, this one reads 1."):
            use()
    assert json.loads((home / "record.json").read_text()) == {"schema": 2, "new": True}


def test_byte_order_mark_does_no_harm(home):
    write(home, b"\xef\xbb\xbf" + json.dumps(empty_record()).encode())
    assert read_record() == empty_record()


def test_every_part_has_a_type_that_json_knows():
    assert set(record.PARTS.values()) <= {dict, list}
