"""The lab of one seed: its worlds, model, indexes and adapters, each made when first asked for and kept on disk.

Adapters, indexes and evaluations are stored under the hash of all that went into them, so that a killed run goes on
where it was and a changed recipe never meets an old adapter.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.evaluation import Answer, Evaluation, evaluate
from course_lib.files import locked
from course_lib.models import Embedder, LanguageModel, LocalModel
from course_lib.prompting import Prompt
from course_lib.retrieval import COMPANY_CHUNKS, Index
from course_lib.text import is_abstention
from course_lib.tuning import Adapter, Example, Recipe, attach, load_adapter, save_adapter, tune
from course_lib.world import Question, World, world

Answerer = Callable[[Sequence[Question]], Sequence[Answer]]
LIBRARY = Path(__file__).resolve().parent
CACHE = LIBRARY.parent / ".course_cache"
MAKERS = ("arms.py", "evaluation", "prompting.py", "rag", "retrieval", "text.py", "training_sets.py", "tuning", "world")
"""Code that an answer depends on: when it changes, the questions are put anew."""
PATIENCE_S = 3600
"""How long to wait for another process that makes the same thing."""
Progress = Callable[[str, int, int], None]
"""Called with what is being made, steps done and steps in all."""


def complete(model: LanguageModel, prompts: Sequence[Prompt], max_new_tokens: int) -> list[Answer]:
    """Return a model's answer to each prompt, with what it cost."""
    return [
        Answer(
            text=completion.text,
            abstained=is_abstention(completion.text),
            prompt_tokens=completion.prompt_tokens,
            output_tokens=completion.output_tokens,
            seconds=completion.seconds,
        )
        for completion in model.generate(list(prompts), max_new_tokens=max_new_tokens)
    ]


class Lab:
    """What the experiments of one seed share.

    Parameters
    ----------
    model
        A local model that can be tuned.
    seed
        Of the world.
    cache
        Folder of adapters, indexes and evaluations.
    not_before
        Make anew what the cache holds from before this time, in seconds since the epoch.
    progress
        Told about trainings and indexing.
    """

    def __init__(
        self,
        model: LocalModel,
        seed: int = 0,
        *,
        cache: Path = CACHE,
        not_before: float = 0.0,
        progress: Progress | None = None,
    ) -> None:
        self.model = model
        self.seed = seed
        self.cache = cache
        self.not_before = not_before
        self.progress = progress or (lambda what, done, total: None)
        self._embedder: Embedder | None = None
        self._indexes: dict[int, Index] = {}
        self._adapters: dict[str, Adapter] = {}
        self._tuned: dict[str, LocalModel] = {}
        self._evaluations: dict[Path, Evaluation] = {}

    def world(self, version: int = 1) -> World:
        """Return a version of the world of this seed."""
        return world(self.seed, version)

    @property
    def embedder(self) -> Embedder:
        """The embedder of all indexes, loaded when first needed."""
        self._embedder = self._embedder or Embedder()
        return self._embedder

    def index(self, version: int = 1) -> Index:
        """Return the index of all documents of a version."""
        if version not in self._indexes:
            company = self.world(version)
            texts = [(document.id, document.title, document.text, document.access) for document in company.documents]
            folder = self.cache / "indexes" / digest([self.embedder.fingerprint, asdict(COMPANY_CHUNKS), texts])

            def build(partial: Path) -> None:
                self.progress(f"index of version {version}", 0, len(texts))
                corpus = f"world {self.seed} v{version}"
                index = Index.build(company.documents, embedder=self.embedder, corpus=corpus, settings=COMPANY_CHUNKS)
                index.save(partial)

            self._make_once(folder, build)
            self._indexes[version] = Index.load(folder, self.embedder)
        return self._indexes[version]

    def adapter(self, name: str, examples: Sequence[Example], recipe: Recipe) -> Adapter:
        """Return an adapter trained on the examples, from the cache if it holds it.

        The seconds and steps that it carries are those of the training, also when it comes from the cache.
        """
        key = digest([self.model.fingerprint, [asdict(example) for example in examples], asdict(recipe)])
        if key not in self._adapters:
            folder = self.cache / "adapters" / f"{file_name(name)}-{key}"

            def report(step: int, n_steps: int, loss: float) -> None:
                self.progress(f"training {name}", step, n_steps)

            def train(partial: Path) -> None:
                save_adapter(tune(self.model, examples, recipe, name=name, on_step=report), partial)

            self._make_once(folder, train)
            self._adapters[key] = load_adapter(folder, self.model)
        return self._adapters[key]

    def tuned(self, name: str, examples: Sequence[Example], recipe: Recipe) -> LocalModel:
        """Return the model with the adapter that the examples give."""
        adapter = self.adapter(name, examples, recipe)
        key = f"{name}-{id(adapter)}"
        if key not in self._tuned:
            self._tuned[key] = attach(self.model, adapter)
        return self._tuned[key]

    def evaluate(
        self, arm: str, answer: Callable[[], Answerer], questions: Sequence[Question], key: object = ""
    ) -> Evaluation:
        """Put questions to an arm, once: the same arm on the same questions is read from the cache.

        Parameters
        ----------
        arm
            Name of the arm, for the scoreboard.
        answer
            Makes the arm; not called when the answers are there already.
        questions
            What is asked.
        key
            Anything else that the answers depend on: version of the index, recipe of the adapter.
        """
        asked = [asdict(question) for question in questions]
        content = digest([self.model.fingerprint, code_digest(), self.seed, arm, key, asked])
        path = self.cache / "evaluations" / f"{file_name(arm)}-{content}.json"
        if path not in self._evaluations:

            def ask(partial: Path) -> None:
                self.progress(f"{arm} on {len(questions)} questions", 0, len(questions))
                evaluation = evaluate(answer(), questions, arm=arm, seed=self.seed)
                partial.write_text(evaluation.to_json(), encoding="utf-8")

            self._make_once(path, ask)
            self._evaluations[path] = Evaluation.from_json(path.read_text(encoding="utf-8"))
        return self._evaluations[path]

    def _make_once(self, path: Path, make: Callable[[Path], object]) -> None:
        """Make a file or folder of the cache, unless it stands there or another process is at it: then wait for that.

        It is made under another name first: what has its right name is whole, however a run ended.
        """
        if self._stands(path):
            return
        locks = self.cache / "locks"
        for folder in (locks, path.parent):
            folder.mkdir(parents=True, exist_ok=True)
        busy = CourseError(
            f"another process has been making {path} for {PATIENCE_S / 60:.0f} minutes: end it, run again"
        )
        with locked(locks / path.name, PATIENCE_S, busy):
            if self._stands(path):
                return
            partial = path.with_name(f"{path.name}.part")
            _remove(partial)  # of a run that was killed
            make(partial)
            _remove(path)
            partial.replace(path)

    def _stands(self, path: Path) -> bool:
        return path.exists() and path.stat().st_mtime >= self.not_before


def _remove(path: Path) -> None:
    """Delete a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def file_name(name: str) -> str:
    """Return a name of an arm as a part of a file name.

    >>> file_name("RAG, k = 3/5")
    'RAG_k_3_5'
    """
    return re.sub(r"[^\w-]+", "_", name).strip("_")


@cache
def code_digest() -> str:
    """Return the `digest` of the modules of `MAKERS`."""
    paths = [path for name in MAKERS for path in sorted((LIBRARY / name).rglob("*.py")) or [LIBRARY / name]]
    return digest([path.read_text(encoding="utf-8") for path in paths])


def digest(content: object) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of anything that JSON can hold.

    >>> digest({"a": 1})
    'f9d86028c6e0d64e'
    """
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:16]
