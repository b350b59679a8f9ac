import dataclasses
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from types import SimpleNamespace

import pytest
import torch

from course_lib import lab as lab_module
from course_lib.errors import CourseError
from course_lib.evaluation import Answer
from course_lib.files import locked
from course_lib.lab import Lab, code_digest, digest
from course_lib.prompting import build_prompt
from course_lib.tuning import Adapter, Example, Recipe
from course_lib.world import Document, Question
from tests.scripted import RuleModel, WordEmbedder

RECIPE = Recipe(max_steps=1)
EXAMPLES = [Example(build_prompt("Where is the hub?"), "in Oslo")]
QUESTIONS = [Question(f"q{number}", "inkb", f"Where is hub {number}?", "Oslo") for number in range(3)]


class SmallLab(Lab):
    """A lab of a company with two documents."""

    text = "The hub is in Oslo."

    def world(self, version=1):
        documents = [("d1", "Hub", self.text), ("d2", "Lamp", f"The lamp costs {version} euros.")]
        return SimpleNamespace(
            documents=tuple(Document(name, title, "memo", "staff", "", text, ()) for name, title, text in documents)
        )


@pytest.fixture
def trainings(monkeypatch):
    """Return the names of all trainings so far; what they leave is one small tensor."""
    names = []

    def tune(model, examples, recipe, *, name, on_step):
        names.append(name)
        on_step(1, 1, 0.5)
        state = {"w": torch.full((2,), float(len(names)))}
        return Adapter(name, model.fingerprint, recipe, state, [(1, 0.5)], 1.5, len(examples), 1, 10, 2, 2)

    monkeypatch.setattr(lab_module, "tune", tune)
    return names


@pytest.fixture
def make(tmp_path):
    """Return a maker of labs that share one cache, as runs one after the other do."""

    def make_lab(**options):
        lab = SmallLab(options.pop("model", RuleModel()), options.pop("seed", 0), cache=tmp_path, **options)
        lab._embedder = WordEmbedder()
        return lab

    return make_lab


class Asked:
    """An arm that counts how often it is made and asked."""

    def __init__(self):
        self.n_made = self.n_asked = 0

    def __call__(self):
        self.n_made += 1
        return self._answer

    def _answer(self, questions):
        self.n_asked += len(questions)
        return [Answer("Oslo") for _ in questions]


# --- adapters


def test_an_adapter_is_trained_once_for_all_labs(make, trainings):
    lab = make()
    first = lab.adapter("a", EXAMPLES, RECIPE)
    assert lab.adapter("a", EXAMPLES, RECIPE) is first
    again = make().adapter("a", EXAMPLES, RECIPE)
    assert trainings == ["a"]
    assert torch.equal(again.state["w"], first.state["w"])
    assert (again.seconds, again.n_steps, again.recipe) == (1.5, 1, RECIPE)


@pytest.mark.parametrize(
    ("examples", "recipe", "fingerprint"),
    [
        ([*EXAMPLES, *EXAMPLES], RECIPE, "scripted"),
        ([Example(EXAMPLES[0].prompt, "in Bergen")], RECIPE, "scripted"),
        (EXAMPLES, dataclasses.replace(RECIPE, learning_rate=1e-4), "scripted"),
        (EXAMPLES, RECIPE, "other weights"),
    ],
)
def test_another_content_is_another_adapter(make, trainings, examples, recipe, fingerprint):
    make().adapter("a", EXAMPLES, RECIPE)
    model = RuleModel()
    model.fingerprint = fingerprint
    make(model=model).adapter("a", examples, recipe)
    assert len(trainings) == 2


def test_what_another_process_is_making_is_waited_for(make, trainings, monkeypatch):
    tune, begun, go_on = lab_module.tune, threading.Event(), threading.Event()

    def slow(*arguments, **options):
        begun.set()
        assert go_on.wait(30)
        return tune(*arguments, **options)

    monkeypatch.setattr(lab_module, "tune", slow)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(make().adapter, "a", EXAMPLES, RECIPE)
        assert begun.wait(30)
        second = pool.submit(make().adapter, "a", EXAMPLES, RECIPE)
        assert not wait([second], timeout=0.5).done
        go_on.set()
        assert torch.equal(first.result().state["w"], second.result().state["w"])
    assert trainings == ["a"]


def test_a_process_that_takes_too_long_is_told(make, trainings, monkeypatch):
    monkeypatch.setattr(lab_module, "PATIENCE_S", 0.1)
    lab = make()
    lab.adapter("a", EXAMPLES, RECIPE)
    (lock,) = (lab.cache / "locks").iterdir()
    shutil.rmtree(lab.cache / "adapters")
    with locked(lock, 1, CourseError("busy")), pytest.raises(CourseError, match="another process has been making"):
        make().adapter("a", EXAMPLES, RECIPE)


def test_fresh_trains_anew_once(make, trainings):
    make().adapter("a", EXAMPLES, RECIPE)
    fresh = make(not_before=time.time())
    first = fresh.adapter("a", EXAMPLES, RECIPE)
    assert fresh.adapter("a", EXAMPLES, RECIPE) is first
    assert len(trainings) == 2
    assert torch.equal(make().adapter("a", EXAMPLES, RECIPE).state["w"], first.state["w"])


def test_a_run_killed_while_it_saves_an_adapter_goes_on(make, trainings, monkeypatch):
    def killed(adapter, folder):
        folder.mkdir(parents=True)
        (folder / "adapter.safetensors").write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(lab_module, "save_adapter", killed)
        with pytest.raises(KeyboardInterrupt):
            make().adapter("a", EXAMPLES, RECIPE)
    lab = make()
    lab.adapter("a", EXAMPLES, RECIPE)
    assert len(trainings) == 2
    assert [path.suffix for path in (lab.cache / "adapters").iterdir()] != [".part"]
    make().adapter("a", EXAMPLES, RECIPE)
    assert len(trainings) == 2


def test_a_name_with_a_slash_stays_in_the_cache_folder(make, trainings):
    lab = make()
    lab.adapter("facts 1/2", EXAMPLES, RECIPE)
    assert [path.name.startswith("facts_1_2-") for path in (lab.cache / "adapters").iterdir()] == [True]


def test_the_training_tells_its_progress(make, trainings):
    told = []
    make(progress=lambda *words: told.append(words)).adapter("a", EXAMPLES, RECIPE)
    assert told == [("training a", 1, 1)]


def test_a_tuned_model_is_attached_once(make, trainings, monkeypatch):
    attached = []
    monkeypatch.setattr(lab_module, "attach", lambda model, adapter: attached.append(adapter) or object())
    lab = make()
    assert lab.tuned("a", EXAMPLES, RECIPE) is lab.tuned("a", EXAMPLES, RECIPE)
    assert lab.tuned("a", [*EXAMPLES, *EXAMPLES], RECIPE) is not lab.tuned("a", EXAMPLES, RECIPE)
    assert len(attached) == 2


# --- indexes


def test_an_index_is_built_once_for_all_labs(make):
    first, second = make(), make()
    built, loaded = first.index(1), second.index(1)
    assert first.index(1) is built
    assert second.embedder.n_texts == 0
    assert [hit.chunk for hit in loaded.search("hub", 2)] == [hit.chunk for hit in built.search("hub", 2)]


def test_each_version_and_each_edit_has_an_index_of_its_own(make):
    lab, edited = make(), make()
    edited.text = "The hub is in Bergen."

    def found(index):
        return {hit.chunk.text for hit in index.search("hub lamp", 5)}

    assert found(lab.index(1)) - found(lab.index(2)) == {"The lamp costs 1 euros."}
    assert found(edited.index(1)) - found(lab.index(1)) == {"The hub is in Bergen."}


def test_fresh_builds_an_index_anew(make):
    make().index(1)
    lab = make(not_before=time.time())
    lab.index(1)
    n_texts = lab.embedder.n_texts
    lab.index(1)
    assert lab.embedder.n_texts == n_texts > 0


def test_a_run_killed_while_it_saves_an_index_goes_on(make, monkeypatch):
    def killed(index, folder):
        folder.mkdir(parents=True)
        (folder / "chunks-0.json").write_text("{}")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(lab_module.Index, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            make().index(1)
    assert make().index(1).search("hub", 1)
    resumed = make()
    assert resumed.index(1).search("hub", 1)


# --- evaluations


def test_questions_are_put_once_to_an_arm_over_all_runs(make):
    asked = Asked()
    lab = make()
    first = lab.evaluate("BASE", asked, QUESTIONS)
    assert lab.evaluate("BASE", asked, QUESTIONS) == first
    assert make().evaluate("BASE", asked, QUESTIONS) == first
    assert (asked.n_made, asked.n_asked) == (1, 3)
    assert (first.arm, first.seed, [result.is_right for result in first.results]) == ("BASE", 0, [True] * 3)


@pytest.mark.parametrize(
    ("arm", "questions", "key", "seed"),
    [
        ("RAG", QUESTIONS, 1, 0),
        ("BASE", QUESTIONS[:2], 1, 0),
        ("BASE", [dataclasses.replace(QUESTIONS[0], answer="Bergen"), *QUESTIONS[1:]], 1, 0),
        ("BASE", QUESTIONS, 2, 0),
        ("BASE", QUESTIONS, 1, 7),
    ],
)
def test_another_arm_question_key_or_seed_is_asked_anew(make, arm, questions, key, seed):
    asked = Asked()
    make().evaluate("BASE", asked, QUESTIONS, key=1)
    make(seed=seed).evaluate(arm, asked, questions, key=key)
    assert asked.n_made == 2


def test_an_answer_given_by_other_code_or_weights_is_not_taken(make, monkeypatch):
    asked = Asked()
    make().evaluate("BASE", asked, QUESTIONS)
    tuned = RuleModel()
    tuned.fingerprint = "other weights"
    make(model=tuned).evaluate("BASE", asked, QUESTIONS)
    monkeypatch.setattr(lab_module, "code_digest", lambda: "other code")
    make().evaluate("BASE", asked, QUESTIONS)
    assert asked.n_made == 3


def test_fresh_asks_anew_but_once(make):
    asked = Asked()
    make().evaluate("BASE", asked, QUESTIONS)
    fresh = make(not_before=time.time())
    fresh.evaluate("BASE", asked, QUESTIONS)
    fresh.evaluate("BASE", asked, QUESTIONS)
    assert asked.n_made == 2


def test_an_arm_that_breaks_leaves_nothing_behind(make):
    def broken():
        raise CourseError("no arm")

    with pytest.raises(CourseError, match="no arm"):
        make().evaluate("BASE", broken, QUESTIONS)
    asked = Asked()
    make().evaluate("BASE", asked, QUESTIONS)
    assert asked.n_made == 1


def test_a_half_written_evaluation_is_not_read(make):
    lab, asked = make(), Asked()
    lab.evaluate("BASE", asked, QUESTIONS)
    [path] = (lab.cache / "evaluations").iterdir()
    path.rename(path.with_name(f"{path.name}.part"))
    make().evaluate("BASE", asked, QUESTIONS)
    assert asked.n_made == 2


# --- digests


def test_the_digest_knows_content_and_not_the_order_of_keys():
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1}) != digest({"a": 1, "b": [3]})


def test_the_digest_of_the_code_changes_with_a_module(tmp_path, monkeypatch):
    (tmp_path / "world").mkdir()
    found = set()
    for text in ("x = 1", "x = 2"):
        (tmp_path / "world" / "facts.py").write_text(text)
        code_digest.cache_clear()
        with monkeypatch.context() as patch:
            patch.setattr(lab_module, "LIBRARY", tmp_path)
            patch.setattr(lab_module, "MAKERS", ("world",))
            found.add(code_digest())
    code_digest.cache_clear()
    assert len(found) == 2


def test_every_module_that_answers_depend_on_is_there():
    assert all((lab_module.LIBRARY / name).exists() for name in lab_module.MAKERS)
