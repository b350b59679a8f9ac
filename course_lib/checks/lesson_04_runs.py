"""Checks of lesson 04: figures from several runs, on failures and on faithfulness."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from course_lib.checks import Exercise, expect_close, expect_same, expect_true
from course_lib.rag.auditing import measure_faithfulness as faithfulness_of

ex_04_2 = Exercise(
    "ex_04_2",
    "lay failures to search or to reading",
    points=2,
    minutes=12,
    pattern="G1 G2",
    hints=(
        "Take one question that came out wrong with the retrieved passages. What do you learn from its oracle run?",
        "Walk through the four lists in step, count each kind of question, and divide all counts by the number of "
        "questions. A difference of two accuracies is no count of questions.",
        "rows = list(zip(none, retrieved, oracle, wrong)); "
        "search = sum(o and not r for _, r, o, _ in rows) / len(rows); the other three go the same way.",
    ),
)


def draw_runs(rng: Random) -> tuple[list[bool], ...]:
    """Return four runs in which each pair of outcomes happens."""
    n = rng.randint(9, 12)
    runs = [[rng.random() < share for _ in range(n)] for share in (0.5, 0.6, 0.6, 0.4)]
    for at, row in enumerate(([1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 0, 0], [1, 1, 1, 1])):
        for run, outcome in zip(runs, row, strict=True):
            run[at] = bool(outcome)
    return tuple(runs)


def _attribute(none: list[bool], retrieved: list[bool], oracle: list[bool], wrong: list[bool]) -> dict[str, float]:
    rows = list(zip(none, retrieved, oracle, wrong, strict=True))
    return {
        "search": sum(o and not r for _, r, o, _ in rows) / len(rows),
        "reading": sum(not o and not r for _, r, o, _ in rows) / len(rows),
        "memory": sum(n for n, *_ in rows) / len(rows),
        "spoilt": sum(n and not w for n, _, _, w in rows) / len(rows),
    }


def _say_net(runs: Sequence[list[bool]]) -> Callable[[Mapping[str, float]], str]:
    none, retrieved, oracle, wrong = (sum(run) / len(run) for run in runs)

    def words(got: Mapping[str, float]) -> str:
        if abs(got["search"] - (oracle - retrieved)) < 1e-9:
            return "a difference of accuracies is a net figure: gains hide losses, so count questions"
        if abs(got["spoilt"] - (none - wrong)) < 1e-9:
            return "spoilt counts questions that were right without passages and are wrong with the wrong ones"
        return ""

    return words


@ex_04_2.check
def tells_search_from_reading(attribute_failures):
    """a question that only the right passages mend is laid to search, one that they do not mend to reading"""
    runs = ([False] * 4, [True, False, False, False], [True, True, True, False], [False] * 4)
    expected = {"search": 0.5, "reading": 0.25, "memory": 0.0, "spoilt": 0.0}
    words = [
        ({**expected, "search": 0.25, "reading": 0.5}, "search and reading are exchanged"),
        ({**expected, "search": 2 / 3, "reading": 1 / 3}, "divide by all questions, not by the wrong ones"),
        ({"search": 2, "reading": 1, "memory": 0, "spoilt": 0}, "these are counts: divide them by all questions"),
    ]
    expect_close(attribute_failures, runs, expected=expected, tolerance=1e-9, help_if=words)


@ex_04_2.check(after=tells_search_from_reading)
def counts_questions(attribute_failures, cases):
    """counts questions, also where the right passages spoil some answers"""
    for runs in cases.draw(draw_runs, n=4):
        expect_close(attribute_failures, runs, expected=_attribute(*runs), tolerance=1e-9, help_if=_say_net(runs))


@ex_04_2.check(after=tells_search_from_reading)
def both_parts_make_all_failures(attribute_failures, cases):
    """search and reading together are all failures of the retrieving run"""
    for runs in cases.draw(draw_runs, n=2):
        lost = runs[1].count(False) / len(runs[1])
        expect_true(
            attribute_failures,
            runs,
            holds=lambda got, lost=lost: abs(got["search"] + got["reading"] - lost) < 1e-9,
            says=f"search + reading = {lost:.3f}, the share of wrong answers with the retrieved passages",
            help="a difference of accuracies is a net figure: gains hide losses, so count questions",
        )


@ex_04_2.check(after=tells_search_from_reading)
def order_of_questions_does_not_count(attribute_failures, cases):
    """the order of the questions does not count"""
    for runs in cases.draw(draw_runs, n=2):
        turned = tuple(run[::-1] for run in runs)
        expect_same(attribute_failures, runs, turned, why="the same questions in reverse order")


ex_04_4 = Exercise(
    "ex_04_4",
    "measure whether answers hang on what they cite",
    points=3,
    level="stretch",
    minutes=15,
    pattern="G1 G2",
    hints=(
        "Which answers of a record differ from the full one, once marks and capitals are gone?",
        "For each record make the set of chunks whose removal changes the answer. Compare it to the set of cited ones: "
        "do they meet, and does anything in it lie outside?",
        "moved = {c for c, text in record['without'].items() if bare(text) != bare(record['answer'])} with "
        "bare = lambda text: normalise(strip_citations(text)); then moved & cited and moved - cited.",
    ),
)


def draw_records(rng: Random) -> list[dict[str, Any]]:
    """Return ablations of several answers: some hang on what they cite, some on something else, one cites nothing.

    The second always cites two chunks and hangs on one of them: it tells "one of the cited" from "all of the cited".
    """
    records = []
    for number in range(rng.randint(4, 6)):
        value, chunks = f"{rng.randint(10, 99)} euros", rng.sample(["d1#0", "d2#1", "d3#0", "d4#2"], 3)
        cited = [] if number == 0 else rng.sample(chunks, 2 if number == 1 else rng.randint(1, 2))
        moved = set(cited[:1] if number == 1 else rng.sample(chunks, rng.randint(0, 2)))
        without = {
            name: "I don't know." if name in moved else f"{value.upper()} [{rng.randint(1, 2)}]" for name in chunks
        }
        records.append({"answer": f"{value} [3]", "cited": cited, "without": without})
    return records


@ex_04_4.check
def tells_both_shares(measure_faithfulness):
    """tells an answer that hangs on its citation from one that hangs on something else"""
    one = {"answer": "9 euros [1]", "cited": ["a"], "without": {"a": "I don't know.", "b": "9 euros [1]"}}
    other = {"answer": "9 euros [1]", "cited": ["a"], "without": {"a": "9 euros [1]", "b": "8 euros [1]"}}
    words = [
        ({"faithful": 0.5, "hidden": 0.0}, "hidden: the removal of a chunk that is not cited changes the answer"),
        ({"faithful": 1.0, "hidden": 0.5}, "the second answer stays as it is without the chunk that it cites"),
    ]
    args, expected = ([one, other],), {"faithful": 0.5, "hidden": 0.5}
    expect_close(measure_faithfulness, args, expected=expected, tolerance=1e-9, help_if=words)


@ex_04_4.check(after=tells_both_shares)
def marks_are_no_part_of_an_answer(measure_faithfulness):
    """another citation number, another capital or a full stop is no other answer"""
    record = {"answer": "Rome [2]", "cited": ["b"], "without": {"a": "Rome [1]", "b": "ROME."}}
    help = "without a chunk the others get new numbers: compare normalise(strip_citations(text))"
    expected = {"faithful": 0.0, "hidden": 0.0}
    expect_close(measure_faithfulness, ([record],), expected=expected, tolerance=1e-9, help=help)


@ex_04_4.check(after=tells_both_shares)
def answers_without_citation_count_in_hidden_only(measure_faithfulness):
    """an answer that cites nothing counts for "hidden" only; without any citation "faithful" is None"""
    record = {"answer": "Rome", "cited": [], "without": {"a": "Oslo"}}
    expected = {"faithful": None, "hidden": 1.0}
    help = '"faithful" is a share of the answers that cite something: leave the others out'
    expect_close(measure_faithfulness, ([record],), expected=expected, tolerance=1e-9, help=help)


@ex_04_4.check(after=tells_both_shares)
def measures_unseen_answers(measure_faithfulness, cases):
    """measures answers that you have not seen"""
    for records in cases.draw(draw_records, n=4):
        help = '"faithful" is a share of the answers that cite something, "hidden" of all answers'
        expected = faithfulness_of(records)
        expect_close(measure_faithfulness, (records,), expected=expected, tolerance=1e-9, help=help)


@ex_04_4.check(after=tells_both_shares)
def names_of_chunks_do_not_count(measure_faithfulness, cases):
    """the names of the chunks do not count"""
    for records in cases.draw(draw_records, n=2):
        renamed = [
            {
                "answer": record["answer"],
                "cited": [f"x{name}" for name in record["cited"]],
                "without": {f"x{name}": text for name, text in record["without"].items()},
            }
            for record in records
        ]
        expect_same(measure_faithfulness, (records,), (renamed,), why="every chunk has only got another name")
