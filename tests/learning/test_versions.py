from importlib.metadata import version

import pytest

from course_lib.errors import DataError
from course_lib.learning.versions import course_version, fingerprint_weights, installed_version, read_pins
from course_lib.models.checksums import hash_file


def test_pins_are_read_without_comments(tmp_path):
    (tmp_path / "pins").write_text("# first\nnumpy==2.4.6  # why\n\nrich==15.0.0\n")
    assert read_pins(tmp_path / "pins") == {"numpy": "2.4.6", "rich": "15.0.0"}


def test_installed_version_is_that_of_the_package():
    assert installed_version("typer") == version("typer")


def test_version_of_the_course_is_the_one_of_the_project(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    assert course_version(tmp_path) == "1.2.3"


def make_weights(folder, content=b"weights"):
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_bytes(content)
    (folder / "SHA256SUMS").write_text(f"{hash_file(folder / 'config.json')}  config.json\n")
    return folder


def test_other_weights_have_another_fingerprint(tmp_path):
    before = fingerprint_weights(make_weights(tmp_path / "model"))
    assert len(before) == 64
    assert fingerprint_weights(make_weights(tmp_path / "model")) == before
    assert fingerprint_weights(make_weights(tmp_path / "model", b"others")) != before


def test_damaged_weights_have_none(tmp_path):
    folder = make_weights(tmp_path / "model")
    (folder / "config.json").write_bytes(b"damaged")
    with pytest.raises(DataError, match="restore or reinstall"):
        fingerprint_weights(folder)
