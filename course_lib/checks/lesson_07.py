"""Checks of lesson 07: a data sheet for examples."""

import re
from random import Random

from course_lib.checks import Exercise, Rules, SaysNo, expect_close, expect_same
from course_lib.checks.showing import show

NEAR = 0.5
CLOSE = Rules(numbers_mix=True, tolerance=1e-9)

ex_07_1 = Exercise(
    "ex_07_1",
    "write the data sheet of a training set",
    points=3,
    minutes=18,
    pattern="G1 G2 G3",
    hints=(
        "Two messages that differ in one word share most runs of three words. Which set operation counts them?",
        "similarity: the words in lower case, the set of all runs of three, shared divided by all. data_sheet: walk "
        "once over the positions for the labels, over all pairs i < j for twins, over train x test for leaks.",
        "words = re.findall(r'\\w+', text.lower()); runs = {tuple(words[i:i+3]) for i in range(max(1, len(words) - 2))}"
        " (no words: no runs); then len(a & b) / len(a | b), unless a | b is empty.",
    ),
)

WORDS = "the lamp hub radio was left broken in our shop on Monday while nobody saw where it went after noon".split()


def draw_text(rng: Random, n_words: int = 9) -> str:
    """Return words in random order."""
    return " ".join(rng.sample(WORDS, n_words))


def change_end(text: str, end: str) -> str:
    """Return a text with another last word, in capitals and with a mark: near to it, but not the same."""
    return f"{text.rsplit(' ', 1)[0]} {end}!".upper()


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return re.findall(r"\w+", text.lower())


def runs_of(text: str) -> set[tuple[str, ...]]:
    """Return all runs of three words; of a shorter text all its words as one run, of an empty one nothing."""
    words = words_of(text)
    return {tuple(words[at : at + 3]) for at in range(max(1, len(words) - 2))} if words else set()


def share_of_both(a: set, b: set) -> float:
    """Return the Jaccard similarity of two sets, 0 for two empty ones."""
    return len(a & b) / len(a | b) if a | b else 0.0


def true_similarity(a: str, b: str) -> float:
    """Return the reference."""
    return share_of_both(runs_of(a), runs_of(b))


def true_sheet(train: list[dict], test: list[dict], labels: list[str]) -> dict:
    """Return the reference."""
    texts = [row["text"] for row in train]
    pairs = [(i, j) for j in range(len(texts)) for i in range(j) if true_similarity(texts[i], texts[j]) >= NEAR]
    leaked = [i for i, text in enumerate(texts) if any(true_similarity(text, row["text"]) >= NEAR for row in test)]
    return {
        "counts": {label: sum(row["label"] == label for row in train) for label in labels},
        "unknown": [i for i, row in enumerate(train) if row["label"] not in labels],
        "duplicates": [list(pair) for pair in sorted(pairs)],
        "leaked": leaked,
    }


def draw_data(rng: Random) -> tuple[list[dict], list[dict], list[str]]:
    """Return a training set with planted faults, a test set and the labels."""
    labels = rng.sample(["billing", "delivery", "returns", "account", "complaint"], 3)
    train = [{"text": draw_text(rng), "label": rng.choice(labels[:2])} for _ in range(4)]
    test = [{"text": draw_text(rng), "label": rng.choice(labels)} for _ in range(2)]
    twin, leak = rng.choice(train), rng.choice(test)
    for end in ("again", "today"):  # three texts that are alike are three pairs
        train.append({"text": change_end(twin["text"], end), "label": twin["label"]})
    train.append({"text": change_end(leak["text"], "here"), "label": labels[0]})
    train.append({"text": draw_text(rng), "label": rng.choice([labels[0].capitalize(), "refund"])})
    rng.shuffle(train)
    return train, test, labels


def draw_half(rng: Random) -> tuple[list[dict], list[dict], list[str]]:
    """Return data in which a pair of texts and a leak have a similarity of exactly 0.5: three runs of six."""
    whole, other = draw_text(rng, 8), draw_text(rng, 8)
    texts = [whole, " ".join(whole.split()[:5]), " ".join(other.split()[3:])]
    return [{"text": text, "label": "billing"} for text in texts], [{"text": other, "label": "billing"}], ["billing"]


@ex_07_1.check
def form_does_not_count(similarity, data_sheet):
    """similarity: a text is like itself, and case and marks do not count"""
    for other in ("The lamp is broken again", "the LAMP is broken, again!"):
        expect_close(similarity, ("The lamp is broken again", other), expected=1.0, tolerance=1e-9)


@ex_07_1.check(after=form_does_not_count)
def order_counts(similarity, data_sheet, cases):
    """similarity: shared runs of three words, divided by all runs of both"""
    pairs = [("a b c d e", "c d e a b")]
    pairs += cases.draw(lambda rng: (text := draw_text(rng), change_end(text, "again")), n=3)
    for a, b in pairs:
        first, second = runs_of(a), runs_of(b)
        famous = [
            (
                share_of_both(set(words_of(a)), set(words_of(b))),
                "single words forget their order: compare runs of three",
            ),
            (len(first & second) / len(first), "divide by the runs of both texts together, not by those of the first"),
            (
                share_of_both(
                    set(zip(words_of(a), words_of(a)[1:], strict=False)),
                    set(zip(words_of(b), words_of(b)[1:], strict=False)),
                ),
                "these are runs of two words: take three",
            ),
        ]
        right = true_similarity(a, b)
        expect_close(similarity, (a, b), expected=right, tolerance=1e-9, help_if=[f for f in famous if f[0] != right])


@ex_07_1.check(after=form_does_not_count)
def short_texts_count(similarity, data_sheet):
    """similarity: a text of fewer than three words is one run, an empty one has none"""
    words = "a text of one or two words has no run of three: take all its words as one run"
    for a, b, right in (("Where?", "where", 1.0), ("new lamp", "lamp new", 0.0), ("", "", 0.0)):
        expect_close(similarity, (a, b), expected=right, tolerance=1e-9, help=words)


@ex_07_1.check(after=form_does_not_count)
def sides_do_not_count(similarity, data_sheet, cases):
    """similarity: the two texts may change places"""
    for a, b in cases.draw(lambda rng: (text := draw_text(rng, 6), f"{change_end(text, 'again')} and more"), n=2):
        expect_same(similarity, (a, b), (b, a), why="being alike has no direction", rules=CLOSE)


def expect_entry(data_sheet, data: tuple, name: str, help_if=None, help: str = "") -> None:
    """Say no unless one entry of the sheet is right."""
    wanted = true_sheet(*data)[name]
    got = data_sheet(*data)
    if not isinstance(got, dict) or name not in got:
        raise SaysNo("data_sheet(train, test, labels)", f"returned {show(got)}", f"a dict with the entry {name!r}")
    found = got[name]
    if isinstance(found, list):
        found = [list(item) if isinstance(item, tuple) else item for item in found]
    if found != wanted:
        column = "text" if name in ("duplicates", "leaked") else "label"
        call = f"data_sheet(train, test, labels)[{name!r}] where train has {[row[column] for row in data[0]]}"
        raise SaysNo(call, f"is {show(found)}", show(wanted), (help_if(found) if help_if else "") or help)


def count_words(got: object) -> str:
    """Return what is wrong with the counts."""
    if isinstance(got, dict) and len(got) < 3:
        return "a class without examples is the most important line: start from all labels, with 0"
    return "only the given labels are classes"


@ex_07_1.check
def counts_all_labels(similarity, data_sheet, cases):
    """data_sheet: counts every label, a missing class as 0, and finds labels that are none"""
    unknown = "compare to the letter: 'Billing' is not 'billing', and a tuned model would learn both"
    for data in cases.draw(draw_data, n=2):
        expect_entry(data_sheet, data, "counts", help_if=count_words)
        expect_entry(data_sheet, data, "unknown", help=unknown)


def equal_pairs(data: tuple) -> list[list[int]]:
    """Return the pairs of equal training texts."""
    texts = [row["text"] for row in data[0]]
    return [[i, j] for j in range(len(texts)) for i in range(j) if texts[i] == texts[j]]


EASY = "equal texts are only the easy part: compare similarity(a, b) with 0.5"
EDGE = "a similarity of exactly 0.5 counts: 0.5 or more"


@ex_07_1.check(after=order_counts)
def finds_twins(similarity, data_sheet, cases):
    """data_sheet: lists each pair of near-duplicates of the training set once, i < j"""
    for data in [*cases.draw(draw_data, n=3), *cases.draw(draw_half, n=1)]:
        same = equal_pairs(data)
        wanted = true_sheet(*data)["duplicates"]

        def famous(got, same=same, wanted=wanted):
            if got == same:
                return EDGE if len(wanted) == 1 else EASY
            if any(i >= j for i, j in got):
                return "each pair once: i < j, and no text with itself"
            return "three texts that are alike are three pairs" if len(got) < len(wanted) else ""

        expect_entry(data_sheet, data, "duplicates", help_if=famous)


@ex_07_1.check(after=order_counts)
def finds_leaks(similarity, data_sheet, cases):
    """data_sheet: lists the training positions whose text is near to a test text"""
    for data in [*cases.draw(draw_data, n=3), *cases.draw(draw_half, n=1)]:
        is_edge = len(data[2]) == 1

        def famous(got, is_edge=is_edge):
            if not got:
                return EDGE if is_edge else "a leaked text need not be equal: compare similarity(a, b) with 0.5"
            return "wanted are positions in train of texts that are near to a text of test"

        expect_entry(data_sheet, data, "leaked", help_if=famous)
