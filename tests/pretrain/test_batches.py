from collections import Counter
from random import Random

import numpy as np
import pytest

from tools.pretrain.batches import TOKENS_PER_BATCH, WIDTHS, Feeder, repeats
from tools.pretrain.corpus import N_CARRIED, QUESTION_WEIGHT
from tools.pretrain.tokenizer import SPECIAL_TOKENS

PAD = SPECIAL_TOKENS.index("<|pad|>")


def samples_of(path):
    """Return the samples of a shard as pairs of ids and weights in hundredths."""
    loaded = np.load(path)
    starts = np.cumsum(loaded["lengths"]) - loaded["lengths"]
    return [
        (tuple(loaded["ids"][start : start + n].tolist()), tuple(loaded["weights"][start : start + n].tolist()))
        for start, n in zip(starts, loaded["lengths"], strict=True)
    ]


def read(feeder):
    """Return all batches of the next shard."""
    batches = [next(feeder)]
    return batches + feeder.batches


def rows_of(batches):
    for ids, weights, _ in batches:
        for row, row_weights in zip(ids, weights, strict=True):
            n = int(np.flatnonzero(row != PAD)[-1]) + 1
            assert (row[n:] == PAD).all()
            assert (row_weights[n:] == 0).all()
            yield tuple(row[:n].tolist()), tuple(np.rint(row_weights[:n] * 100).astype(int).tolist())


def test_batches_hold_whole_samples_each_at_most_once(shards):
    known = samples_of(shards / "copy-000.npz")
    rows = list(rows_of(read(Feeder(shards, "copy", 0))))
    assert set(rows) <= set(known)
    assert all(rows.count(row) <= known.count(row) for row in set(rows))
    fitting = [sum(len(ids) <= width for ids, _ in known) for width in WIDTHS]
    left_out = sum(TOKENS_PER_BATCH["copy"] // width - 1 for width in WIDTHS)
    assert len(rows) >= fitting[-1] - left_out
    assert len(rows) > len(known) / 3


def test_a_batch_has_one_of_the_widths_and_the_tokens_of_its_stage(shards):
    for ids, weights, carried in read(Feeder(shards, "copy", 0)):
        n_rows, width = ids.shape
        assert width in WIDTHS
        assert n_rows == TOKENS_PER_BATCH["copy"] // width
        assert ids.shape == weights.shape
        assert carried.shape == (*ids.shape, N_CARRIED)
        narrower = [other for other in WIDTHS if other < width]
        assert not narrower or all((row[max(narrower) :] != PAD).any() for row in ids)


def test_full_loss_is_on_answers_and_texts_and_a_little_on_questions(shards):
    for ids, weights in rows_of(read(Feeder(shards, "copy", 0))):
        if SPECIAL_TOKENS.index("<|user|>") in ids:
            asked = ids.index(SPECIAL_TOKENS.index("<|assistant|>"))
            assert set(weights[: asked + 1]) <= {0, round(100 * QUESTION_WEIGHT)}
        assert any(weights)


def test_shards_come_one_after_the_other_and_then_again_in_another_order(shards):
    feeder = Feeder(shards, "copy", 0)
    first, second, again = (list(rows_of(read_all(feeder))) for _ in range(3))
    assert feeder.position == 3
    assert set(second) <= set(samples_of(shards / "copy-001.npz"))
    assert set(again) <= set(samples_of(shards / "copy-000.npz"))
    assert again != first


def read_all(feeder):
    batches = [next(feeder)]
    while feeder.batches:
        batches.append(next(feeder))
    return batches


def test_a_feeder_that_starts_at_a_position_gives_what_another_gives_there(shards):
    feeder = Feeder(shards, "copy", 0)
    read_all(feeder)
    for batch, other in zip(read_all(feeder), read_all(Feeder(shards, "copy", 1)), strict=True):
        assert all(np.array_equal(found, known) for found, known in zip(batch, other, strict=True))


def test_what_a_token_carries_stays_with_it(shards):
    with np.load(shards / "copy-000.npz") as shard:
        known = Counter(zip(shard["ids"].tolist(), map(tuple, shard["carried"].tolist()), strict=True))
    found = Counter()
    for ids, _, carried in read(Feeder(shards, "copy", 0)):
        found.update(zip(ids.ravel().tolist(), map(tuple, carried.reshape(-1, N_CARRIED).tolist()), strict=True))
    carrying = {pair: n for pair, n in found.items() if any(pair[1])}
    assert len(carrying) > 20
    assert all(n <= known[pair] for pair, n in carrying.items())


def test_a_half_written_shard_is_not_read(shards, tmp_path):
    (tmp_path / "copy-000.part.npz").write_bytes(b"half")
    with pytest.raises(FileNotFoundError, match="no shard copy-"):
        next(Feeder(tmp_path, "copy", 0))
    (tmp_path / "copy-001.npz").write_bytes((shards / "copy-001.npz").read_bytes())
    assert next(Feeder(tmp_path, "copy", 0))


def test_only_what_was_seen_before_bears_loss_in_repeats():
    ids, weights = repeats(Random(0), 600, 8, 64)
    assert ids.shape == weights.shape == (8, 64)
    assert ids.min() >= len(SPECIAL_TOKENS)
    assert ids.max() < 600
    for row, row_weights in zip(ids, weights, strict=True):
        assert row_weights[0] == 0
        for at in np.flatnonzero(row_weights):
            assert row[at] in row[max(at - 12, 0) : at]
    assert 0.3 < weights.mean() < 0.9
