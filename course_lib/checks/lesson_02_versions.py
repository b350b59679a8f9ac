"""Checks of lesson 02: how steady a prompt is, and a test that stands before every new version."""

from __future__ import annotations

from random import Random
from typing import Any

from course_lib.checks import Exercise, expect_close, expect_equal, expect_same
from course_lib.metrics import flip_rate as reference_flip_rate
from course_lib.prompt_versions import find_regressions as reference

ex_02_3 = Exercise(
    "ex_02_3",
    "how often do two wordings disagree?",
    points=1,
    minutes=6,
    pattern="G1 G2",
    hints=(
        "How many pairs of different wordings are there, and how many of them have one valid and one invalid output?",
        "With k valid outputs out of n there are k * (n - k) pairs that differ, and n * (n - 1) / 2 pairs in all.",
        "n, k = len(outcomes), sum(outcomes); return k * (n - k) / (n * (n - 1) / 2).",
    ),
)


def draw_outcomes(rng: Random) -> tuple[list[bool]]:
    """Return the outcomes of 3 to 9 wordings, both kinds among them."""
    outcomes = [True, False] + [rng.random() < 0.6 for _ in range(rng.randint(1, 7))]
    rng.shuffle(outcomes)
    return (outcomes,)


@ex_02_3.check
def steady_is_zero(flip_rate):
    """five wordings with the same outcome never disagree"""
    expect_close(flip_rate, ([True] * 5,), expected=0.0, tolerance=1e-9)
    expect_close(
        flip_rate, ([False] * 5,), expected=0.0, tolerance=1e-9, help="always invalid is bad, but it is steady"
    )


@ex_02_3.check(after=steady_is_zero)
def pairs_are_counted(flip_rate):
    """one invalid output among four: three of the six pairs differ; of two, the only pair"""
    words = [
        (0.25, "this is the share of the rarer outcome: count pairs of wordings"),
        (0.375, "this pairs each wording with itself as well: n wordings have n * (n - 1) / 2 pairs"),
        (1 / 3, "this compares neighbours only: all pairs count"),
        (2 / 3, "this compares neighbours only: all pairs count"),
    ]
    expect_close(flip_rate, ([True, True, False, True],), expected=0.5, tolerance=1e-9, help_if=words)
    expect_close(flip_rate, ([True, False],), expected=1.0, tolerance=1e-9, help="two wordings make one pair")


@ex_02_3.check(after=pairs_are_counted)
def unseen_outcomes(flip_rate, cases):
    """is right on outcomes that you have not seen"""
    for (outcomes,) in cases.draw(draw_outcomes, n=4):
        expect_close(flip_rate, (outcomes,), expected=reference_flip_rate(outcomes), tolerance=1e-9)


@ex_02_3.check(after=steady_is_zero)
def names_and_order_do_not_count(flip_rate, cases):
    """the order of the wordings does not count, nor which outcome is called valid"""
    for (outcomes,) in cases.draw(draw_outcomes, n=3):
        expect_same(flip_rate, (outcomes,), (sorted(outcomes),), why="wordings have no order")
        turned = [not valid for valid in outcomes]
        expect_same(flip_rate, (outcomes,), (turned,), why="a pair that differs still differs when all are turned over")


ex_02_8 = Exercise(
    "ex_02_8",
    "a test that stops a worse prompt",
    points=3,
    level="stretch",
    minutes=14,
    pattern="G2 G3",
    hints=(
        "Which of the planted faults would a single average over all items never show?",
        "Three looks, each with its own words: items of old that new lacks; for each slice of old, the share of right "
        "ones before and after; the mean of tokens before and after. Sort what you found.",
        "before = [r['right'] for r in old if r['slice'] == name], after the same of new; a fall is "
        "sum(before) / len(before) - sum(after) / len(after) > slack + 1e-9 (floats round: 0.8 - 0.7 > 0.1); an empty "
        "after is a share of 0.",
    ),
)
SLICES = ("long", "plain", "short", "typo")
Records = list[dict[str, Any]]


def draw_records(rng: Random) -> Records:
    """Return ten records a slice, six to eight of them right, eight in the slice plain."""
    records = []
    for name in SLICES:
        n_right = 8 if name == "plain" else rng.randint(6, 8)
        for number in range(10):
            right = number < n_right
            records.append({"id": f"{name}-{number}", "slice": name, "right": right, "tokens": 60 + rng.randint(0, 20)})
    rng.shuffle(records)
    return records


def turn(records: Records, name: str, change: int) -> Records:
    """Return the records with so many more (or fewer) right ones in a slice."""
    wanted = change > 0
    left = abs(change)
    changed = []
    for record in records:
        if left and record["slice"] == name and record["right"] is not wanted:
            record, left = {**record, "right": wanted}, left - 1
        changed.append(record)
    return changed


def plant(records: Records, rng: Random) -> list[tuple[Records, str]]:
    """Return worse versions of a prompt, each with the words for whoever lets it pass."""
    worse, better, *_ = rng.sample(SLICES, 4)
    hidden = turn(records, worse, -3)
    for name in SLICES:
        hidden = hidden if name == worse else turn(hidden, name, 1)
    spared = iter([False] * 3 + [True] * 10)
    dropped = [record for record in records if record["slice"] != worse or (record["right"] and next(spared))]
    long = [{**record, "tokens": record["tokens"] * 2} for record in turn(records, better, 1)]
    gone = [record for record in records if record["slice"] != worse]
    few = [{**record, "tokens": record["tokens"] * 1.5} for record in gone]
    return [
        (turn(records, worse, -3), "a slice fell by three out of ten: that is more than the slack"),
        (hidden, "the average hides a slice that fell: compare slice by slice"),
        (dropped, "look for missing ids; the share of a slice is that of the records that are there"),
        (long, "the new version is right, but its prompts are twice as long: compare the mean of tokens"),
        (gone, "a whole slice is missing in the new records"),
        (few, "fewer records do not make prompts shorter: compare the mean of tokens, not their sum"),
    ]


def _judge(
    find_reasons: Any, old: Records, new: Records, words: str, slack: float = 0.1, most_tokens: float = 1.2
) -> None:
    args = old, new, slack, most_tokens
    expect_equal(find_reasons, args, expected=reference(*args), help=words)


@ex_02_8.check
def lets_a_good_version_pass(find_reasons, cases):
    """the same version, and a better one, pass"""
    for old in cases.draw(draw_records, n=2):
        _judge(find_reasons, old, old, "nothing has changed: no reason to refuse")
        _judge(find_reasons, old, turn(old, "typo", 2), "a slice that rose is no regression")


@ex_02_8.check(after=lets_a_good_version_pass)
def lets_noise_pass(find_reasons, cases):
    """a slice that fell by no more than the slack passes, and so does a slightly longer prompt"""
    for old in cases.draw(draw_records, n=2):
        new = [{**record, "tokens": record["tokens"] + 5} for record in turn(old, "plain", -1)]
        words = "one of ten is the slack itself: refuse only what fell by more (and mind how floats round)"
        _judge(find_reasons, old, new, words)
        new = [{**old[0], "tokens": 3 * old[0]["tokens"]}, *old[1:]]
        _judge(find_reasons, old, new, "one long prompt is no reason: compare the mean of tokens")


@ex_02_8.check(after=lets_a_good_version_pass)
def stops_planted_regressions(find_reasons, cases):
    """stops worse versions of six kinds and names why"""
    for old in cases.draw(draw_records, n=2):
        for new, words in plant(old, cases.rng("plants")):
            _judge(find_reasons, old, new, words)


@ex_02_8.check(after=lets_a_good_version_pass)
def limits_are_those_given(find_reasons, cases):
    """keeps to the slack and to the tokens that it is given"""
    for old in cases.draw(draw_records, n=1):
        new = [{**record, "tokens": record["tokens"] * 1.5} for record in turn(old, "typo", -2)]
        for slack, most_tokens in ((0.3, 2.0), (0.1, 2.0), (0.3, 1.2), (0.0, 1.0)):
            words = f"here a slice may fall by {slack}, and tokens may be {most_tokens} times as many"
            _judge(find_reasons, old, new, words, slack, most_tokens)


@ex_02_8.check(after=lets_a_good_version_pass)
def order_does_not_count(find_reasons, cases):
    """the order of the records does not count"""
    for old in cases.draw(draw_records, n=1):
        new, _ = plant(old, cases.rng("order"))[1]
        args, turned = (old, new, 0.1, 1.2), (old[::-1], new[::-1], 0.1, 1.2)
        expect_same(find_reasons, args, turned, why="records are matched by id and slice, not by place")
