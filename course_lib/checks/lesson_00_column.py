"""Checks of lesson 00: finding the column that a lost cell belongs to."""

from __future__ import annotations

import re

from course_lib.checks import Exercise, expect_equal, expect_same, expect_true

ex_00_5 = Exercise(
    "ex_00_5",
    "find the column that a lost cell belongs to",
    points=2,
    level="stretch",
    minutes=4,
    pattern="G1 G2",
    hints=(
        "Which words do the cell and a column have in common? A set of words for each makes that one operation.",
        "Lower case, cut into words, keep those of four letters or more, make a set; count the words that two sets "
        "share; take the column with most.",
        r'set(re.findall(r"[a-z]{4,}", text.lower())) is the set of words; max(columns, key=...) takes the first of '
        "equals.",
    ),
)
HOME = {"RAG": "Choose it for content that changes.", "fine-tuning": "Choose it for style, tone and format."}


def draw_columns(rng):
    """Return a cell and three columns.

    The left one shares three words with it. The middle one shares one, many times, and holds three more inside longer
    words. All of the right one is one shared word.
    """
    bank = "invoice parcel printer warehouse ticket manager supplier refund contract project border window".split()
    words = rng.sample(bank, 10)
    right = f"{words[0].capitalize()} and {words[1]}, then {words[2]}; {words[3]}."
    wrong = f"{words[4]} {words[6]} {words[0]}s {words[6]} {words[1]}s, {words[6]} {words[2]}s and {words[6]}"
    cell = f"{words[2]} {words[6]} {words[6]} {words[6]} {words[6]}, {words[1].upper()} and {words[0]}"
    return cell, {"left": right, "middle": wrong, "right": f"and {words[6]}"}


def column_by_words(cell, columns):
    """Return the name of the column that shares most words with the cell."""
    return max(columns, key=lambda name: len(_words(cell) & _words(columns[name])))


def _words(text):
    return set(re.findall(r"[a-z]{4,}", text.lower()))


@ex_00_5.check
def finds_the_obvious_home(find_column):
    """finds the obvious column"""
    expect_true(
        find_column, ("tone and style", HOME), holds=lambda name: name in HOME, says="the name of a column, as text"
    )
    expect_equal(find_column, ("tone and style", HOME), expected="fine-tuning")


@ex_00_5.check(after=finds_the_obvious_home)
def marks_and_case_do_not_count(find_column):
    """punctuation and case are no part of a word"""
    words = "'FORMAT;', 'format_2' and 'format.' are the same word: keep the letters only, in lower case"
    for cell in ("FORMAT; changes fast, Tone!", "format_2, tone3, changes"):
        expect_equal(find_column, (cell, HOME), expected="fine-tuning", help=words)


@ex_00_5.check(after=finds_the_obvious_home)
def short_words_do_not_count(find_column):
    """words of three letters or fewer do not count"""
    columns = {"one": "all of it and for you", "two": "one style"}
    expect_equal(find_column, ("style and all of it for you", columns), expected="two")


@ex_00_5.check(after=finds_the_obvious_home)
def whole_words_count_once(find_column, cases):
    """whole words count, each of them once"""
    words = "does a word count once, however often it comes in the cell or the column, and only as a whole?"
    for cell, columns in cases.draw(draw_columns, n=3):
        expect_equal(find_column, (cell, columns), expected=column_by_words(cell, columns), help=words)


@ex_00_5.check(after=finds_the_obvious_home)
def order_of_columns_does_not_count(find_column, cases):
    """the order of the columns does not count"""
    for cell, columns in cases.draw(draw_columns, n=2):
        reversed_columns = dict(reversed(columns.items()))
        expect_same(find_column, (cell, columns), (cell, reversed_columns), why="there is no tie between the columns")


@ex_00_5.check(after=finds_the_obvious_home)
def first_of_equals_wins(find_column):
    """of equals the first column wins"""
    columns = {"one": "style and colour", "two": "colour and style"}
    for cell in ("style", "price"):
        expect_equal(
            find_column, (cell, columns), expected="one", help="both share as many words with it: the first wins"
        )
        turned = dict(reversed(columns.items()))
        expect_equal(find_column, (cell, turned), expected="two", help="the first column is the one that comes first")
