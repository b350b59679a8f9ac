"""Answers to the exercises of lesson 09 that its checks are tried on."""

import math
import random
import re
from collections import Counter

import numpy as np

from course_lib.checks.answers import right, wrong
from course_lib.rag.gating import trust_passages
from course_lib.text import ABSTAIN


@right("ex_09_1")
def by_question(hyb, rag, tuned, base, draws):
    effect = np.array(hyb) - np.array(rag) - np.array(tuned) + np.array(base)
    means = [effect[draw].mean() for draw in draws]
    return [float(effect.mean()), *map(float, np.percentile(means, [2.5, 97.5]))]


@right("ex_09_1")
def by_means_of_cells(hyb, rag, tuned, base, draws):
    def contrast(places):
        a, b, c, d = (sum(cell[at] for at in places) / len(places) for cell in (hyb, rag, tuned, base))
        return (a - b) - (c - d)

    found = sorted(contrast(draw) for draw in draws)
    low, high = np.quantile(found, 0.025), np.quantile(found, 0.975)
    return (contrast(range(len(hyb))), float(low), float(high))


@wrong("ex_09_1", says="the gain that tuning has alone must go off it")
def tuning_over_rag(hyb, rag, tuned, base, draws):
    effect = np.array(hyb) - np.array(rag)
    return [effect.mean(), *np.percentile([effect[draw].mean() for draw in draws], [2.5, 97.5])]


@wrong("ex_09_1", says="BASE is missing")
def without_base(hyb, rag, tuned, base, draws):
    effect = np.array(hyb) - np.array(rag) - np.array(tuned)
    return [effect.mean(), *np.percentile([effect[draw].mean() for draw in draws], [2.5, 97.5])]


@wrong("ex_09_1", says="the same positions in all four cells")
def each_cell_with_its_own_draws(hyb, rag, tuned, base, draws):
    cells = [np.array(cell) for cell in (hyb, rag, tuned, base)]
    signs, n = (1, -1, -1, 1), len(draws)
    parts = [
        [sign * cell[draws[(at + 7 * number) % n]].mean() for at in range(n)]
        for number, (sign, cell) in enumerate(zip(signs, cells, strict=True))
    ]
    means = np.sum(parts, axis=0)
    value = sum(sign * cell.mean() for sign, cell in zip(signs, cells, strict=True))
    return [value, *np.percentile(means, [2.5, 97.5])]


@wrong("ex_09_1", says="np.percentile(means, [2.5, 97.5])")
def ninety_percent(hyb, rag, tuned, base, draws):
    effect = np.array(hyb) - np.array(rag) - np.array(tuned) + np.array(base)
    return [effect.mean(), *np.percentile([effect[draw].mean() for draw in draws], [5, 95])]


@right("ex_09_4")
def first_rows_keep_gold(items, gold_share, n_distractors, seed):
    rng, rows = random.Random(seed), []
    for number, item in enumerate(items):
        keeps_gold = number < round(gold_share * len(items))
        others = [text for text in item["others"] if item["value"] not in text]
        passages = rng.sample(others, n_distractors + (not keeps_gold)) + [item["gold"]] * keeps_gold
        rng.shuffle(passages)
        answer = item["value"] if keeps_gold else ABSTAIN
        rows.append({"question": item["question"], "passages": passages, "answer": answer})
    return rows


@right("ex_09_4")
def chosen_rows_keep_gold(items, gold_share, n_distractors, seed):
    rng = random.Random(f"rows {seed}")
    keepers = set(rng.sample(range(len(items)), round(gold_share * len(items))))
    rows = []
    for at, item in enumerate(items):
        pool = [text for text in item["others"] if item["value"] not in text]
        passages = pool[: n_distractors + 1]
        if at in keepers:
            passages = passages[:n_distractors]
            passages.insert(rng.randint(0, n_distractors), item["gold"])
        answer = item["value"] if at in keepers else "I don't know."
        rows.append({"question": item["question"], "passages": passages, "answer": answer})
    return rows


@wrong("ex_09_4", says="a distractor holds the value")
def distractors_hold_the_value(items, gold_share, n_distractors, seed):
    rng, rows = random.Random(seed), []
    for number, item in enumerate(items):
        keeps_gold = number < round(gold_share * len(items))
        copies = sorted(item["others"], key=lambda text: item["value"] not in text)
        passages = copies[: n_distractors + (not keeps_gold)] + [item["gold"]] * keeps_gold
        rng.shuffle(passages)
        answer = item["value"] if keeps_gold else ABSTAIN
        rows.append({"question": item["question"], "passages": passages, "answer": answer})
    return rows


@wrong("ex_09_4", says="shuffle the passages of each row")
def gold_first(items, gold_share, n_distractors, seed):
    rows = first_rows_keep_gold(items, gold_share, n_distractors, seed)
    for item, row in zip(items, rows, strict=True):
        row["passages"].sort(key=lambda text: text != item["gold"])
    return rows


@wrong("ex_09_4", says="its length gives it away")
def shorter_without_gold(items, gold_share, n_distractors, seed):
    rows = first_rows_keep_gold(items, gold_share, n_distractors, seed)
    return [{**row, "passages": row["passages"][:2]} if row["answer"] == ABSTAIN else row for row in rows]


@wrong("ex_09_4", says="without it")
def never_declines(items, gold_share, n_distractors, seed):
    rows = first_rows_keep_gold(items, gold_share, n_distractors, seed)
    return [{**row, "answer": item["value"]} for item, row in zip(items, rows, strict=True)]


@wrong("ex_09_4", says="another order with another seed")
def seed_of_its_own(items, gold_share, n_distractors, seed):
    return first_rows_keep_gold(items, gold_share, n_distractors, 0)


@wrong("ex_09_4", says="different passages in every row")
def two_distractors_always(items, gold_share, n_distractors, seed):
    return first_rows_keep_gold(items, gold_share, 2, seed)


@wrong("ex_09_4", says="round(gold_share * n) rows keep their gold passage")
def share_cut_off(items, gold_share, n_distractors, seed):
    return first_rows_keep_gold(items, int(gold_share * len(items)) / len(items), n_distractors, seed)


def blank(side):
    turns = []
    for turn in side["prompt"]:
        text = turn["content"]
        for passage in side["passages"]:
            text = text.replace(passage, "<P>")
        turns.append((turn["role"], text.replace(side["question"], "<Q>")))
    return turns


@right("ex_09_2")
def by_blanking(trained, served):
    return blank(trained) == blank(served)


@right("ex_09_2")
def by_filling_in(trained, served):
    """Put the served texts into the trained prompt and compare."""
    marks = {passage: f"\0p{at}\0" for at, passage in enumerate(trained["passages"])}
    expected = []
    for turn in trained["prompt"]:
        text = turn["content"]
        for passage, mark in marks.items():
            text = text.replace(passage, mark)
        text = text.replace(trained["question"], "\0q\0")
        text = text.replace("\0q\0", served["question"])
        for at, passage in enumerate(served["passages"]):
            text = text.replace(f"\0p{at}\0", passage)
        expected.append({"role": turn["role"], "content": text})
    return expected == served["prompt"]


@wrong("ex_09_2", says="the two differ in question and passages only")
def word_for_word(trained, served):
    return trained["prompt"] == served["prompt"]


@wrong("ex_09_2", says="blank passages first")
def question_first(trained, served):
    def blanked(side):
        turns = []
        for turn in side["prompt"]:
            text = turn["content"].replace(side["question"], "<Q>")
            for passage in side["passages"]:
                text = text.replace(passage, "<P>")
            turns.append((turn["role"], text))
        return turns

    return blanked(trained) == blanked(served)


@wrong("ex_09_2", says="this fault: other words in the instruction")
def roles_only(trained, served):
    return [turn["role"] for turn in trained["prompt"]] == [turn["role"] for turn in served["prompt"]]


@wrong("ex_09_2", says="this fault: question only behind the passages")
def instruction_only(trained, served):
    return trained["prompt"][0] == served["prompt"][0]


@wrong("ex_09_2", says="this fault: a blank line more")
def blind_to_blanks(trained, served):
    def squeeze(side):
        return [(role, " ".join(text.split())) for role, text in blank(side)]

    return squeeze(trained) == squeeze(served)


@wrong("ex_09_2", says="this fault: nothing behind the label")
def cut_out_instead_of_marked(trained, served):
    def rest(side):
        turns = []
        for turn in side["prompt"]:
            text = turn["content"]
            for part in (*side["passages"], side["question"]):
                text = text.replace(part, "")
            turns.append((turn["role"], text))
        return turns

    return rest(trained) == rest(served)


@wrong("ex_09_2", says="this fault: instruction in a user turn of its own")
def blind_to_roles(trained, served):
    return [text for _, text in blank(trained)] == [text for _, text in blank(served)]


@right("ex_09_3")
def by_the_library(question, passages):
    return trust_passages(question, passages)


@right("ex_09_3")
def by_capitals(question, passages):
    words = re.findall(r"[\w-]+", question)
    names = [word for word in words[1:] if (word[0].isupper() and word != "I") or word[0].isdigit()]
    names = names or [word for word in words if word[0].isupper()]
    return any(2 * sum(name in passage for name in names) > len(names) for passage in passages)


@wrong("ex_09_3", says="too lenient")
def any_shared_word(question, passages):
    return any(set(question.lower().split()) & set(passage.lower().split()) for passage in passages)


@wrong("ex_09_3", says="too strict")
def the_whole_question(question, passages):
    return any(question in passage for passage in passages)


@wrong("ex_09_3", says="expected False")
def always(question, passages):
    return True


@wrong("ex_09_3", says="one fitting passage is enough")
def first_decides(question, passages):
    if not trust_passages(question, passages):
        return False
    return trust_passages(question, passages[:1]) or trust_passages(question, passages[1:2])


@wrong("ex_09_3", says="one word of a name")
def any_name(question, passages):
    names = [word for word in re.findall(r"\w+", question)[1:] if word[0].isupper() or word[0].isdigit()]
    return any(name in passage for passage in passages for name in names)


WORDS = re.compile(r"[a-z]+")


def likeness(request, examples):
    texts = [set(WORDS.findall(text.lower())) for texts in examples.values() for text in texts]
    counts = Counter(word for text in texts for word in text)

    def weigh(words):
        return sum(math.log((len(texts) + 1) / (counts[word] + 0.5)) for word in words)

    words, scores = set(WORDS.findall(request.lower())), {}
    for name, own in examples.items():
        others = [set(WORDS.findall(text.lower())) for text in own]
        alike = [weigh(words & other) / math.sqrt(weigh(words) * weigh(other) + 1e-9) for other in others]
        scores[name] = sum(sorted(alike)[-3:]) / 3
    return scores


@right("ex_09_5")
def by_rare_words(request, examples):
    scores = likeness(request, examples)
    name = max(scores, key=scores.get)
    return name if scores[name] >= 0.15 else "base"


@right("ex_09_5")
def by_words_of_one_adapter(request, examples):
    """Count the words of the request that are frequent with one adapter and rare with the others."""
    counts = {
        name: Counter(word for text in own for word in set(WORDS.findall(text.lower())))
        for name, own in examples.items()
    }
    words = set(WORDS.findall(request.lower()))
    votes = dict.fromkeys(examples, 0.0)
    for word in words:
        total = sum(count[word] for count in counts.values())
        for name, count in counts.items():
            if total >= 3:
                votes[name] += count[word] / total * (count[word] / total > 0.5)
    name = max(votes, key=votes.get)
    return name if votes[name] >= 3 else "base"


@wrong("ex_09_5", says="below a threshold of likeness return 'base'")
def no_fallback(request, examples):
    scores = likeness(request, examples)
    return max(scores, key=scores.get)


@wrong("ex_09_5", says="lower the threshold")
def much_too_careful(request, examples):
    scores = likeness(request, examples)
    name = max(scores, key=scores.get)
    return name if scores[name] >= 0.5 else "base"


@wrong("ex_09_5", says="share the most telling words")
def always_the_first(request, examples):
    return next(iter(examples))


@wrong("ex_09_5", says="its name does not")
def by_name(request, examples):
    name = by_rare_words(request, examples)
    return name if name in ("tickets", "extract", "voice") else "base"


def steps_of(options, plan, left):
    for q, choices in enumerate(options):
        tokens, chance = choices[plan[q]]
        for k in range(plan[q] + 1, len(choices)):
            extra, gain = choices[k][0] - tokens, choices[k][1] - chance
            if gain > 0 and extra <= left:
                yield gain / extra, q, k


@right("ex_09_6")
def best_step_each_time(options, budget):
    plan = [0] * len(options)
    left = budget - sum(choices[0][0] for choices in options)
    while steps := list(steps_of(options, plan, left)):
        _, q, k = max(steps)
        left -= options[q][k][0] - options[q][plan[q]][0]
        plan[q] = k
    return plan


@right("ex_09_6")
def by_dynamic_programming(options, budget):
    best = {0: (0.0, [])}
    for choices in options:
        longer = {}
        for used, (total, plan) in best.items():
            for k, (tokens, chance) in enumerate(choices):
                spent = used + tokens
                if spent <= budget and total + chance > longer.get(spent, (-1.0,))[0]:
                    longer[spent] = (total + chance, [*plan, k])
        best = longer
    return max(best.values())[1]


@wrong("ex_09_6", says="before a step is taken")
def best_chance_of_each(options, budget):
    return [max(range(len(choices)), key=lambda k: choices[k][1]) for choices in options]


@wrong("ex_09_6", says="give tokens where they gain most")
def no_passages_at_all(options, budget):
    return [0] * len(options)


@wrong("ex_09_6", says="give tokens where they gain most")
def same_for_all(options, budget):
    fitting = [k for k in range(4) if sum(choices[k][0] for choices in options) <= budget]
    return [fitting[-1]] * len(options)


@wrong("ex_09_6", says="from 0, for each question")
def tokens_for_options(options, budget):
    return [choices[0][0] for choices in options]


def fitting(rows):
    return [row for row in rows if (row["arm"], row["set"], row["metric"]) == ("HYB - RAG", "support", "both_right")]


@right("ex_09_7")
def by_the_plans(rows, plans, worth_of_right, queries_per_month, months):
    found = fitting(rows)
    if not found:
        raise ValueError("no row HYB - RAG on support, both_right")
    costs = {
        name: plan["setup"] + months * (plan["monthly"] + queries_per_month * plan["per_query"])
        for name, plan in plans.items()
    }
    added = costs["HYB"] - costs["RAG"]
    worth = [found[0][end] * queries_per_month * months * worth_of_right for end in ("low", "value", "high")]
    decision = "hybrid" if worth[0] > added else "RAG" if worth[2] < added else "measure more"
    return {"added_cost": added, "worth": worth, "decision": decision}


@right("ex_09_7")
def by_differences(rows, plans, worth_of_right, queries_per_month, months):
    for row in rows:
        if row["arm"] == "HYB - RAG" and row["set"] == "support" and row["metric"] == "both_right":
            break
    else:
        raise ValueError("this gain was not measured")
    more = {key: plans["HYB"][key] - plans["RAG"][key] for key in ("setup", "monthly", "per_query")}
    queries = queries_per_month * months
    added = more["setup"] + more["monthly"] * months + more["per_query"] * queries
    ends = tuple(queries * worth_of_right * row[end] for end in ("low", "value", "high"))
    names = {(True, True): "hybrid", (False, False): "RAG"}
    return {
        "added_cost": added,
        "worth": ends,
        "decision": names.get((ends[0] > added, ends[2] >= added), "measure more"),
    }


@wrong("ex_09_7", says="the row has arm 'HYB - RAG'")
def some_other_row(rows, plans, worth_of_right, queries_per_month, months):
    known = {"arm": "HYB - RAG", "set": "support", "metric": "both_right"}
    other = next(row for row in rows if any(row[name] != value for name, value in known.items()))
    return by_the_plans([other | known], plans, worth_of_right, queries_per_month, months)


@wrong("ex_09_7", says="only a worth whose low end beats the added cost")
def by_the_value_alone(rows, plans, worth_of_right, queries_per_month, months):
    found = by_the_plans(rows, plans, worth_of_right, queries_per_month, months)
    return {**found, "decision": "hybrid" if found["worth"][1] > found["added_cost"] else "RAG"}


@wrong("ex_09_7", says="for all months")
def one_month(rows, plans, worth_of_right, queries_per_month, months):
    return by_the_plans(rows, plans, worth_of_right, queries_per_month, 1)


@wrong("ex_09_7", says="raise ValueError")
def no_row_is_no_gain(rows, plans, worth_of_right, queries_per_month, months):
    if not fitting(rows):
        return {"added_cost": 0.0, "worth": [0.0, 0.0, 0.0], "decision": "RAG"}
    return by_the_plans(rows, plans, worth_of_right, queries_per_month, months)


def without_one_key(rows, key, rest):
    known = {"arm": "HYB - RAG", "set": "support", "metric": "both_right"}
    found = [row for row in rows if all(row[name] == value for name, value in known.items() if name != key)]
    if not found:
        raise ValueError("not measured")
    return by_the_plans([{**max(found, key=lambda row: row["value"]), **known}], *rest)


@wrong("ex_09_7", says="the row has arm 'HYB - RAG'")
def any_arm(rows, plans, worth_of_right, queries_per_month, months):
    return without_one_key(rows, "arm", (plans, worth_of_right, queries_per_month, months))


@wrong("ex_09_7", says="set 'support'")
def any_set(rows, plans, worth_of_right, queries_per_month, months):
    return without_one_key(rows, "set", (plans, worth_of_right, queries_per_month, months))
