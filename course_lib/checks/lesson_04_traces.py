"""Checks of lesson 04: faults found in traces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from course_lib.checks import Exercise, expect_equal, expect_same
from course_lib.rag.tracing import FAULTS, NO_FAULT, locate_fault
from course_lib.text import contains_value

if TYPE_CHECKING:
    from course_lib.checks.cases import Cases
    from course_lib.world import Fact

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
def other_documents_do_not_count(locate_fault, cases):
    """a chunk of another document that holds the value as well changes nothing"""
    help = "only chunks of the gold document count: another one may hold the same value by chance"
    for fault, trace in plant_all(cases, "elsewhere"):
        memo = {"document": "memo", "access": "public", "text": f"Seen in the memo: {trace['gold']['value']}."}
        seen = {name: [*trace[name], "memo#0"] for name in ("hits", "used", "cited")}
        fuller = {**trace, **seen, "chunks": {"memo#0": memo, **trace["chunks"]}}
        expect_equal(locate_fault, (fuller,), expected=fault, help=help)


@ex_04_7.check(after=finds_faults_of_reading)
def one_good_chunk_is_enough(locate_fault, cases):
    """one chunk that holds the value and comes all the way is enough, whatever becomes of another one"""
    help = "follow all chunks that hold the value: the stage broke only if none of them is left"
    for fault, trace in plant_all(cases, "twice"):
        gold = trace["gold"]
        twin = {"document": gold["document"], "access": "restricted", "text": f"Once more: {gold['value']}."}
        fuller = {**trace, "chunks": {"twin#0": twin, **trace["chunks"]}}
        expected = "hidden" if fault in ("not indexed", "stale") else fault
        expect_equal(locate_fault, (fuller,), expected=expected, help=help)


@ex_04_7.check(after=finds_faults_of_reading)
def levels_and_silence_vary(locate_fault, cases):
    """takes the levels that the trace allows, and an abstention in any words"""
    planted = dict(plant_all(cases, "other levels"))
    hidden = {**planted[NO_FAULT], "allowed": ["public"]}
    expect_equal(locate_fault, (hidden,), expected="hidden", help=HELP["hidden"])
    seen = {**planted["hidden"], "allowed": ["public", "staff", "restricted"]}
    expect_equal(locate_fault, (seen,), expected="not retrieved", help=HELP["not retrieved"])
    silent = {**planted["abstained"], "answer": "The documents do not say."}
    expect_equal(locate_fault, (silent,), expected="abstained", help=HELP["abstained"])


@ex_04_7.check(after=finds_faults_of_reading)
def order_of_the_chunks_does_not_count(locate_fault, cases):
    """the order in which the trace lists its chunks does not count"""
    for _, trace in plant_all(cases, "turned"):
        turned = {**trace, "chunks": dict(reversed(trace["chunks"].items()))}
        expect_same(locate_fault, (trace,), (turned,), why="the chunks are a table, not a ranking")
