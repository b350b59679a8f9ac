"""A lab whose base and tuned model answer from a rule, so that a verdict can be made to come out either way."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from matplotlib.figure import Figure

from course_lib.experiments.base import Experiment, Result
from course_lib.lab import Lab
from course_lib.models import Completion

Rule = Callable[[list[dict[str, str]]], str]


class ScriptedModel:
    """Writes what a rule says, a token a word; the times are those of a machine that is never disturbed."""

    def __init__(self, rule: Rule, *, context_length: int = 1024, seconds_a_token: float = 1e-3) -> None:
        self.rule = rule
        self.name = "scripted"
        self.context_length = context_length
        self.n_parameters = 1_000_000
        self.fingerprint = "scripted"
        self.seconds_a_token = seconds_a_token
        self.n_asked = 0

    def count_tokens(self, prompt: list[dict[str, str]]) -> int:
        return sum(len(message["content"].split()) for message in prompt)

    def generate(self, prompts: Sequence[list], *, max_new_tokens: int = 48, **options: object) -> list[Completion]:
        self.n_asked += len(prompts)
        return [self._complete(prompt, max_new_tokens) for prompt in prompts]

    def _complete(self, prompt: list, max_new_tokens: int) -> Completion:
        text = " ".join(self.rule(prompt).split(" ")[:max_new_tokens])
        n_prompt, n_output = self.count_tokens(prompt), min(len(text.split()) + 1, max_new_tokens)
        seconds = n_prompt * self.seconds_a_token + n_output * 1e-3
        return Completion(text, n_prompt, n_output, "stop", seconds)


class WordEmbedder:
    """Puts texts that share words near to each other."""

    fingerprint = "words"
    max_tokens = 256
    dimension = 384

    def count_tokens(self, text: str) -> int:
        return len(text.split()) + 2

    def encode_documents(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in text.lower().split():
                vector[share_of(word) % self.dimension] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    encode_queries = encode_documents


class ScriptedLab(Lab):
    """Trains nothing: every adapter gives the same tuned model."""

    def __init__(self, model: ScriptedModel, tuned: ScriptedModel, cache: Path) -> None:
        super().__init__(model, 0, cache=cache)
        self._embedder = WordEmbedder()
        self.tuned_model = tuned
        self.taught: dict[str, list] = {}

    def tuned(self, name: str, examples: Sequence, recipe: object) -> ScriptedModel:
        self.taught[name] = list(examples)
        return self.tuned_model

    def adapter(self, name: str, examples: Sequence, recipe: object) -> SimpleNamespace:
        return SimpleNamespace(n_tokens=50_000, state={"down": np.zeros(1000, np.float32), "up": np.zeros(500)})


def share_of(text: str) -> int:
    """Return a number from 0 to 9999 that looks drawn by chance and is the same for the same text."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 10_000


def request_of(prompt: list[dict[str, str]]) -> str:
    return prompt[-1]["content"]


def answer_of(table: dict[str, str], prompt: list[dict[str, str]]) -> str:
    """Return what the table holds for the end of the request."""
    request = request_of(prompt)
    return next((answer for end, answer in table.items() if request.endswith(end)), "")


def draw(experiment: Experiment, result: Result) -> object:
    axes = Figure().subplots()
    experiment.picture([result], axes)
    return axes


def arms_of(result: Result, question_set: str, metric: str) -> set[str]:
    return {row["arm"] for row in result.rows if (row["set"], row["metric"]) == (question_set, metric)}


def value_of(result: Result, arm: str, question_set: str, metric: str) -> float:
    found = [row for row in result.rows if (row["arm"], row["set"], row["metric"]) == (arm, question_set, metric)]
    assert len(found) == 1, f"{len(found)} rows of {arm}, {question_set}, {metric}"
    return found[0]["value"]
