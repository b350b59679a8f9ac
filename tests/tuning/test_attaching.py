"""Attaching: a second model beside an untouched base."""

import dataclasses

import pytest
import torch

from course_lib.errors import AdapterMismatchError, CourseError
from course_lib.models.local import hash_weights
from course_lib.tuning import attach, tune
from tests.checkpoints import make_learner


def scores(model, examples):
    return model.log_probabilities([e.prompt for e in examples], [e.answer for e in examples])


@pytest.mark.parametrize("merge", [True, False])
def test_the_base_stays_as_it_is_and_usable_beside_it(model, examples, memorised, merge):
    before = scores(model, examples)
    tuned = attach(model, memorised, merge=merge)
    assert min(scores(tuned, examples)) > -0.5 > max(before)
    assert scores(model, examples) == before
    assert hash_weights(model.module) == model.fingerprint
    assert tuned.fingerprint != model.fingerprint
    assert tuned.name == "tiny+rooms"


def test_merged_and_added_matrices_answer_alike(model, examples, memorised):
    merged, added = (attach(model, memorised, merge=merge) for merge in (True, False))
    assert scores(merged, examples) == pytest.approx(scores(added, examples), abs=1e-3)
    assert merged.n_parameters == model.n_parameters
    assert added.n_parameters == model.n_parameters + memorised.n_trainable


def test_without_merging_the_weights_of_the_base_are_shared(model, memorised):
    added, merged = attach(model, memorised, merge=False), attach(model, memorised)
    base = {weight.data_ptr() for weight in model.module.parameters()}
    assert base <= {weight.data_ptr() for weight in added.module.parameters()}
    assert base.isdisjoint(weight.data_ptr() for weight in merged.module.parameters())


@pytest.mark.parametrize("merge", [True, False])
def test_several_adapters_are_alive_at_once(model, examples, trained, memorised, merge):
    alone = scores(attach(make_learner(), trained, merge=merge), examples)
    first, second = attach(model, trained, merge=merge), attach(model, memorised, merge=merge)
    assert scores(first, examples) == alone
    assert scores(second, examples) != alone
    assert scores(first, examples) == alone


def test_a_fully_tuned_model_holds_the_trained_weights(examples, short):
    base = make_learner(tied=True)
    adapter = tune(base, examples, dataclasses.replace(short, method="full", learning_rate=1e-3))
    tuned = attach(base, adapter)
    assert all(torch.equal(weight, adapter.state[name]) for name, weight in tuned.module.named_parameters())
    assert tuned.module.get_output_embeddings().weight is tuned.module.get_input_embeddings().weight
    assert sum(scores(tuned, examples)) > sum(scores(base, examples))
    assert hash_weights(base.module) == base.fingerprint


def test_attaching_draws_no_random_numbers(model, trained):
    torch.manual_seed(5)
    attach(model, trained)
    drawn = torch.rand(3)
    torch.manual_seed(5)
    assert torch.equal(torch.rand(3), drawn)


def test_another_base_is_refused(trained):
    with pytest.raises(AdapterMismatchError, match=f"'short'.*{trained.base_fingerprint[:12]}"):
        attach(make_learner(seed=4), trained)


@pytest.mark.parametrize("method", ["lora", "full"])
def test_an_adapter_that_lacks_a_tensor_is_refused(model, examples, method, short):
    adapter = tune(model, examples, dataclasses.replace(short, method=method, max_steps=1))
    adapter.state.pop(next(iter(adapter.state)))
    with pytest.raises(CourseError, match="train it again"):
        attach(model, adapter)
