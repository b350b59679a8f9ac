"""Checks of lesson 07: how short a prompt may get, what in an index teaches a format, what to do when rules change."""

from random import Random

from course_lib.checks import Exercise, Rules, expect_equal, expect_same

CLOSE = Rules(numbers_mix=True, tolerance=1e-9)

ex_07_2 = Exercise(
    "ex_07_2",
    "put a prompt on a diet",
    points=2,
    minutes=12,
    pattern="G1 G2 G4",
    hints=(
        "Two prompts with the same valid share may fail on different customers. What does a customer notice?",
        "Reference: the rung with most tokens. Lost: items valid there, not here. Keep rungs with lost <= margin * n.",
        "min((r for r in rungs if lost(r) <= margin * n), key=lambda r: r['tokens']); saved = reference - its tokens.",
    ),
)
NAMES = ("full", "half", "named", "bare")


def draw_rungs(rng: Random) -> tuple[list[dict], float]:
    """Return rungs in random order, the results of each on the same ten items, and a margin."""
    tokens = sorted(rng.sample(range(20, 200), len(NAMES)), reverse=True)
    full = [int(rng.random() < 0.8) for _ in range(10)]
    rungs = [{"name": NAMES[0], "tokens": tokens[0], "valid": full}]
    for name, n_tokens in zip(NAMES[1:], tokens[1:], strict=True):
        at = rng.sample(range(10), rng.choice([0, 1, 2, 5]))
        valid = [1 - was if place in at else was for place, was in enumerate(full)]
        rungs.append({"name": name, "tokens": n_tokens, "valid": valid})
    rng.shuffle(rungs)
    return rungs, rng.choice([0.0, 0.1, 0.2])


def n_lost(rung: dict, reference: dict) -> int:
    """Return how many items were valid with the reference and are not with the rung."""
    return sum(bool(was) and not now for was, now in zip(reference["valid"], rung["valid"], strict=True))


def true_diet(rungs: list[dict], margin: float) -> dict:
    """Return the reference."""
    longest = max(rungs, key=lambda rung: rung["tokens"])
    fine = [rung for rung in rungs if n_lost(rung, longest) <= margin * len(longest["valid"]) + 1e-9]
    best = min(fine, key=lambda rung: rung["tokens"])
    return {"name": best["name"], "saved": longest["tokens"] - best["tokens"], "lost": n_lost(best, longest)}


SAME_MEAN = [
    {"name": "full", "tokens": 90, "valid": [1, 1, 1, 0, 0]},
    {"name": "bare", "tokens": 30, "valid": [0, 0, 1, 1, 1]},
]
WITH_DIP = [
    {"name": "full", "tokens": 90, "valid": [1, 1, 1, 1, 0]},
    {"name": "half", "tokens": 60, "valid": [1, 0, 0, 1, 0]},
    {"name": "bare", "tokens": 30, "valid": [1, 1, 1, 1, 0]},
]


FEW_VALID = [
    {"name": "full", "tokens": 90, "valid": [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]},
    {"name": "bare", "tokens": 30, "valid": [1, 1, 0, 0, 0, 0, 0, 0, 0, 1]},
]


LOSES_OTHERS = (
    "both have 3 of 5 valid, but two customers who got a valid reply get none now: count lost items, not means"
)
OF_ALL = "2 of 10 items are lost, and 0.2 x 10 may be: the margin is a share of all items, and at most includes it"
DIP = "look at every rung: the one below a bad one may be fine again"
SAVED = "saved is what the longest prompt has more than the chosen one"


def expect_diet(shortest_prompt, rungs: list[dict], margin: float, names: dict[str, str] | None = None) -> None:
    """Say no unless the right rung is chosen; ``names`` are words for wrong ones."""
    right = true_diet(rungs, margin)

    def words(got: dict) -> str | None:
        if got["name"] == right["name"]:
            return SAVED if got["saved"] != right["saved"] else None
        return (names or {}).get(got["name"])

    expect_equal(shortest_prompt, (rungs, margin), expected=right, help_if=words)


@ex_07_2.check
def longest_is_the_measure(shortest_prompt):
    """a margin of 1 allows the shortest, the prompts may come in any order"""
    words = {"full": "a margin of 1 allows every rung: take that of fewest tokens"}
    for rungs in (WITH_DIP, WITH_DIP[::-1]):
        expect_diet(shortest_prompt, rungs, 1.0, words)


@ex_07_2.check(after=longest_is_the_measure)
def counts_lost_items(shortest_prompt):
    """a prompt that fails on other customers is not as good, though its valid share is the same"""
    expect_diet(shortest_prompt, SAME_MEAN, 0.2, {"bare": LOSES_OTHERS})


@ex_07_2.check(after=longest_is_the_measure)
def margin_is_a_share_of_all(shortest_prompt):
    """the margin is a share of all items, not of the valid ones, and may be used up"""
    expect_diet(shortest_prompt, FEW_VALID, 0.2, {"full": OF_ALL})


@ex_07_2.check(after=longest_is_the_measure)
def looks_beyond_a_dip(shortest_prompt):
    """a rung that fails does not end the diet"""
    expect_diet(shortest_prompt, WITH_DIP, 0.0, {"full": DIP})


@ex_07_2.check(after=counts_lost_items)
def finds_the_shortest(shortest_prompt, cases):
    """finds the shortest prompt of unseen ladders, with what it saves and loses"""
    for rungs, margin in cases.draw(draw_rungs, n=4):
        expect_diet(shortest_prompt, rungs, margin)


@ex_07_2.check(after=longest_is_the_measure)
def order_does_not_count(shortest_prompt, cases):
    """neither the order of the rungs nor that of the items counts"""
    for rungs, margin in cases.draw(draw_rungs, n=2):
        turned = [{**rung, "valid": rung["valid"][::-1]} for rung in rungs[::-1]]
        expect_same(shortest_prompt, (rungs, margin), (turned, margin), why="the same rungs and items in reverse")


ex_07_3 = Exercise(
    "ex_07_3",
    "what in the index taught the format?",
    points=3,
    level="stretch",
    minutes=15,
    pattern="G2 G6",
    hints=(
        "Two causes are mixed at the last step: a larger index, and finished replies in it. How to tell them apart?",
        "slope: least squares through (documents, valid share) of the steps without exemplars. effect: only items "
        "whose prompt held an exemplar, valid at the last step minus valid of the same items one step before.",
        "np.polyfit(n_documents, shares, 1)[0] * 10; effect = mean(last[i] - before[i] for i with has_exemplar[i]).",
    ),
)


def draw_steps(rng: Random) -> tuple[list[dict], float]:
    """Return four steps of a growing index on ten items, the last one with exemplars, and a margin."""
    sizes = sorted(rng.sample(range(100, 200), 4))
    level = rng.choice([0.2, 0.5])
    rise = rng.choice([0.0, 0.0, 0.25])
    steps = []
    for number, size in enumerate(sizes[:3]):
        valid = [int(rng.random() < level + rise * number) for _ in range(10)]
        steps.append({"n_documents": size, "valid": valid, "has_exemplar": [False] * 10})
    shown = [rng.random() < 0.5 for _ in range(10)]
    shown[rng.randrange(10)] = True
    gain = rng.choice([0.0, 0.5, 0.9])
    last = [int(was or (held and rng.random() < gain)) for was, held in zip(steps[-1]["valid"], shown, strict=True)]
    steps.append({"n_documents": sizes[3], "valid": last, "has_exemplar": shown})
    return steps, rng.choice([0.02, 0.1, 0.4])


def true_lever(steps: list[dict], margin: float) -> dict:
    """Return the reference."""
    import numpy as np

    plain, last = steps[:-1], steps[-1]
    shares = [sum(step["valid"]) / len(step["valid"]) for step in plain]
    slope = 10 * float(np.polyfit([step["n_documents"] for step in plain], shares, 1)[0])
    slope = round(slope, 12) + 0.0  # a level line is shown as 0.0, not as -1e-17
    held = [at for at, has in enumerate(last["has_exemplar"]) if has]
    effect = sum(last["valid"][at] - plain[-1]["valid"][at] for at in held) / len(held) if held else None
    if effect is not None and effect > margin:
        lever = "exemplars"
    else:
        lever = "documents" if slope > margin else "none"
    return {"slope": slope, "effect": effect, "lever": lever}


def famous_lever(steps: list[dict], margin: float):
    """Return what tells usual mistakes."""
    right = true_lever(steps, margin)
    last, before = steps[-1], steps[-2]
    overall = (sum(last["valid"]) - sum(before["valid"])) / len(last["valid"])

    def words(got: dict) -> str | None:
        if abs(got["slope"] - right["slope"] / 10) < 1e-9 < abs(right["slope"]):
            return "the slope is per ten documents"
        if abs(got["slope"] - right["slope"]) > 1e-9:
            return "the slope is that of the steps without exemplars: all but the last"
        if right["effect"] is None:
            return "no prompt held an exemplar: there is no effect to speak of, which is None and not 0"
        if got["effect"] is not None and abs(got["effect"] - overall) < 1e-9 < abs(overall - right["effect"]):
            return "this is the change of all items: take those whose prompt held an exemplar"
        if got["effect"] != right["effect"]:
            return "compare the same items with themselves one step before: others may be easier from the start"
        return "an effect up to the margin counts as none; exemplars first, then documents"

    return words


NO_EXEMPLAR = [
    {"n_documents": 100, "valid": [1, 0, 0, 0], "has_exemplar": [False] * 4},
    {"n_documents": 150, "valid": [1, 0, 0, 0], "has_exemplar": [False] * 4},
    {"n_documents": 160, "valid": [1, 1, 0, 0], "has_exemplar": [False] * 4},
]


def expect_lever(explain_format, case: tuple) -> None:
    """Say no unless the causes are told apart."""
    expect_equal(explain_format, case, expected=true_lever(*case), rules=CLOSE, help_if=famous_lever(*case))


@ex_07_3.check
def nothing_shown_no_effect(explain_format):
    """without an exemplar in any prompt there is no effect of exemplars"""
    expect_lever(explain_format, (NO_EXEMPLAR, 0.1))


WITH_EXEMPLARS = [
    {"n_documents": 100, "valid": [0, 0, 0, 0, 0], "has_exemplar": [False] * 5},
    {"n_documents": 110, "valid": [1, 0, 0, 0, 0], "has_exemplar": [False] * 5},
    {"n_documents": 120, "valid": [1, 1, 0, 0, 0], "has_exemplar": [False] * 5},
    {"n_documents": 180, "valid": [1, 1, 1, 0, 0], "has_exemplar": [True, True, True, True, False]},
]
"""The slope is 0.2 per ten documents, the effect of exemplars 0.25."""


@ex_07_3.check
def margin_decides(explain_format):
    """the lever depends on the margin"""
    for margin in (0.1, 0.22, 0.3):
        expect_lever(explain_format, (WITH_EXEMPLARS, margin))
    level = [*WITH_EXEMPLARS[:-1], {**WITH_EXEMPLARS[2], "n_documents": 180, "has_exemplar": [True] * 5}]
    for margin in (0.1, 0.3):
        expect_lever(explain_format, (level, margin))


@ex_07_3.check
def tells_causes_apart(explain_format, cases):
    """tells documents from exemplars on unseen runs"""
    for case in cases.draw(draw_steps, n=5):
        expect_lever(explain_format, case)


@ex_07_3.check(after=tells_causes_apart)
def order_of_items_does_not_count(explain_format, cases):
    """the items may come in another order"""
    for steps, margin in cases.draw(draw_steps, n=2):
        turned = [{**s, "valid": s["valid"][::-1], "has_exemplar": s["has_exemplar"][::-1]} for s in steps]
        expect_same(explain_format, (steps, margin), (turned, margin), why="the items in reverse", rules=CLOSE)
