"""Checks of lesson 04: contradictions between passages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random

from course_lib.checks import Exercise, expect_equal, expect_same

ex_04_5 = Exercise(
    "ex_04_5",
    "find contradictions between passages",
    points=2,
    minutes=12,
    pattern="G1 G2",
    hints=(
        "What do two sentences have in common that say the same of the same thing, but with another number?",
        "Put # in the place of every number of a sentence: that is its frame. Two chunks contradict each other when a "
        "frame stands in both of them with different numbers.",
        r"frame = re.sub(r'\d+(?:[.,]\d+)*', '#', sentence.casefold()); "
        r"numbers = re.findall(r'\d+(?:[.,]\d+)*', sentence).",
    ),
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
THINGS = ("Tarvo lamp", "Ulmo hub", "Brisk kettle", "Selva radio", "Orrin clock")
FRAMES = ("The {} costs {} euros.", "The {} weighs {} grams.", "We store {} of the {}.", "The {} is blue.")


def _readings(text: str) -> dict[str, list[str]]:
    """Return each frame of a text with the numbers in it."""
    sentences = re.split(r"(?<=[.!?])\s+", text.strip())
    return {_NUMBER.sub("#", sentence.casefold()): _NUMBER.findall(sentence) for sentence in sentences}


def _find_conflicts(chunks: Sequence[Mapping[str, str]]) -> list[list[str]]:
    read = [(chunk["id"], _readings(chunk["text"])) for chunk in chunks]
    return [
        [first, second]
        for at, (first, ours) in enumerate(read)
        for second, theirs in read[at + 1 :]
        if any(ours[frame] != theirs[frame] for frame in ours.keys() & theirs.keys())
    ]


def draw_contradicting(rng: Random) -> list[dict[str, str]]:
    """Return four chunks of which some contradict each other."""
    first, second = rng.sample(THINGS, 2)
    low, high = rng.sample(range(10, 99), 2)
    texts = [
        f"The {first} is blue. The {first} costs {low} euros.",
        f"The {second} costs {high} euros. The {first} weighs {high} grams.",
        f"The {first} costs {rng.choice([low, high])} euros. The {second} costs {high} euros.",
        f"THE {second.upper()} COSTS {rng.choice([low, high])} EUROS. The {second} weighs 9 grams.",
    ]
    rng.shuffle(texts)
    return [{"id": f"d{number}#{rng.randint(0, 3)}", "text": text} for number, text in enumerate(texts)]


@ex_04_5.check
def finds_a_contradiction(find_conflicts):
    """the same sentence with another number is a contradiction"""
    chunks = [{"id": "a", "text": "The hub costs 9 euros. It is blue."}, {"id": "b", "text": "The hub costs 8 euros."}]
    words = [
        ([], "compare sentence by sentence: a chunk may say more than the other one"),
        ([["b", "a"]], "a is first"),
    ]
    expect_equal(find_conflicts, (chunks,), expected=[["a", "b"]], help_if=words)


@ex_04_5.check(after=finds_a_contradiction)
def agreement_is_none(find_conflicts):
    """the same number is no contradiction, nor is another thing or another attribute"""
    for text in ("The hub costs 9 euros.", "The lamp costs 8 euros.", "The hub weighs 8 grams."):
        chunks = [{"id": "a", "text": "The hub costs 9 euros."}, {"id": "b", "text": text}]
        help = "only sentences whose words all agree can contradict each other, and only by their numbers"
        expect_equal(find_conflicts, (chunks,), expected=[], help=help)


@ex_04_5.check(after=finds_a_contradiction)
def reads_whole_numbers(find_conflicts):
    """12.5 is one number, and so is 1,250; capitals do not count"""
    help = "a number may hold points and commas, \\d+(?:[.,]\\d+)*, and frames are compared in one case"
    for number in ("12.5", "1,250"):
        chunks = [{"id": "a", "text": f"The hub costs {number} euros."}, {"id": "b", "text": "THE HUB COSTS 13 EUROS."}]
        expect_equal(find_conflicts, (chunks,), expected=[["a", "b"]], help=help)


@ex_04_5.check(after=finds_a_contradiction)
def compares_all_numbers_of_a_sentence(find_conflicts):
    """of several numbers in a sentence each one counts, and its place does"""
    help = "compare the list of all numbers of a sentence: the second one can differ, or two can change places"
    for hours in ("8 to 17", "17 to 8"):
        texts = {"a": "It is open from 8 to 18.", "b": f"It is open from {hours}.", "c": "It is open from 18 to 8."}
        chunks = [{"id": name, "text": text} for name, text in texts.items()]
        expect_equal(find_conflicts, (chunks,), expected=[["a", "b"], ["a", "c"], ["b", "c"]], help=help)


@ex_04_5.check(after=finds_a_contradiction)
def sentences_end_in_three_ways(find_conflicts):
    """a sentence ends with a full stop, a question mark or an exclamation mark"""
    help = "cut at a blank behind ., ! or ?"
    for end in ".!?":
        texts = (f"It is blue{end} The hub costs 9 euros.", "The hub costs 8 euros.")
        chunks = [{"id": name, "text": text} for name, text in zip("ab", texts, strict=True)]
        expect_equal(find_conflicts, (chunks,), expected=[["a", "b"]], help=help)


@ex_04_5.check(after=finds_a_contradiction)
def compares_all_pairs(find_conflicts):
    """four chunks that all say something else make six pairs"""
    chunks = [{"id": name, "text": f"The hub costs {at} euros."} for at, name in enumerate("dabc", 5)]
    pairs = [["d", "a"], ["d", "b"], ["d", "c"], ["a", "b"], ["a", "c"], ["b", "c"]]
    help = "compare each chunk with each one behind it, in the order in which they come"
    expect_equal(find_conflicts, (chunks,), expected=pairs, help=help)


@ex_04_5.check(after=agreement_is_none)
def finds_unseen_contradictions(find_conflicts, cases):
    """finds all contradictions among chunks that you have not seen, each pair once, in the order of the chunks"""
    for chunks in cases.draw(draw_contradicting, n=5):
        expect_equal(find_conflicts, (chunks,), expected=_find_conflicts(chunks))


@ex_04_5.check(after=agreement_is_none)
def a_changed_number_follows(find_conflicts, cases):
    """when a number changes in both chunks alike, nothing else does"""
    for chunks in cases.draw(draw_contradicting, n=2):
        moved = [{"id": chunk["id"], "text": _NUMBER.sub(r"7\g<0>", chunk["text"])} for chunk in chunks]
        expect_same(find_conflicts, (chunks,), (moved,), why="all numbers got the same new digit in front")
