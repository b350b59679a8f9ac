"""Answers to the exercises of lesson 04 that its checks are tried on."""

import itertools
import math
import re

from course_lib.checks.answers import right, wrong
from course_lib.rag.abstaining import choose_threshold, measure_threshold
from course_lib.rag.auditing import audit_citations, measure_faithfulness
from course_lib.rag.tracing import locate_fault
from course_lib.text import citations, contains_value, is_abstention, normalise, strip_citations


def pack(chunks, budget, form=normalise, stop=False):
    taken, forms, left = [], [], budget
    for chunk in chunks:
        cost = len(chunk["text"].split())
        if form(chunk["text"]) in forms:
            continue
        if cost > left:
            if stop:
                break
            continue
        taken.append(chunk["id"])
        forms.append(form(chunk["text"]))
        left -= cost
    return taken


@right("ex_04_1")
def with_what_is_left(chunks, budget):
    return pack(chunks, budget)


@right("ex_04_1")
def copies_first(chunks, budget):
    unique = {}
    for chunk in chunks:
        unique.setdefault(normalise(chunk["text"]), chunk)
    taken, spent = [], 0
    for chunk in unique.values():
        if spent + len(chunk["text"].split()) <= budget:
            spent += len(chunk["text"].split())
            taken.append(chunk["id"])
    return taken


@wrong("ex_04_1", says="do not stop (break)")
def stops_at_the_first_long_one(chunks, budget):
    return pack(chunks, budget, stop=True)


@wrong("ex_04_1", says="b repeats a: compare normalise(text)")
def compares_texts_as_they_are(chunks, budget):
    return pack(chunks, budget, form=str)


@wrong("ex_04_1", says="count the words of all passages taken so far")
def budget_for_each(chunks, budget):
    return [chunk["id"] for chunk in chunks if len(chunk["text"].split()) <= budget]


@wrong("ex_04_1", says="the order is that of the ranks")
def shortest_first(chunks, budget):
    return pack(sorted(chunks, key=lambda chunk: len(chunk["text"].split())), budget)


def attribute(none, retrieved, oracle, wrong_ones):
    n = len(none)
    search = sum(1 for r, o in zip(retrieved, oracle, strict=True) if o and not r)
    reading = sum(1 for r, o in zip(retrieved, oracle, strict=True) if not o and not r)
    spoilt = sum(1 for a, w in zip(none, wrong_ones, strict=True) if a and not w)
    return {"search": search / n, "reading": reading / n, "memory": sum(none) / n, "spoilt": spoilt / n}


@right("ex_04_2")
def by_counting(none, retrieved, oracle, wrong_ones):
    return attribute(none, retrieved, oracle, wrong_ones)


@right("ex_04_2")
def by_sets(none, retrieved, oracle, wrong_ones):
    runs = [{at for at, ok in enumerate(run) if ok} for run in (none, retrieved, oracle, wrong_ones)]
    everything = set(range(len(none)))
    lost = everything - runs[1]
    counts = {
        "search": len(lost & runs[2]),
        "reading": len(lost - runs[2]),
        "memory": len(runs[0]),
        "spoilt": len(runs[0] - runs[3]),
    }
    return {name: count / len(everything) for name, count in counts.items()}


@wrong("ex_04_2", says="a difference of accuracies is a net figure")
def net_difference(none, retrieved, oracle, wrong_ones):
    n = len(none)
    loss = (sum(oracle) - sum(retrieved)) / n
    return {**attribute(none, retrieved, oracle, wrong_ones), "search": loss, "reading": 1 - sum(oracle) / n}


@wrong("ex_04_2", says="divide by all questions, not by the wrong ones")
def of_the_wrong_ones(none, retrieved, oracle, wrong_ones):
    found = attribute(none, retrieved, oracle, wrong_ones)
    lost = retrieved.count(False) / len(retrieved)
    return {**found, "search": found["search"] / lost, "reading": found["reading"] / lost}


@wrong("ex_04_2", says="search and reading are exchanged")
def exchanged(none, retrieved, oracle, wrong_ones):
    found = attribute(none, retrieved, oracle, wrong_ones)
    return {**found, "search": found["reading"], "reading": found["search"]}


@wrong("ex_04_2", says="these are counts")
def counts_only(none, retrieved, oracle, wrong_ones):
    n = len(none)
    return {name: round(share * n) for name, share in attribute(none, retrieved, oracle, wrong_ones).items()}


@wrong("ex_04_2", says="spoilt counts questions that were right without passages")
def net_spoilt(none, retrieved, oracle, wrong_ones):
    found = attribute(none, retrieved, oracle, wrong_ones)
    return {**found, "spoilt": (sum(none) - sum(wrong_ones)) / len(none)}


@right("ex_04_3")
def as_in_the_library(answer, passages):
    return audit_citations(answer, passages)


@right("ex_04_3")
def by_two_patterns(answer, passages):
    value = re.sub(r"\s*\[[\d\s,]+\](?!\()", "", answer)
    worth = {}
    for mark in re.findall(r"\[([\d\s,]+)\](?!\()", answer):
        for number in [int(word) for word in mark.split(",")]:
            there = number in range(1, len(passages) + 1)
            held = there and contains_value(passages[number - 1], value)
            worth[number] = "supported" if held else "unsupported" if there else "no such passage"
    return worth


def audit(answer, passages, numbers, holds=contains_value):
    value = strip_citations(answer)
    worth = {}
    for number in numbers:
        try:
            passage = passages[number - 1]
        except IndexError:
            worth[number] = "no such passage"
            continue
        worth[number] = "supported" if holds(passage, value) else "unsupported"
    return worth


@wrong("ex_04_3", says="124 euros are not 24 euros")
def by_substring(answer, passages):
    return audit(answer, passages, citations(answer), holds=lambda passage, value: value in passage)


@wrong("ex_04_3", says="Python's passages[-1] is no passage 0")
def counts_backwards(answer, passages):
    return audit(answer, passages, citations(answer))


@wrong("ex_04_3", says="one pair of brackets can hold several numbers")
def single_numbers_only(answer, passages):
    found = audit_citations(answer, passages)
    single = {int(number) for number in re.findall(r"\[(\d+)\]", answer)}
    return {number: worth for number, worth in found.items() if number in single}


@wrong("ex_04_3", says="brackets before ( are a link")
def reads_links(answer, passages):
    return audit_citations(answer.replace("](", "] ("), passages)


@wrong("ex_04_3", says="passage 3 is on a colour")
def believes_every_citation(answer, passages):
    found = audit_citations(answer, passages)
    return {number: "supported" if number == 3 and worth == "unsupported" else worth for number, worth in found.items()}


@wrong("ex_04_3", says="one pair of brackets can hold several numbers")
def two_numbers_at_most(answer, passages):
    return audit_citations(re.sub(r"\[(\d+), ?(\d+)[, \d]+\]", r"[\1, \2]", answer), passages)


@wrong("ex_04_3", says="passages are numbered from 1 to len(passages)")
def single_digits_only(answer, passages):
    return audit_citations(re.sub(r"\[\d\d+\]", "", answer), passages)


@wrong("ex_04_3", says="a blank or not")
def needs_a_blank(answer, passages):
    return audit_citations(re.sub(r"\[[^\]]*,\d[^\]]*\]", "", answer), passages)


@wrong("ex_04_3", says="wherever they stand")
def what_stands_before_the_mark(answer, passages):
    value = answer.split("[")[0].strip()
    return audit(answer, passages, [number for number in citations(answer) if value]) if value else {}


@right("ex_04_4")
def faithful_as_in_the_library(records):
    return measure_faithfulness(records)


def bare(text):
    return normalise(strip_citations(text))


def shares(records, form=bare):
    hangs, hidden = [], []
    for record in records:
        moved = [name for name, text in record["without"].items() if form(text) != form(record["answer"])]
        if record["cited"]:
            hangs.append(any(name in record["cited"] for name in moved))
        hidden.append(any(name not in record["cited"] for name in moved))
    return {
        "faithful": sum(hangs) / len(hangs) if hangs else None,
        "hidden": sum(hidden) / len(hidden) if hidden else None,
    }


@right("ex_04_4")
def faithful_by_lists(records):
    return shares(records)


@wrong("ex_04_4", says="without a chunk the others get new numbers")
def marks_count(records):
    return shares(records, form=normalise)


@wrong("ex_04_4", says="is a share of the answers that cite something")
def of_all_answers(records):
    found = shares(records)
    n_citing = sum(bool(record["cited"]) for record in records)
    return {**found, "faithful": (found["faithful"] or 0.0) * n_citing / len(records)}


@wrong("ex_04_4", says="hidden: the removal of a chunk that is not cited")
def looks_at_cited_chunks_only(records):
    return {**shares(records), "hidden": 0.0}


@wrong("ex_04_4", says="the second answer stays as it is without the chunk that it cites")
def any_change_is_faithful(records):
    found = shares(records)
    moved = [any(bare(text) != bare(r["answer"]) for text in r["without"].values()) for r in records if r["cited"]]
    return {**found, "faithful": sum(moved) / len(moved) if moved else None}


@wrong("ex_04_4", says="compare normalise(strip_citations(text))")
def small_letters_alone(records):
    return shares(records, form=lambda text: strip_citations(text).lower().strip())


@wrong("ex_04_4", says="of the answers that cite something")
def all_cited_chunks_must_matter(records):
    found = shares(records)
    hangs = []
    for record in records:
        moved = {name for name, text in record["without"].items() if bare(text) != bare(record["answer"])}
        hangs += [moved >= set(record["cited"])] if record["cited"] else []
    return {**found, "faithful": sum(hangs) / len(hangs) if hangs else None}


NUMBER = r"\d+(?:[.,]\d+)*"


def conflicts(chunks, number=NUMBER, fold=str.casefold, whole=False, read=list):
    found = []
    for at, first in enumerate(chunks):
        for second in chunks[at + 1 :]:
            sides = []
            for chunk in (first, second):
                sentences = [chunk["text"]] if whole else re.split(r"(?<=[.!?]) ", chunk["text"])
                sides.append({re.sub(number, "#", fold(s)): read(re.findall(number, s)) for s in sentences})
            if any(frame in sides[1] and sides[1][frame] != values for frame, values in sides[0].items()):
                found.append((first["id"], second["id"]))
    return found


@right("ex_04_5")
def by_frames(chunks):
    return conflicts(chunks)


@right("ex_04_5")
def by_words(chunks):
    def sentences(chunk):
        return [sentence.split() for sentence in re.split(r"(?<=[.!?]) ", chunk["text"].lower())]

    def differ(ours, theirs):
        odd = [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]]
        return bool(odd) and len(ours) == len(theirs) and all(a[0].isdigit() and b[0].isdigit() for a, b in odd)

    return [
        [first["id"], second["id"]]
        for at, first in enumerate(chunks)
        for second in chunks[at + 1 :]
        if any(differ(ours, theirs) for ours in sentences(first) for theirs in sentences(second))
    ]


@wrong("ex_04_5", says="compare sentence by sentence")
def whole_texts(chunks):
    return conflicts(chunks, whole=True)


@wrong("ex_04_5", says="a number may hold points and commas")
def digits_only(chunks):
    return conflicts(chunks, number=r"\d+")


@wrong("ex_04_5", says="frames are compared in one case")
def capitals_count(chunks):
    return conflicts(chunks, fold=str)


@wrong("ex_04_5", says="only sentences whose words all agree")
def any_other_number(chunks):
    found = []
    for at, first in enumerate(chunks):
        for second in chunks[at + 1 :]:
            if set(re.findall(NUMBER, first["text"])) != set(re.findall(NUMBER, second["text"])):
                found.append([first["id"], second["id"]])
    return found


@wrong("ex_04_5", says="a number may hold points and commas")
def points_only(chunks):
    return conflicts(chunks, number=r"\d+(?:\.\d+)?")


@wrong("ex_04_5", says="cut at a blank behind ., ! or ?")
def full_stops_only(chunks):
    return conflicts([{**chunk, "text": re.sub("[!?] ", ", ", chunk["text"])} for chunk in chunks])


@wrong("ex_04_5", says="compare the list of all numbers of a sentence")
def first_numbers(chunks):
    return conflicts(chunks, read=lambda numbers: numbers[:1])


@wrong("ex_04_5", says="compare the list of all numbers of a sentence")
def sets_of_numbers(chunks):
    return conflicts(chunks, read=set)


@wrong("ex_04_5", says="compare each chunk with each one behind it")
def neighbours_only(chunks):
    return [pair for first, second in itertools.pairwise(chunks) for pair in conflicts([first, second])]


@right("ex_04_6")
def from_below(scores, right_ones, cap):
    return choose_threshold(scores, right_ones, cap)


@right("ex_04_6")
def from_above(scores, right_ones, cap):
    best = math.inf
    for at in sorted(set(scores), reverse=True):
        if measure_threshold(scores, right_ones, at)["invention"] > cap:
            break
        best = at
    return best


@wrong("ex_04_6", says="take the lowest threshold that keeps the cap")
def highest_that_keeps_the_cap(scores, right_ones, cap):
    allowed = [at for at in set(scores) if measure_threshold(scores, right_ones, at)["invention"] <= cap]
    return max(allowed) if allowed else math.inf


@wrong("ex_04_6", says="not only among those answered")
def share_of_the_answered(scores, right_ones, cap):
    for at in sorted(set(scores)):
        found = measure_threshold(scores, right_ones, at)
        if found["invention"] <= cap * found["coverage"]:
            return at
    return math.inf


@wrong("ex_04_6", says="questions at the threshold itself are answered")
def answers_above_only(scores, right_ones, cap):
    for at in (-math.inf, *sorted(set(scores))):
        if sum(score > at and not ok for score, ok in zip(scores, right_ones, strict=True)) / len(scores) <= cap:
            return at
    return math.inf


@wrong("ex_04_6", says="return math.inf")
def never_silent(scores, right_ones, cap):
    return min(choose_threshold(scores, right_ones, cap), max(scores))


@wrong("ex_04_6", says="that is the cap itself")
def stays_below_the_cap(scores, right_ones, cap):
    allowed = [at for at in scores if measure_threshold(scores, right_ones, at)["invention"] < cap]
    return min(allowed, default=math.inf)


@wrong("ex_04_6", says="one of the scores")
def a_little_below_a_score(scores, right_ones, cap):
    return choose_threshold(scores, right_ones, cap) - 1e-6


@right("ex_04_7")
def stage_by_stage(trace):
    return locate_fault(trace)


def find(trace, by_document=False, skip=()):
    gold = trace["gold"]
    own = [name for name, chunk in trace["chunks"].items() if chunk["document"] == gold["document"]]
    holders = (
        own if by_document else [name for name in own if contains_value(trace["chunks"][name]["text"], gold["value"])]
    )
    readable = [name for name in holders if trace["chunks"][name]["access"] in trace["allowed"]]
    steps = [
        ("not indexed", own),
        ("stale", holders),
        ("hidden", readable),
        ("not retrieved", [name for name in readable if name in trace["hits"]]),
        ("not packed", [name for name in readable if name in trace["used"]]),
        ("abstained", not is_abstention(trace["answer"])),
        ("misread", contains_value(trace["answer"], gold["value"])),
        ("miscited", [name for name in readable if name in trace["cited"]]),
    ]
    for name, passed in steps:
        if not passed and name not in skip:
            return name
    return "none"


@right("ex_04_7")
def by_a_list_of_steps(trace):
    return find(trace)


@wrong("ex_04_7", says="another chunk of the gold document was found")
def right_document_is_enough(trace):
    return find(trace, by_document=True)


@wrong("ex_04_7", says="an access level that is not in allowed")
def forgets_access(trace):
    return find(trace, skip=("hidden",)) if find(trace) == "hidden" else find(trace)


@wrong("ex_04_7", says="no chunk that holds it is cited")
def right_answer_is_enough(trace):
    return find(trace, skip=("miscited",))


@wrong("ex_04_7", says="the model says that it does not know")
def silence_is_a_misreading(trace):
    found = find(trace)
    return "misread" if found == "abstained" else found


@wrong("ex_04_7", says="nothing later can be to blame")
def blames_the_search(trace):
    found = find(trace)
    return "not retrieved" if found == "not indexed" else found


@wrong("ex_04_7", says="an access level that is not in allowed")
def levels_by_heart(trace):
    return find({**trace, "allowed": ["public", "staff"]})


@wrong("ex_04_7", says="follow all chunks that hold the value")
def first_holder_only(trace):
    gold = trace["gold"]
    holds = {
        name: chunk["document"] == gold["document"] and contains_value(chunk["text"], gold["value"])
        for name, chunk in trace["chunks"].items()
    }
    others = [name for name in holds if holds[name]][1:]
    return find({**trace, "chunks": {name: chunk for name, chunk in trace["chunks"].items() if name not in others}})


@wrong("ex_04_7", says="only chunks of the gold document count")
def any_document_will_do(trace):
    gold = trace["gold"]
    if gold["document"] not in {chunk["document"] for chunk in trace["chunks"].values()}:
        return "not indexed"
    own = {"document": gold["document"]}
    chunks = {
        name: {**chunk, **own} if contains_value(chunk["text"], gold["value"]) else chunk
        for name, chunk in trace["chunks"].items()
    }
    return find({**trace, "chunks": chunks})


@wrong("ex_04_7", says="is_abstention(answer)")
def one_sentence_of_silence(trace):
    found = find(trace)
    return "misread" if found == "abstained" and trace["answer"] != "I don't know." else found
