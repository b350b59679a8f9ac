import math

import numpy as np
import pytest

from course_lib.checks.compare import EXACT, Rules, find_difference

NUMBERS = Rules(numbers_mix=True)
NEAR = Rules(numbers_mix=True, tolerance=1e-6)
NAN = math.nan


@pytest.mark.parametrize(
    ("expected", "got", "rules"),
    [
        (1, 1, EXACT),
        ([1, (2, 3)], ((1, [2, 3])), EXACT),
        (NAN, NAN, EXACT),
        ([NAN, math.inf], [NAN, math.inf], NEAR),
        (1, 1.0, NUMBERS),
        (0.0, -0.0, EXACT),
        (1.0, 1.0 + 1e-7, NEAR),
        (1e9, 1e9 + 1, NEAR),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, EXACT),
        ({1, (2, 3)}, {(2, 3), 1}, EXACT),
        (np.array([1, 2]), np.array([1, 2], dtype="u1"), EXACT),
        (np.array([1.0, NAN]), np.array([1.0, NAN], dtype="f4"), EXACT),
        (np.array([1, 2]), np.array([1.0, 2.0]), NUMBERS),
        (np.array([1.0, 5.0]), np.array([1.0 + 1e-8, 5.0]), NEAR),
        (np.array(["a"]), np.array(["a"]), EXACT),
        (np.array(3.0), np.array(3.0), EXACT),
        (10**500, 10**500, NEAR),
    ],
)
def test_values_that_are_equal_by_the_rules(expected, got, rules):
    assert find_difference(expected, got, rules) is None


@pytest.mark.parametrize(
    ("expected", "got", "rules", "where"),
    [
        (1, True, EXACT, ""),
        (1, True, NEAR, ""),
        (1, 1.0, EXACT, ""),
        (1, "1", NEAR, ""),
        (0, None, NEAR, ""),
        ([1], {1}, EXACT, ""),
        ((1,), [1], Rules(tuple_is_list=False), ""),
        ([1, [2, 3]], [1, [2, 4]], EXACT, "[1][1]"),
        ([1, 2], [1, 2, 3], EXACT, ""),
        ([1, 2], [], EXACT, ""),
        ({"a": 1}, {"a": 2}, EXACT, "['a']"),
        ({"a": 1}, {}, EXACT, "['a']"),
        ({}, {"a": 1}, EXACT, "['a']"),
        ({1: 0}, {True: 0}, EXACT, "[1]"),
        ({1}, {True}, EXACT, ""),
        ({1}, {1.0}, EXACT, ""),
        (1.0, NAN, NEAR, ""),
        (NAN, 1.0, NEAR, ""),
        (math.inf, 1e308, NEAR, ""),
        (1e308, math.inf, NEAR, ""),
        (math.inf, -math.inf, NEAR, ""),
        (1.0, 10**999, NEAR, ""),
        (10**999, 1.0, NEAR, ""),
        (1.0, 1.1, NEAR, ""),
        (np.array([1, 2]), [1, 2], EXACT, ""),
        ([1, 2], np.array([1, 2]), EXACT, ""),
        (np.array([1, 2]), np.array([1.0, 2.0]), EXACT, ""),
        (np.array([1, 0]), np.array([True, False]), NEAR, ""),
        (np.zeros((2, 1)), np.zeros((1, 2)), NEAR, ""),
        (np.zeros((2, 2)), np.array([[0, 0], [0, 1.0]]), NEAR, "[1][1]"),
        (np.array([1.0]), np.array([NAN]), NEAR, "[0]"),
        (np.array([math.inf]), np.array([1.0]), NEAR, "[0]"),
        (np.array(3.0), np.array(4.0), EXACT, ""),
        ([{"p": 1.0}], [{"p": 1.5}], NEAR, "[0]['p']"),
    ],
)
def test_values_that_differ_do_so_at_their_first_difference(expected, got, rules, where):
    assert find_difference(expected, got, rules).where == where


def test_difference_of_types_names_both():
    difference = find_difference(1, 1.0)
    assert (difference.expected, difference.got) == ("the integer 1", "the float 1.0")


def test_difference_of_lengths_counts():
    assert find_difference([1, 2], [1]).got == "1 item"


def test_long_texts_differ_where_they_part():
    text = "The kiln costs 24 euros. " * 20
    difference = find_difference(text, text.replace("24", "26", 1))
    assert difference.where == "[16:]"
    assert difference.expected.startswith("'4 euros")
    assert difference.got.startswith("'6 euros")


def test_text_that_is_cut_short_differs_at_its_end():
    assert find_difference("x" * 100, "x" * 90).where == "[90:]"
