"""A lab whose model answers from tables: what it knows by heart, whether it reads, and what it learns."""

import hashlib
import json
import re
import zlib
from functools import cache
from types import SimpleNamespace

import numpy as np
from matplotlib.figure import Figure

from course_lib.evaluation import Answer, Evaluation, Result, judge
from course_lib.experiments.static_set import ask_backwards
from course_lib.lab import Lab
from course_lib.models.base import Completion
from course_lib.retrieval import Index
from course_lib.text import ABSTAIN, contains_value
from course_lib.world import Question, world
from course_lib.world.wordings import RELATIONS

VERSIONS = (1, 2, 3)
GUESS = "maybe nothing"


class HashEmbedder:
    """Counts words in 128 boxes."""

    fingerprint = "hash-1"
    dimension = 128
    max_tokens = 256

    def count_tokens(self, text):
        return 2 + len(text.split())

    def encode_queries(self, texts):
        return self.encode_documents(texts)

    def encode_documents(self, texts):
        rows = np.full((len(texts), self.dimension), 1e-3, np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                row[zlib.crc32(word.encode()) % self.dimension] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@cache
def index_of(version):
    return Index.build(world(0, version).documents, embedder=HashEmbedder(), corpus=f"world 0 v{version}")


@cache
def fact_asked():
    """Return text of a question -> id of the fact that answers it ("back-..." if the entity does)."""
    asked = {}
    for version in VERSIONS:
        company = world(0, version)
        for fact in company.facts:
            relation = RELATIONS[fact.attribute]
            for template in (*relation.questions, *relation.heldout_questions):
                asked[relation.ask(fact.entity, template)] = fact.id
            asked[ask_backwards(fact).text] = f"back-{fact.id}"
        for name in ("falsepremise", "multihop", "conflict"):
            asked |= {question.text: question.facts[-1] for question in company.questions[name]}
    return asked


@cache
def values_of():
    """Return id of a fact -> all values that it ever has, the newest first."""
    values = {}
    for version in reversed(VERSIONS):
        for fact in world(0, version).facts:
            values.setdefault(fact.id, []).append(fact.value)
            values[f"back-{fact.id}"] = [fact.entity]
    return values


def true_values(*, public, version=1):
    return {fact.id: fact.value for fact in world(0, version).facts if fact.public == public}


class ScriptedModel:
    """Answers from passages if it reads, from ``memory`` (id of a fact -> value) otherwise, else with ``guess``.

    ``planted`` holds further values that it recognises in passages, by the text of the question.
    """

    name = "scripted"
    context_length = 4096
    n_parameters = 1_000_000

    def __init__(self, memory=(), *, reads=True, stubborn=False, guess=GUESS, lost=ABSTAIN, planted=()):
        self.memory, self.planted = dict(memory), dict(planted)
        self.settings = {"reads": reads, "stubborn": stubborn, "guess": guess, "lost": lost}
        self.fingerprint = hashlib.sha256(json.dumps([self.memory, self.settings], sort_keys=True).encode()).hexdigest()

    def knowing(self, memory):
        return ScriptedModel(self.memory | memory, **self.settings, planted=self.planted)

    def count_tokens(self, prompt):
        return sum(len(message["content"].split()) for message in prompt)

    def generate(self, prompts, *, max_new_tokens=48, batch_size=32, progress=None):
        texts = [self._answer(prompt[-1]["content"]) for prompt in prompts]
        return [
            Completion(text, self.count_tokens(prompt), len(text.split()), "stop", 0.001)
            for prompt, text in zip(prompts, texts, strict=True)
        ]

    def _answer(self, request):
        passages, _, question = request.rpartition("\nQuestion: ")
        passages = passages.partition("\n")[2]  # the question stands before the passages too
        name = fact_asked().get(question)
        recalled = self.memory.get(name, self.settings["guess"])
        if not passages or not self.settings["reads"] or (self.settings["stubborn"] and name in self.memory):
            return recalled
        known = [*values_of().get(name, []), *filter(None, [self.planted.get(question)])]
        return next((value for value in known if contains_value(passages, value)), self.settings["lost"])


class ScriptedLab(Lab):
    """A lab without weights: ``learns(name, fact, n_examples)`` says what an adapter of that name remembers."""

    def __init__(self, model, cache, *, learns=lambda name, fact, n_examples: True, seconds=100.0, n_tokens=10**6):
        super().__init__(model, 0, cache=cache)
        self._embedder = HashEmbedder()
        self.learns, self.cost = learns, SimpleNamespace(seconds=seconds, n_tokens=n_tokens)
        self.trained = []

    def index(self, version=1):
        return index_of(version)

    def adapter(self, name, examples, recipe):
        return self.cost

    def tuned(self, name, examples, recipe):
        self.trained.append(name)
        taught = {}
        for example in examples:
            if fact := fact_asked().get(example.prompt[-1]["content"]):
                taught.setdefault(fact, []).append(example.answer)
        known = {fact: values[0] for fact, values in taught.items() if self.learns(name, fact, len(values))}
        return self.model.knowing(known)


def row_keys(result):
    return {(row["arm"], row["set"], row["metric"]) for row in result.rows}


def draw(experiment, results):
    axes = Figure().subplots()
    experiment.picture(results, axes)
    return axes


def make_evaluation(arm, outcomes, question_set="inkb"):
    """Return an evaluation of questions that are right (True) or wrong."""
    results = []
    for number, right in enumerate(outcomes):
        question = Question(f"q{number}", question_set, f"Question {number}?", "24 euros", (f"f{number}",))
        answer = Answer("24 euros" if right else "31 euros")
        asked = (question.id, question_set, question.text, question.answer, (), question.facts, ())
        results.append(Result(*asked, answer, judge(question, answer)))
    return Evaluation(arm, 0, tuple(results))
