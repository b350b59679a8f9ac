"""Checks of lesson 01: score an answer, count declined and invented ones."""

from collections import Counter
from random import Random

from course_lib.checks import Exercise, Rules, expect_equal, expect_same
from course_lib.text import normalise
from course_lib.world.wordings import RELATIONS

MIXED = Rules(numbers_mix=True, tolerance=1e-9)

ex_01_1 = Exercise(
    "ex_01_1",
    "score one answer: exact match and F1",
    points=2,
    minutes=7,
    pattern="G1 G2 G3",
    hints=(
        "Both scores compare texts: what should happen to capitals and full stops before anything is compared?",
        "Normalise both texts. Exact: are they equal? F1: count the words of both, and those they share, repeats too.",
        "(Counter(a.split()) & Counter(b.split())).total() counts the shared words; F1 is 2 * shared / (len + len).",
    ),
)


def draw_answer(rng: Random) -> tuple[str, str]:
    """Return a statement, or a bare value, and the value that was wanted."""
    relation = rng.choice([relation for relation in RELATIONS.values() if relation.value in ("money", "date", "count")])
    gold = {
        "money": f"{rng.randint(3, 99)} euros",
        "date": f"{rng.randint(1, 28)} May",
        "count": f"{rng.randint(2, 99)}",
    }
    value = gold[relation.value]
    statement = relation.state(f"{rng.choice(['Ando', 'Berro'])} {rng.randint(2, 9)}", value, relation.statements[0])
    return rng.choice([statement, f"**{value.upper()}**!", f"{value} or {value}"]), value


def score_reference(answer: str, gold: str) -> dict[str, bool | float]:
    """Return exact match and F1 of two texts."""
    said, wanted = normalise(answer).split(), normalise(gold).split()
    total = len(said) + len(wanted)
    return {"exact": said == wanted, "f1": 2 * (Counter(said) & Counter(wanted)).total() / total if total else 1.0}


@ex_01_1.check
def form_does_not_count(score_answer):
    """case, marks and outer punctuation do not count"""
    words = "put both texts through normalise before you compare them"
    for answer in ("24 euros", "**24 Euros**.", "  24  EUROS "):
        expect_equal(
            score_answer,
            (answer, "24 euros"),
            expected={"exact": True, "f1": 1.0},
            rules=MIXED,
            help_if=lambda got: words if got["exact"] is False else None,
        )


@ex_01_1.check(after=form_does_not_count)
def exact_means_all_of_it(score_answer):
    """exact means the whole answer, not a part of it"""
    words = "the value stands in the answer, but the answer is not the value: exact compares whole texts"
    turned = "these are the same words in another order: exact compares whole texts, and only F1 forgets the order"
    for answer, help in (("It costs 24 euros.", words), ("124 euros", words), ("euros 24", turned)):
        expect_equal(
            score_answer,
            (answer, "24 euros"),
            expected=score_reference(answer, "24 euros"),
            rules=MIXED,
            help_if=lambda got, help=help: help if got["exact"] is True else None,
        )


@ex_01_1.check(after=form_does_not_count)
def repeats_count(score_answer):
    """a word is shared as often as both texts have it"""
    words = "a set forgets repeats: a word that one text has three times and the other twice is shared twice"
    for said, wanted in (("no no no", "no"), ("no no", "no no no")):
        expected = score_reference(said, wanted)
        expect_equal(
            score_answer,
            (said, wanted),
            expected=expected,
            rules=MIXED,
            help_if=lambda got, expected=expected: words if got["f1"] != expected["f1"] else None,
        )


@ex_01_1.check(after=form_does_not_count)
def other_answers(score_answer, cases):
    """F1 is 2 x shared words / (words of both)"""
    for answer, gold in cases.draw(draw_answer, n=5):
        expect_equal(score_answer, (answer, gold), expected=score_reference(answer, gold), rules=MIXED)


@ex_01_1.check(after=form_does_not_count)
def swapping_changes_nothing(score_answer, cases):
    """answer and gold may change places"""
    for answer, gold in cases.draw(draw_answer, n=3):
        why = "what two texts share does not depend on which comes first"
        expect_same(score_answer, (answer, gold), (gold, answer), why=why, rules=MIXED)


@ex_01_1.check(after=form_does_not_count)
def empty_texts(score_answer):
    """an empty answer is a wrong answer and no crash"""
    expect_equal(score_answer, ("", "24 euros"), expected={"exact": False, "f1": 0.0}, rules=MIXED)
    expect_equal(score_answer, (" ", "..."), expected={"exact": True, "f1": 1.0}, rules=MIXED)


ex_01_2 = Exercise(
    "ex_01_2",
    "count right, invented and declined answers",
    points=2,
    minutes=8,
    pattern="G1 G2",
    hints=(
        "Each of the four shares has its own whole: all rows, all rows, the declined ones, the ones without an answer.",
        "Make the list of declined rows and that of unanswerable rows first; what both hold is the good silence.",
        "halluc = sum(r['answered'] and not r['right'] for r in rows) / len(rows); a share of an empty list is None.",
    ),
)


FEW = ((True, True, True), (True, False, False), (True, False, False), (False, True, False), (False, False, False))


def draw_rows(rng: Random) -> list[dict[str, bool]]:
    """Return rows of every kind, each a few times."""
    kinds = [(True, True, True), (True, True, False), (True, False, False), (False, True, False), (False, False, False)]
    rows = [kind for kind in kinds for _ in range(rng.randint(1, 3))]
    rng.shuffle(rows)
    return [dict(zip(("answerable", "answered", "right"), row, strict=True)) for row in rows]


def count_reference(rows: list[dict[str, bool]]) -> dict[str, float | None]:
    """Return accuracy, halluc, precision and recall of declining."""
    silent = [row for row in rows if not row["answered"]]
    without = [row for row in rows if not row["answerable"]]
    n_good = sum(not row["answerable"] for row in silent)
    return {
        "accuracy": (sum(row["right"] for row in rows) + n_good) / len(rows),
        "halluc": sum(row["answered"] and not row["right"] for row in rows) / len(rows),
        "abstain_precision": n_good / len(silent) if silent else None,
        "abstain_recall": n_good / len(without) if without else None,
    }


def explain_counts(rows: list[dict[str, bool]]):
    """Return a function that names the mistake behind wrong shares of these rows."""
    right = count_reference(rows)
    said = [row for row in rows if row["answered"]]
    n_right = sum(row["right"] for row in rows)

    def explain(got: dict) -> str | None:
        if got["accuracy"] != right["accuracy"] and abs(got["accuracy"] - n_right / len(rows)) < 1e-9:
            return "declining where there is no answer is right, so it counts for accuracy"
        of_said = sum(not row["right"] for row in said) / len(said)
        if of_said != right["halluc"] and abs(got["halluc"] - of_said) < 1e-9:
            return "halluc is a share of all questions, not of the answered ones: who declines often invents less"
        swapped = right["abstain_recall"], right["abstain_precision"]
        if (got["abstain_precision"], got["abstain_recall"]) == swapped and swapped[0] != swapped[1]:
            return "these two have changed places: precision looks at what was declined, recall at what had no answer"
        return None

    return explain


@ex_01_2.check
def few_rows(abstention_metrics):
    """five questions, one or two of each kind"""
    rows = [dict(zip(("answerable", "answered", "right"), row, strict=True)) for row in FEW]
    words = explain_counts(rows)
    expect_equal(abstention_metrics, (rows,), expected=count_reference(rows), rules=MIXED, help_if=words)


@ex_01_2.check(after=few_rows)
def other_rows(abstention_metrics, cases):
    """questions that you have not seen"""
    for rows in cases.draw(draw_rows, n=4):
        words = explain_counts(rows)
        expect_equal(abstention_metrics, (rows,), expected=count_reference(rows), rules=MIXED, help_if=words)


@ex_01_2.check(after=few_rows)
def shares_of_nothing(abstention_metrics):
    """a share of nothing is None"""
    rows = [{"answerable": True, "answered": True, "right": True}]
    words = (
        "nothing was declined and nothing had no answer: 0 would say that it went badly, None says that nobody knows"
    )
    expected = count_reference(rows)
    expect_equal(
        abstention_metrics,
        (rows,),
        expected=expected,
        rules=MIXED,
        help_if=lambda got: (
            words if got["abstain_recall"] is not None or got["abstain_precision"] is not None else None
        ),
        help=words,
    )


@ex_01_2.check(after=few_rows)
def asking_twice(abstention_metrics, cases):
    """the same questions twice, in another order, give the same shares"""
    for rows in cases.draw(draw_rows, n=2):
        why = "a share does not depend on how often everything is counted, nor on the order"
        expect_same(abstention_metrics, (rows,), ([*rows[::-1], *rows],), why=why, rules=MIXED)
