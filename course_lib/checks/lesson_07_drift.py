"""Checks of lesson 07: patch by prompt, train again, or leave it."""

from random import Random

from course_lib.checks import Exercise, expect_equal, expect_same

ex_07_8 = Exercise(
    "ex_07_8",
    "patch by prompt, or train again?",
    points=3,
    level="stretch",
    minutes=15,
    pattern="G2 G6",
    hints=(
        "A patch is paid with every request, a training once. What must be true of a lever before its cost matters?",
        "Cost: keep 0; prompt 2 x extra tokens x requests; retrain 6 x training tokens. A lever is open if the low end "
        "of its row reaches the target. The cheapest open one wins; its evidence is the position of its row.",
        "open = [(costs[r['lever']], i) for i, r in enumerate(rows) if r['low'] >= target]; cost, i = min(open).",
    ),
)
LEVERS = ("keep", "prompt", "retrain")


def draw_change(rng: Random) -> tuple[list[dict], float, dict]:
    """Return a scoreboard's rows in random order, a target and what the levers take."""
    rows = []
    for lever in LEVERS:
        value = rng.choice([0.3, 0.7, 0.9]) if lever != "keep" else rng.choice([0.0, 0.4, 0.9])
        width = rng.choice([0.05, 0.2])
        rows.append(
            {"lever": lever, "value": value, "low": round(max(0.0, value - width), 2), "high": min(1.0, value + width)}
        )
    rng.shuffle(rows)
    use = {
        "requests": rng.choice([100, 10_000, 1_000_000]),
        "extra_tokens": rng.randint(5, 30),
        "training_tokens": rng.randint(20_000, 60_000),
    }
    return rows, rng.choice([0.6, 0.8]), use


def costs_of(use: dict) -> dict[str, int]:
    """Return the cost of each lever in operations for each weight of the model."""
    return {
        "keep": 0,
        "prompt": 2 * use["extra_tokens"] * use["requests"],
        "retrain": 6 * use["training_tokens"],
    }


def true_choice(rows: list[dict], target: float, use: dict) -> dict:
    """Return the reference."""
    costs = costs_of(use)
    usable = [(costs[row["lever"]], at) for at, row in enumerate(rows) if row["low"] >= target]
    if not usable:
        return {"lever": "none", "cost": None, "row": None}
    cost, at = min(usable)
    return {"lever": rows[at]["lever"], "cost": cost, "row": at}


def famous_choice(rows: list[dict], target: float, use: dict):
    """Return what tells usual mistakes."""
    right, costs = true_choice(rows, target, use), costs_of(use)

    def words(got: dict) -> str | None:
        if got["row"] is not None and rows[got["row"]]["lever"] != got["lever"]:
            return "row is the position of the row that speaks for this lever: a number without its row proves nothing"
        if right["lever"] == "keep" != got["lever"]:
            return "keep reaches the target and costs nothing: doing nothing is a lever too"
        if got["lever"] == "none":
            return f"the low end of {right['lever']} reaches the target"
        chosen = next(row for row in rows if row["lever"] == got["lever"])
        if chosen["low"] < target <= chosen["value"]:
            return "the value reaches the target, the low end of its interval does not: that is hope, not evidence"
        if right["lever"] == "none":
            return "no row reaches the target with its whole interval: then no lever is proven, and the answer is none"
        if got["lever"] == right["lever"] and got["cost"] != right["cost"]:
            return "prompt: 2 x extra tokens x requests; retrain: 6 x training tokens, whatever the requests; keep: 0"
        if costs[got["lever"]] > costs[right["lever"]]:
            return "several levers reach the target: take the cheapest, not the best"
        return None

    return words


USE = {"requests": 1_000, "extra_tokens": 10, "training_tokens": 30_000}
BOTH = [
    {"lever": "keep", "value": 0.0, "low": 0.0, "high": 0.1},
    {"lever": "prompt", "value": 0.85, "low": 0.8, "high": 0.9},
    {"lever": "retrain", "value": 1.0, "low": 0.9, "high": 1.0},
]
HOPE = [
    {"lever": "retrain", "value": 0.9, "low": 0.7, "high": 1.0},
    {"lever": "prompt", "value": 0.5, "low": 0.4, "high": 0.6},
    {"lever": "keep", "value": 0.0, "low": 0.0, "high": 0.1},
]


def expect_choice(choose_lever, case: tuple) -> None:
    """Say no unless the decision is right."""
    expect_equal(choose_lever, case, expected=true_choice(*case), help_if=famous_choice(*case))


@ex_07_8.check
def cheapest_of_two(choose_lever):
    """of two levers that reach the target the cheaper one wins, and that depends on the requests"""
    expect_choice(choose_lever, (BOTH, 0.8, USE))
    expect_choice(choose_lever, (BOTH, 0.8, {**USE, "requests": 1_000_000}))


@ex_07_8.check(after=cheapest_of_two)
def nothing_may_be_best(choose_lever):
    """where the model is good enough as it is, it is kept, at no cost"""
    fine = {"lever": "keep", "value": 0.85, "low": 0.8, "high": 0.9}
    expect_choice(choose_lever, ([*BOTH[1:], fine], 0.8, USE))


@ex_07_8.check(after=cheapest_of_two)
def interval_must_reach(choose_lever):
    """a value above the target is not enough: its interval must be"""
    expect_choice(choose_lever, (HOPE, 0.8, USE))


@ex_07_8.check(after=cheapest_of_two)
def decides_unseen_changes(choose_lever, cases):
    """decides unseen changes, each with its cost and its row"""
    for case in cases.draw(draw_change, n=6):
        expect_choice(choose_lever, case)


@ex_07_8.check(after=cheapest_of_two)
def scale_does_not_count(choose_lever, cases):
    """twice the requests and twice the training data: the same lever at twice the cost"""
    for rows, target, use in cases.draw(draw_change, n=3):
        twice = use | {"requests": 2 * use["requests"], "training_tokens": 2 * use["training_tokens"]}
        expect_same(
            choose_lever,
            (rows, target, use),
            (rows, target, twice),
            why="both costs have doubled",
            change=lambda first: first | {"cost": None if first["cost"] is None else 2 * first["cost"]},
        )
