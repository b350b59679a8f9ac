import numpy as np
import pytest

from course_lib.checks.showing import clean, printable, show, show_call


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "True"),
        (0.1, "0.1"),
        ("a'b", '"a\'b"'),
        (b"ab", "b'ab'"),
        ([], "[]"),
        ((1,), "(1,)"),
        (set(), "set()"),
        ({"b": [1, (2, 3)]}, "{'b': [1, (2, 3)]}"),
        (np.array([[1, 2]]), "np.array([[1, 2]])"),
        (np.zeros((0, 3)), "np.array([], shape (0, 3))"),
        (np.array(1.5), "np.array(1.5)"),
    ],
)
def test_short_values_are_shown_as_they_would_be_typed(value, text):
    assert show(value) == text


def test_set_is_shown_in_one_order_whatever_is_in_it():
    assert show({3, "b", (2, 1), None, 1.5, "a"}) == "{None, 1.5, 3, 'a', 'b', (2, 1)}"


@pytest.mark.parametrize(
    "value",
    [
        list(range(10_000)),
        "x" * 10_000,
        b"x" * 10_000,
        10**900,
        [["a" * 500] * 500] * 500,
        {str(n): "y" * 300 for n in range(999)},
        np.arange(10_000.0).reshape(100, 100),
        [[[[[[list(range(99))]]]]]],
    ],
)
def test_any_value_is_shown_in_bounded_room(value):
    assert len(show(value)) < 400


def test_shortened_array_says_its_shape():
    assert show(np.zeros((100, 2)), room=40).endswith("more], shape (100, 2))")


def test_long_list_says_how_many_items_are_left_out():
    assert show(list(range(1000)), room=30) == "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ... 990 more]"


def test_text_is_shown_without_characters_that_a_screen_obeys():
    assert show("\x1b[31m\u202e\ud800") == "'\\x1b[31m\\u202e\\ud800'"
    assert printable("a\tb\u2028") == "a\\tb\\u2028"


def test_words_lose_addresses_and_line_breaks():
    assert clean("cannot\n  use <x at 0x7f1234> now") == "cannot use <x> now"


def test_words_are_bounded_also_when_they_come_as_a_flood():
    assert len(clean("a " * 10_000_000, room=100)) <= 100


def test_arguments_share_the_room_of_a_call():
    call = show_call("f", (list(range(500)), "y" * 900), {"k": 3})
    assert call.startswith("f([0, 1,")
    assert call.endswith(", k=3)")
    assert len(call) < 320
