"""Checks of lesson 09, Hybrid systems: data that teach reading."""

from __future__ import annotations

from course_lib.checks import Exercise, SaysNo, expect_length, expect_repeatable, expect_same, expect_true
from course_lib.text import ABSTAIN
from course_lib.world.wordings import RELATIONS

ex_09_4 = Exercise(
    "ex_09_4",
    "build reading data with missing gold (RAFT)",
    points=3,
    level="core",
    minutes=12,
    pattern="G1 G2",
    hints=(
        "What must be the same in rows with and without gold, so that only the missing answer tells them apart?",
        "Count round(gold_share * n) rows with gold. Take others that lack the value: n_distractors of them beside "
        "gold, one more without it. Shuffle the passages with one Random(seed).",
        "others = [text for text in item['others'] if item['value'] not in text]; passages = rng.sample(others, "
        "n_distractors + (not keeps_gold)) + [item['gold']] * keeps_gold; rng.shuffle(passages).",
    ),
)


def draw_items(rng, company, n=8):
    """Return items: a question with its value, a gold passage, and others, one of which holds the value too."""
    items = []
    facts = [fact for fact in company.facts if not fact.public]
    for fact in rng.sample(facts, n):
        relation = RELATIONS[fact.attribute]
        others = [
            RELATIONS[other.attribute].state(other.entity, other.value, RELATIONS[other.attribute].statements[0])
            for other in rng.sample(facts, 6)
            if other.value != fact.value and other.entity != fact.entity
        ]
        copy = relation.state(fact.entity, fact.value, relation.statements[1])
        others.insert(rng.randrange(len(others) + 1), f"Once more: {copy}")
        items.append(
            {
                "question": relation.ask(fact.entity, relation.questions[0]),
                "value": fact.value,
                "gold": relation.state(fact.entity, fact.value, relation.statements[0]),
                "others": others,
            }
        )
    return items


def drawn(cases, n):
    """Yield the arguments of ``n`` calls."""
    company = cases.world()

    def draw_call(rng):
        return draw_items(rng, company), rng.choice([0.45, 0.7]), rng.choice([1, 2, 3]), rng.randrange(100)

    return cases.draw(draw_call, n)


@ex_09_4.check
def one_row_for_each_item(build_reading_rows, cases):
    """one row for each item, with as many passages in all rows"""
    for n_distractors, (items, gold_share, _, seed) in zip((1, 3, 2), drawn(cases, 3), strict=True):
        args, n_passages = (items, gold_share, n_distractors, seed), n_distractors + 1
        expect_length(build_reading_rows, args, length=len(args[0]))
        expect_true(
            build_reading_rows,
            args,
            holds=lambda rows, n=n_passages: {len(set(row["passages"])) for row in rows} == {n},
            says=f"{n_passages} different passages in every row",
            help="a row without gold gets one distractor more, else its length gives it away",
        )


@ex_09_4.check(after=one_row_for_each_item)
def gold_share_is_kept(build_reading_rows, cases):
    """the share of rows with gold is the one that was asked for"""
    for args in drawn(cases, 2):
        items, gold_share = args[:2]
        wanted = round(gold_share * len(items))
        expect_true(
            build_reading_rows,
            args,
            holds=lambda rows, items=items, wanted=wanted: (
                sum(item["gold"] in row["passages"] for item, row in zip(items, rows, strict=True)) == wanted
            ),
            says=f"gold in {wanted} of {len(items)} rows",
            help="round(gold_share * n) rows keep their gold passage, the rows stand in the order of the items",
        )


@ex_09_4.check(after=one_row_for_each_item)
def answers_follow_the_passages(build_reading_rows, cases):
    """the answer is the value where the passages hold it, else the sentence that declines"""
    for args in drawn(cases, 2):
        for item, row in zip(args[0], _rows(build_reading_rows, args), strict=True):
            holds = any(item["value"] in passage for passage in row["passages"])
            kept = item["gold"] in row["passages"]
            wanted = item["value"] if kept else ABSTAIN
            if row["answer"] != wanted or row["question"] != item["question"] or holds != kept:
                help = (
                    "a distractor holds the value: the row teaches to decline in front of the answer"
                    if holds and not kept
                    else f"with gold the answer is the value, without it {ABSTAIN!r}"
                )
                raise SaysNo("build_reading_rows(items, ...)", f"returned the row {row}", f"answer {wanted!r}", help)


def _rows(handle, args):
    """Return the rows of an answer; what has no rows is a no."""
    rows = handle(*args)
    if not all(isinstance(row, dict) and {"question", "passages", "answer"} <= row.keys() for row in rows):
        help = "each row is a dict with question, passages and answer"
        raise SaysNo("build_reading_rows(items, ...)", f"returned {rows}", "rows", help)
    return rows


@ex_09_4.check(after=one_row_for_each_item)
def gold_has_no_fixed_place(build_reading_rows, cases):
    """gold stands in different places"""
    for args in drawn(cases, 2):
        many = (args[0] * 3, 1.0, *args[2:])
        expect_true(
            build_reading_rows,
            many,
            holds=lambda rows, items=many[0]: (
                len({row["passages"].index(item["gold"]) for item, row in zip(items, rows, strict=True)}) > 1
            ),
            says="gold not always in the same place",
            help="shuffle the passages of each row, else the model learns the place and not the reading",
        )


@ex_09_4.check(after=one_row_for_each_item)
def same_seed_same_rows(build_reading_rows, cases):
    """the same seed gives the same rows, another seed others"""
    for *args, seed in drawn(cases, 1):
        help = "use random.Random(seed), not the module's own generator"
        expect_repeatable(build_reading_rows, (*args, seed), help=help)
        first = build_reading_rows(*args, seed)
        if all(build_reading_rows(*args, seed + step) == first for step in (1, 2, 3)):
            got = f"gave the same rows for the seeds {seed} to {seed + 3}"
            raise SaysNo("build_reading_rows(items, ...)", got, "another order with another seed", help)


@ex_09_4.check(after=answers_follow_the_passages)
def the_answer_follows_the_value(build_reading_rows, cases):
    """another value in the gold passage gives another answer and nothing else"""
    for items, _, *rest in drawn(cases, 2):
        old = [{**item, "others": [text for text in item["others"] if item["value"] not in text]} for item in items]
        new = [{**item, "value": "Qorvex 77", "gold": item["gold"].replace(item["value"], "Qorvex 77")} for item in old]

        def change(rows, old=old):
            renamed = []
            for item, row in zip(old, rows, strict=True):
                passages = [text.replace(item["value"], "Qorvex 77") for text in row["passages"]]
                renamed.append({**row, "passages": passages, "answer": "Qorvex 77"})
            return renamed

        why = "only the value of the gold passage changed"
        expect_same(build_reading_rows, (old, 1.0, *rest), (new, 1.0, *rest), why=why, change=change)
