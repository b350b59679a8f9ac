"""Checks of lesson 07: the gap between tidy and wild inputs, and what was forgotten."""

from random import Random

from course_lib.checks import Exercise, Rules, SaysNo, expect_equal, expect_same
from course_lib.checks.showing import show

CLOSE = Rules(numbers_mix=True, tolerance=1e-9)

ex_07_6 = Exercise(
    "ex_07_6",
    "explain the gap between tidy and wild messages",
    points=3,
    minutes=15,
    pattern="G1 G2",
    hints=(
        "A slice can cost points in two ways: it is harder in the wild, or there is more of it there.",
        "Group both lists by slice. Part of a slice: its share of the WILD times (dev accuracy - wild accuracy).",
        "base = accuracy of that slice in dev, or of all dev if dev lacks it; mix = gap - sum of the parts.",
    ),
)


def draw_records(rng: Random) -> tuple[list[dict], list[dict]]:
    """Return results on dev and on wild messages; the slice "typo" is in the wild only."""

    def draw(slices: tuple[str, ...], n: int, share: float) -> list[dict]:
        return [{"slice": rng.choice(slices), "right": rng.random() < share} for _ in range(n)]

    dev = draw(("plain", "plain", "mixed", "short"), 12, 0.85) + [{"slice": "plain", "right": True}]
    return dev, draw(("plain", "short", "mixed", "typo"), 12, 0.5) + [{"slice": "typo", "right": False}]


def accuracy(records: list[dict]) -> float:
    """Return the share of right ones."""
    return sum(record["right"] for record in records) / len(records)


def in_slice(name: str, rows: list[dict]) -> list[dict]:
    """Return the records of one slice."""
    return [record for record in rows if record["slice"] == name]


def true_gap(dev: list[dict], wild: list[dict]) -> dict:
    """Return the reference."""
    parts = {}
    for name in sorted({record["slice"] for record in wild}):
        here, there = in_slice(name, wild), in_slice(name, dev)
        parts[name] = len(here) / len(wild) * (accuracy(there or dev) - accuracy(here))
    gap = accuracy(dev) - accuracy(wild)
    return {"gap": gap, "slices": parts, "mix": gap - sum(parts.values()), "worst": max(parts, key=parts.get)}


def agrees(found: object, wanted: object) -> bool:
    """Return whether one entry is right."""
    if isinstance(wanted, dict):
        is_whole = isinstance(found, dict) and found.keys() == wanted.keys()
        return is_whole and all(agrees(found[key], wanted[key]) for key in wanted)
    if isinstance(wanted, str):
        return found == wanted
    return type(found) in (int, float) and abs(found - wanted) < 1e-9


def round_parts(value: object) -> object:
    """Return an entry as it is shown."""
    if isinstance(value, dict):
        return {key: round_parts(part) for key, part in value.items()}
    return round(value, 3) if isinstance(value, float) else value


def expect_part(explain_gap, case: tuple, name: str, words) -> None:
    """Say no unless one entry is right; ``words`` tells the mistake from its value."""
    wanted = true_gap(*case)[name]
    got = explain_gap(*case)
    if not isinstance(got, dict) or name not in got:
        raise SaysNo("explain_gap(dev, wild)", f"returned {show(got)}", f"a dict with the entry {name!r}")
    if not agrees(got[name], wanted):
        try:
            help = words(got[name])
        except (TypeError, KeyError, AttributeError):  # of another form than any right value
            help = ""
        shown = show(round_parts(got[name]))
        raise SaysNo(f"explain_gap(dev, wild)[{name!r}]", f"is {shown}", show(round_parts(wanted)), help)


@ex_07_6.check
def gap_is_signed(explain_gap, cases):
    """gap: accuracy on dev minus accuracy in the wild"""
    for case in cases.draw(draw_records, n=2):
        turned = -true_gap(*case)["gap"]

        def famous(got, turned=turned):
            return "dev minus wild: above 0 the wild is harder" if abs(got - turned) < 1e-9 else ""

        expect_part(explain_gap, case, "gap", famous)


@ex_07_6.check(after=gap_is_signed)
def slices_are_weighed(explain_gap, cases):
    """slices: each costs its share of the wild messages times what it lost"""
    for dev, wild in cases.draw(draw_records, n=3):

        def famous(got, dev=dev, wild=wild):
            if "typo" not in got:
                return "the slice that only the wild has is missing: compare it with all of dev"
            parts = {name: (in_slice(name, dev) or dev, in_slice(name, wild) or wild) for name in got}
            if all(abs(got[name] - accuracy(a) + accuracy(b)) < 1e-9 for name, (a, b) in parts.items()):
                return "this is the loss inside the slice: multiply it by the slice's share of the wild messages"
            if abs(got["typo"] + sum(r["right"] for r in in_slice("typo", wild)) / len(wild)) < 1e-9:
                return "a slice without dev messages has no accuracy there, not 0: compare with that of all of dev"
            return "the weight is the slice's share of the WILD messages: that is what it costs there"

        expect_part(explain_gap, (dev, wild), "slices", famous)


MIX = "the parts and mix add up to the gap: mix is the remainder, and may be negative"
WORST = "the slice with the largest part: not the most frequent, not the least accurate, and a negative part is a gain"


def records(slice: str, *right: int) -> list[dict]:
    """Return results of one slice."""
    return [{"slice": slice, "right": bool(value)} for value in right]


EASIER_IN_THE_WILD = (
    records("plain", 1, 0, 1, 0) + records("short", 1, 1),
    records("plain", 1, 1, 1, 1, 1, 1, 1) + records("short", 1, 0, 1, 0) + records("typo", 0),
)
"""Most messages are plain and gain, typo is the least accurate, short costs most."""


@ex_07_6.check(after=slices_are_weighed)
def parts_add_up(explain_gap, cases):
    """mix is what the slices leave of the gap, and worst the slice that costs most"""
    for case in [EASIER_IN_THE_WILD, *cases.draw(draw_records, n=2)]:
        expect_part(explain_gap, case, "mix", lambda got: MIX)
        first, second = sorted(true_gap(*case)["slices"].values())[-1:-3:-1]
        if first - second > 1e-9:  # of two that cost alike either may be named
            expect_part(explain_gap, case, "worst", lambda got: WORST)


@ex_07_6.check(after=gap_is_signed)
def doubling_changes_nothing(explain_gap, cases):
    """every message twice, in another order, gives the same"""
    for case in cases.draw(draw_records, n=2):
        twice = tuple((part * 2)[::-1] for part in case)
        expect_same(explain_gap, case, twice, why="shares stay as they are", rules=CLOSE)


ex_07_7 = Exercise(
    "ex_07_7",
    "write a report of what was forgotten",
    points=2,
    minutes=10,
    pattern="G1 G2",
    hints=(
        "A mean can stay where it is while one skill dies and another grows: what must be shown besides it?",
        "Group by skill, change = mean(after) - mean(before). Count items right before and not after, and the reverse.",
        "ok = min(skills.values()) >= -limit; forgotten = sum(r['before'] > r['after'] for r in rows).",
    ),
)


def draw_probe(rng: Random) -> tuple[list[dict], float]:
    """Return probe results before and after tuning, with one skill that suffers, and a limit."""
    skills = rng.sample(["first", "last", "count", "reverse", "repeat"], 3)
    rows = []
    for number, skill in enumerate(skills):
        for _ in range(rng.randint(4, 6)):
            before = rng.random() < 0.7
            after = rng.random() < (0.2 if number == 0 else 0.9)
            rows.append({"skill": skill, "before": before, "after": after})
    rng.shuffle(rows)
    return rows, rng.choice([0.05, 0.1, 0.3])


def true_report(rows: list[dict], limit: float) -> dict:
    """Return the reference."""

    def change(part: list[dict]) -> float:
        return sum(r["after"] - r["before"] for r in part) / len(part)

    skills = {name: change([r for r in rows if r["skill"] == name]) for name in sorted({r["skill"] for r in rows})}
    return {
        "change": change(rows),
        "skills": skills,
        "forgotten": sum(r["before"] and not r["after"] for r in rows),
        "learnt": sum(r["after"] and not r["before"] for r in rows),
        "ok": all(value >= -limit for value in skills.values()),
    }


DIED = {"skill": "count", "before": True, "after": False}
GREW = {"skill": "first", "before": False, "after": True}
HIDDEN = [GREW, DIED] * 4
"""Nothing is lost on average: one skill has died, another has come."""


def hidden_words(got: dict) -> str | None:
    """Return what is wrong with a report of `HIDDEN`."""
    if got["ok"]:
        return "ok looks at every skill, not at the mean: count has died"
    return "forgotten counts items, those right before and wrong after" if got["forgotten"] != 4 else None


@ex_07_7.check
def counts_both_ways(forgetting_report):
    """a mean of no change hides four items forgotten and four learnt"""
    expected = true_report(HIDDEN, 0.1)
    expect_equal(forgetting_report, (HIDDEN, 0.1), expected=expected, rules=CLOSE, help_if=hidden_words)


AT_THE_LIMIT = [DIED, *[DIED | {"after": True}] * 3, *[GREW] * 3]  # one skill down by 0.25, one up by 1


@ex_07_7.check(after=counts_both_ways)
def growth_is_fine(forgetting_report):
    """a skill that grows is no loss, and a fall of exactly the limit is allowed"""
    expected = true_report(AT_THE_LIMIT, 0.25)
    help = "ok: no skill may fall by MORE than the limit; growing is not falling"
    expect_equal(forgetting_report, (AT_THE_LIMIT, 0.25), expected=expected, rules=CLOSE, help=help)


@ex_07_7.check(after=counts_both_ways)
def reports_each_skill(forgetting_report, cases):
    """reports the change of each skill and of all, after minus before"""
    for rows, limit in cases.draw(draw_probe, n=4):
        right = true_report(rows, limit)

        def famous(got, right=right):
            if abs(got["change"] + right["change"]) < 1e-9 and right["change"]:
                return "after minus before: what is lost is negative"
            skills = right["skills"].values()
            if abs(got["change"] - sum(skills) / len(skills)) < 1e-9 < abs(got["change"] - right["change"]):
                return "the change of all is over items: skills with more items weigh more"
            return "ok: no skill may fall by more than the limit" if got["ok"] != right["ok"] else None

        expect_equal(forgetting_report, (rows, limit), expected=right, rules=CLOSE, help_if=famous)


@ex_07_7.check(after=counts_both_ways)
def turned_around_it_is_learning(forgetting_report, cases):
    """before and after exchanged: what was forgotten is learnt"""
    for rows, limit in cases.draw(draw_probe, n=2):
        turned = [{"skill": r["skill"], "before": r["after"], "after": r["before"]} for r in rows]
        first, second = forgetting_report(rows, limit), forgetting_report(turned, limit)
        if (first["forgotten"], first["learnt"]) != (second["learnt"], second["forgotten"]):
            got = f"gave {first['forgotten']} forgotten, {first['learnt']} learnt, then the same with before and after"
            raise SaysNo("forgetting_report(rows, limit), then with both exchanged,", got, "the two numbers exchanged")
