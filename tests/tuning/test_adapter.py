"""Saving and loading: the same adapter comes back, or none."""

import dataclasses
import json

import pytest
import torch

from course_lib.errors import AdapterMismatchError, DataError
from course_lib.models.checksums import hash_file
from course_lib.tuning import Recipe, attach, load_adapter, save_adapter, tune
from tests.checkpoints import make_learner

FILES = ("adapter.safetensors", "adapter.json")


@pytest.fixture
def folder(trained, tmp_path):
    save_adapter(trained, tmp_path / "saved")
    return tmp_path / "saved"


def rewrite_record(folder, **changes):
    """Change the record and sign it again, as an older or newer version of the course would have written it."""
    path = folder / "adapter.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    (folder / "SHA256SUMS").write_text("".join(f"{hash_file(folder / name)}  {name}\n" for name in FILES))


def test_what_was_saved_comes_back(folder, trained, model, examples):
    loaded = load_adapter(folder, model)
    assert loaded.fingerprint == trained.fingerprint
    assert dataclasses.replace(loaded, state={}) == dataclasses.replace(trained, state={})
    prompts = [example.prompt for example in examples]
    texts = [[c.text for c in attach(model, adapter).generate(prompts)] for adapter in (trained, loaded)]
    assert texts[0] == texts[1] != [completion.text for completion in model.generate(prompts)]


def test_a_fully_tuned_model_with_tied_weights_comes_back(examples, tmp_path):
    base = make_learner(tied=True)
    recipe = Recipe(method="full", learning_rate=1e-3, max_steps=1, target_modules=("q_proj", "v_proj"))
    adapter = tune(base, examples, recipe)
    save_adapter(adapter, tmp_path)
    loaded = load_adapter(tmp_path, base)
    assert (loaded.fingerprint, loaded.recipe) == (adapter.fingerprint, recipe)


def test_the_fingerprint_tells_adapters_apart(trained):
    name, tensor = next(iter(trained.state.items()))
    changed = dataclasses.replace(trained, state={**trained.state, name: tensor + torch.eye(*tensor.shape) * 1e-6})
    assert changed.fingerprint != trained.fingerprint
    assert dataclasses.replace(trained, state=dict(reversed(trained.state.items()))).fingerprint == trained.fingerprint


def test_saving_again_replaces_what_was_there(folder, model, examples, short):
    other = tune(model, examples, dataclasses.replace(short, seed=8))
    save_adapter(other, folder)
    assert load_adapter(folder, model).fingerprint == other.fingerprint


def test_another_base_is_refused(folder):
    with pytest.raises(AdapterMismatchError, match="another|trained on a base"):
        load_adapter(folder, make_learner(seed=4))


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_refused(folder, model, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(DataError, match=f"{name} is damaged"):
        load_adapter(folder, model)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_or_cut_file_is_refused(folder, model, name):
    (folder / name).write_bytes((folder / name).read_bytes()[:100])
    with pytest.raises(DataError, match=name):
        load_adapter(folder, model)
    (folder / name).unlink()
    with pytest.raises(DataError, match=f"{name} is missing"):
        load_adapter(folder, model)


def test_a_folder_without_hashes_is_refused(folder, model, tmp_path):
    (folder / "SHA256SUMS").unlink()
    for place in (folder, tmp_path / "nothing"):
        with pytest.raises(DataError, match="SHA256SUMS"):
            load_adapter(place, model)


def test_a_save_that_was_cut_short_is_refused(folder, model, trained, monkeypatch):
    monkeypatch.setattr("course_lib.tuning.adapter.hash_file", lambda path: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save_adapter(trained, folder)
    with pytest.raises(DataError, match="SHA256SUMS"):
        load_adapter(folder, model)


def test_a_file_that_the_hashes_do_not_name_is_refused(folder, model):
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    (folder / "SHA256SUMS").write_text(lines[0] + "\n")
    with pytest.raises(DataError, match="does not list adapter.json"):
        load_adapter(folder, model)


@pytest.mark.parametrize("changes", [{"format": 99}, {"surprise": 1}, {"recipe": {}}, {"history": 3}])
def test_a_record_of_another_form_is_refused(folder, model, changes):
    rewrite_record(folder, **changes)
    with pytest.raises(DataError, match="adapter.json"):
        load_adapter(folder, model)
