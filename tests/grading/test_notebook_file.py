import json
import os
import time

import pytest

from course_lib.grading.notebook_file import MOST_BYTES, MOST_CELLS, CellText, parse_notebook, read_notebook

CELL = {"cell_type": "code", "id": "ex_04_1", "metadata": {"tags": ["exercise"]}, "source": ["a = 1\n", "b = 2"]}


def notebook(*cells, **more):
    return {"cells": list(cells or [CELL]), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}


def parse(content):
    return parse_notebook(json.dumps(content).encode())


def sources(file):
    assert not file.fault
    return [cell.source for cell in file.cells]


def test_a_cell_is_read_with_its_names():
    assert parse(notebook()).cells == (CellText(1, True, "a = 1\nb = 2", "ex_04_1", "", ("exercise",)),)


TEXT = json.dumps(notebook())


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.replace(", ", ",\r\n").encode(),
        b"\n\n" + TEXT.encode() + b"\r\n",
        TEXT.replace('"nbformat": 4', '"nbformat": 99').encode(),
        TEXT.replace('"nbformat": 4', '"nbformat": NaN').encode(),
        TEXT.replace('"nbformat": 4', '"nbformat": ' + "9" * 50_000).encode(),
        json.dumps({"cells": [CELL]}).encode(),
        json.dumps(
            {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": "a = 1\nb = 2"}]}]}
        ).encode(),
        json.dumps(notebook(CELL | {"source": "a = 1\r\nb = 2"})).encode(),
        json.dumps(notebook(CELL | {"source": ["a = 1", "b = 2"]})).encode(),
        json.dumps(notebook(CELL | {"cell_type": "Code"})).encode(),
        json.dumps(notebook({"outputs": [], "source": "a = 1\nb = 2"})).encode(),
        json.dumps(notebook(CELL | {"id": 3, "metadata": "x"})).encode(),
    ],
)
def test_odd_files_that_a_person_could_read_are_read(data):
    assert sources(parse_notebook(data)) == ["a = 1\nb = 2"]


def test_damaged_letters_are_read_and_noted():
    file = parse_notebook(TEXT.encode().replace(b"a = 1", b"a = '\xff'"))
    assert sources(file) == ["a = '\ufffd'\nb = 2"]
    assert "no UTF-8" in file.notes[0]


def test_half_characters_are_replaced():
    file = parse_notebook(TEXT.replace("a = 1", "\\ud800 = 1").encode())
    assert sources(file) == ["\ufffd = 1\nb = 2"]


def test_cells_that_are_none_are_noted_and_keep_the_numbers_of_the_others():
    file = parse(notebook(3, CELL, None))
    assert [cell.number for cell in file.cells] == [2]
    assert file.notes == ("cell 1 is no cell", "cell 3 is no cell")


def test_a_cell_of_megabytes_is_not_read():
    file = parse(notebook(CELL | {"source": "x" * 3_000_000}, CELL))
    assert sources(file) == ["a = 1\nb = 2"]
    assert "cell 1 has more than" in file.notes[0]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"{", "no JSON"),
        (b"print('hello')", "no JSON"),
        (TEXT.encode()[:-10], "no JSON"),
        (b"PK\x03\x04\x00\x00\xff", "no JSON"),
        (b"[]", "no notebook"),
        (b"{}", "no notebook"),
        (b'{"cells": {}}', "no notebook"),
        (b'{"cells": [], "worksheets": [3, {"cells": 1}]}', "no notebook"),
        (b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too deep"),
        (json.dumps({"cells": [1] * (MOST_CELLS + 1)}).encode(), "too large"),
    ],
)
def test_what_is_no_notebook_is_refused_with_a_reason(data, fault):
    file = parse_notebook(data)
    assert (file.fault, file.cells) == (fault, ())
    assert file.reason
    assert len(file.digest) == 64


def test_a_file_is_read(tmp_path):
    (tmp_path / "a.ipynb").write_text(TEXT, encoding="utf-8")
    assert sources(read_notebook(tmp_path / "a.ipynb")) == ["a = 1\nb = 2"]


def test_a_missing_file_is_refused(tmp_path):
    assert read_notebook(tmp_path / "a.ipynb").fault == "missing"
    assert read_notebook(tmp_path / "a.ipynb" / "b").fault == "missing"
    assert read_notebook(tmp_path / "a\0b").fault == "unreadable"


def test_a_folder_is_refused(tmp_path):
    assert read_notebook(tmp_path).fault == "no file"


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "real.ipynb").write_text(TEXT, encoding="utf-8")
    try:
        (tmp_path / "link.ipynb").symlink_to(tmp_path / "real.ipynb")
    except OSError:
        pytest.skip("this system makes no links for this user")
    assert read_notebook(tmp_path / "link.ipynb").fault == "link"


def test_a_link_put_there_after_the_look_is_not_followed(tmp_path, monkeypatch):
    (tmp_path / "a.ipynb").write_text(TEXT, encoding="utf-8")
    (tmp_path / "other").write_text(TEXT, encoding="utf-8")
    real = os.lstat

    def look_then_exchange(path):
        seen = real(path)
        os.replace(tmp_path / "other", path)
        return seen

    monkeypatch.setattr("course_lib.grading.notebook_file.os.lstat", look_then_exchange)
    assert read_notebook(tmp_path / "a.ipynb").fault == "link"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.ipynb")
    assert read_notebook(tmp_path / "a.ipynb").fault == "no file"


def test_a_large_file_is_refused_without_reading_all_of_it(tmp_path):
    with (tmp_path / "a.ipynb").open("wb") as file:
        file.truncate(50 * MOST_BYTES)
    start = time.process_time()
    assert read_notebook(tmp_path / "a.ipynb").fault == "too large"
    assert time.process_time() - start < 2
