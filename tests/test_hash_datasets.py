import json

import pytest

from course_lib.data import FOLDER, MANIFEST, load_json
from course_lib.errors import CourseError, DataError
from tools.hash_datasets import hash_folder, main


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "datasets"
    made.mkdir()
    (made / "README.md").write_text("a card")
    (made / "b.json").write_text("[2]")
    (made / "a.json").write_text("[1]")
    return made


def test_shipped_manifest_is_up_to_date():
    assert main(["--check"], FOLDER) == 0


def test_manifest_lists_data_files_in_order_and_neither_itself_nor_the_card(folder):
    assert main([], folder) == 0
    first = (folder / MANIFEST).read_bytes()
    assert list(json.loads(first)) == ["a.json", "b.json"]
    assert main([], folder) == 0
    assert (folder / MANIFEST).read_bytes() == first


def test_written_manifest_lets_the_reader_load(folder):
    main([], folder)
    (folder / "a.json").write_text("[3]")
    with pytest.raises(DataError):
        load_json("a.json", folder)
    main([], folder)
    assert load_json("a.json", folder) == [3]


@pytest.mark.parametrize("change", ["no manifest", "edited", "added", "removed"])
def test_check_finds_what_is_out_of_date_and_writes_nothing(folder, capsys, change):
    main([], folder)
    assert main(["--check"], folder) == 0
    if change == "no manifest":
        (folder / MANIFEST).unlink()
    elif change == "removed":
        (folder / "a.json").unlink()
    else:
        (folder / ("a.json" if change == "edited" else "c.json")).write_text("[9]")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert main(["--check"], folder) == 1
    assert "run python -m tools.hash_datasets" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("name", ["__init__.py", "inner"])
def test_python_and_folders_are_refused(folder, name):
    if name.endswith(".py"):
        (folder / name).write_text("")
    else:
        (folder / name).mkdir()
    with pytest.raises(CourseError, match=f"{name} is no plain data file"):
        hash_folder(folder)
