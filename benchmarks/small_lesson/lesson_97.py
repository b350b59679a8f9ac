"""Checks of the small lesson that graders are compared on."""

import math

from course_lib.checks import Exercise, expect_close, expect_equal

HINTS = ("Which function of Python does it?", "One line.", "Begin with return.")

ex_97_1 = Exercise("ex_97_1", "the largest distance", points=2, hints=HINTS)


@ex_97_1.check
def of_some_numbers(largest_distance):
    """is right for five numbers"""
    expect_equal(largest_distance, ([3, 9, 1, 4, 4],), expected=8)


@ex_97_1.check
def of_drawn_numbers(largest_distance, cases):
    """is right for other numbers"""
    for numbers in cases.draw(draw_numbers, 5):
        expect_equal(largest_distance, (numbers,), expected=max(numbers) - min(numbers))


@ex_97_1.check
def of_none(largest_distance):
    """is 0 for no numbers"""
    expect_equal(largest_distance, ([],), expected=0)


ex_97_2 = Exercise("ex_97_2", "vowels", points=1, hints=HINTS)


@ex_97_2.check
def in_small_letters(count_vowels):
    """counts small letters"""
    expect_equal(count_vowels, ("a small lesson",), expected=4)


@ex_97_2.check
def in_capitals(count_vowels):
    """counts capitals too"""
    expect_equal(count_vowels, ("AN Idea",), expected=4)


ex_97_3 = Exercise("ex_97_3", "length", points=2, hints=HINTS)


@ex_97_3.check
def of_a_triangle(vector_length):
    """is 5 for 3 and 4"""
    expect_close(vector_length, ([3.0, 4.0],), expected=5.0, tolerance=1e-9)


@ex_97_3.check
def of_drawn_vectors(vector_length, cases):
    """is right for other vectors"""
    for vector in cases.draw(draw_vector, 5):
        expect_close(vector_length, (vector,), expected=math.hypot(*vector), tolerance=1e-9)


ex_97_4 = Exercise("ex_97_4", "there and back", points=3, hints=HINTS)


@ex_97_4.check
def keeps_words(pack, unpack):
    """gives two words back"""
    expect_equal(unpack, (pack(["two", "words"]),), expected=["two", "words"])


@ex_97_4.check
def keeps_drawn_words(pack, unpack, cases):
    """gives other words back"""
    for words in cases.draw(draw_words, 5):
        expect_equal(unpack, (pack(words),), expected=words)


@ex_97_4.check
def keeps_no_words(pack, unpack):
    """gives nothing back for nothing"""
    expect_equal(unpack, (pack([]),), expected=[])


def draw_numbers(rng):
    """Return some whole numbers."""
    return [rng.randrange(-50, 50) for _ in range(rng.randrange(2, 9))]


def draw_vector(rng):
    """Return numbers with a fraction."""
    return [rng.uniform(-9, 9) for _ in range(rng.randrange(1, 6))]


def draw_words(rng):
    """Return words without blanks."""
    return ["".join(rng.choices("abcdefg", k=rng.randrange(1, 6))) for _ in range(rng.randrange(1, 6))]
