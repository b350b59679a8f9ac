"""Checks of lesson 04: packing a context, auditing citations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from course_lib.checks import Exercise, expect_equal, expect_same, expect_true, expect_unchanged
from course_lib.text import normalise

WORDS = "lamp hub mixer radio kettle costs weighs holds opens closes euros days stock shelf memo price red blue".split()

ex_04_1 = Exercise(
    "ex_04_1",
    "pack a context under a budget",
    points=2,
    minutes=12,
    pattern="G1 G2 G4",
    hints=(
        "How many words are left after the passages that you have taken? What is to happen when the next is too long?",
        "Walk through the chunks once. Keep the ids taken, the words spent, and the texts taken in normal form. "
        "Skip a chunk if its text was taken already or if it does not fit; never stop early.",
        "In the loop: cost = len(chunk['text'].split()); form = normalise(chunk['text']); "
        "if form in taken or spent + cost > budget: continue.",
    ),
)


def draw_chunks(rng: Random) -> tuple[list[dict[str, str]], int]:
    """Return chunks with one copy among them, and a budget that leaves a long one out and lets a later one in."""
    texts = [" ".join(rng.sample(WORDS, size)).capitalize() + "." for size in (rng.randint(3, 6), 14, 4, 3)]
    texts.insert(rng.randint(1, 3), texts[0].upper())
    chunks = [{"id": f"d{rng.randint(10, 99)}#{number}", "text": text} for number, text in enumerate(texts)]
    return chunks, len(texts[0].split()) + rng.randint(7, 11)


def _pack(chunks: Sequence[Mapping[str, str]], budget: int) -> list[str]:
    ids, forms, spent = [], set(), 0
    for chunk in chunks:
        cost, form = len(chunk["text"].split()), normalise(chunk["text"])
        if form not in forms and spent + cost <= budget:
            ids.append(chunk["id"])
            forms.add(form)
            spent += cost
    return ids


@ex_04_1.check
def stays_within_the_budget(pack_context, cases):
    """the passages together have no more words than the budget"""
    for chunks, budget in cases.draw(draw_chunks, n=3):
        cost = {chunk["id"]: len(chunk["text"].split()) for chunk in chunks}
        expect_true(
            pack_context,
            (chunks, budget),
            holds=lambda ids, cost=cost, budget=budget: sum(cost[name] for name in ids) <= budget,
            says=f"ids of chunks with at most {budget} words together",
            help="count the words of all passages taken so far before you take another one",
        )


@ex_04_1.check(after=stays_within_the_budget)
def tries_the_next_one(pack_context):
    """a passage that is too long is left out, and the next one is tried"""
    chunks = [
        {"id": name, "text": text} for name, text in (("a", "one two"), ("b", "one two three four"), ("c", "six"))
    ]
    words = [
        (["a"], "a passage does not fit: go on with the next one (continue), do not stop (break)"),
        (["c", "a"], "the order is that of the ranks"),
        (["a", "b", "c"], "the budget is for all passages together"),
    ]
    expect_equal(pack_context, (chunks, 3), expected=["a", "c"], help_if=words)


@ex_04_1.check(after=stays_within_the_budget)
def leaves_copies_out(pack_context):
    """a passage with the text of one that was taken is left out, capitals and blanks aside"""
    chunks = [{"id": "a", "text": "It costs 9 euros."}, {"id": "b", "text": "IT costs  9 euros"}]
    words = [(["a", "b"], "b repeats a: compare normalise(text), not the text itself")]
    expect_equal(pack_context, (chunks, 20), expected=["a"], help_if=words)


@ex_04_1.check(after=tries_the_next_one)
def packs_unseen_chunks(pack_context, cases):
    """packs chunks that you have not seen"""
    for chunks, budget in cases.draw(draw_chunks, n=4):
        expect_equal(pack_context, (chunks, budget), expected=_pack(chunks, budget))
        expect_unchanged(pack_context, (chunks, budget))


@ex_04_1.check(after=stays_within_the_budget)
def a_copy_at_the_end_changes_nothing(pack_context, cases):
    """a copy of the first passage at the end changes nothing"""
    for chunks, budget in cases.draw(draw_chunks, n=2):
        longer = [*chunks, {"id": "copy", "text": chunks[0]["text"]}]
        expect_same(
            pack_context,
            (chunks, budget + 40),
            (longer, budget + 40),
            why="a copy tells the model nothing new",
            help="b repeats a: compare normalise(text), not the text itself",
        )


ex_04_3 = Exercise(
    "ex_04_3",
    "audit the citations of an answer",
    points=2,
    minutes=15,
    pattern="G1 G2 G3",
    hints=(
        "Which characters may stand between the brackets of a citation, and which may follow the closing one?",
        "Find all marks with a regular expression, split each at its commas, and look every number up once. "
        "Compare the answer without marks to the passage, with contains_value.",
        r"for mark in re.findall(r'\[(\d+(?:\s*,\s*\d+)*)\](?!\()', answer): its numbers: map(int, mark.split(',')); "
        "for each: not 1 <= number <= len(passages), else contains_value(passages[number - 1], value).",
    ),
)
SHOWN = ["The hub costs 124 euros.", "The lamp costs 24 euros.", "The lamp is blue."]


def draw_answer(rng: Random) -> tuple[str, list[str], dict[int, str]]:
    """Return an answer, its passages, and what its citations are worth."""
    value = f"{rng.randint(10, 99)} euros"
    passages = [f"The {name} costs 1{value}." for name in rng.sample(WORDS[:5], 3)]
    at = rng.randrange(3)
    passages[at] = f"The clock costs {value}."
    other, beyond = (at + 1) % 3, rng.choice([0, 4, 7])
    worth = {other + 1: "unsupported", beyond: "no such passage", at + 1: "supported"}
    numbers = rng.sample(list(worth), 3)
    return f"{value} [{numbers[0]}][{numbers[1]}, {numbers[2]}]", passages, {name: worth[name] for name in numbers}


@ex_04_3.check
def finds_support(audit_citations):
    """a passage that holds the answer supports it"""
    words = [({}, "the mark is [2]: did you look for it in the answer?"), ({1: "supported"}, "passages count from 1")]
    expect_equal(audit_citations, ("24 euros [2]", SHOWN), expected={2: "supported"}, help_if=words)


@ex_04_3.check(after=finds_support)
def finds_wrong_citations(audit_citations):
    """a passage that exists and lacks the answer does not support it"""
    help = "124 euros are not 24 euros: contains_value compares whole numbers, `in` does not"
    expect_equal(audit_citations, ("24 euros [1]", SHOWN), expected={1: "unsupported"}, help=help)
    expect_equal(audit_citations, ("24 euros [3]", SHOWN), expected={3: "unsupported"}, help="passage 3 is on a colour")


@ex_04_3.check(after=finds_support)
def finds_invented_numbers(audit_citations):
    """a number without a passage is called so, 0 included"""
    for number in (4, 12, 0):
        help = "passages are numbered from 1 to len(passages); Python's passages[-1] is no passage 0"
        args, expected = (f"24 euros [{number}]", SHOWN), {number: "no such passage"}
        expect_equal(audit_citations, args, expected=expected, help=help)


@ex_04_3.check(after=finds_support)
def reads_lists_and_no_links(audit_citations):
    """reads "[2, 3]" as two citations and "[1,2,3]" as three, and "[2](page)" as none"""
    expected = {2: "supported", 3: "unsupported"}
    help = "one pair of brackets can hold several numbers, with a comma between them, and a blank or not"
    expect_equal(audit_citations, ("24 euros [2, 3]", SHOWN), expected=expected, help=help)
    for mark in ("[1,2,3]", "[1, 2, 3]"):
        wanted = {1: "unsupported", **expected}
        expect_equal(audit_citations, (f"24 euros {mark}", SHOWN), expected=wanted, help=help)
    expect_equal(audit_citations, ("24 euros [1](page)", SHOWN), expected={}, help="brackets before ( are a link")


@ex_04_3.check(after=finds_support)
def marks_stand_anywhere(audit_citations):
    """a mark may stand before the answer or within it"""
    help = "the answer is what is left when all marks are taken out, wherever they stand: strip_citations(answer)"
    for answer in ("[2] 24 euros", "24 [2] euros"):
        expect_equal(audit_citations, (answer, SHOWN), expected={2: "supported"}, help=help)


@ex_04_3.check(after=finds_wrong_citations)
def audits_unseen_answers(audit_citations, cases):
    """audits answers that you have not seen"""
    for answer, passages, worth in cases.draw(draw_answer, n=4):
        expect_equal(audit_citations, (answer, passages), expected=worth)


@ex_04_3.check(after=finds_support)
def more_passages_change_nothing(audit_citations, cases):
    """passages behind those that are cited change nothing"""
    for answer, passages, worth in cases.draw(draw_answer, n=2):
        known = next(number for number in worth if 1 <= number <= len(passages))
        cited = f"{answer.partition(' [')[0]} [{known}]"
        why = "nothing cites the new passage"
        expect_same(audit_citations, (cited, passages), (cited, [*passages, "The shelf is red."]), why=why)
