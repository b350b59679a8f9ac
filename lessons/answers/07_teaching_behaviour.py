"""Answers to the exercises of lesson 07 that its checks are tried on."""

import math
import re
from collections import Counter, defaultdict

import numpy as np

from course_lib.checks.answers import right, wrong


def runs(text, width=3):
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + width]) for at in range(max(1, len(words) - width + 1))} if words else set()


def jaccard(a, b):
    return len(a & b) / len(a | b) if a | b else 0.0


def like(a, b):
    return jaccard(runs(a), runs(b))


def sheet(train, test, labels, alike=like):
    pairs = [(i, j) for i in range(len(train)) for j in range(i + 1, len(train))]
    return {
        "counts": {label: sum(row["label"] == label for row in train) for label in labels},
        "unknown": [i for i, row in enumerate(train) if row["label"] not in labels],
        "duplicates": [[i, j] for i, j in pairs if alike(train[i]["text"], train[j]["text"]) >= 0.5],
        "leaked": [i for i, row in enumerate(train) if any(alike(row["text"], other["text"]) >= 0.5 for other in test)],
    }


@right("ex_07_1")
def by_sets_of_runs():
    return like, sheet


@right("ex_07_1")
def by_counters_and_loops():
    def similarity(a, b):
        first, second = Counter(runs(a).__iter__()), Counter(runs(b).__iter__())
        n_all = (first | second).total()
        return (first & second).total() / n_all if n_all else 0.0

    def data_sheet(train, test, labels):
        counts = dict.fromkeys(labels, 0)
        unknown, duplicates, leaked = [], [], []
        for i, row in enumerate(train):
            if row["label"] in counts:
                counts[row["label"]] += 1
            else:
                unknown.append(i)
            duplicates += [(i, j) for j in range(i + 1, len(train)) if similarity(row["text"], train[j]["text"]) >= 0.5]
            if max((similarity(row["text"], other["text"]) for other in test), default=0) >= 0.5:
                leaked.append(i)
        return {"counts": counts, "unknown": unknown, "duplicates": duplicates, "leaked": leaked}

    return similarity, data_sheet


@wrong("ex_07_1", says="single words forget their order")
def by_single_words():
    return lambda a, b: jaccard(runs(a, 1), runs(b, 1)), sheet


@wrong("ex_07_1", says="case and marks do not count")
def with_case():
    def similarity(a, b):
        first, second = ({tuple(text.split()[at : at + 3]) for at in range(len(text.split()))} for text in (a, b))
        return jaccard(first, second)

    return similarity, sheet


@wrong("ex_07_1", says="start from all labels, with 0")
def only_classes_that_occur():
    def data_sheet(train, test, labels):
        known = [row["label"] for row in train if row["label"] in labels]
        return {**sheet(train, test, labels), "counts": dict(Counter(known))}

    return like, data_sheet


@wrong("ex_07_1", says="equal texts are only the easy part")
def equal_texts_only():
    def data_sheet(train, test, labels):
        return sheet(train, test, labels, alike=lambda a, b: float(a == b))

    return like, data_sheet


@wrong("ex_07_1", says="each pair once")
def every_pair_twice():
    def data_sheet(train, test, labels):
        pairs = [
            [i, j]
            for i, a in enumerate(train)
            for j, b in enumerate(train)
            if i != j and like(a["text"], b["text"]) >= 0.5
        ]
        return {**sheet(train, test, labels), "duplicates": pairs}

    return like, data_sheet


@wrong("ex_07_1", says="a text of one or two words has no run of three")
def short_texts_have_nothing():
    def similarity(a, b):
        first, second = ({run for run in runs(text) if len(run) == 3} for text in (a, b))
        return jaccard(first, second)

    return similarity, sheet


@wrong("ex_07_1", says="a similarity of exactly 0.5 counts")
def more_than_half():
    def data_sheet(train, test, labels):
        return sheet(train, test, labels, alike=lambda a, b: like(a, b) * (like(a, b) > 0.5))

    return like, data_sheet


@wrong("ex_07_1", says="three texts that are alike are three pairs")
def each_text_in_one_pair():
    def data_sheet(train, test, labels):
        found, seen = sheet(train, test, labels), set()
        pairs = [pair for pair in found["duplicates"] if not seen & set(pair) and not seen.update(pair)]
        return {**found, "duplicates": pairs}

    return like, data_sheet


@wrong("ex_07_1", says="only the given labels are classes")
def labels_of_the_lesson():
    return like, lambda train, test, labels: sheet(train, test, ["billing", "delivery", "returns"])


@wrong("ex_07_1", says="positions in train of texts that are near to a text of test")
def leaked_are_the_unknown():
    def data_sheet(train, test, labels):
        found = sheet(train, test, labels)
        return {**found, "leaked": found["unknown"]}

    return like, data_sheet


def f1_parts(gold, said, label):
    n_right = sum(g == s == label for g, s in zip(gold, said, strict=True))
    return n_right, said.count(label), gold.count(label)


@right("ex_07_4")
def by_counting(gold, predictions, labels):
    scores = []
    for label in labels:
        n_right, n_said, n_gold = f1_parts(gold, predictions, label)
        scores.append(2 * n_right / (n_said + n_gold) if n_said + n_gold else 0.0)
    return sum(scores) / len(scores)


@right("ex_07_4")
def by_precision_and_recall(gold, predictions, labels):
    gold, said = np.array(gold), np.array(predictions)
    total = 0.0
    for label in labels:
        hits = float(((gold == label) & (said == label)).sum())
        if hits:
            precision, recall = hits / (said == label).sum(), hits / (gold == label).sum()
            total += 2 * precision * recall / (precision + recall)
    return float(total / len(labels))


@wrong("ex_07_4", says="this is accuracy")
def share_of_right_ones(gold, predictions, labels):
    return sum(g == s for g, s in zip(gold, predictions, strict=True)) / len(gold)


@wrong("ex_07_4", says="a class that is never predicted counts, with 0")
def only_predicted_classes(gold, predictions, labels):
    seen = [label for label in labels if label in predictions]
    return by_counting(gold, predictions, seen) if seen else 0.0


@wrong("ex_07_4", says="an output that is no label is no class")
def every_output_is_a_class(gold, predictions, labels):
    return by_counting(gold, predictions, sorted(set(gold) | set(predictions)))


@wrong("ex_07_4", says="this is mean recall")
def mean_recall(gold, predictions, labels):
    parts = [f1_parts(gold, predictions, label) for label in labels]
    return sum(n_right / n_gold for n_right, _, n_gold in parts) / len(labels)


@wrong("ex_07_4", says="an output counts as it stands")
def forgiving_capitals(gold, predictions, labels):
    return by_counting(gold, [text.strip().lower() for text in predictions], labels)


@wrong("ex_07_4", says="also where gold has other classes")
def classes_of_gold(gold, predictions, labels):
    return by_counting(gold, predictions, sorted(set(gold)))


def lost(rung, reference):
    return sum(was > now for was, now in zip(reference["valid"], rung["valid"], strict=True))


@right("ex_07_2")
def fewest_tokens_that_lose_little(rungs, margin):
    longest = max(rungs, key=lambda rung: rung["tokens"])
    fine = [rung for rung in rungs if lost(rung, longest) <= margin * len(rung["valid"]) + 1e-9]
    best = min(fine, key=lambda rung: rung["tokens"])
    return {"name": best["name"], "saved": longest["tokens"] - best["tokens"], "lost": lost(best, longest)}


@right("ex_07_2")
def from_short_to_long(rungs, margin):
    by_length = sorted(rungs, key=lambda rung: rung["tokens"])
    full = np.array(by_length[-1]["valid"])
    for rung in by_length:
        n_lost = int((full * (1 - np.array(rung["valid"]))).sum())
        if n_lost / len(full) <= margin + 1e-9:
            return {"name": rung["name"], "saved": by_length[-1]["tokens"] - rung["tokens"], "lost": n_lost}


@wrong("ex_07_2", says="count lost items, not means")
def equal_means(rungs, margin):
    longest = max(rungs, key=lambda rung: rung["tokens"])
    n = len(longest["valid"])
    fine = [rung for rung in rungs if sum(longest["valid"]) - sum(rung["valid"]) <= margin * n + 1e-9]
    best = min(fine, key=lambda rung: rung["tokens"])
    return {"name": best["name"], "saved": longest["tokens"] - best["tokens"], "lost": lost(best, longest)}


@wrong("ex_07_2", says="look at every rung")
def until_the_first_failure(rungs, margin):
    by_length = sorted(rungs, key=lambda rung: -rung["tokens"])
    best = by_length[0]
    for rung in by_length:
        if lost(rung, by_length[0]) > margin * len(rung["valid"]) + 1e-9:
            break
        best = rung
    return {"name": best["name"], "saved": by_length[0]["tokens"] - best["tokens"], "lost": lost(best, by_length[0])}


@wrong("ex_07_2", says="saved is what the longest prompt has more")
def saved_is_what_is_left(rungs, margin):
    best = fewest_tokens_that_lose_little(rungs, margin)
    return {**best, "saved": next(rung["tokens"] for rung in rungs if rung["name"] == best["name"])}


@wrong("ex_07_2", says="a margin of 1 allows every rung")
def the_best_prompt(rungs, margin):
    best = max(rungs, key=lambda rung: sum(rung["valid"]))
    return {"name": best["name"], "saved": 0, "lost": 0}


def fewest_tokens_within(rungs, may_be_lost):
    longest = max(rungs, key=lambda rung: rung["tokens"])
    fine = [rung for rung in rungs if rung is longest or may_be_lost(lost(rung, longest), longest["valid"])]
    best = min(fine, key=lambda rung: rung["tokens"])
    return {"name": best["name"], "saved": longest["tokens"] - best["tokens"], "lost": lost(best, longest)}


@wrong("ex_07_2", says="the margin is a share of all items")
def share_of_the_valid_ones(rungs, margin):
    return fewest_tokens_within(rungs, lambda n_lost, valid: n_lost <= margin * sum(valid))


@wrong("ex_07_2", says="at most includes it")
def less_than_the_margin(rungs, margin):
    return fewest_tokens_within(rungs, lambda n_lost, valid: n_lost == 0 or n_lost < margin * len(valid))


def share(values):
    return sum(values) / len(values)


@right("ex_07_3")
def by_polyfit(steps, margin):
    plain, last = steps[:-1], steps[-1]
    slope = 10 * float(np.polyfit([s["n_documents"] for s in plain], [share(s["valid"]) for s in plain], 1)[0])
    changes = [
        now - was for now, was, has in zip(last["valid"], plain[-1]["valid"], last["has_exemplar"], strict=True) if has
    ]
    effect = share(changes) if changes else None
    lever = "exemplars" if changes and effect > margin else "documents" if slope > margin else "none"
    return {"slope": slope, "effect": effect, "lever": lever}


@right("ex_07_3")
def by_hand(steps, margin):
    *plain, last = steps
    x, y = [s["n_documents"] for s in plain], [share(s["valid"]) for s in plain]
    mean_x, mean_y = share(x), share(y)
    slope = 10 * sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum((a - mean_x) ** 2 for a in x)
    held = [at for at, has in enumerate(last["has_exemplar"]) if has]
    effect, lever = None, "none"
    if held:
        effect = (sum(last["valid"][at] for at in held) - sum(plain[-1]["valid"][at] for at in held)) / len(held)
    if effect is not None and effect > margin:
        lever = "exemplars"
    elif slope > margin:
        lever = "documents"
    return {"slope": slope, "effect": effect, "lever": lever}


@wrong("ex_07_3", says="all but the last")
def slope_of_all_steps(steps, margin):
    slope = 10 * float(np.polyfit([s["n_documents"] for s in steps], [share(s["valid"]) for s in steps], 1)[0])
    return {**by_polyfit(steps, margin), "slope": slope}


@wrong("ex_07_3", says="the slope is per ten documents")
def slope_per_document(steps, margin):
    found = by_polyfit(steps, margin)
    return {**found, "slope": found["slope"] / 10}


@wrong("ex_07_3", says="None and not 0")
def nothing_is_zero(steps, margin):
    found = by_polyfit(steps, margin)
    return {**found, "effect": found["effect"] or 0.0}


@wrong("ex_07_3", says="take those whose prompt held an exemplar")
def effect_over_all(steps, margin):
    found = by_polyfit(steps, margin)
    if found["effect"] is None:
        return found
    return {**found, "effect": share(steps[-1]["valid"]) - share(steps[-2]["valid"])}


@wrong("ex_07_3", says="an effect up to the margin counts as none")
def margin_of_the_lesson(steps, margin):
    return by_polyfit(steps, 0.1)


@wrong("ex_07_3", says="exemplars first, then documents")
def documents_first(steps, margin):
    found = by_polyfit(steps, margin)
    return {**found, "lever": "documents"} if found["slope"] > margin else found


def held_out(model, texts, labels):
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    return cross_val_predict(model, texts, labels, cv=folds, method="predict_proba")


def words_model():
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(TfidfVectorizer(sublinear_tf=True), LogisticRegression(C=10, max_iter=300))


@right("ex_07_5")
def by_held_out_loss(texts, labels, k):
    chances, classes = held_out(words_model(), texts, labels), sorted(set(labels))
    losses = [-math.log(row[classes.index(label)] + 1e-12) for row, label in zip(chances, labels, strict=True)]
    return sorted(range(len(texts)), key=lambda at: -losses[at])[:k]


@right("ex_07_5")
def by_naive_bayes_in_folds(texts, labels, k):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.naive_bayes import ComplementNB
    from sklearn.pipeline import make_pipeline

    chances = held_out(make_pipeline(TfidfVectorizer(sublinear_tf=True), ComplementNB()), texts, labels)
    given = chances[np.arange(len(texts)), np.searchsorted(np.unique(labels), labels)]
    return np.argsort(given, kind="stable")[:k].tolist()


@wrong("ex_07_5", says="no better than naming any")
def the_least_certain(texts, labels, k):
    chances = held_out(words_model(), texts, labels)
    return np.argsort(chances.max(axis=1), kind="stable")[:k].tolist()


@wrong("ex_07_5", says="no better than naming any")
def a_model_that_has_seen_the_label(texts, labels, k):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.neighbors import KNeighborsClassifier

    vectors = TfidfVectorizer().fit_transform(texts)
    said = KNeighborsClassifier(1).fit(vectors, labels).predict(vectors)
    losses = np.array(said) != np.array(labels)
    return np.argsort(~losses, kind="stable")[:k].tolist()


@wrong("ex_07_5", says="30 different positions")
def true_or_false(texts, labels, k):
    named = set(by_held_out_loss(texts, labels, k))
    return [at in named for at in range(len(texts))]


@wrong("ex_07_5", says="k only says where the ranking is cut")
def in_order_of_position(texts, labels, k):
    return sorted(by_held_out_loss(texts, labels, k))


def accuracy(records):
    return sum(record["right"] for record in records) / len(records)


def gap_of(dev, wild, weigh=None, lacking=None):
    parts = {}
    for name in {record["slice"] for record in wild}:
        there = [record for record in dev if record["slice"] == name]
        here = [record for record in wild if record["slice"] == name]
        known = accuracy(there or dev) if lacking is None or there else lacking
        weight = weigh(there, here) if weigh else len(here) / len(wild)
        parts[name] = weight * (known - accuracy(here))
    gap = accuracy(dev) - accuracy(wild)
    return {"gap": gap, "slices": parts, "mix": gap - sum(parts.values()), "worst": max(sorted(parts), key=parts.get)}


@right("ex_07_6")
def slice_by_slice(dev, wild):
    return gap_of(dev, wild)


@right("ex_07_6")
def by_one_pass(dev, wild):
    tidy, rough = defaultdict(list), defaultdict(list)
    for record in dev:
        tidy[record["slice"]].append(record["right"])
    for record in wild:
        rough[record["slice"]].append(record["right"])
    all_dev = np.mean([record["right"] for record in dev])
    parts = {
        name: float(len(found) / len(wild) * ((np.mean(tidy[name]) if name in tidy else all_dev) - np.mean(found)))
        for name, found in sorted(rough.items())
    }
    gap = float(all_dev - np.mean([record["right"] for record in wild]))
    return {"gap": gap, "slices": parts, "mix": gap - sum(parts.values()), "worst": max(parts, key=parts.get)}


@wrong("ex_07_6", says="dev minus wild")
def wild_minus_dev(dev, wild):
    found = gap_of(dev, wild)
    return {**found, "gap": -found["gap"]}


@wrong("ex_07_6", says="the slice that only the wild has is missing")
def known_slices_only(dev, wild):
    found = gap_of(dev, wild)
    known = {record["slice"] for record in dev}
    return {**found, "slices": {name: part for name, part in found["slices"].items() if name in known}}


@wrong("ex_07_6", says="multiply it by the slice's share")
def not_weighed(dev, wild):
    return gap_of(dev, wild, weigh=lambda there, here: 1.0)


@wrong("ex_07_6", says="a slice without dev messages has no accuracy there")
def lacking_is_zero(dev, wild):
    return gap_of(dev, wild, lacking=0.0)


@wrong("ex_07_6", says="mix is the remainder")
def no_mix(dev, wild):
    return {**gap_of(dev, wild), "mix": 1.0}


def most(parts):
    return max(sorted(parts), key=parts.get)


@wrong("ex_07_6", says="a negative part is a gain")
def worst_in_size(dev, wild):
    found = gap_of(dev, wild)
    return {**found, "worst": most({name: abs(part) for name, part in found["slices"].items()})}


@wrong("ex_07_6", says="not the most frequent")
def worst_is_the_most_frequent(dev, wild):
    return {**gap_of(dev, wild), "worst": most(Counter(record["slice"] for record in wild))}


@wrong("ex_07_6", says="not the least accurate")
def worst_is_the_least_accurate(dev, wild):
    missed = Counter(record["slice"] for record in wild if not record["right"])
    n = Counter(record["slice"] for record in wild)
    return {**gap_of(dev, wild), "worst": most({name: missed[name] / n[name] for name in n})}


def change(rows):
    return sum(row["after"] - row["before"] for row in rows) / len(rows)


@right("ex_07_7")
def skill_by_skill(rows, limit):
    skills = {
        name: change([row for row in rows if row["skill"] == name]) for name in sorted({row["skill"] for row in rows})
    }
    return {
        "change": change(rows),
        "skills": skills,
        "forgotten": sum(row["before"] and not row["after"] for row in rows),
        "learnt": sum(row["after"] and not row["before"] for row in rows),
        "ok": min(skills.values()) >= -limit,
    }


@right("ex_07_7")
def by_counts(rows, limit):
    n, net, forgotten, learnt = Counter(), Counter(), 0, 0
    for row in rows:
        n[row["skill"]] += 1
        step = int(row["after"]) - int(row["before"])
        net[row["skill"]] += step
        forgotten, learnt = forgotten + (step < 0), learnt + (step > 0)
    skills = {name: net[name] / n[name] for name in n}
    worst = not any(value < -limit for value in skills.values())
    total = (learnt - forgotten) / len(rows)
    return {"change": total, "skills": skills, "forgotten": forgotten, "learnt": learnt, "ok": worst}


@wrong("ex_07_7", says="ok looks at every skill, not at the mean")
def ok_on_average(rows, limit):
    found = skill_by_skill(rows, limit)
    return {**found, "ok": found["change"] >= -limit}


@wrong("ex_07_7", says="forgotten counts items")
def net_forgotten(rows, limit):
    found = skill_by_skill(rows, limit)
    return {**found, "forgotten": max(0, found["forgotten"] - found["learnt"])}


@wrong("ex_07_7", says="after minus before")
def before_minus_after(rows, limit):
    found = skill_by_skill(rows, limit)
    return {**found, "change": -found["change"]}


@wrong("ex_07_7", says="the change of all is over items")
def mean_of_skills(rows, limit):
    found = skill_by_skill(rows, limit)
    return {**found, "change": sum(found["skills"].values()) / len(found["skills"])}


@wrong("ex_07_7", says="growing is not falling")
def growth_is_a_change_too(rows, limit):
    found = skill_by_skill(rows, limit)
    return {**found, "ok": all(abs(value) <= limit for value in found["skills"].values())}


@wrong("ex_07_7", says="by MORE than the limit")
def the_limit_is_too_much(rows, limit):
    found = skill_by_skill(rows, limit)
    return {**found, "ok": all(value > -limit for value in found["skills"].values())}


@wrong("ex_07_7", says="no skill may fall by MORE than the limit")
def never_ok(rows, limit):
    return {**skill_by_skill(rows, limit), "ok": False}


def costs(use):
    return {
        "keep": 0,
        "prompt": 2 * use["extra_tokens"] * use["requests"],
        "retrain": 6 * use["training_tokens"],
    }


@right("ex_07_8")
def cheapest_that_reaches(rows, target, use):
    found = [(costs(use)[row["lever"]], at) for at, row in enumerate(rows) if row["low"] >= target]
    if not found:
        return {"lever": "none", "cost": None, "row": None}
    cost, at = min(found)
    return {"lever": rows[at]["lever"], "cost": cost, "row": at}


@right("ex_07_8")
def from_cheap_to_dear(rows, target, use):
    price = costs(use)
    for lever in sorted(price, key=price.get):
        at = [row["lever"] for row in rows].index(lever)
        if rows[at]["low"] >= target:
            return {"lever": lever, "cost": price[lever], "row": at}
    return {"lever": "none", "cost": None, "row": None}


@wrong("ex_07_8", says="that is hope, not evidence")
def value_is_enough(rows, target, use):
    found = [(costs(use)[row["lever"]], at) for at, row in enumerate(rows) if row["value"] >= target]
    if not found:
        return {"lever": "none", "cost": None, "row": None}
    cost, at = min(found)
    return {"lever": rows[at]["lever"], "cost": cost, "row": at}


@wrong("ex_07_8", says="take the cheapest, not the best")
def the_best(rows, target, use):
    at = max(range(len(rows)), key=lambda at: rows[at]["low"])
    if rows[at]["low"] < target:
        return {"lever": "none", "cost": None, "row": None}
    return {"lever": rows[at]["lever"], "cost": costs(use)[rows[at]["lever"]], "row": at}


@wrong("ex_07_8", says="retrain: 6 x training tokens")
def training_counts_twice(rows, target, use):
    found = cheapest_that_reaches(rows, target, use)
    return {**found, "cost": 2 * use["training_tokens"]} if found["lever"] == "retrain" else found


@wrong("ex_07_8", says="a number without its row proves nothing")
def always_the_first_row(rows, target, use):
    found = cheapest_that_reaches(rows, target, use)
    return found if found["row"] is None else {**found, "row": (found["row"] + 1) % len(rows)}


@wrong("ex_07_8", says="doing nothing is a lever too")
def something_must_be_done(rows, target, use):
    found = cheapest_that_reaches(rows, target, use)
    return {"lever": "none", "cost": None, "row": None} if found["lever"] == "keep" else found
