"""Checks of lesson 09, Hybrid systems: the interaction of a 2x2, and whether the hybrid pays."""

from __future__ import annotations

import numpy as np

from course_lib.checks import (
    Exercise,
    Rules,
    expect_close,
    expect_raises,
    expect_same,
    expect_true,
)
from course_lib.cost import Plan, total_cost

CLOSE = Rules(numbers_mix=True, tolerance=1e-6)

ex_09_1 = Exercise(
    "ex_09_1",
    "the interaction of a 2x2 with its paired interval",
    points=3,
    level="core",
    minutes=10,
    pattern="G7 G2",
    hints=(
        "Which four means enter, and with which sign? What must stay together when questions are drawn?",
        "Make one number a question first: hyb - rag - tuned + base. Average it over all questions, then over the "
        "questions of each draw; the ends are percentiles of the averages.",
        "effect = np.array(hyb) - rag - tuned + base; means = [effect[draw].mean() for draw in draws]; "
        "np.percentile(means, [2.5, 97.5]).",
    ),
)
CELLS = ([1, 1, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0])
ALL_ONCE = [[0, 1, 2, 3]]


def draw_cells(rng):
    """Return the scores of four cells and resamples of their questions."""
    n = rng.randint(12, 20)
    cells = [[int(rng.random() < share) for _ in range(n)] for share in (0.7, 0.4, 0.3, 0.1)]
    cells[-1][rng.randrange(n)] = 1  # so that it matters whether BASE is counted
    return (*cells, [[rng.randrange(n) for _ in range(n)] for _ in range(80)])


def find_interaction(hyb, rag, tuned, base, draws):
    """Return value, low and high, as the exercise asks."""
    effect = np.array(hyb) - np.array(rag) - np.array(tuned) + np.array(base)
    means = [effect[draw].mean() for draw in draws]
    return [float(number) for number in (effect.mean(), *np.percentile(means, [2.5, 97.5]))]


def name_contrast(cells):
    """Return words for contrasts that are taken for the interaction, given as the first of three numbers."""
    hyb, rag, tuned, base = (sum(cell) / len(cell) for cell in cells)
    famous = (
        (hyb - rag, "this is HYB - RAG, what tuning adds to retrieval: the gain that tuning has alone must go off it"),
        (hyb - tuned, "this is HYB - FT-B, what retrieval adds to tuning: its gain alone must go off it"),
        (hyb - max(rag, tuned), "this is HYB against the better single technique, which is another question"),
        (hyb - rag - tuned, "BASE is missing: both single gains begin at BASE, so it comes off twice and is due once"),
    )
    value = hyb - rag - tuned + base
    return lambda got: next(
        (words for wrong, words in famous if abs(got[0] - wrong) < 1e-9 and abs(wrong - value) > 1e-9), None
    )


@ex_09_1.check
def value_is_the_interaction(interaction, cases):
    """the value is HYB - RAG - FT-B + BASE"""
    for *cells, draws in [(*CELLS, ALL_ONCE), *cases.draw(draw_cells, n=2)]:
        value = find_interaction(*cells, draws)[0]
        expect_true(
            interaction,
            (*cells, draws),
            holds=lambda got, value=value: len(got) == 3 and abs(got[0] - value) < 1e-6,
            says=f"three numbers, the first of them {value:.4g}",
            help=_help_for_value(interaction, cells, draws),
        )


def _help_for_value(interaction, cells, draws):
    """Return words if the first number is a famous wrong one; an answer that gives none is spoken to by the check."""
    try:
        return name_contrast(cells)(interaction(*cells, draws)) or ""
    except Exception:
        return ""


@ex_09_1.check(after=value_is_the_interaction)
def ends_come_from_paired_draws(interaction, cases):
    """the ends are the 2.5th and 97.5th percentile of the same draws for all four cells"""
    help = "use every draw once, the same positions in all four cells, then np.percentile(means, [2.5, 97.5])"
    for case in cases.draw(draw_cells, n=3):
        expect_close(interaction, case, expected=find_interaction(*case), tolerance=1e-6, help=help)


@ex_09_1.check(after=value_is_the_interaction)
def the_two_techniques_have_no_order(interaction, cases):
    """RAG and FT-B can change places"""
    for hyb, rag, tuned, base, draws in cases.draw(draw_cells, n=2):
        why = "no technique is the first one"
        expect_same(interaction, (hyb, rag, tuned, base, draws), (hyb, tuned, rag, base, draws), why=why, rules=CLOSE)


@ex_09_1.check(after=value_is_the_interaction)
def a_gain_everywhere_is_none(interaction, cases):
    """what lifts both cells with retrieval alike is no interaction"""
    for hyb, rag, tuned, base, draws in cases.draw(draw_cells, n=2):
        lifted = [score + 1 for score in hyb], [score + 1 for score in rag]
        why = "retrieval then gains 1 more in both rows"
        expect_same(interaction, (hyb, rag, tuned, base, draws), (*lifted, tuned, base, draws), why=why, rules=CLOSE)


ex_09_7 = Exercise(
    "ex_09_7",
    "is the hybrid worth its price?",
    points=2,
    level="core",
    minutes=10,
    pattern="G6 G2",
    hints=(
        "Which row of the scoreboard says how many more answers are right with the hybrid? What do both plans cost in "
        "all months together?",
        "Find the row by arm, set and metric. Extra right answers = low, value, high x queries; their worth = x the "
        "value of one. Compare the two ends with the added cost.",
        'worth = [row[end] * queries_per_month * months * worth_of_right for end in ("low", "value", "high")]; '
        '"hybrid" if worth[0] > added, "RAG" if worth[2] < added, else "measure more".',
    ),
)
ROW = {"arm": "HYB - RAG", "set": "support", "metric": "both_right"}


def draw_offer(rng):
    """Return rows, plans, worth of a right answer, queries a month and months."""
    value = rng.choice([0.05, 0.1, 0.2, 0.3])
    spread = rng.choice([0.02, 0.08])
    row = {**ROW, "value": value, "low": round(value - spread, 3), "high": round(value + spread, 3), "n": 60}
    high = {"low": 0.9, "value": 0.92, "high": 0.95}
    others = [row | high | {key: other} for key, other in (("set", "public"), ("metric", "valid"), ("arm", "HYB"))]
    plans = {
        "RAG": {"setup": 1_000, "monthly": 100, "per_query": 0.01},
        "HYB": {"setup": 1_000 + rng.randint(5, 30) * 200, "monthly": 150, "per_query": 0.012},
    }
    rows = rng.sample([*others, row], 4)
    return rows, plans, rng.choice([0.1, 0.5, 1.0]), rng.choice([500, 2_000, 10_000]), rng.choice([6, 12])


def weigh(rows, plans, worth_of_right, queries_per_month, months):
    """Return added cost, worth of the gain (low, value, high) and the decision."""
    row = next(row for row in rows if all(row[key] == wanted for key, wanted in ROW.items()))
    costs = {
        name: total_cost(Plan(**plan), queries_per_month=queries_per_month, months=months)
        for name, plan in plans.items()
    }
    added = costs["HYB"] - costs["RAG"]
    worth = [row[end] * queries_per_month * months * worth_of_right for end in ("low", "value", "high")]
    decision = "hybrid" if worth[0] > added else "RAG" if worth[2] < added else "measure more"
    return {"added_cost": added, "worth": worth, "decision": decision}


@ex_09_7.check
def numbers_come_from_rows_and_plans(weigh_hybrid, cases):
    """added cost and worth follow from the plans and the one fitting row"""
    for case in cases.draw(draw_offer, n=4):
        wanted = weigh(*case)
        expect_true(
            weigh_hybrid,
            case,
            holds=lambda got, wanted=wanted: _same_numbers(got, wanted),
            says=f"added_cost {wanted['added_cost']:.6g} and worth {[float(f'{end:.6g}') for end in wanted['worth']]}",
            help="the row has arm 'HYB - RAG', set 'support' and metric 'both_right'; both plans run for all months, "
            "setup once; a gain is worth queries x months x worth_of_right",
        )


def _same_numbers(got, wanted):
    pairs = zip([got["added_cost"], *got["worth"]], [wanted["added_cost"], *wanted["worth"]], strict=True)
    return all(abs(a - b) <= 1e-6 * max(1.0, abs(b)) for a, b in pairs)


@ex_09_7.check(after=numbers_come_from_rows_and_plans)
def decision_uses_the_interval(weigh_hybrid, cases):
    """both ends of the interval decide, and between them the answer is to measure more"""
    help = "only a worth whose low end beats the added cost is 'hybrid', only one whose high end stays below is 'RAG'"
    for case in [*(_offer_for(decision) for decision in DECIDED), *cases.draw(draw_offer, n=4)]:
        wanted = weigh(*case)["decision"]
        expect_true(
            weigh_hybrid,
            case,
            holds=lambda got, wanted=wanted: got["decision"] == wanted,
            says=f"the decision {wanted!r}",
            help=help,
        )


DECIDED = {"hybrid": 3_000, "measure more": 12_000, "RAG": 25_000}


def _offer_for(decision):
    """Return an offer with a gain of 0.1 [0.05, 0.2] on 100,000 queries that comes out as asked for."""
    row = {**ROW, "value": 0.1, "low": 0.05, "high": 0.2, "n": 60}
    nothing = {"setup": 0, "monthly": 0, "per_query": 0.0}
    return [row], {"RAG": nothing, "HYB": {**nothing, "setup": DECIDED[decision]}}, 1.0, 10_000, 10


@ex_09_7.check(after=numbers_come_from_rows_and_plans)
def the_currency_does_not_count(weigh_hybrid, cases):
    """in another currency the decision is the same"""
    for rows, plans, worth, *volume in cases.draw(draw_offer, n=2):
        dearer = {name: {key: 8 * price for key, price in plan.items()} for name, plan in plans.items()}
        expect_same(
            weigh_hybrid,
            (rows, plans, worth, *volume),
            (rows, dearer, 8 * worth, *volume),
            why="all prices and worths grew by the same factor",
            change=lambda got: {
                "added_cost": 8 * got["added_cost"],
                "worth": [8 * end for end in got["worth"]],
                "decision": got["decision"],
            },
            rules=CLOSE,
        )


@ex_09_7.check
def no_row_no_decision(weigh_hybrid, cases):
    """without the row there is a ValueError, not a guess"""
    rows, *rest = next(cases.draw(draw_offer, n=1))
    help = "a gain that stands on no scoreboard decides nothing: raise ValueError with a sentence that names the row"
    others = [other for other in rows if any(other[key] != wanted for key, wanted in ROW.items())]
    expect_raises(weigh_hybrid, (others, *rest), kind=ValueError, help=help)
