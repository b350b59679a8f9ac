"""Documents, a fast embedder without a network of weights, and the real one."""

import re
import zlib

import numpy as np
import pytest

from course_lib.models import Embedder


class WordEmbedder:
    """Each word is a fixed direction; a text is the sum of its words: deterministic, and similar texts are near."""

    fingerprint = "words-1"
    dimension = 64
    max_tokens = 256

    def __init__(self):
        self.n_texts = 0

    def count_tokens(self, text):
        return 2 + len(text.split())

    def encode_queries(self, texts):
        return self._encode(texts)

    def encode_documents(self, texts):
        self.n_texts += len(texts)
        return self._encode(texts)

    def _encode(self, texts):
        rows = [self._embed(text) for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dimension), np.float32)

    def _embed(self, text):
        total = np.full(self.dimension, 1e-3)
        for word in re.findall(r"\w+", text.lower()):
            total += np.random.default_rng(zlib.crc32(word.encode())).standard_normal(self.dimension)
        return (total / np.linalg.norm(total)).astype(np.float32)


@pytest.fixture
def word_embedder():
    return WordEmbedder()


@pytest.fixture(scope="session")
def embedder():
    return Embedder()
