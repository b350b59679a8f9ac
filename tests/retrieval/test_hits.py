"""Exact ranking and fusion."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from course_lib.retrieval.hits import fuse_rankings, rank_scores


@given(st.lists(st.integers(0, 5), max_size=40), st.integers(1, 45))
def test_ranking_equals_a_full_stable_sort(scores, k):
    expected = sorted(range(len(scores)), key=lambda at: (-scores[at], at))[:k]
    assert rank_scores(np.array(scores, dtype=float), k).tolist() == expected


def test_fusion_adds_reciprocal_ranks():
    fused = dict(fuse_rankings([[3, 1], [1, 2]], 3))
    assert fused == {1: 1 / 61 + 1 / 62, 3: 1 / 61, 2: 1 / 62}


def test_fusion_of_equal_sums_goes_by_position():
    assert [at for at, _ in fuse_rankings([[9, 4], [4, 9]], 2)] == [4, 9]


def test_fusion_of_nothing_is_nothing():
    assert fuse_rankings([[], []], 3) == []
