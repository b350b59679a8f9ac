"""Damage is noticed, and nothing that shapes a model is left unlisted."""

import pytest

from course_lib.errors import DataError
from course_lib.models.checksums import hash_file, read_manifest, verify_files, verify_folder

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def write_manifest(folder, names):
    lines = [f"{hash_file(folder / name)}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(lines))


def test_the_hash_is_that_of_the_standard(tmp_path):
    (tmp_path / "empty").touch()
    assert hash_file(tmp_path / "empty") == EMPTY


def test_both_forms_of_sha256sum_are_read(tmp_path):
    (tmp_path / "SHA256SUMS").write_text(f"{EMPTY}  text.json\n{EMPTY.upper()} *binary file.bin\n")
    assert read_manifest(tmp_path) == {"text.json": EMPTY, "binary file.bin": EMPTY}


@pytest.mark.parametrize("line", ["short  name", EMPTY, f"{EMPTY}  ", "words without a hash"])
def test_a_line_of_another_form_is_refused_with_its_number(tmp_path, line):
    (tmp_path / "SHA256SUMS").write_text(f"{EMPTY}  good\n{line}\n")
    with pytest.raises(DataError, match="line 2"):
        read_manifest(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match="weights.bin is missing"):
        verify_files(tmp_path, {"weights.bin": EMPTY})


def test_a_changed_file_is_named_with_both_hashes(tmp_path):
    (tmp_path / "weights.bin").write_bytes(b"x")
    with pytest.raises(DataError, match=f"weights.bin is damaged .*{EMPTY}.*{hash_file(tmp_path / 'weights.bin')}"):
        verify_files(tmp_path, {"weights.bin": EMPTY})


@pytest.mark.parametrize("unlisted", ["model.safetensors", "tokenizer.json", "chat_template.jinja", "config.json"])
def test_a_file_that_is_loaded_must_be_listed(tmp_path, unlisted):
    names = {"model.safetensors", "tokenizer.json", "chat_template.jinja", "config.json"}
    for name in names:
        (tmp_path / name).write_text(name)
    write_manifest(tmp_path, names)
    verify_folder(tmp_path)
    write_manifest(tmp_path, names - {unlisted})
    with pytest.raises(DataError, match=f"does not list {unlisted}"):
        verify_folder(tmp_path)
