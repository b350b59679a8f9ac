import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from course_lib import cost
from course_lib.cost import Plan, Prices, QueryTokens, TokenLedger
from course_lib.errors import CourseError

PRICES = Prices(
    date="2000-01-01",
    input=3.0,
    cached_input=0.3,
    output=15.0,
    tuned_input=4.0,
    tuned_output=20.0,
    embedding=0.1,
    retrieval=1e-4,
)
TOKENS = QueryTokens(static=1000, user=50, retrieved=600, output=40)
money = st.floats(0, 1e6)
per_query = st.floats(0, 10).map(lambda price: round(price, 4))
plans = st.builds(Plan, setup=money, monthly=money, per_query=per_query)


def test_a_forward_pass_is_two_and_training_six_operations_per_parameter_and_token():
    assert cost.forward_flops(7_000_000_000, 1000) == 14e12
    assert cost.training_flops(7_000_000_000, 1000) == 42e12


def test_ledgers_of_parts_add_up_to_the_ledger_of_the_whole():
    whole = TokenLedger.of([10, 20, 30], [1, 2, 3])
    assert TokenLedger.of([10], [1]) + TokenLedger.of([20, 30], [2, 3]) == whole
    assert (whole.n_queries, whole.prompt_per_query, whole.output_per_query) == (3, 20.0, 2.0)


def test_the_ledger_counts_prompt_and_output_and_keeps_training_apart():
    ledger = TokenLedger.of([90], [10]) + TokenLedger(training_tokens=500, bytes_stored=7)
    assert ledger.flops_per_query(1000) == 2 * 1000 * 100
    assert ledger.training_flops(1000) == 6 * 1000 * 500
    assert ledger.bytes_stored == 7


def test_a_ledger_without_questions_has_no_mean():
    assert math.isnan(TokenLedger().prompt_per_query)


def test_token_counts_of_different_questions_are_refused():
    with pytest.raises(CourseError, match="same questions"):
        TokenLedger.of([1, 2], [1])


def test_a_ledger_adds_only_to_ledgers():
    with pytest.raises(TypeError):
        TokenLedger() + 1


def test_costs_of_a_query_by_hand():
    assert cost.prompt_cost(TOKENS, PRICES) == pytest.approx((1000 * 3 + 50 * 3 + 40 * 15) / 1e6)
    assert cost.rag_cost(TOKENS, PRICES) == pytest.approx(
        (1000 * 3 + 50 * 3 + 40 * 15 + 600 * 3 + 50 * 0.1) / 1e6 + 1e-4
    )
    assert cost.tuned_cost(TOKENS, PRICES) == pytest.approx((50 * 4 + 40 * 20) / 1e6)
    assert cost.hybrid_cost(TOKENS, PRICES) == pytest.approx((50 * 4 + 40 * 20 + 600 * 4 + 50 * 0.1) / 1e6 + 1e-4)


def test_a_cached_prefix_is_billed_at_its_own_price():
    half = cost.prompt_cost(TOKENS, PRICES, cached_share=0.5)
    assert half == pytest.approx((500 * 0.3 + 500 * 3 + 50 * 3 + 40 * 15) / 1e6)
    assert cost.rag_cost(TOKENS, PRICES, cached_share=1.0) < cost.rag_cost(TOKENS, PRICES)


def test_impossible_inputs_are_refused():
    with pytest.raises(CourseError, match="cached_share"):
        cost.prompt_cost(TOKENS, PRICES, cached_share=1.5)
    with pytest.raises(CourseError, match="negative: input, retrieval"):
        Prices("2000-01-01", -1, 0, 0, 0, 0, retrieval=-1)
    with pytest.raises(CourseError, match="months"):
        cost.break_even(Plan(0, 0, 1), Plan(0, 0, 0), months=0)
    with pytest.raises(CourseError, match="share from 0 to 1"):
        cost.cost_per_correct(1.0, accuracy=80)


@given(plans, plans, st.integers(1, 60))
def test_total_costs_cross_at_the_break_even(a, b, months):
    volume = cost.break_even(a, b, months=months)
    assume(0 < volume < 1e9)

    def lead(queries):  # how much dearer b is
        totals = (cost.total_cost(plan, queries_per_month=queries, months=months) for plan in (b, a))
        return next(totals) - next(totals)

    tolerance = 1e-9 * cost.total_cost(a, queries_per_month=2 * volume, months=months)
    assert lead(volume / 2) > -tolerance
    assert abs(lead(volume)) <= tolerance
    assert lead(2 * volume) < tolerance


@given(plans, plans, st.integers(1, 60), st.floats(0, 1e6))
def test_never_and_always_hold_at_every_volume(a, b, months, queries):
    volume = cost.break_even(a, b, months=months)
    assume(volume in (0, math.inf) and a.per_query != b.per_query)
    if volume == 0:
        totals = [cost.total_cost(plan, queries_per_month=queries, months=months) for plan in (a, b)]
        assert totals[1] <= totals[0] * (1 + 1e-12) + 1e-6
    else:
        assert a.per_query < b.per_query


def test_break_even_is_never_without_a_saving_per_query():
    assert cost.break_even(Plan(0, 0, 0.5), Plan(100, 0, 0.5), months=12) == math.inf
    assert cost.break_even(Plan(0, 0, 0.5), Plan(0, 0, 0.6), months=12) == math.inf


def test_a_plan_that_costs_less_in_every_part_wins_from_the_first_query():
    assert cost.break_even(Plan(100, 10, 0.5), Plan(0, 0, 0.4), months=12) == 0.0
    assert cost.break_even(Plan(100, 10, 0.5), Plan(0, 0, 0.5), months=12) == 0.0


@given(st.floats(0, 5000), st.floats(1, 1000))
def test_a_longer_prompt_lets_tuning_pay_earlier(static, more):
    def volume(n_static):
        tokens = QueryTokens(static=n_static, user=50, retrieved=0, output=40)
        prompting = Plan(0, 0, cost.prompt_cost(tokens, PRICES))
        return cost.break_even(prompting, Plan(2000, 100, cost.tuned_cost(tokens, PRICES)), months=12)

    assert volume(static + more) <= volume(static)


def test_a_wrong_answer_makes_the_right_ones_dearer():
    assert cost.cost_per_correct(0.2, accuracy=0.8) == pytest.approx(0.25)
    assert cost.cost_per_correct(0.2, accuracy=0.0) == math.inf
