import itertools

import numpy as np
import pytest

from course_lib.checks import expect
from course_lib.checks.compare import Rules
from course_lib.checks.failures import NotStarted, SaysNo
from course_lib.checks.handles import LocalHandle


def handle(function):
    return LocalHandle("f", function)


def no_of(expectation, function, *args, **options):
    with pytest.raises(SaysNo) as caught:
        expectation(handle(function), *args, **options)
    return caught.value


def test_equal_value_passes():
    assert expect.expect_equal(handle(lambda x: [x]), (1,), expected=(1,)) is None


def test_keywords_are_passed_and_shown():
    no = no_of(expect.expect_equal, lambda x, *, k: x, (1,), {"k": 2}, expected=2)
    assert (no.call, no.got, no.expected) == ("f(1, k=2)", "returned 1", "2")


def test_famous_wrong_answers_are_spoken_to_in_three_ways():
    for famous in (
        {(2, 1): "in rising order"},
        [([2, 1], "in rising order")],
        lambda got: got[0] == 2 and "in rising order",
    ):
        assert no_of(expect.expect_equal, lambda: [2, 1], expected=[1, 2], help_if=famous).help == "in rising order"


def test_famous_wrong_answer_is_known_in_an_array_too():
    words = {(2, 1): "in rising order"}
    no = no_of(expect.expect_equal, lambda: np.array([2, 1]), expected=[1, 2], help_if=words)
    assert no.help == "in rising order"


def test_famous_words_that_cannot_deal_with_a_value_are_left_out():
    assert (
        no_of(expect.expect_equal, lambda: 7, expected=[1], help_if=lambda got: got[0], help="read on").help
        == "read on"
    )


def test_other_wrong_answers_get_the_advice_of_the_check_else_a_diagnosis():
    assert no_of(expect.expect_equal, lambda: None, expected=1, help="look here").help == "look here"
    assert "is a return missing" in no_of(expect.expect_equal, lambda: None, expected=1).help


def test_long_values_say_where_they_differ_first():
    got = [0] * 500 + [1] + [0] * 500
    no = no_of(expect.expect_equal, lambda: got, expected=[0] * 1001)
    assert no.help == "first difference at [500]: expected 0, got 1"
    assert len(no.got) < 250


def test_same_length_of_text_does_not_hide_a_difference_in_number_of_items():
    assert no_of(expect.expect_equal, lambda: [0] * 999, expected=[0] * 998).help.endswith(
        "expected 998 items, got 999 items"
    )


def test_close_allows_what_equal_does_not():
    expect.expect_close(handle(lambda: [1, 0.3]), expected=[1.0, 0.1 + 0.2], tolerance=1e-9)
    no_of(expect.expect_equal, lambda: [1, 0.3], expected=[1.0, 0.1 + 0.2])
    no_of(expect.expect_close, lambda: float("nan"), expected=1.0, tolerance=0.1)
    no_of(expect.expect_close, lambda: True, expected=1.0, tolerance=0.1)


def test_length_is_counted_and_shown():
    no = no_of(expect.expect_length, lambda: [1, 2, 3], length=1)
    assert (no.got, no.expected) == ("returned 3 items: [1, 2, 3]", "1 item")
    expect.expect_length(handle(lambda: {"a": 1}), length=1)


@pytest.mark.parametrize("value", [5, None, np.array(1.0)])
def test_value_without_a_length_is_a_no(value):
    assert no_of(expect.expect_length, lambda: value, length=2).expected == "2 items"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (1, int), ("a", str), (None, None), ([1], list[int]), ({"a": 0.5}, dict[str, float]), ([], list[int]),
        ((1, "a"), tuple[int, str]), ((1, 2), tuple[int, ...]), (None, int | None), ([[1]], list[list[int]]),
        (np.zeros(1), np.ndarray), ({1}, set[int]),
    ],
)  # fmt: skip
def test_value_of_the_kind_passes(value, kind):
    expect.expect_type(handle(lambda: value), kind=kind)


@pytest.mark.parametrize(
    ("value", "kind", "name"),
    [
        (True, int, "an int"), (1, float, "a float"), ([True], list[int], "a list[int]"), ((1,), list, "a list"),
        ({1: 0.5}, dict[str, float], "a dict[str, float]"), ((1,), tuple[int, str], "a tuple[int, str]"),
        (None, str, "a str"), ("x", int | None, "an int | None"), ([1.0], np.ndarray, "a ndarray"),
    ],
)  # fmt: skip
def test_value_of_another_kind_is_a_no(value, kind, name):
    assert no_of(expect.expect_type, lambda: value, kind=kind).expected == name


def test_truth_is_what_the_check_says():
    expect.expect_true(handle(lambda x: x), (3,), holds=lambda got: got > 2, says="more than 2")
    no = no_of(expect.expect_true, lambda x: x, (1,), holds=lambda got: got > 2, says="more than 2")
    assert (no.got, no.expected) == ("returned 1", "more than 2")


def test_value_that_the_test_cannot_deal_with_is_a_no_and_not_a_fault_of_the_course():
    no = no_of(expect.expect_true, lambda: None, holds=lambda got: got[0] > 2, says="a first item above 2")
    assert no.expected == "a first item above 2"
    assert "is a return missing" in no.help


def test_error_that_is_wanted_passes_with_its_subclasses():
    def answer(kind):
        raise {"key": KeyError, "type": TypeError}[kind]

    expect.expect_raises(handle(answer), ("key",), kind=LookupError)
    assert no_of(expect.expect_raises, answer, ("type",), kind=LookupError).got.startswith("raised TypeError")
    assert no_of(expect.expect_raises, lambda: 3, kind=ValueError).expected == "the error ValueError"
    assert "not plain data" in no_of(expect.expect_raises, lambda: object(), kind=ValueError).got


def test_two_calls_agree_or_the_reason_is_told():
    expect.expect_same(handle(sorted), ([1, 2],), ([2, 1],), why="order is no part of it")
    no = no_of(expect.expect_same, list, ([1, 2],), ([2, 1],), why="order is no part of it")
    assert no.call == "f([1, 2]), then f([2, 1]),"
    assert no.got == "returned [1, 2], then [2, 1]"
    assert no.expected == "the same both times (order is no part of it)"


def test_second_call_follows_the_first_by_a_stated_change():
    double = {"change": lambda value: 2 * value, "why": "it is proportional"}
    expect.expect_same(handle(lambda x: 3 * x), (1,), (2,), **double)
    assert (
        no_of(expect.expect_same, lambda x: 3, (1,), (2,), **double).expected
        == "6 the second time (it is proportional)"
    )
    assert no_of(expect.expect_same, lambda x: None, (1,), (2,), **double).got == "returned None"


def test_two_calls_agree_within_the_rules():
    expect.expect_same(handle(lambda x: x), (1.0,), (1.0 + 1e-12,), why="close", rules=Rules(tolerance=1e-9))


def test_state_kept_between_calls_is_found():
    counter = itertools.count()
    no = no_of(expect.expect_repeatable, lambda: next(counter))
    assert no.got == "returned 0, then 1"
    assert "between calls" in no.help
    expect.expect_repeatable(handle(lambda: [1]))


def test_changed_argument_is_found_by_place_or_name():
    def spoil(first, items, *, more):
        more.clear()

    no = no_of(expect.expect_unchanged, spoil, (1, [2]), {"more": {"a": 1}})
    assert no.got == "changed its argument more to {}"
    no = no_of(expect.expect_unchanged, lambda first, items: items.sort(), (1, [2, 1]))
    assert no.got == "changed its argument 2 to [1, 2]"
    expect.expect_unchanged(handle(lambda items: items), ([1],))


def test_array_changed_in_place_is_found():
    def spoil(array):
        array *= 2

    assert no_of(expect.expect_unchanged, spoil, (np.ones(2),)).got.startswith("changed its argument 1")


ALL = [
    (expect.expect_equal, {"expected": 1}),
    (expect.expect_close, {"expected": 1, "tolerance": 0.1}),
    (expect.expect_length, {"length": 1}),
    (expect.expect_type, {"kind": int}),
    (expect.expect_true, {"holds": bool, "says": "something"}),
    (expect.expect_raises, {"kind": ValueError}),
    (expect.expect_repeatable, {}),
    (expect.expect_unchanged, {}),
]


@pytest.mark.parametrize(("expectation", "options"), ALL)
def test_stub_is_not_started_for_every_expectation(expectation, options):
    def stub():
        raise NotImplementedError

    with pytest.raises(NotStarted):
        expectation(handle(stub), **options)


@pytest.mark.parametrize(("expectation", "options"), [pair for pair in ALL if pair[0] is not expect.expect_raises])
def test_error_is_a_no_with_all_its_parts_for_every_expectation(expectation, options):
    def answer():
        raise ValueError("words")

    no = no_of(expectation, answer, **options)
    assert no.call == "f()"
    assert no.got.startswith("raised ValueError: words (line ")
    assert no.expected
