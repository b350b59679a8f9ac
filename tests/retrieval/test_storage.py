"""Saving and loading."""

import json
from pathlib import Path

import pytest

import course_lib.retrieval.storage as storage
from course_lib.errors import DataError, IndexMismatchError
from course_lib.retrieval import ChunkSettings, Index, TextDocument

DOCUMENTS = [
    TextDocument("a", "Lamps", "## Tarvo\nIt costs 9 euros.\n" * 5, "staff"),
    TextDocument("b", "Hübe", "Der Hub summt. \ud800", "restricted"),
    TextDocument("c", "Blank", " "),
]


@pytest.fixture
def index(word_embedder):
    return Index.build(DOCUMENTS, embedder=word_embedder, settings=ChunkSettings(20, 4), corpus="world 0 v1")


@pytest.fixture
def folder(index, tmp_path):
    index.save(tmp_path / "index")
    return tmp_path / "index"


def test_a_loaded_index_is_the_saved_one(index, folder, word_embedder):
    n_texts = word_embedder.n_texts
    loaded = Index.load(folder, word_embedder)
    assert (loaded.chunks, loaded.document_ids) == (index.chunks, index.document_ids)
    assert (loaded.settings, loaded.corpus) == (index.settings, index.corpus)
    for retriever in ("bm25", "dense", "hybrid"):
        assert loaded.search("lamp", 9, retriever, None) == index.search("lamp", 9, retriever, None)
    loaded.update(DOCUMENTS)
    assert (word_embedder.n_texts, loaded.n_embedded) == (n_texts, 0)


def test_an_empty_index_can_be_saved(word_embedder, tmp_path):
    Index(word_embedder).save(tmp_path)
    assert Index.load(tmp_path, word_embedder).search("lamp") == []


def test_another_embedder_is_refused_with_both_named(folder, word_embedder):
    word_embedder.fingerprint = "words-2"
    with pytest.raises(IndexMismatchError, match=r"index was made with embedder words-1, but words-2 is asked for"):
        Index.load(folder, word_embedder)


def test_other_chunker_settings_are_refused_with_both_named(folder, word_embedder):
    with pytest.raises(IndexMismatchError, match=r"max_tokens: 20, overlap: 4.*but max_tokens: 30, overlap: 0"):
        Index.load(folder, word_embedder, settings=ChunkSettings(30))


def test_another_version_of_the_chunker_is_refused_with_both_named(folder, word_embedder, monkeypatch):
    monkeypatch.setattr(storage, "CHUNKER_VERSION", 99)
    with pytest.raises(IndexMismatchError, match=r"version: 1, but .*version: 99"):
        Index.load(folder, word_embedder)


def test_another_corpus_is_refused_with_both_named(folder, word_embedder):
    assert Index.load(folder, word_embedder, corpus="world 0 v1").corpus == "world 0 v1"
    with pytest.raises(IndexMismatchError, match="made with corpus world 0 v1, but world 0 v2 is asked for"):
        Index.load(folder, word_embedder, corpus="world 0 v2")


def test_another_format_is_refused_with_both_named(folder, word_embedder):
    edit_manifest(folder, format=7)
    with pytest.raises(IndexMismatchError, match="file format 7, but 1 is asked for"):
        Index.load(folder, word_embedder)


def edit_manifest(folder, **fields):
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


@pytest.mark.parametrize("part", ["chunks", "vectors"])
@pytest.mark.parametrize("fault", ["flip", "cut", "remove"])
def test_a_damaged_file_is_refused(folder, word_embedder, part, fault):
    [path] = folder.glob(f"{part}-*")
    data = bytearray(path.read_bytes())
    if fault == "remove":
        path.unlink()
    else:
        data[len(data) // 2] ^= 1
        path.write_bytes(data if fault == "flip" else data[:-5])
    with pytest.raises(DataError, match=rf"index/{part}-\w+\.\w+ is (damaged|missing).*build the index again"):
        Index.load(folder, word_embedder)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"format": 1}'])
def test_a_damaged_manifest_is_refused(folder, word_embedder, content):
    (folder / "manifest.json").write_text(content)
    with pytest.raises(DataError, match=r"manifest.json is damaged"):
        Index.load(folder, word_embedder)


def test_a_folder_without_an_index_is_refused(word_embedder, tmp_path):
    with pytest.raises(DataError, match="there is no index in"):
        Index.load(tmp_path, word_embedder)


def test_a_name_that_leads_out_of_the_folder_is_not_followed(folder, word_embedder):
    manifest = json.loads((folder / "manifest.json").read_text())
    [path] = folder.glob("chunks-*")
    path.rename(folder.parent / path.name)
    manifest["files"]["chunks"]["name"] = f"../{path.name}"
    edit_manifest(folder, files=manifest["files"])
    with pytest.raises(DataError, match="is missing"):
        Index.load(folder, word_embedder)


@pytest.mark.parametrize("n_writes", [0, 1, 2])
def test_a_save_that_dies_leaves_the_old_index(folder, index, word_embedder, monkeypatch, n_writes):
    chunks = index.chunks
    index.delete(["a"])
    replace, done = Path.replace, []

    def die(path, target):
        if len(done) == n_writes:
            raise OSError("no space left")
        done.append(target)
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", die)
    with pytest.raises(OSError, match="no space"):
        index.save(folder)
    monkeypatch.undo()
    assert Index.load(folder, word_embedder).chunks == chunks
    index.save(folder)
    assert Index.load(folder, word_embedder).chunks == index.chunks
    assert len(list(folder.iterdir())) == 3


def test_nothing_in_the_folder_is_a_pickle(folder):
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", ".json", ".npy"]
    assert b"__reduce__" not in b"".join(path.read_bytes() for path in folder.iterdir())
