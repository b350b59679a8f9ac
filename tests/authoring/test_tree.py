from pathlib import Path

from tools.authoring.tree import Refusal, write_text


def test_refusal_names_its_line_where_there_is_one():
    assert str(Refusal("lessons/98_words.py", 7, "mend it")) == "lessons/98_words.py:7: mend it"
    assert str(Refusal("notebooks/98_words.ipynb", 0, "is missing")) == "notebooks/98_words.ipynb: is missing"


def test_file_is_written_once_and_as_it_is_on_every_system(tmp_path: Path):
    path = tmp_path / "deep" / "file.txt"
    assert write_text(path, "ä\n")
    assert path.read_bytes() == b"\xc3\xa4\n"
    assert not write_text(path, "ä\n")
    assert write_text(path, "b\n")
    assert [path.name for path in path.parent.iterdir()] == ["file.txt"]
