"""Checks of lesson 04: contradictions between passages, and faults found in traces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from course_lib.checks import Exercise, expect_equal, expect_same
from course_lib.rag.tracing import FAULTS, NO_FAULT, locate_fault
from course_lib.text import contains_value

if TYPE_CHECKING:
    from course_lib.checks.cases import Cases
    from course_lib.world import Fact

ex_04_5 = Exercise(
    "ex_04_5",
    "find contradictions between passages",
    points=2,
    minutes=12,
    pattern="G1 G2",
    hints=(
        "What do two sentences have in common that say the same of the same thing, but with another number?",
        "Put # in the place of every number of a sentence: that is its frame. Two chunks contradict each other when a "
        "frame stands in both of them with different numbers.",
        r"frame = re.sub(r'\d+(?:[.,]\d+)*', '#', sentence.casefold()); "
        r"numbers = re.findall(r'\d+(?:[.,]\d+)*', sentence).",
    ),
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
THINGS = ("Tarvo lamp", "Ulmo hub", "Brisk kettle", "Selva radio", "Orrin clock")
FRAMES = ("The {} costs {} euros.", "The {} weighs {} grams.", "We store {} of the {}.", "The {} is blue.")


def _readings(text: str) -> dict[str, list[str]]:
    """Return each frame of a text with the numbers in it."""
    sentences = re.split(r"(?<=[.!?])\s+", text.strip())
    return {_NUMBER.sub("#", sentence.casefold()): _NUMBER.findall(sentence) for sentence in sentences}


def _find_conflicts(chunks: Sequence[Mapping[str, str]]) -> list[list[str]]:
    read = [(chunk["id"], _readings(chunk["text"])) for chunk in chunks]
    return [
        [first, second]
        for at, (first, ours) in enumerate(read)
        for second, theirs in read[at + 1 :]
        if any(ours[frame] != theirs[frame] for frame in ours.keys() & theirs.keys())
    ]


def draw_contradicting(rng: Random) -> list[dict[str, str]]:
    """Return four chunks of which some contradict each other."""
    first, second = rng.sample(THINGS, 2)
    low, high = rng.sample(range(10, 99), 2)
    texts = [
        f"The {first} is blue. The {first} costs {low} euros.",
        f"The {second} costs {high} euros. The {first} weighs {high} grams.",
        f"The {first} costs {rng.choice([low, high])} euros. The {second} costs {high} euros.",
        f"THE {second.upper()} COSTS {rng.choice([low, high])} EUROS. The {second} weighs 9 grams.",
    ]
    rng.shuffle(texts)
    return [{"id": f"d{number}#{rng.randint(0, 3)}", "text": text} for number, text in enumerate(texts)]


@ex_04_5.check
def finds_a_contradiction(find_conflicts):
    """the same sentence with another number is a contradiction"""
    chunks = [{"id": "a", "text": "The hub costs 9 euros. It is blue."}, {"id": "b", "text": "The hub costs 8 euros."}]
    words = [
        ([], "compare sentence by sentence: a chunk may say more than the other one"),
        ([["b", "a"]], "a is first"),
    ]
    expect_equal(find_conflicts, (chunks,), expected=[["a", "b"]], help_if=words)


@ex_04_5.check(after=finds_a_contradiction)
def agreement_is_none(find_conflicts):
    """the same number is no contradiction, nor is another thing or another attribute"""
    for text in ("The hub costs 9 euros.", "The lamp costs 8 euros.", "The hub weighs 8 grams."):
        chunks = [{"id": "a", "text": "The hub costs 9 euros."}, {"id": "b", "text": text}]
        help = "only sentences whose words all agree can contradict each other, and only by their numbers"
        expect_equal(find_conflicts, (chunks,), expected=[], help=help)


@ex_04_5.check(after=finds_a_contradiction)
def reads_whole_numbers(find_conflicts):
    """12.5 is one number, and capitals do not count"""
    chunks = [{"id": "a", "text": "The hub costs 12.5 euros."}, {"id": "b", "text": "THE HUB COSTS 13 EUROS."}]
    help = "a number may hold points and commas, \\d+(?:[.,]\\d+)*, and frames are compared in one case"
    expect_equal(find_conflicts, (chunks,), expected=[["a", "b"]], help=help)


@ex_04_5.check(after=agreement_is_none)
def finds_unseen_contradictions(find_conflicts, cases):
    """finds all contradictions among chunks that you have not seen, each pair once, in the order of the chunks"""
    for chunks in cases.draw(draw_contradicting, n=5):
        expect_equal(find_conflicts, (chunks,), expected=_find_conflicts(chunks))


@ex_04_5.check(after=agreement_is_none)
def a_changed_number_follows(find_conflicts, cases):
    """when a number changes in both chunks alike, nothing else does"""
    for chunks in cases.draw(draw_contradicting, n=2):
        moved = [{"id": chunk["id"], "text": _NUMBER.sub(r"7\g<0>", chunk["text"])} for chunk in chunks]
        expect_same(find_conflicts, (chunks,), (moved,), why="all numbers got the same new digit in front")


ex_04_7 = Exercise(
    "ex_04_7",
    "find the stage that broke",
    points=3,
    level="stretch",
    minutes=20,
    pattern="G1 G3",
    hints=(
        "Which chunks could have answered the question at all? Follow those from stage to stage.",
        "Make sets: chunks of the gold document; of these, the ones that hold the value; of these, the readable ones. "
        "The first stage that has none of them left is the answer.",
        "own -> holders -> readable, then readable & set(hits), readable & set(used); then is_abstention(answer), "
        "contains_value(answer, value), readable & set(cited). Return at the first that fails.",
    ),
)


def plant(fault: str, fact: Fact, others: Sequence[Fact]) -> dict[str, Any]:
    """Return the trace of a question about a fact, with one fault in it."""
    true, other = (f"{one.attribute.replace('_', ' ')} of {one.entity}: {one.value}." for one in (fact, others[0]))
    chunks = {
        f"{fact.document}#0": {"document": fact.document, "access": "staff", "text": f"About {fact.entity}."},
        f"{fact.document}#1": {"document": fact.document, "access": "staff", "text": true},
        "x1#0": {"document": "x1", "access": "public", "text": other},
    }
    filler, holder, far = list(chunks)
    trace = {
        "gold": {"document": fact.document, "value": fact.value},
        "chunks": chunks,
        "allowed": ["public", "staff"],
        "hits": [filler, holder, far],
        "used": [filler, holder, far],
        "answer": f"{fact.value} [2]",
        "cited": [holder],
    }
    if fault == "not indexed":
        trace["chunks"] = {far: chunks[far]}
    elif fault == "stale":
        chunks[holder]["text"] = true.replace(fact.value, others[1].value)
    elif fault == "hidden":
        chunks[holder]["access"] = "restricted"
    elif fault == "misread":
        trace["answer"] = f"{others[0].value} [2]"
    elif fault == "miscited":
        trace.update(answer=f"{fact.value} [1]", cited=[filler])
    elif fault == "abstained":
        trace.update(answer="I don't know.", cited=[])
    if fault in ("not indexed", "hidden", "not retrieved"):
        trace["hits"] = [name for name in (filler, far) if name in trace["chunks"]]
    if fault in ("not indexed", "hidden", "not retrieved", "not packed"):
        kept = [name for name in trace["hits"] if name != holder]
        trace.update(used=kept, answer="I don't know.", cited=[])
    if fault == "stale":
        trace.update(answer=f"{others[1].value} [2]")
    return trace


def plant_all(cases: Cases, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each fault, and none, with a trace that has it, about facts of the seed's company."""
    facts = cases.world().facts
    for fault in (*FAULTS, NO_FAULT):
        rng = cases.rng(f"{name}/{fault}")
        fact = rng.choice(facts)
        rest = [other for other in facts if not contains_value(other.value, fact.value)]
        rest = [other for other in rest if not contains_value(fact.value, other.value)]
        others = rng.sample([other for other in rest if other.document != fact.document], 2)
        yield fault, plant(fault, fact, others)


HELP = {
    "not indexed": "no chunk of the gold document is there at all: nothing later can be to blame",
    "stale": "the gold document is there, but none of its chunks holds the value any more",
    "hidden": "the chunk that holds the value has an access level that is not in allowed",
    "not retrieved": "another chunk of the gold document was found, not the one that holds the value",
    "not packed": "the chunk was found, but it is not among those used",
    "abstained": "the chunk was in the prompt, and the model says that it does not know: is_abstention(answer)",
    "misread": "the chunk was in the prompt, and the model states something else",
    "miscited": "the answer is right, and no chunk that holds it is cited",
    NO_FAULT: "nothing broke here",
}


def _expect_located(handle: Any, cases: Cases, wanted: Sequence[str]) -> None:
    for fault, trace in plant_all(cases, "traces"):
        if fault in wanted:
            assert locate_fault(trace) == fault, f"planted {fault}, found {locate_fault(trace)}"
            expect_equal(handle, (trace,), expected=fault, help=HELP[fault])


@ex_04_7.check
def finds_faults_of_reading(locate_fault, cases):
    """tells a misreading from an abstention, and both from a good answer"""
    _expect_located(locate_fault, cases, ("misread", "abstained", NO_FAULT))


@ex_04_7.check(after=finds_faults_of_reading)
def finds_faults_of_search(locate_fault, cases):
    """tells what was not retrieved from what was not packed"""
    _expect_located(locate_fault, cases, ("not retrieved", "not packed"))


@ex_04_7.check(after=finds_faults_of_reading)
def finds_faults_of_the_index(locate_fault, cases):
    """tells a missing document from a stale one and from a hidden one"""
    _expect_located(locate_fault, cases, ("not indexed", "stale", "hidden"))


@ex_04_7.check(after=finds_faults_of_reading)
def finds_a_wrong_citation(locate_fault, cases):
    """sees that a right answer cites the wrong chunk"""
    _expect_located(locate_fault, cases, ("miscited",))


@ex_04_7.check(after=finds_faults_of_reading)
def order_of_the_chunks_does_not_count(locate_fault, cases):
    """the order in which the trace lists its chunks does not count"""
    for _, trace in plant_all(cases, "turned"):
        turned = {**trace, "chunks": dict(reversed(trace["chunks"].items()))}
        expect_same(locate_fault, (trace,), (turned,), why="the chunks are a table, not a ranking")
