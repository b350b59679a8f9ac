import ast
import json
from pathlib import Path

import pytest

from course_lib.data import FOLDER, MANIFEST, hash_content, load_json, read_data, read_manifest
from course_lib.errors import DataError

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def folder(tmp_path):
    """Return a folder with one JSON file and its manifest."""
    made = tmp_path / "datasets"
    made.mkdir()
    (made / "a.json").write_text('{"n": 1}')
    (made / MANIFEST).write_text(json.dumps({"a.json": hash_content(b'{"n": 1}')}))
    return made


# What is shipped


def test_shipped_files_and_manifest_agree():
    listed = read_manifest()
    there = {path.name for path in FOLDER.iterdir()} - {MANIFEST, "README.md"}
    assert set(listed) == there, "run python -m tools.hash_datasets"
    for name in listed:
        assert read_data(name)


def test_shipped_folder_holds_plain_data_files_only():
    assert FOLDER.is_dir()
    assert [path.name for path in FOLDER.rglob("*") if path.suffix == ".py" or not path.is_file()] == []


def test_every_shipped_file_has_a_data_card():
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in read_manifest():
        assert f"\n## {name}\n" in card


def builds_a_path_into_the_folder(node):
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div)
        and getattr(node.right, "value", None) == FOLDER.name
    )


def test_no_other_module_reaches_into_the_folder():
    reaching = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "course_lib").rglob("*.py")
        if any(map(builds_a_path_into_the_folder, ast.walk(ast.parse(path.read_text(encoding="utf-8")))))
    }
    assert reaching == {"course_lib/data.py"}, "read data files by course_lib.data only"


def test_line_ends_of_data_files_are_left_alone():
    # git would otherwise change them on Windows, and with them the hashes
    lines = (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()
    assert "datasets/* -text" in lines


# Reading


def test_file_with_the_listed_hash_is_read(folder):
    assert read_data("a.json", folder) == b'{"n": 1}'
    assert load_json("a.json", folder) == {"n": 1}


def test_edited_file_is_refused_with_both_hashes_and_the_way_out(folder):
    (folder / "a.json").write_text('{"n": 2}')
    with pytest.raises(DataError) as caught:
        load_json("a.json", folder)
    for words in ("datasets/a.json", hash_content(b'{"n": 1}'), hash_content(b'{"n": 2}'), "tools.hash_datasets"):
        assert words in str(caught.value)


def test_missing_file_is_refused(folder):
    (folder / "a.json").unlink()
    with pytest.raises(DataError, match=r"datasets/a\.json cannot be read .*: restore the folder datasets"):
        read_data("a.json", folder)


def test_file_that_is_not_listed_is_refused_and_the_listed_ones_are_named(folder):
    (folder / "b.json").write_text("1")
    with pytest.raises(DataError, match=r"does not list 'b\.json': expected one of a\.json"):
        read_data("b.json", folder)


def test_file_outside_the_folder_is_refused(folder):
    (folder.parent / "c.json").write_text("1")
    with pytest.raises(DataError, match="does not list"):
        read_data("../c.json", folder)


def test_missing_manifest_is_refused(folder):
    (folder / MANIFEST).unlink()
    with pytest.raises(DataError, match=r"datasets/MANIFEST\.json cannot be read"):
        read_data("a.json", folder)


@pytest.mark.parametrize("text", ["[]", '{"a.json": 1}', "null"])
def test_manifest_of_another_form_is_refused(folder, text):
    (folder / MANIFEST).write_text(text)
    with pytest.raises(DataError, match="expected one object"):
        read_data("a.json", folder)


@pytest.mark.parametrize("content", [b"{", b"\xff"])
def test_listed_file_that_is_no_json_is_refused(folder, content):
    (folder / "a.json").write_bytes(content)
    (folder / MANIFEST).write_text(json.dumps({"a.json": hash_content(content)}))
    assert read_data("a.json", folder) == content
    with pytest.raises(DataError, match=r"datasets/a\.json is no JSON"):
        load_json("a.json", folder)
