import math

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, Qrel, ScoredDoc, Success, nDCG
from sklearn.metrics import f1_score

from course_lib import metrics
from course_lib.errors import CourseError

labels = st.sampled_from("abcd")
rankings = st.permutations([f"d{number}" for number in range(12)])
gains = st.dictionaries(st.sampled_from([f"d{number}" for number in range(15)]), st.integers(1, 3), min_size=1)


@given(st.lists(st.tuples(labels, labels), min_size=1, max_size=40))
def test_macro_f1_equals_scikit_learn(pairs):
    predictions, golds = zip(*pairs, strict=True)
    expected = f1_score(golds, predictions, average="macro", zero_division=0)
    assert metrics.macro_f1(predictions, golds) == pytest.approx(expected, abs=1e-12)


@given(rankings, gains, st.integers(1, 14))
def test_ranking_metrics_equal_ir_measures(ranked, relevant, k):
    run = [ScoredDoc("q", name, float(-rank)) for rank, name in enumerate(ranked)]
    qrels = [Qrel("q", name, gain) for name, gain in relevant.items()]
    expected = ir_measures.calc_aggregate([nDCG @ k, RR @ k, Success @ k], qrels, run)
    assert metrics.ndcg_at_k(ranked, relevant, k) == pytest.approx(expected[nDCG @ k], abs=1e-9)
    assert metrics.reciprocal_rank(ranked, relevant, k) == pytest.approx(expected[RR @ k], abs=1e-9)
    assert metrics.hit_at_k(ranked, relevant, k) == expected[Success @ k]


@given(rankings, gains, st.integers(1, 11), st.randoms(use_true_random=False))
def test_what_stands_below_rank_k_changes_nothing(ranked, relevant, k, random):
    below = ranked[k:]
    random.shuffle(below)
    for metric in (metrics.hit_at_k, metrics.reciprocal_rank, metrics.ndcg_at_k):
        assert metric(ranked, relevant, k) == metric(ranked[:k] + below, relevant, k)


def test_a_document_found_twice_gains_once():
    assert metrics.ndcg_at_k(["d1", "d1"], {"d1"}, k=2) == 1.0


@pytest.mark.parametrize("metric", [metrics.hit_at_k, metrics.reciprocal_rank, metrics.ndcg_at_k])
def test_a_ranking_without_relevant_documents_is_refused(metric):
    with pytest.raises(CourseError, match="at least one relevant id"):
        metric(["d1"], set(), 5)


def test_exact_match_compares_texts_as_they_come():
    assert metrics.exact_match(["red", "Red", "red "], ["red", "red", "red"]).tolist() == [True, False, False]


def test_accuracy_is_the_share_of_right_answers():
    assert metrics.accuracy([True, False, False, False]) == 0.25


@pytest.mark.parametrize(
    ("prediction", "gold", "expected"),
    [
        ("24 euros", "24 euros", 1.0),
        ("24 dollars", "24 euros", 0.5),
        ("red", "blue", 0.0),
        ("24 24 24", "24", 0.5),
        ("", "24", 0.0),
        ("", "", 1.0),
    ],
)
def test_answer_f1_counts_shared_words(prediction, gold, expected):
    assert metrics.answer_f1(prediction, gold) == expected


def test_field_f1_tells_missing_wrong_extra_and_unreadable_fields_apart():
    gold = {"name": "Ann", "city": "Rome"}
    assert metrics.field_f1(gold, gold) == 1.0
    assert metrics.field_f1({"name": "Ann"}, gold) == pytest.approx(2 / 3)
    assert metrics.field_f1({"name": "Ann", "city": "Oslo"}, gold) == 0.5
    assert metrics.field_f1(gold | {"age": 3}, gold) == pytest.approx(0.8)
    assert metrics.field_f1({"name": None, "shoe": None}, {"name": "Ann", "city": None}) == 0.0
    assert metrics.field_f1(None, gold) == 0.0
    assert metrics.field_f1({}, {}) == 1.0


def test_only_a_wrong_assertion_is_a_hallucination():
    asserted = [True, True, False, False]
    right = [True, False, True, False]
    assert metrics.hallucination_rate(asserted, right) == 0.25


def test_abstention_precision_and_recall_differ():
    abstained = [True, True, True, False, False]
    answerable = [False, True, True, False, True]
    assert metrics.abstention_precision_recall(abstained, answerable) == (pytest.approx(1 / 3), 0.5)


def test_a_share_of_nothing_is_undefined():
    assert math.isnan(metrics.abstention_precision_recall([False], [False])[0])
    assert math.isnan(metrics.abstention_precision_recall([True], [True])[1])
    assert math.isnan(metrics.citation_precision_recall([[]], [["d1"]])[0])


def test_citing_everything_costs_precision_and_citing_nothing_costs_recall():
    gold = [["d1"], ["d2", "d3"]]
    assert metrics.citation_precision_recall(gold, gold) == (1.0, 1.0)
    assert metrics.citation_precision_recall([["d1", "d2", "d3"]] * 2, gold) == (0.5, 1.0)
    assert metrics.citation_precision_recall([["d1", "d1"], []], gold) == (1.0, pytest.approx(1 / 3))


@given(st.lists(labels, min_size=2, max_size=20))
def test_flip_rate_is_the_share_of_unlike_pairs(outcomes):
    pairs = [a != b for i, a in enumerate(outcomes) for b in outcomes[i + 1 :]]
    assert metrics.flip_rate(outcomes) == pytest.approx(np.mean(pairs))


def test_a_single_wording_has_no_flip_rate():
    with pytest.raises(CourseError, match="at least 2 wordings"):
        metrics.flip_rate([True])


@pytest.mark.parametrize(
    ("prompt", "base", "tuned", "expected"), [(0.2, 0.2, 0.8, 0.0), (0.8, 0.2, 0.8, 1.0), (0.1, 0.2, 0.4, -0.5)]
)
def test_recovery_is_the_part_of_the_gain_that_prompting_gets(prompt, base, tuned, expected):
    assert metrics.recovery(prompt, base, tuned) == pytest.approx(expected)


def test_recovery_of_no_gain_is_undefined():
    assert math.isnan(metrics.recovery(0.5, 0.4, 0.4))


def test_percentiles_are_in_milliseconds():
    assert metrics.milliseconds_p50_p95([number / 1000 for number in range(101)]) == pytest.approx((50, 95))


@pytest.mark.parametrize(
    "call",
    [
        lambda: metrics.exact_match(["a"], []),
        lambda: metrics.macro_f1([], []),
        lambda: metrics.accuracy([]),
        lambda: metrics.hallucination_rate([True], [True, False]),
        lambda: metrics.abstention_precision_recall([True], []),
        lambda: metrics.citation_precision_recall([[]], []),
    ],
)
def test_lists_of_different_lengths_and_empty_lists_are_refused(call):
    with pytest.raises(CourseError, match="one entry per question"):
        call()
