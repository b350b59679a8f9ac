"""A model that answers by a rule and remembers its prompts, and an embedder of words: for tests without weights."""

import zlib
from collections.abc import Callable, Sequence

import numpy as np

from course_lib.models.base import Completion
from course_lib.prompting import Prompt


class RuleModel:
    """Writes what ``rule`` makes of a prompt; a token is a word, and ``prompts`` holds all that it was asked."""

    name = "scripted"
    n_parameters = 1000

    def __init__(self, rule: Callable[[Prompt], str] = lambda prompt: "", *, context_length: int = 4096) -> None:
        self.rule = rule
        self.context_length = context_length
        self.fingerprint = "scripted"
        self.prompts: list[Prompt] = []

    def count_tokens(self, prompt: Prompt) -> int:
        return sum(1 + len(turn["content"].split()) for turn in prompt)

    def generate(
        self, prompts: Sequence[Prompt], *, max_new_tokens: int = 48, batch_size: int = 32
    ) -> list[Completion]:
        assert all(self.count_tokens(prompt) + max_new_tokens <= self.context_length for prompt in prompts)
        self.prompts += prompts
        texts = [self.rule(prompt) for prompt in prompts]
        return [
            Completion(text, self.count_tokens(prompt), len(text.split()) + 1, "stop", 0.25)
            for prompt, text in zip(prompts, texts, strict=True)
        ]


class WordEmbedder:
    """Counts words in boxes: texts that share words are near to each other."""

    fingerprint = "words"
    dimension = 128
    max_tokens = 256

    def __init__(self) -> None:
        self.n_texts = 0

    def count_tokens(self, text: str) -> int:
        return 2 + len(text.split())

    def encode_documents(self, texts: Sequence[str]) -> np.ndarray:
        self.n_texts += len(texts)
        rows = np.full((len(texts), self.dimension), 1e-3, np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[zlib.crc32(word.strip(".,:?|").encode()) % self.dimension] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    encode_queries = encode_documents
