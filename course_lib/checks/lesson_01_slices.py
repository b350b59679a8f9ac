"""Checks of lesson 01: find what leaked into training, name the worst slice."""

from random import Random

from course_lib.checks import Exercise, expect_equal, expect_same
from course_lib.evaluation.leaks import find_leaks as find_leaks_in
from course_lib.text import contains_value
from course_lib.world.entities import Cast, draw_value
from course_lib.world.public import public_facts
from course_lib.world.wordings import RELATIONS

ex_01_6 = Exercise(
    "ex_01_6",
    "find the items that the model has read",
    points=2,
    minutes=8,
    pattern="G1 G2",
    hints=(
        "The question is worded anew, so you will not find it. What must a line of the text hold to give it away?",
        "An item has leaked if one single line holds its entity and its answer; contains_value looks for whole words.",
        "any(contains_value(line, item['entity']) and contains_value(line, item['answer']) for line in lines)",
    ),
)


def draw_test_set(rng: Random, n_items: int = 40) -> tuple[list[dict[str, str]], list[str]]:
    """Return items, some of which stand in the training text, and that text, one statement a line.

    Beside true leaks there are items about an entity that the text knows by something else, and items whose answer
    stands there about something else.
    """
    public = rng.sample(public_facts(), len(public_facts()))
    lines = []
    for fact in public:
        relation = RELATIONS[fact.relation]
        line = relation.state(fact.subject, fact.value, rng.choice(relation.statements))
        lines.append(rng.choice([line, line.replace(fact.value, f"**{fact.value}**")]))
    leaked = [_item(fact.relation, fact.subject, fact.value, rng) for fact in public[: rng.randint(2, 4)]]
    clean = []
    for fact in public[4:9]:  # a known entity, a value of another kind or another one
        values = {other.value for other in public if other.subject == fact.subject}
        value = draw_value(RELATIONS[fact.relation], rng, [], values | {fact.value})
        clean.append(_item(fact.relation, fact.subject, value, rng))
    cast = Cast({name for fact in public for name in fact.subject.split()})
    while len(leaked) + len(clean) < n_items:  # a known value, an unknown entity
        fact = rng.choice(public)
        clean.append(_item(fact.relation, cast.draw(RELATIONS[fact.relation].subject, rng), fact.value, rng))
    items = rng.sample([*leaked, *clean], n_items)
    return items, lines


def _item(relation: str, entity: str, answer: str, rng: Random) -> dict[str, str]:
    question = RELATIONS[relation].ask(entity, rng.choice(RELATIONS[relation].heldout_questions))
    return {"question": question, "entity": entity, "answer": answer}


def draw_small_set(rng: Random) -> tuple[list[dict[str, str]], list[str]]:
    """Return a test set that can be read."""
    items, lines = draw_test_set(rng, 12)
    return items, lines


def _stands_plainly(item: dict[str, str], line: str) -> bool:
    """Return whether the letters of entity and answer stand in a line, be it within longer words."""
    return all(item[key].casefold() in line.replace("*", "").casefold() for key in ("entity", "answer"))


def explain_leaks(items: list[dict[str, str]], lines: list[str]):
    """Return words for the famous wrong lists of positions."""
    by_entity = [at for at, item in enumerate(items) if any(contains_value(line, item["entity"]) for line in lines)]
    by_answer = [at for at, item in enumerate(items) if any(contains_value(line, item["answer"]) for line in lines)]
    text = " ".join(lines)
    plain = [at for at, item in enumerate(items) if any(_stands_plainly(item, line) for line in lines)]
    by_letters = [
        at
        for at, item in enumerate(items)
        if any(contains_value(line, item["answer"]) and item["entity"] in line for line in lines)
    ]
    return [
        ([], "nothing found: the wording of a question is new, but its fact may stand in the text in other words"),
        (by_entity, "the text names all these entities, but not with this answer: the fact itself must stand there"),
        (by_answer, "these answers stand in the text, some of them about other things: the entity must be there too"),
        ([at for at in by_entity if contains_value(text, items[at]["answer"])], "both must stand in the same line"),
        (plain, "a plain 'in' also finds '3 days' in '13 days': use contains_value"),
        (by_letters, "find the entity with contains_value as well: as whole words, whatever the case"),
    ]


@ex_01_6.check
def finds_a_fact_in_other_words(find_leaks):
    """a fact that the text states in other words"""
    items = [
        {"question": "Price of the Orla Lamp?", "entity": "Orla Lamp", "answer": "24 euros"},
        {"question": "Price of the Orla Hub?", "entity": "Orla Hub", "answer": "24 euros"},
        {"question": "Price of the Senn Lamp?", "entity": "Senn Lamp", "answer": "3 euros"},
        {"question": "Weight of the Senn Fan?", "entity": "Senn Fan", "answer": "2 kg"},
        {"question": "Weight of the Orla Fan?", "entity": "Orla Fan", "answer": "5 kg"},
    ]
    lines = [
        "Just **24 Euros**, and you can take the Orla Lamp home!",
        "The Senn Lamp is priced at 13 euros.",
        "The Orla Hub comes in red.",
        "SENN FAN: 2 kg",
        "The Orla Fanlight weighs 5 kg.",
    ]
    expect_equal(find_leaks, (items, lines), expected=[0, 3], help_if=explain_leaks(items, lines))


@ex_01_6.check(after=finds_a_fact_in_other_words)
def small_sets(find_leaks, cases):
    """the leaked items of 12, and no others"""
    for items, lines in cases.draw(draw_small_set, n=3):
        expected = find_leaks_in(items, lines)
        expect_equal(find_leaks, (items, lines), expected=expected, help_if=explain_leaks(items, lines))


@ex_01_6.check(after=finds_a_fact_in_other_words)
def forty_items(find_leaks, cases):
    """the leaked items of 40, and no others"""
    for items, lines in cases.draw(draw_test_set, n=2):
        expected = find_leaks_in(items, lines)
        expect_equal(find_leaks, (items, lines), expected=expected, help_if=explain_leaks(items, lines))


@ex_01_6.check(after=finds_a_fact_in_other_words)
def order_of_the_text(find_leaks, cases):
    """the order of the training text does not count"""
    for items, lines in cases.draw(draw_small_set, n=2):
        why = "what has been read has been read, wherever it stood"
        expect_same(find_leaks, (items, lines), (items, lines[::-1]), why=why)


ex_01_7 = Exercise(
    "ex_01_7",
    "name the worst slice",
    points=2,
    minutes=8,
    pattern="G1 G2",
    hints=(
        "One row belongs to several slices, one for each of its traits. What is the key of a slice?",
        "Collect the outcomes by (trait, value), leave out what is smaller than fewest, take the lowest share right.",
        "min(large, key=lambda name: (mean(large[name]), -len(large[name]))), where large: {(trait, value): outcomes}.",
    ),
)
TRAITS = {
    "about": (("person", 5), ("product", 4), ("site", 2)),
    "asks for": (("money", 4), ("date", 2), ("code", 4)),
    "length": (("short", 6), ("long", 5)),
}


def draw_run(rng: Random) -> tuple[list[dict], int]:
    """Return the rows of a run with one bad slice and one tiny one, and the size from which a slice counts."""
    while True:
        planted = rng.choice([(trait, values[1][0]) for trait, values in TRAITS.items()])
        rows = [_row(rng, planted) for _ in range(rng.randint(36, 44))]
        rows += [{**_row(rng, planted), "about": "policy", "right": False} for _ in range(2)]
        rng.shuffle(rows)
        ranked = rank_slices(rows, 6)
        most_wrong = max(rank_slices(rows, 1), key=lambda cut: round(cut[2] * (1 - cut[1])))
        if ranked[0][1] < ranked[1][1] and most_wrong[0] != ranked[0][0]:
            return rows, 6


def _row(rng: Random, planted: tuple[str, str]) -> dict:
    row = {trait: rng.choices(*zip(*values, strict=True))[0] for trait, values in TRAITS.items()}
    chance = 0.35 if row[planted[0]] == planted[1] else 0.7
    return {"right": rng.random() < chance, **row}


def rank_slices(rows: list[dict], fewest: int) -> list[tuple[list[str], float, int]]:
    """Return (trait and value, share right, size) of the slices, worst first."""
    found: dict[tuple[str, str], list[bool]] = {}
    for row in rows:
        for trait, value in row.items():
            if trait != "right":
                found.setdefault((trait, value), []).append(row["right"])
    cuts = [(list(key), sum(right) / len(right), len(right)) for key, right in found.items() if len(right) >= fewest]
    return sorted(cuts, key=lambda cut: (cut[1], -cut[2]))


def explain_slice(rows: list[dict], fewest: int):
    """Return words for the famous wrong slices."""
    all_sizes, large = rank_slices(rows, 1), rank_slices(rows, fewest)
    most_wrong = max(all_sizes, key=lambda cut: round(cut[2] * (1 - cut[1])))
    return [
        (all_sizes[0][0], f"this slice has fewer than {fewest} rows: two failures are an anecdote"),
        (most_wrong[0], "this slice has the most failures because it has the most rows: compare shares, not counts"),
        (large[-1][0], "this is the best slice"),
    ]


@ex_01_7.check
def one_trait(worst_slice):
    """the lowest share of right answers, not the most failures"""
    rows = [{"right": at % 2 == 0, "about": "product"} for at in range(8)]
    rows += [{"right": at == 0, "about": "site"} for at in range(4)]
    rows += [{"right": True, "about": "person"} for _ in range(3)]
    rows.append({"right": False, "about": "course"})
    expect_equal(worst_slice, (rows, 3), expected=["about", "site"], help_if=explain_slice(rows, 3))


@ex_01_7.check(after=one_trait)
def hidden_runs(worst_slice, cases):
    """the worst slice of a run that you have not seen"""
    for rows, fewest in cases.draw(draw_run, n=4):
        expected = rank_slices(rows, fewest)[0][0]
        expect_equal(worst_slice, (rows, fewest), expected=expected, help_if=explain_slice(rows, fewest))


@ex_01_7.check(after=one_trait)
def ties_go_to_the_larger(worst_slice):
    """of two slices that are equally bad, the larger one"""
    rows = [{"right": at % 2 == 0, "length": "short"} for at in range(4)]
    rows += [{"right": at % 2 == 0, "length": "long"} for at in range(6)]
    words = "both are right half of the time, and the larger slice is the better evidence"
    expect_equal(worst_slice, (rows, 2), expected=["length", "long"], help=words)


@ex_01_7.check(after=one_trait)
def a_value_belongs_to_its_trait(worst_slice):
    """a value belongs to its trait, and a row may lack one"""
    rows = [{"right": True, "about": "date"} for _ in range(4)]
    rows += [{"right": at == 0, "asks for": "date"} for at in range(4)]
    rows += [{"right": at == 0, "about": "site"} for at in range(3)]
    words = "a slice is a trait with a value: rows about a date and rows that ask for one are two slices"
    expect_equal(worst_slice, (rows, 3), expected=["asks for", "date"], help=words)


@ex_01_7.check(after=one_trait)
def names_of_traits(worst_slice, cases):
    """another name for a trait changes nothing but the name"""
    for rows, fewest in cases.draw(draw_run, n=2):
        renamed = [{f"new {key}" if key != "right" else key: value for key, value in row.items()} for row in rows]
        expect_same(
            worst_slice,
            (rows, fewest),
            (renamed, fewest),
            why="no trait has a name that is special",
            change=lambda got: [f"new {got[0]}", got[1]],
        )
