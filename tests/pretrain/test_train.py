import json
from argparse import Namespace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from tools.pretrain import train
from tools.pretrain.train import Run, carry_over


@pytest.fixture
def make(tmp_path, tokenizer_file, shards, monkeypatch):
    """Return a maker of runs of a tiny model, not compiled."""
    monkeypatch.setattr(torch, "compile", lambda module, **options: module)

    def make_run(name="run", minutes=1.0, layers=2, after=None, polish=False):
        return Run(
            Namespace(
                run=tmp_path / name,
                minutes=minutes,
                data=shards,
                tokenizer=tokenizer_file,
                width=64,
                layers=layers,
                inner=64,
                after=after,
                earlier_tokenizer=None,
                polish=polish,
            )
        )

    return make_run


def weights_of(run):
    return {name: weight.clone() for name, weight in run.model.state_dict().items()}


def are_equal(run, other):
    ours, theirs = weights_of(run), weights_of(other)
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_two_steps_change_the_weights_and_count(make):
    run, untouched = make(), make("other")
    assert are_equal(run, untouched)
    losses = [run.step(0.1) for _ in range(2)]
    assert all(np.isfinite(losses))
    assert not are_equal(run, untouched)
    assert run.state["step"] == 2
    assert run.state["tokens"] == 2 * train.TOKENS_PER_BATCH["repeats"]


def test_a_resumed_run_has_the_weights_of_one_that_was_never_stopped(make):
    whole, first = make("whole"), make("part")
    for run in (whole, first):
        for _ in range(2):
            run.step(0.1)
    first.save("last")
    resumed = make("part")
    assert resumed is not first
    assert are_equal(resumed, whole)
    for run in (whole, resumed):
        for _ in range(2):
            run.step(0.2)
    assert resumed.state["step"] == 4
    assert are_equal(resumed, whole)


def test_a_resumed_run_goes_on_with_the_next_shard(make, monkeypatch):
    monkeypatch.setattr(Run, "stage", lambda run, share: "copy")
    run = make()
    run.step(0.1)
    assert run.state["positions"] == {"copy": 1}
    run.save("last")
    resumed = make()
    resumed.step(0.1)
    assert resumed.state["positions"] == {"copy": 2}
    assert np.isfinite(resumed.step(0.1))


def test_a_run_after_another_goes_on_with_its_weights_and_skips_the_repeats(make):
    earlier = make("earlier")
    earlier.step(0.1)
    earlier.save("last")
    later = make("later", after=earlier.folder / "last.pt")
    assert are_equal(later, earlier)
    assert later.stage(0.0) == "bind"
    assert earlier.stage(0.0) == "repeats"


def test_a_model_that_is_grown_computes_what_the_shallower_one_computes(make, monkeypatch):
    earlier = make("earlier")
    earlier.step(0.1)
    earlier.save("last")
    deeper = make("deeper", layers=3, after=earlier.folder / "last.pt")
    ids = torch.arange(5, 45).reshape(2, 20)
    with torch.inference_mode():
        assert torch.allclose(deeper.model(ids).logits, earlier.model(ids).logits, atol=1e-5)
    before = weights_of(deeper)
    monkeypatch.setattr(Run, "stage", lambda run, share: "repeats")
    for _ in range(3):
        deeper.step(0.1)
    assert all(not torch.equal(before[name], weight) for name, weight in deeper.model.state_dict().items())


def test_a_model_cannot_shrink(make):
    earlier = make("earlier")
    earlier.save("last")
    with pytest.raises(ValueError, match="has 2 layers; --layers 1 would drop some"):
        make("shallower", layers=1, after=earlier.folder / "last.pt")


def test_training_on_shards_lowers_the_loss(make, monkeypatch):
    monkeypatch.setattr(Run, "stage", lambda run, share: "copy")
    run = make()
    losses = [run.step(0.1) for _ in range(60)]
    assert np.nanmean(losses[-5:]) < np.nanmean(losses[:5]) - 0.5


def test_the_body_computes_what_the_model_computes(make):
    run = make()
    ids = torch.arange(5, 45).reshape(2, 20)
    with torch.inference_mode():
        last, middle = run.body(ids)
        known = run.model.model(ids, output_hidden_states=True)
        assert torch.allclose(last, known.last_hidden_state, atol=1e-5)
        assert torch.allclose(middle, run.model.model.norm(known.hidden_states[1]), atol=1e-5)


def test_what_is_carried_is_learnt_halfway_up(make, monkeypatch):
    monkeypatch.setattr(Run, "stage", lambda run, share: "copy")
    run = make()
    for _ in range(60):
        run.step(0.1)
    assert np.mean(run.carrying[-5:]) < np.mean(run.carrying[:5]) - 0.5


def test_the_rate_rises_first_and_is_zero_at_the_end(make):
    run = make()
    run.step(0.1)
    early = [optimizer.param_groups[0]["lr"] for optimizer in run.optimizers]
    assert early == pytest.approx([train.MATRIX_RATE / 100, train.OTHER_RATE / 100])
    before = weights_of(run)
    run.step(1.0)
    assert [optimizer.param_groups[0]["lr"] for optimizer in run.optimizers] == [0.0, 0.0]
    assert all(torch.equal(before[name], weight) for name, weight in run.model.state_dict().items())


def test_every_weight_is_in_one_optimizer_and_the_embeddings_do_not_decay(make):
    run = make()
    groups = [group for optimizer in run.optimizers for group in optimizer.param_groups]
    held = [id(weight) for group in groups for weight in group["params"]]
    assert sorted(held) == sorted(id(weight) for weight in run.model.parameters())
    embeddings = id(run.model.get_input_embeddings().weight)
    [own] = [group for group in groups if embeddings in [id(weight) for weight in group["params"]]]
    assert own["weight_decay"] == 0


def test_the_curriculum_ends_with_long_contexts(make):
    run = make()
    run.state["step"] = 10**6
    stages = [run.stage(share / 100) for share in range(101)]
    assert list(dict.fromkeys(stages)) == ["copy", "short", "long"]
    run.state["step"] = 0


def test_the_best_reader_is_kept_and_every_score_is_logged(make, monkeypatch):
    reading = iter([0.2, 0.8, 0.5])
    monkeypatch.setattr(
        train, "score_sets", lambda *_: dict.fromkeys(("read1", "read5", "read_train", "closed"), next(reading))
    )
    run, kept = make(), []
    for _ in range(3):
        run.step(0.1)
        run.evaluate({})
        kept.append(torch.load(run.folder / "best.pt", weights_only=True)["state"]["step"])
    assert kept == [1, 2, 2]
    logged = [json.loads(line) for line in (run.folder / "scores.jsonl").read_text().splitlines()]
    assert [entry["read1"] for entry in logged] == [0.2, 0.8, 0.5]


def test_a_run_within_its_minutes_leaves_its_last_and_its_best_checkpoint(make, monkeypatch, capsys):
    monkeypatch.setattr(train, "development_sets", dict)
    monkeypatch.setattr(train, "score_sets", lambda *_: dict.fromkeys(("read1", "read5", "read_train", "closed"), 0.5))
    run = make(minutes=1e-4)
    run.train()
    assert {"last.pt", "best.pt"} <= {path.name for path in run.folder.iterdir()}
    assert not list(run.folder.glob("*.part"))
    n_steps = run.state["step"]
    assert n_steps >= 1
    make(minutes=1e-4).train()  # the budget is used up
    assert f"resumed at step {n_steps}" in capsys.readouterr().out
    assert torch.load(run.folder / "last.pt", weights_only=True)["state"]["step"] == n_steps


def test_a_run_can_go_on_from_an_exported_folder(make, tmp_path):
    earlier = make("earlier")
    earlier.step(0.1)
    earlier.model.save_pretrained(tmp_path / "exported")
    assert are_equal(make("later", after=tmp_path / "exported"), earlier)


def test_a_last_short_run_keeps_to_the_long_stage_at_a_lower_rate(make):
    earlier = make("earlier")
    earlier.save("last")
    polish = make("polish", after=earlier.folder / "last.pt", polish=True)
    assert {polish.stage(share) for share in (0.0, 0.5, 1.0)} == {"long"}
    assert polish.schedule.height < earlier.schedule.height == 1.0


class Letters:
    """A tokenizer that knows single letters only."""

    ids = {"a": 0, "b": 1}

    def token_to_id(self, token):
        return self.ids.get(token)

    def encode(self, text, add_special_tokens):
        return SimpleNamespace(ids=[self.ids[letter] for letter in text])


def test_a_new_token_begins_as_the_mean_of_its_old_pieces():
    weights = {"model.embed_tokens.weight": torch.tensor([[1.0, 0.0], [0.0, 3.0]]), "other": torch.ones(1)}
    vocabulary = {"b": 0, "ab": 1, "a": 2}
    tokenizer = SimpleNamespace(
        get_vocab=lambda: vocabulary, decode=lambda ids: next(text for text, at in vocabulary.items() if at == ids[0])
    )
    carried = carry_over(weights, Letters(), tokenizer)
    assert carried["model.embed_tokens.weight"].tolist() == [[0.0, 3.0], [0.5, 1.5], [1.0, 0.0]]
    assert carried["other"] is weights["other"]
    assert "lm_head.weight" not in carried
