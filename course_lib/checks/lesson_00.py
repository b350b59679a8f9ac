"""Checks of lesson 00: Start here: five minutes to your first green check."""

from __future__ import annotations

from collections import Counter

from course_lib.checks import (
    Exercise,
    SaysNo,
    expect_equal,
    expect_length,
    expect_repeatable,
    expect_same,
    expect_true,
)
from course_lib.checks.showing import show_call

ex_00_1 = Exercise(
    "ex_00_1",
    "what must be mended on this computer",
    points=1,
    level="core",
    minutes=2,
    pattern="G1",
    hints=(
        "Each finding is a dict. Which of its keys says whether there is something to do?",
        "Go through the findings in their order and keep the name (key check) of those whose ok is False.",
        'A list comprehension does it: [finding["check"] for finding in ... if not ...].',
    ),
)
NAMES = ("packages", "weights", "memory", "disk", "kernel", "port", "write", "python", "cores", "clock")
ADVICES = ("look again next week", "", "")
FINE = {"check": "disk", "ok": True, "found": "40.2 GB free", "advice": ""}
SMALL = {"check": "memory", "ok": False, "found": "0.9 GB available", "advice": "close other programs"}


def draw_findings(rng):
    """Return findings, at least two of them bad, whose bad names do not stand in alphabetical order.

    One of the good ones carries an advice all the same: only ``ok`` says whether there is something to mend.
    """
    bad = rng.sample(NAMES, rng.randint(2, 4))
    if bad == sorted(bad):
        bad.reverse()
    findings = [{"check": name, "ok": False, "found": "too little", "advice": f"see to {name}"} for name in bad]
    for name, advice in zip(rng.sample([name for name in NAMES if name not in bad], 3), ADVICES, strict=True):
        good = {"check": name, "ok": True, "found": "enough", "advice": advice}
        findings.insert(rng.randint(0, len(findings)), good)
    return findings


@ex_00_1.check
def names_what_is_not_ok(what_to_mend):
    """names the one check that is not ok"""
    words = [
        (["disk"], "this is the check that is fine: keep those whose ok is False"),
        (["disk", "memory"], "these are all checks: keep those whose ok is False"),
        ([SMALL], "return the name of the check, and not the whole finding"),
        (["close other programs"], "this is the advice: return the name of the check"),
        ("memory", "return a list, also when only one check is not ok"),
    ]
    expect_equal(what_to_mend, ([FINE, SMALL],), expected=["memory"], help_if=words)


@ex_00_1.check(after=names_what_is_not_ok)
def empty_where_all_is_well(what_to_mend):
    """returns an empty list where all is well"""
    expect_equal(what_to_mend, ([FINE],), expected=[])


@ex_00_1.check(after=names_what_is_not_ok)
def keeps_the_order(what_to_mend, cases):
    """keeps the order of other findings"""
    for findings in cases.draw(draw_findings, n=3):
        expected = [finding["check"] for finding in findings if not finding["ok"]]
        advised = [finding["check"] for finding in findings if finding["advice"]]
        words = [(advised, "these are all that carry an advice: whether something must be mended is said by ok alone")]
        expect_equal(what_to_mend, (findings,), expected=expected, help_if=words)


ex_00_2 = Exercise(
    "ex_00_2",
    "draw tokens so that a seed repeats them",
    points=2,
    level="core",
    minutes=3,
    pattern="G1 G2",
    hints=(
        "random.Random(seed) is a generator of its own: nobody else draws from it. When must it be made?",
        "Make the generator once per call, then draw n positions from it; the standard library can draw by weight.",
        "random.Random(seed).choices(range(len(weights)), weights=..., k=...) gives the whole list.",
    ),
)
EVEN = (0.25, 0.25, 0.25, 0.25)
N_FREQUENT, SLACK = 2000, 0.06  # more than five standard errors of any share
N_SEEDS, FEWEST_FIRST = 60, 0.47  # five standard errors below 0.75


def draw_weights(rng):
    """Return weights that sum to 1, the first far above the others."""
    parts = [rng.randint(8, 12), *(rng.randint(1, 3) for _ in range(rng.randint(2, 3)))]
    return [part / sum(parts) for part in parts], rng.randint(1, 10_000)


@ex_00_2.check
def returns_n_positions(draw_tokens):
    """returns n positions"""
    expect_length(draw_tokens, (list(EVEN), 12, 3), length=12)
    is_position = [*range(len(EVEN))].__contains__
    expect_true(
        draw_tokens,
        (list(EVEN), 12, 3),
        holds=lambda drawn: all(type(at) is int and is_position(at) for at in drawn),
        says="a list of positions in the list of weights: whole numbers from 0 to 3",
        help="a position says which weight was drawn, and is not the weight; .tolist() makes a list of a numpy array",
    )


@ex_00_2.check(after=returns_n_positions)
def same_seed_same_draw(draw_tokens):
    """the same seed gives the same draw"""
    words = "where does the chance come from? Only random.Random(seed) may decide"
    expect_repeatable(draw_tokens, (list(EVEN), 40, 3), help=words)


@ex_00_2.check(after=same_seed_same_draw)
def another_seed_another_draw(draw_tokens):
    """another seed gives another draw"""
    words = "is the seed that you are given the one that you use?"
    earlier = [draw_tokens(list(EVEN), 40, 3)]
    for seed in range(4, 9):
        expect_true(
            draw_tokens,
            (list(EVEN), 40, seed),
            holds=lambda drawn: drawn not in earlier,
            says=f"not what seed {3 if seed == 4 else f'3 to {seed - 1}'} gave",
            help=words,
        )
        earlier.append(draw_tokens(list(EVEN), 40, seed))


@ex_00_2.check(after=returns_n_positions)
def weights_count(draw_tokens, cases):
    """a heavier token comes up more often"""
    for weights, seed in cases.draw(draw_weights, n=2):
        drawn = draw_tokens(weights, N_FREQUENT, seed)
        counts = Counter(drawn)
        for at, weight in enumerate(weights):
            share = counts[at] / len(drawn)
            if abs(share - weight) > SLACK:
                call = show_call("draw_tokens", (weights, N_FREQUENT, seed))
                got = f"returned position {at} in {share:.0%} of the draws"
                raise SaysNo(call, got, f"about {weight:.0%}, as its weight says", _why_uneven(counts, len(weights)))


def _why_uneven(counts, n_weights):
    if len(counts) == 1:
        return "all draws are the same: make the generator once per call, not once per draw"
    spread = max(counts.values()) - min(counts.values())
    if len(counts) == n_weights and spread < N_FREQUENT * SLACK * 2:
        return "each position comes up about as often as the others: the weights are not used"
    return ""


@ex_00_2.check(after=weights_count)
def a_single_draw_is_chance(draw_tokens):
    """a single draw is chance too: many seeds give each position about as often as its weight says"""
    drawn = [draw_tokens([3, 1], 1, seed)[0] for seed in range(N_SEEDS)]
    share = drawn.count(0) / N_SEEDS
    if not FEWEST_FIRST < share < 1:
        got = f"returned position 0 for {share:.0%} of the seeds"
        words = "lots are drawn one by one: do not deal out each position by its share and shuffle"
        raise SaysNo(f"draw_tokens([3, 1], 1, seed) with seeds 0 to {N_SEEDS - 1}", got, "about 75%", words)


@ex_00_2.check(after=weights_count)
def only_proportions_count(draw_tokens, cases):
    """twice all weights changes nothing"""
    for weights, seed in cases.draw(draw_weights, n=2):
        doubled = [2 * weight for weight in weights]
        expect_same(
            draw_tokens,
            (weights, 30, seed),
            (doubled, 30, seed),
            why="only the proportions of the weights count",
            help="they need not sum to 1",
        )
