import numpy as np
import pytest

from course_lib.checks.compare import Rules
from course_lib.checks.diagnosis import MOST_ITEMS, diagnose


@pytest.mark.parametrize(
    ("expected", "got", "words"),
    [
        ([1, 2], None, "is a return missing"),
        (12, "12", "as text"),
        (0.5, " 0.5 ", "as text"),
        ([1, 2], np.array([1, 2]), ".tolist() makes a list"),
        ([1, 2], np.array([2, 1]), "a numpy array and not a list"),
        (np.array([1.0, 2.0]), [1.0, 2.0], "not in a numpy array"),
        (1, 1.0, "int or float"),
        ([1.0, 2.0], [1, 2], "int or float"),
        (3, [3], "inside a list"),
        (3, (3,), "inside a tuple"),
        ([3], 3, "not inside a list"),
        ("24 euros", " 24  euros\n", "space around or between"),
        ("Rome", "rome", "upper and lower case"),
        ([1, 2, 3], [3, 2, 1], "reverse order"),
        ([1, 2, 3], [2, 3, 1], "another order"),
        ([1, 2], [1, 2, 2], "1 too many"),
        ([1, 2, 2], [1, 2], "1 of the items are missing"),
        ([0, 4, 2], [1, 5, 3], "one too high: do you count from 0"),
        ([1, 2], [0, 1], "one too low"),
    ],
)
def test_well_known_mistake_is_named(expected, got, words):
    assert words in diagnose(expected, got)


def test_tuple_in_place_of_a_list_is_named_where_it_matters():
    assert "in a tuple and not in a list" in diagnose([1], (1,), Rules(tuple_is_list=False))


@pytest.mark.parametrize(
    ("expected", "got"),
    [([1, 2], [7, 9]), (1, 2), ("a", "b"), ({"a": 1}, [1]), (1, True), ([True], [False]), ([1], []), ([1], [[2]])],
)
def test_other_mistakes_are_not_guessed_at(expected, got):
    assert diagnose(expected, got) == ""


def test_long_lists_are_not_looked_through():
    n = MOST_ITEMS + 1
    assert diagnose(list(range(n)), list(range(n))[::-1]) == ""
