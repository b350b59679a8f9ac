"""Exact vector search."""

import numpy as np
import pytest

from course_lib.retrieval.dense import DenseIndex


def unit_rows(n, seed=0, dimension=16):
    rows = np.random.default_rng(seed).standard_normal((n, dimension))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def make(vectors, ids):
    index = DenseIndex(vectors.shape[1])
    index.add(ids, vectors)
    positions = np.zeros(max(ids) + 1, dtype=np.int64)
    positions[ids] = np.arange(len(ids))
    return index, positions


@pytest.mark.parametrize("n_queries", [1, 3, 40])
@pytest.mark.parametrize("n_allowed", [200, 60, 5])
def test_search_equals_a_full_sort_of_the_allowed(n_queries, n_allowed):
    vectors, queries = unit_rows(200), unit_rows(n_queries, seed=1)
    ids = np.arange(200) * 3 + 7
    index, positions = make(vectors, ids)
    allowed = np.sort(np.random.default_rng(2).permutation(ids)[:n_allowed])
    found = index.search(queries, 8, allowed, position_of=positions)
    scores = queries.astype(float) @ vectors[positions[allowed]].T.astype(float)
    for (got_ids, got_scores), row in zip(found, scores, strict=True):
        order = np.argsort(-row)[:8]
        assert got_ids.tolist() == allowed[order].tolist()
        assert got_scores == pytest.approx(row[order], abs=2e-6)


def test_many_copies_tie_and_come_in_order_of_position():
    copies = np.repeat(unit_rows(1), 300, axis=0)
    ids = np.random.default_rng(3).permutation(300)
    index, positions = make(copies, ids)
    [(found, scores)] = index.search(copies[:1], 5, ids, position_of=positions)
    assert found.tolist() == ids[:5].tolist()
    assert set(scores.tolist()) == {1.0}


def test_more_hits_than_vectors_are_never_invented():
    index, positions = make(unit_rows(3), np.array([5, 6, 7]))
    [(found, _)] = index.search(unit_rows(1, seed=9), 50, np.array([5, 6, 7]), position_of=positions)
    assert sorted(found.tolist()) == [5, 6, 7]


def test_nothing_allowed_finds_nothing():
    index, positions = make(unit_rows(3), np.array([0, 1, 2]))
    [(found, scores)] = index.search(unit_rows(1), 2, np.array([], dtype=np.int64), position_of=positions)
    assert (len(found), len(scores)) == (0, 0)


def test_removed_vectors_are_gone_and_the_others_are_unchanged():
    vectors = unit_rows(4)
    index, positions = make(vectors, np.array([0, 1, 2, 3]))
    index.remove([1])
    [(found, _)] = index.search(vectors[1:2], 4, np.array([0, 2, 3]), position_of=positions)
    assert 1 not in found
    assert index.vectors([3, 0]) == pytest.approx(vectors[[3, 0]])


def test_a_score_does_not_depend_on_the_other_queries():
    index, positions = make(unit_rows(500), np.arange(500))
    queries = unit_rows(64, seed=4)
    together = index.search(queries, 10, np.arange(500), position_of=positions)
    for query, (ids, scores) in zip(queries, together, strict=True):
        [(own_ids, own_scores)] = index.search(query[None], 10, np.arange(500), position_of=positions)
        assert own_ids.tolist() == ids.tolist()
        assert own_scores.tolist() == scores.tolist()
