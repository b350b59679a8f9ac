"""Answers to the exercises of lesson 01 that its checks are tried on."""

import math
import re
from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np

from course_lib.checks.answers import right, wrong
from course_lib.statistics import minimum_n
from course_lib.text import contains_value, normalise

# 1: score one answer


@right("ex_01_1")
def as_in_the_lesson(answer, gold):
    said, wanted = normalise(answer), normalise(gold)
    shared = (Counter(said.split()) & Counter(wanted.split())).total()
    total = len(said.split()) + len(wanted.split())
    return {"exact": said == wanted, "f1": 2 * shared / total if total else 1.0}


@right("ex_01_1")
def by_precision_and_recall(answer, gold):
    said, left = normalise(answer).split(), normalise(gold).split()
    n_wanted, shared = len(left), 0
    if not said and not left:
        return {"exact": True, "f1": 1.0}
    exact = said == left
    for word in said:
        if word in left:
            left.remove(word)
            shared += 1
    if not shared:
        return {"exact": exact, "f1": 0.0}
    precision, recall = shared / len(said), shared / n_wanted
    return {"exact": exact, "f1": 2 * precision * recall / (precision + recall)}


@wrong("ex_01_1", says="put both texts through normalise before you compare them")
def raw_texts(answer, gold):
    shared = (Counter(answer.split()) & Counter(gold.split())).total()
    return {"exact": answer == gold, "f1": 2 * shared / max(1, len(answer.split()) + len(gold.split()))}


@wrong("ex_01_1", says="exact compares whole texts")
def contained_is_exact(answer, gold):
    return as_in_the_lesson(answer, gold) | {"exact": normalise(gold) in normalise(answer)}


@wrong("ex_01_1", says="a set forgets repeats")
def sets_of_words(answer, gold):
    said, wanted = set(normalise(answer).split()), set(normalise(gold).split())
    total = len(said) + len(wanted)
    exact = normalise(answer) == normalise(gold)
    return {"exact": exact, "f1": 2 * len(said & wanted) / total if total else 1.0}


@wrong("ex_01_1", says="an empty answer is a wrong answer and no crash")
def crashes_on_nothing(answer, gold):
    said, wanted = normalise(answer).split(), normalise(gold).split()
    shared = (Counter(said) & Counter(wanted)).total()
    return {"exact": said == wanted, "f1": 2 * shared / (len(said) + len(wanted))}


@wrong("ex_01_1", says="what two texts share does not depend on which comes first")
def recall_only(answer, gold):
    said, wanted = normalise(answer).split(), normalise(gold).split()
    shared = (Counter(said) & Counter(wanted)).total()
    return {"exact": said == wanted, "f1": shared / len(wanted) if wanted else 1.0}


@wrong("ex_01_1", says="a set forgets repeats")
def shared_words_as_a_set(answer, gold):
    said, wanted = normalise(answer).split(), normalise(gold).split()
    total = len(said) + len(wanted)
    return {"exact": said == wanted, "f1": 2 * len({*said} & {*wanted}) / total if total else 1.0}


@wrong("ex_01_1", says="the same words in another order")
def order_forgotten(answer, gold):
    same = sorted(normalise(answer).split()) == sorted(normalise(gold).split())
    return as_in_the_lesson(answer, gold) | {"exact": same}


# 2: count right, invented and declined answers


@right("ex_01_2")
def two_lists(rows):
    silent = [row for row in rows if not row["answered"]]
    without = [row for row in rows if not row["answerable"]]
    good = sum(not row["answerable"] for row in silent)
    return {
        "accuracy": (sum(row["right"] for row in rows) + good) / len(rows),
        "halluc": sum(row["answered"] and not row["right"] for row in rows) / len(rows),
        "abstain_precision": good / len(silent) if silent else None,
        "abstain_recall": good / len(without) if without else None,
    }


@right("ex_01_2")
def one_counter(rows):
    n = Counter((row["answerable"], row["answered"], row["right"]) for row in rows)
    good = n[False, False, False]
    declined, without = good + n[True, False, False], good + n[False, True, False]
    return {
        "halluc": (n[True, True, False] + n[False, True, False]) / len(rows),
        "accuracy": (n[True, True, True] + good) / len(rows),
        "abstain_recall": good / without if without else None,
        "abstain_precision": good / declined if declined else None,
    }


@wrong("ex_01_2", says="halluc is a share of all questions, not of the answered ones")
def halluc_of_the_answered(rows):
    said = [row for row in rows if row["answered"]]
    return two_lists(rows) | {"halluc": sum(not row["right"] for row in said) / len(said)}


@wrong("ex_01_2", says="declining where there is no answer is right")
def silence_is_never_right(rows):
    return two_lists(rows) | {"accuracy": sum(row["right"] for row in rows) / len(rows)}


@wrong("ex_01_2", says="these two have changed places")
def precision_for_recall(rows):
    found = two_lists(rows)
    return found | {"abstain_precision": found["abstain_recall"], "abstain_recall": found["abstain_precision"]}


@wrong("ex_01_2", says="None says that nobody knows")
def nothing_is_zero(rows):
    return {name: value or 0.0 for name, value in two_lists(rows).items()}


# 3: a paired bootstrap


@right("ex_01_3")
def differences_first(a, b, resamples):
    differences = np.subtract(a, b)
    means = [np.mean(differences[positions]) for positions in resamples]
    return [float(value) for value in (differences.mean(), *np.percentile(means, [2.5, 97.5]))]


@right("ex_01_3")
def sorted_by_hand(a, b, resamples):
    means = sorted(sum(a[at] - b[at] for at in positions) / len(positions) for positions in resamples)

    def quantile(share):
        place = share * (len(means) - 1)
        low = math.floor(place)
        high = min(low + 1, len(means) - 1)
        return means[low] + (place - low) * (means[high] - means[low])

    return (sum(a) / len(a) - sum(b) / len(b), quantile(0.025), quantile(0.975))


@wrong("ex_01_3", says="a and b must answer the same questions in each resample")
def questions_of_their_own(a, b, resamples):
    a, b = np.asarray(a), np.asarray(b)
    pairs = zip(resamples, resamples[::-1], strict=True)
    means = [a[these].mean() - b[those].mean() for these, those in pairs]
    return [float(value) for value in (a.mean() - b.mean(), *np.percentile(means, [2.5, 97.5]))]


@wrong("ex_01_3", says="these ends hold 90 % of the resamples")
def five_on_each_side(a, b, resamples):
    differences = np.subtract(a, b)
    means = [np.mean(differences[positions]) for positions in resamples]
    return [float(value) for value in (differences.mean(), *np.percentile(means, [5, 95]))]


@wrong("ex_01_3", says="this is mean(b) - mean(a)")
def the_other_way_round(a, b, resamples):
    return differences_first(b, a, resamples)


@wrong("ex_01_3", says="this is the formula for a bell curve")
def bell_curve(a, b, resamples):
    differences = np.subtract(a, b)
    half = 1.96 * differences.std() / math.sqrt(len(a))
    return [float(differences.mean() + side * half) for side in (0, -1, 1)]


@wrong("ex_01_3", says="these are the extremes of all resamples")
def extremes(a, b, resamples):
    differences = np.subtract(a, b)
    means = [float(np.mean(differences[positions])) for positions in resamples]
    return [float(differences.mean()), min(means), max(means)]


@wrong("ex_01_3", says="Only those of the resample that you are given")
def resamples_of_its_own(a, b, resamples):
    rng = np.random.default_rng(0)
    drawn = [rng.integers(0, len(a), len(a)).tolist() for _ in resamples]
    return differences_first(a, b, drawn)


@wrong("ex_01_3", says="expected")
def two_intervals_subtracted(a, b, resamples):
    ends_a, ends_b = (differences_first(scores, [0] * len(a), resamples)[1:] for scores in (a, b))
    return [differences_first(a, b, resamples)[0], ends_a[0] - ends_b[1], ends_a[1] - ends_b[0]]


# 4: plan the number of items


@right("ex_01_4")
def two_point_eight_errors(only_a, only_b):
    gap, differ = abs(only_a - only_b), only_a + only_b
    return math.ceil(2.8**2 * (differ - gap**2) / gap**2)


@right("ex_01_4")
def by_the_library(only_a, only_b):
    return minimum_n(only_a, only_b, discordant=only_a + only_b)


@right("ex_01_4")
def by_trying(only_a, only_b):
    gap, differ, n = abs(only_a - only_b), only_a + only_b, 2
    while gap < 2.8 * math.sqrt((differ - gap * gap) / n):
        n += 1
    return n


@wrong("ex_01_4", says="the gap counts squared")
def gap_not_squared(only_a, only_b):
    return math.ceil(2.8**2 * (only_a + only_b) / abs(only_a - only_b))


@wrong("ex_01_4", says="with 1.96 the gap is found every second time")
def without_power(only_a, only_b):
    gap, differ = abs(only_a - only_b), only_a + only_b
    return math.ceil(1.96**2 * (differ - gap**2) / gap**2)


@wrong("ex_01_4", says="this is for two systems with questions of their own")
def unpaired(only_a, only_b):
    return math.ceil(2.8**2 * 0.5 / (only_a - only_b) ** 2)


@wrong("ex_01_4", says="a whole number")
def thirty_is_enough(only_a, only_b):
    return 30


# 5: write 12 items that catch 5 broken systems


def item(records, record, premise=""):
    same = [other["value"] for other in records if other["attribute"] == record["attribute"]]
    rejected = [value for value in [*same, record["before"]] if value and value != record["value"]]
    question = f"{premise}What is the {record['attribute']} of the {record['entity']}?"
    return {"question": question, "gold": record["value"], "rejected": rejected}


def unknown(number):
    return {"question": f"What is the price of the Nowhere Kettle {number}?", "gold": None, "rejected": []}


def with_premise(records, record):
    false = next(other["value"] for other in records if other["value"] != record["value"])
    return item(records, record, f"I heard that the {record['attribute']} of the {record['entity']} is {false}. ")


def later(records):
    """Return the records that are not the first of their entity."""
    return [record for before, record in pairwise(records) if before["entity"] == record["entity"]]


@right("ex_01_5")
def four_kinds(records):
    changed = [record for record in records if record["before"]][:4]
    return [
        *(unknown(number) for number in range(3)),
        *(item(records, record) for record in changed),
        *(with_premise(records, record) for record in later(records)[:5]),
    ]


@right("ex_01_5")
def missing_attributes(records):
    known = {(record["entity"], record["attribute"]) for record in records}
    entities, attributes = ({record[key] for record in records} for key in ("entity", "attribute"))
    gaps = sorted((entity, attribute) for entity in entities for attribute in attributes)
    gaps = [gap for gap in gaps if gap not in known][:4]
    items = [{"question": f"Tell me the {a} of {e}!", "gold": None, "rejected": []} for e, a in gaps]
    items += [item(records, record) for record in [record for record in records if record["before"]][:5]]
    return items + [with_premise(records, record) for record in later(records)[-3:]]


@wrong("ex_01_5", says="ask things that no record answers")
def twelve_ordinary_questions(records):
    return [item(records, record) for record in records[:12]]


@wrong("ex_01_5", says="'rejected' must hold the others")
def nothing_rejected(records):
    return [found | {"rejected": []} for found in four_kinds(records)]


@wrong("ex_01_5", says="ask about records whose 'before' is not None")
def only_what_never_changed(records):
    settled = [record for record in records if not record["before"]]
    items = [unknown(number) for number in range(3)] + [item(records, record) for record in settled[:5]]
    return items + [with_premise(records, record) for record in later(settled)[:4]]


@wrong("ex_01_5", says="state something false with 'is', then ask")
def no_premise(records):
    changed = [record for record in records if record["before"]][:5]
    others = [record for record in records if record not in changed][-4:]
    return [unknown(number) for number in range(3)] + [item(records, record) for record in [*changed, *others]]


@wrong("ex_01_5", says="ask about the later attributes of an entity")
def first_attributes_only(records):
    firsts = list({record["entity"]: record for record in reversed(records)}.values())
    items = [unknown(number) for number in range(4)] + [item(records, record) for record in firsts]
    return items + [item(records, record, "Quick one. ") for record in firsts]


@wrong("ex_01_5", says="the best system would be the one that never says anything")
def traps_only(records):
    return [unknown(number) for number in range(10)] + [item(records, record) for record in records[:2]]


@wrong("ex_01_5", says="is the gold value the one of today?")
def yesterdays_gold(records):
    return [found | {"gold": found["gold"] and "24 euros"} for found in four_kinds(records)]


@wrong("ex_01_5", says="expected 12 items")
def eleven(records):
    return four_kinds(records)[:11]


@wrong("ex_01_5", says="12 different questions")
def six_items_twice(records):
    return [*four_kinds(records)[::2]] * 2


# 6: find the items that the model has read


@right("ex_01_6")
def line_by_line(items, training_lines):
    return [
        at
        for at, one in enumerate(items)
        if any(contains_value(line, one["entity"]) and contains_value(line, one["answer"]) for line in training_lines)
    ]


@right("ex_01_6")
def by_own_pattern(items, training_lines):
    lines = [f" {normalise(re.sub(r'[*]+', '', line))} " for line in training_lines]
    found = []
    for at, one in enumerate(items):
        about = [line for line in lines if contains_value(line, one["entity"])]
        if sum(contains_value(line, one["answer"]) for line in about):
            found.append(at)
    return found


@wrong("ex_01_6", says="the wording of a question is new")
def looks_for_the_question(items, training_lines):
    return [at for at, one in enumerate(items) if one["question"] in training_lines]


@wrong("ex_01_6", says="the text names all these entities, but not with this answer")
def entity_only(items, training_lines):
    return [at for at, one in enumerate(items) if any(contains_value(line, one["entity"]) for line in training_lines)]


@wrong("ex_01_6", says="the entity must be there too")
def answer_only(items, training_lines):
    return [at for at, one in enumerate(items) if any(contains_value(line, one["answer"]) for line in training_lines)]


@wrong("ex_01_6", says="use contains_value")
def plain_in(items, training_lines):
    lines = [line.replace("*", "").casefold() for line in training_lines]
    return [
        at
        for at, one in enumerate(items)
        if any(one["entity"].casefold() in line and one["answer"].casefold() in line for line in lines)
    ]


@wrong("ex_01_6", says="find the entity with contains_value as well")
def entity_by_its_letters(items, training_lines):
    return [
        at
        for at, one in enumerate(items)
        if any(one["entity"] in line and contains_value(line, one["answer"]) for line in training_lines)
    ]


# 7: name the worst slice


@right("ex_01_7")
def collected_by_key(rows, fewest):
    found = defaultdict(list)
    for row in rows:
        for trait, value in row.items():
            if trait != "right":
                found[trait, value].append(row["right"])
    large = {key: outcomes for key, outcomes in found.items() if len(outcomes) >= fewest}
    return min(large, key=lambda key: (sum(large[key]) / len(large[key]), -len(large[key])))


@right("ex_01_7")
def trait_by_trait(rows, fewest):
    ranked = []
    for trait in set().union(*rows) - {"right"}:
        for value in {row[trait] for row in rows if trait in row}:
            inside = [row["right"] for row in rows if row.get(trait) == value]
            if len(inside) >= fewest:
                ranked.append((sum(inside) / len(inside), -len(inside), trait, value))
    return list(sorted(ranked)[0][2:])


@wrong("ex_01_7", says="two failures are an anecdote")
def any_size(rows, fewest):
    return collected_by_key(rows, 1)


@wrong("ex_01_7", says="compare shares, not counts")
def most_failures(rows, fewest):
    n_wrong = Counter(
        (trait, value) for row in rows if not row["right"] for trait, value in row.items() if trait != "right"
    )
    return n_wrong.most_common(1)[0][0]


@wrong("ex_01_7", says="this is the best slice")
def the_best(rows, fewest):
    return collected_by_key([row | {"right": not row["right"]} for row in rows], fewest)


@wrong("ex_01_7", says="the larger slice is the better evidence")
def ties_to_the_first(rows, fewest):
    found = defaultdict(list)
    for row in rows:
        for trait, value in row.items():
            if trait != "right":
                found[trait, value].append(row["right"])
    large = {key: outcomes for key, outcomes in found.items() if len(outcomes) >= fewest}
    return min(large, key=lambda key: sum(large[key]) / len(large[key]))


@wrong("ex_01_7", says="a slice is a trait with a value")
def the_value_alone(rows, fewest):
    found = defaultdict(list)
    for row in rows:
        for trait, value in row.items():
            if trait != "right":
                found[value].append((row["right"], trait))
    large = {value: seen for value, seen in found.items() if len(seen) >= fewest}
    worst = min(
        large, key=lambda value: (sum(right for right, _ in large[value]) / len(large[value]), -len(large[value]))
    )
    return [large[worst][0][1], worst]


@wrong("ex_01_7", says="a slice is a trait with a value")
def traits_of_the_first_row(rows, fewest):
    return collected_by_key([{key: row[key] for key in rows[0] if key in row} for row in rows], fewest)
