"""What repeats and what does not."""

import pytest

from course_lib.rag import adds_nothing


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Open at nine.", "open at NINE!"),
        ("It costs 9 euros.", "**It costs 9 euros.** It is red."),
    ],
)
def test_copies_and_parts_add_nothing(text, other):
    assert adds_nothing(text, other)
    assert adds_nothing(text, text)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("The lamp costs 24 euros today.", "The lamp costs 25 euros today."),
        ("It freezes at -5 degrees.", "It freezes at 5 degrees."),
        ("A discount of 5 % applies.", "A discount of 5 € applies."),
        ("Version 1.25 is old.", "Version 12.5 is old."),
        ("The lamp is in room 3 and the hub in room 4.", "The lamp is in room 4 and the hub in room 3."),
        ("The lamp costs 24 euros. It is sold out.", "The lamp costs 24 euros."),
    ],
)
def test_one_different_value_is_news(text, other):
    assert not adds_nothing(text, other)
