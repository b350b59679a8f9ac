"""Training: the right tokens are learnt, the base stays as it is, a seed gives the same adapter."""

import copy
import dataclasses
import random

import numpy as np
import pytest
import torch
import trl.trainer.base_trainer

from course_lib.errors import CourseError
from course_lib.models.local import LocalModel, hash_weights
from course_lib.tuning import Example, Recipe, attach, tune
from tests.checkpoints import make_learner


def answers(model, examples):
    return [completion.text for completion in model.generate([example.prompt for example in examples])]


def mean_loss(model, examples):
    """Return the loss per token of answers and end tokens, computed without the library under test."""
    module, tokenizer = model.module, model.tokenizer
    total, n_tokens = 0.0, 0
    for example in examples:
        dialog = [*example.prompt, {"role": "assistant", "content": example.answer}]
        encoding = tokenizer.apply_chat_template(dialog, tokenize=True, return_dict=True, return_tensors="pt")
        ids = encoding["input_ids"]
        n_prompt = model.count_tokens(example.prompt)
        with torch.no_grad():
            logits = module(input_ids=ids).logits[0, n_prompt - 1 : -1]
        total += torch.nn.functional.cross_entropy(logits, ids[0, n_prompt:], reduction="sum").item()
        n_tokens += ids.shape[1] - n_prompt
    return total / n_tokens


def test_the_first_loss_is_that_of_the_base_on_answers_and_end_tokens(model, examples):
    adapter = tune(model, examples, Recipe(batch_size=len(examples), max_steps=1))
    assert adapter.history == [(1, pytest.approx(mean_loss(model, examples), rel=1e-4))]


def test_examples_are_memorised(examples, memorised):
    base = make_learner()
    tuned = attach(base, memorised)
    assert memorised.history[0][1] > 3
    assert memorised.history[-1][1] < 0.05
    assert mean_loss(tuned, examples) < 0.05 < mean_loss(base, examples)
    completions = tuned.generate([example.prompt for example in examples])
    assert [completion.text for completion in completions] == [example.answer for example in examples]
    assert {completion.finish for completion in completions} == {"stop"}


@pytest.mark.parametrize("method", ["lora", "full"])
def test_the_base_stays_as_it_is(model, examples, method, short):
    before = answers(model, examples)
    configuration = copy.deepcopy((model.module.config.to_dict(), model.module.generation_config.to_dict()))
    trainable = [weight.requires_grad for weight in model.module.parameters()]
    tokens = model.tokenizer.special_tokens_map
    tune(model, examples, dataclasses.replace(short, method=method))
    assert hash_weights(model.module) == model.fingerprint == make_learner().fingerprint
    assert (model.module.config.to_dict(), model.module.generation_config.to_dict()) == configuration
    assert [weight.requires_grad for weight in model.module.parameters()] == trainable
    assert all(weight.grad is None for weight in model.module.parameters())
    assert "forward" not in vars(model.module)
    assert not model.module.training
    assert model.tokenizer.special_tokens_map == tokens
    assert answers(model, examples) == before


def test_a_seed_gives_the_same_adapter_and_another_seed_another(examples, trained, short):
    torch.manual_seed(99)  # what was drawn before has no influence
    np.random.seed(99)
    random.seed(99)
    again = tune(make_learner(), examples, short)
    assert again.fingerprint == trained.fingerprint
    assert again.history == trained.history
    other = tune(make_learner(), examples, dataclasses.replace(short, seed=1))
    assert other.fingerprint != trained.fingerprint


def test_full_tuning_trains_all_weights_of_a_copy(examples, short):
    base = make_learner(tied=True)
    adapter = tune(base, examples, dataclasses.replace(short, method="full", learning_rate=1e-3, max_steps=6))
    assert adapter.n_trainable == base.n_parameters
    assert adapter.history[-1][1] < adapter.history[0][1]
    weights = dict(base.module.named_parameters())
    assert adapter.state.keys() == weights.keys()
    assert not any(torch.equal(adapter.state[name], weight) for name, weight in weights.items())


def test_the_record_counts_what_was_trained(model, examples):
    adapter = tune(model, examples, Recipe(rank=4, alpha=8, batch_size=8, epochs=2, target_modules=("q_proj",)))
    n_read = sum(model.count_tokens(example.prompt) for example in examples)
    n_targets = sum(len(model.tokenizer.encode(example.answer)) + 1 for example in examples)
    assert (adapter.n_steps, adapter.n_examples) == (6, 20)
    assert adapter.n_target_tokens == 2 * n_targets
    assert adapter.n_tokens == 2 * (n_read + n_targets)
    assert adapter.n_trainable == 2 * 4 * (64 + 64) == sum(tensor.numel() for tensor in adapter.state.values())
    assert [step for step, _ in adapter.history] == [1, 2, 3, 4, 5, 6]
    assert adapter.seconds > 0


def test_every_step_is_reported(model, examples, short):
    calls = []
    adapter = tune(model, examples, short, on_step=lambda *call: calls.append(call))
    assert calls == [(step, 4, loss) for step, loss in adapter.history]


def test_nothing_is_printed_written_or_reported(model, examples, capfd, recwarn, tmp_path, monkeypatch, short):
    reports = []
    monkeypatch.setattr(trl.trainer.base_trainer, "send_telemetry", lambda *a, **k: reports.append(a))
    monkeypatch.chdir(tmp_path)
    tune(model, examples, short)
    assert capfd.readouterr() == ("", "")
    assert [str(warning.message) for warning in recwarn] == []
    assert list(tmp_path.iterdir()) == []
    assert reports == []


def test_a_tokenizer_without_a_padding_token_will_do(examples, trained, short):
    model = make_learner()
    model.tokenizer.pad_token = None
    assert tune(model, examples, short).fingerprint == trained.fingerprint
    assert model.tokenizer.pad_token is None


def test_a_training_that_diverges_says_so(model, examples, short):
    with torch.no_grad():
        model.module.model.norm.weight[0] = float("nan")
    with pytest.raises(CourseError, match="loss was nan in step 1 of 4.*lower the learning rate"):
        tune(model, examples, short)


@pytest.mark.parametrize("modules", [("no_such_layer",), ("lm_head",)])
def test_layers_that_cannot_be_adapted_are_refused(model, examples, modules):
    with pytest.raises(CourseError, match=modules[0]):
        tune(model, examples, Recipe(target_modules=modules))
    assert hash_weights(model.module) == model.fingerprint


def test_a_model_that_carries_an_adapter_is_not_tuned_on_top(model, examples, trained, short):
    with pytest.raises(CourseError, match="already carries an adapter"):
        tune(attach(model, trained, merge=False), examples, short)


def test_a_merged_model_can_be_tuned_further(model, examples, trained, short):
    once = attach(model, trained)
    twice = tune(once, examples, short)
    assert twice.base_fingerprint == once.fingerprint != model.fingerprint
    assert isinstance(attach(once, twice), LocalModel)


def test_examples_are_checked_before_anything_is_trained(model, short):
    calls = []
    long = Example([{"role": "user", "content": "a b " * 300}], "yes")
    with pytest.raises(CourseError, match="1 of 1 examples"):
        tune(model, [long], short, on_step=lambda *call: calls.append(call))
    assert calls == []
