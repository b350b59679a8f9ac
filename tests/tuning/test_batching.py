import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from course_lib.tuning.batching import LengthBatches


@given(st.lists(st.integers(1, 500), min_size=1, max_size=200), st.integers(1, 20), st.integers(0, 9))
def test_every_epoch_holds_every_row_once(lengths, batch_size, seed):
    batches = LengthBatches(lengths, batch_size, seed)
    for _ in range(2):
        epoch = list(batches)
        assert len(epoch) == len(batches)
        assert sorted(position for batch in epoch for position in batch) == list(range(len(lengths)))
        assert sum(len(batch) < batch_size for batch in epoch) <= 1


def test_rows_of_a_batch_have_similar_lengths():
    lengths = np.random.default_rng(0).integers(20, 400, 400)
    for epoch in (LengthBatches(lengths, 16, seed) for seed in range(3)):
        padded = sum(len(batch) * max(lengths[batch]) for batch in epoch)
        assert padded < 1.2 * lengths.sum()  # at random about 1.8


def test_epochs_differ_and_a_seed_repeats_them():
    first, second = LengthBatches([1] * 64, 8, seed=1), LengthBatches([1] * 64, 8, seed=1)
    epochs = [list(first), list(first)]
    assert epochs[0] != epochs[1]
    assert epochs == [list(second), list(second)]
    assert epochs[0] != list(LengthBatches([1] * 64, 8, seed=2))


def test_long_batches_do_not_always_come_first():
    lengths = np.arange(1, 65)
    batches = LengthBatches(lengths, 8, seed=0)
    places = [max(range(8), key=lambda number, epoch=list(batches): max(lengths[epoch[number]])) for _ in range(12)]
    assert len(set(places)) > 3
