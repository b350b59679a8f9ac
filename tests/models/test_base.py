"""Batches and limits."""

from hypothesis import given
from hypothesis import strategies as st

from course_lib.models.base import plan_batches


@given(st.lists(st.integers(1, 50), max_size=40), st.integers(1, 8), st.integers(1, 200))
def test_batches_hold_every_row_once_and_keep_both_limits(lengths, batch_size, max_tokens):
    batches = plan_batches(lengths, batch_size, max_tokens)
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        width = max(lengths[row] for row in batch)
        assert len(batch) <= batch_size
        assert len(batch) == 1 or width * len(batch) <= max_tokens


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40))
def test_batches_come_longest_first(lengths):
    batches = plan_batches(lengths, 4, 10_000)
    order = [lengths[row] for batch in batches for row in batch]
    assert order == sorted(lengths, reverse=True)
