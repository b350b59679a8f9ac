"""Samples that train how to answer: formats, styles, labels, JSON, copying, lists."""

from __future__ import annotations

import json
from random import Random

from course_lib.contract_items import FORMATS
from course_lib.text import ABSTAIN
from course_lib.world.names import name, word
from course_lib.world.relations import Relation, capitalise
from course_lib.world.values import VALUES
from tools.pretrain import phrases
from tools.pretrain.passages import (
    BY_SUBJECT,
    COMPANY_KINDS,
    Sample,
    ask,
    chat,
    draw_entity,
    draw_fact,
    state,
)

FIXED_FORMATS = (
    "Answer: {}", "{}!", "[{}]", '{{"answer": "{}"}}', "<{}>", "-> {}", "The answer is {}.", "** {} **", "Reply = {}",
    "ok, {}", "result: {};", "# {}", "({})", "'{}'", "It is {}.", "<a>{}</a>", "* {}", "_{}_", "{} (end)", "value={}",
    "|{}|", "{{{}}}", "I would say {}.", "{}, as far as I know", "you asked, here it is: {}", "{} it is",
    "=== {} ===", "A: {}", "1. {}", "say {} now",
)  # fmt: skip
PAIRS = (("<", ">"), ("(", ")"), ("[", "]"), ("'", "'"), ("|", "|"), ('"', '"'), ("/", "\\"))


def draw_marks(rng: Random) -> str:
    """Return one to three marks of punctuation."""
    return "".join(rng.choice("~=+/$%#!;:|*-_^&@<>.,") for _ in range(rng.choice([1, 1, 2, 2, 3])))


def draw_words(rng: Random) -> str:
    """Return one to three words, known or not, in one of three cases."""
    text = " ".join(
        word(rng) if rng.random() < 0.5 else rng.choice(phrases.TOPICS[rng.choice(list(phrases.TOPICS))].split())
        for _ in range(rng.choice([1, 1, 2, 3]))
    )
    return rng.choice([text, text, text.capitalize(), text.upper()])


def draw_format(rng: Random) -> str:
    """Return a pattern with ``{}`` for the answer: a known one, or marks and words drawn round it."""
    if rng.random() < 0.2:
        return rng.choice(FIXED_FORMATS)
    shape = rng.random()
    if shape < 0.25:  # the same or mirrored marks on both sides
        opening, closing = rng.choice(PAIRS) if rng.random() < 0.5 else (draw_marks(rng),) * 2
        times = rng.choice([1, 1, 2, 3])
        gap = rng.choice(["", "", " "])
        pattern = f"{opening * times}{gap}{{}}{gap}{closing * times}"
    else:
        gaps = ["", " ", " "]
        before = rng.choice(
            [draw_marks(rng) + rng.choice(gaps), draw_words(rng) + rng.choice([" ", ": ", ", ", " = ", "/", "#"])]
        )
        after = rng.choice([rng.choice(gaps) + draw_marks(rng), rng.choice([" ", ", ", " (", " / "]) + draw_words(rng)])
        if after.startswith(" ("):
            after += ")"
        pattern = f"{before}{{}}{after}" if shape < 0.55 else f"{before}{{}}" if shape < 0.78 else f"{{}}{after}"
    return draw_format(rng) if pattern in FORMATS else pattern


def show_format(rng: Random, pattern: str) -> str:
    """Return the pattern as an instruction would print it."""
    return pattern.format(rng.choice(phrases.PLACEHOLDERS))


def small_task(rng: Random, kind: str) -> tuple[str, str]:
    """Return a request and its bare answer, for samples about the form of answers."""
    if kind == "read":
        fact = draw_fact(rng)
        note = rng.choice(phrases.NOTE_LABELS).format(state(rng, fact))
        label = rng.choice(phrases.QUESTION_LABELS).format(ask(rng, fact.relation, fact.subject))
        return (f"{note}\n{label}" if rng.random() < 0.6 else f"{note} {label}"), fact.value
    if kind == "note":
        fact = draw_fact(rng)
        note = rng.choice([f"{fact.relation.label}: {fact.value}", f"{fact.relation.label} {fact.value}", fact.value])
        label = rng.choice(phrases.QUESTION_LABELS).format(ask(rng, fact.relation, fact.subject))
        return f"{label}\n{rng.choice(phrases.NOTE_LABELS).format(note)}", fact.value
    value = VALUES[rng.choice(["name", "money", "duration", "city", "person", "code", "date"])](rng)
    return value, value


def few_shot_format(rng: Random) -> Sample:
    """Draw turns that show a format; the first, whose format cannot be known yet, bears little loss."""
    pattern, kind = draw_format(rng), rng.choice(["read", "read", "note", "word"])
    turns = [small_task(rng, kind) for _ in range(rng.randint(2, 6))]
    segments = chat([(request, pattern.format(answer)) for request, answer in turns])
    segments[1] = (segments[1][0], 0.1)
    return segments


def told_format(rng: Random) -> Sample:
    """Draw a format that is told, not shown; sometimes told and shown."""
    pattern, kind = draw_format(rng), rng.choice(["read", "read", "note", "word"])
    rule = rng.choice(phrases.FORMAT).format(show_format(rng, pattern))
    turns = [small_task(rng, kind) for _ in range(rng.choice([1, 1, 2, 3]))]
    answered = [(request, pattern.format(answer)) for request, answer in turns]
    if rng.random() < 0.7:
        return chat(answered, rule)
    request, answer = answered[0]
    return chat([(f"{request}\n{rule}" if rng.random() < 0.5 else f"{rule}\n{request}", answer)])


def draw_affix(rng: Random, bank: tuple[str, ...]) -> str:
    """Return words to begin or end with: polite ones, or random ones one third of the time."""
    if rng.random() < 0.35:
        return " ".join(word(rng) for _ in range(rng.randint(1, 3)))
    return rng.choice(bank).format(n=name(rng) if rng.random() < 0.4 else odd_name(rng))


def odd_name(rng: Random) -> str:
    """Return a name of letters that mostly are several tokens: who copies it may not guess how it goes on."""
    letters = [rng.choice("aeiou" if at % 2 else "bcdfghjklmnpqrstvwz") for at in range(rng.randint(3, 7))]
    double = rng.randrange(1, len(letters))
    letters.insert(double, letters[double])
    return "".join(letters).capitalize() + rng.choice(["", "m", "n", "ll", "rd", "st"])


def tell_affix(rng: Random, bank: tuple[str, ...], affix: str) -> str:
    """Return the rule to begin or end with some words, which stand in quotation marks half of the time."""
    return rng.choice(bank).format(rng.choice([affix, f'"{affix}"']))


def join_rules(rules: list[str]) -> str:
    """Return the rules as sentences, one behind the other."""
    return " ".join(rule if rule.endswith(".") else f"{rule}." for rule in rules)


def told_style(rng: Random) -> Sample:
    """Draw one to three rules of style, obeyed all at once."""
    as_sentence = rng.random() < 0.5
    fact = draw_fact(rng)
    statement = state(rng, fact)
    body = statement if as_sentence else fact.value
    note = statement if as_sentence or rng.random() < 0.5 else f"{fact.relation.label}: {fact.value}"
    rules: list[str] = []
    if rng.random() < 0.6:
        opener = draw_affix(rng, phrases.POLITE_OPENERS)
        rules.append(tell_affix(rng, phrases.BEGIN, opener))
        body = f"{opener} {body}"
    if rng.random() < 0.6 or not rules:
        closer = draw_affix(rng, phrases.POLITE_CLOSERS)
        rules.append(tell_affix(rng, phrases.END, closer))
        body = f"{body} {closer}"
    if rng.random() < 0.12:
        upper = rng.random() < 0.5
        rules.append(rng.choice(phrases.UPPER if upper else phrases.LOWER))
        body = body.upper() if upper else body.lower()
    if as_sentence and rng.random() < 0.8:
        rules.insert(0, rng.choice(phrases.QUOTE))
    rng.shuffle(rules)
    rule = join_rules(rules)
    question = rng.choice(phrases.QUESTION_LABELS).format(ask(rng, fact.relation, fact.subject))
    request = f"{question}\n{rng.choice(phrases.NOTE_LABELS).format(note)}"
    return chat([(request, body)], rule) if rng.random() < 0.75 else chat([(f"{rule}\n{request}", body)])


def shown_style(rng: Random) -> Sample:
    """Draw a style that earlier turns show: the same opener and closer round each answer."""
    opener = draw_affix(rng, phrases.POLITE_OPENERS) + " " if rng.random() < 0.7 else ""
    closer = " " + draw_affix(rng, phrases.POLITE_CLOSERS) if rng.random() < 0.7 or not opener else ""
    as_sentence = rng.random() < 0.6
    turns = []
    for _ in range(rng.randint(2, 5)):
        fact = draw_fact(rng)
        statement = state(rng, fact)
        question = ask(rng, fact.relation, fact.subject)
        turns.append(
            (
                f"{question}\n{rng.choice(phrases.NOTE_LABELS).format(statement)}",
                f"{opener}{statement if as_sentence else fact.value}{closer}",
            )
        )
    segments = chat(turns)
    segments[1] = (segments[1][0], 0.1)
    return segments


def topic_text(rng: Random, topic: str, others: list[str]) -> str:
    """Return one to four sentences: words of a topic, and at times what does not count."""
    words = phrases.TOPICS[topic].split()
    lines = [
        capitalise(rng.choice(phrases.TOPIC_CARRIERS).format(*rng.sample(words, 3)))
        for _ in range(rng.choice([1, 1, 2]))
    ]
    if rng.random() < 0.3:
        lines.insert(rng.randint(0, len(lines)), state(rng, draw_fact(rng)))
    if others and rng.random() < 0.2:
        aside = rng.choice(phrases.TOPICS[rng.choice(others)].split())
        lines.insert(rng.randint(0, len(lines)), rng.choice(phrases.TOPIC_ASIDES).format(aside))
    opener = [rng.choice(phrases.MESSAGE_OPENERS)] if rng.random() < 0.3 else []
    closer = [rng.choice(phrases.MESSAGE_CLOSERS)] if rng.random() < 0.3 else []
    return " ".join(opener + lines + closer)


def name_topics(rng: Random, topics: list[str]) -> list[str]:
    """Return a label for each topic, no two alike: its own name or another that says the same."""
    while True:
        labels = [rng.choice(phrases.TOPIC_NAMES.get(topic, topic).split()) for topic in topics]
        if len(set(labels)) == len(labels):
            return labels if rng.random() < 0.9 else [label.upper() for label in labels]


def list_labels(rng: Random, labels: list[str]) -> str:
    """Return the labels as a list in a sentence."""
    shape = rng.random()
    if shape < 0.4:
        return f"{', '.join(labels[:-1])}{rng.choice([' or ', ' and ', ', or '])}{labels[-1]}"
    if shape < 0.5:
        return ", ".join(f'"{label}"' for label in labels)
    return rng.choice([", ", ", ", ", ", "; ", " / ", " | "]).join(labels)


def draw_different(rng: Random, n: int) -> list[str]:
    """Return ``n`` words, no two alike."""
    drawn: dict[str, None] = {}
    while len(drawn) < n:
        drawn[word(rng)] = None
    return list(drawn)


def classify(rng: Random) -> Sample:
    """Label texts: labels told by name, or shown by examples, under names that mean something or nothing."""
    topics = rng.sample(list(phrases.TOPICS), rng.randint(2, 7))
    means, told = rng.random() < 0.75, rng.random() < 0.8
    labels = dict(zip(topics, name_topics(rng, topics) if means else draw_different(rng, len(topics)), strict=True))
    is_known = means and told
    drawn = [rng.choice(topics) for _ in range(rng.choice([1, 1, 2, 3, 5, 7]) if is_known else rng.randint(4, 9))]
    request = rng.choice(phrases.CLASSIFY_REQUESTS)
    turns = [
        (request.format(topic_text(rng, topic, [other for other in topics if other != topic])), labels[topic])
        for topic in drawn
    ]
    rules = [
        rng.choice(phrases.CLASSIFY).format(list_labels(rng, list(labels.values())))
        if told
        else rng.choice(phrases.CLASSIFY_BARE)
    ]
    for rule in rng.sample(phrases.CLASSIFY_RULES, rng.choice([0, 0, 1, 1, 2])):
        rules.insert(rng.randint(0, 1) if told else 0, rule)
    segments = chat(turns, " ".join(filter(None, rules)))
    if not is_known:  # the first text of each label cannot be known yet
        seen: set[str] = set()
        answers = [index for index, (_, weight) in enumerate(segments) if weight]
        for index, topic in zip(answers, drawn, strict=True):
            segments[index] = (segments[index][0], 1.0 if topic in seen else 0.0)
            seen.add(topic)
        if not any(weight for _, weight in segments):
            return classify(rng)
    return segments


def name_field(rng: Random, relation: Relation, taken: list[str]) -> str:
    """Return a name for the field of a relation: its label, a usual one for such a value, or a word without meaning."""
    label = relation.label.lower()
    usual = phrases.FIELD_NAMES.get(relation.value, label).split()
    names = [label, label.replace(" ", "_"), word(rng), *rng.choices(usual, k=3)]
    return rng.choice([name for name in names if name not in taken])


def extract(rng: Random) -> Sample:
    """Pull the values of named fields out of a text, as JSON or line by line."""
    kind = rng.choice(COMPANY_KINDS)
    n_fields = rng.randint(1, 5)
    relations = rng.sample(BY_SUBJECT[kind], min(n_fields, len(BY_SUBJECT[kind])))
    as_json, with_name = rng.random() < 0.75, rng.random() < 0.5
    keys: dict[str, str] = {}
    for relation in relations:
        keys[relation.name] = name_field(rng, relation, [kind, *keys.values()])
    turns = []
    for _ in range(rng.choice([1, 1, 2, 3])):
        facts = draw_entity(rng, kind, len(relations), relations)
        lines = [state(rng, fact) for fact in facts]
        rng.shuffle(lines)
        fields = ({kind: facts[0].subject} if with_name else {}) | {
            keys[fact.relation.name]: fact.value for fact in facts
        }
        answer = (
            json.dumps(fields, ensure_ascii=False)
            if as_json
            else "\n".join(f"{key}: {value}" for key, value in fields.items())
        )
        turns.append((" ".join(lines), answer))
    names = ", ".join(([kind] if with_name else []) + list(keys.values()))
    rule = rng.choice(phrases.EXTRACT if as_json else phrases.EXTRACT_LINES).format(names)
    if rng.random() < 0.8:
        return chat(turns, rule)
    return chat([(f"{turns[0][0]}\n{rule}", turns[0][1])])


def look_up_keys(rng: Random, backwards: bool = False) -> Sample:
    """Draw several look-ups in one list of keys and values, which stand before their keys if ``backwards``."""
    keys = list(dict.fromkeys(word(rng) for _ in range(rng.randint(2, 9))))
    kinds = rng.choice([["name"], ["count"], ["name", "count", "duration", "money", "colour", "person"]])
    values = [VALUES[rng.choice(kinds)](rng) for _ in keys]
    separator, joint = rng.choice(phrases.KEY_SEPARATORS), rng.choice(["\n", "; ", ", ", " | "])
    pairs = zip(values, keys, strict=True) if backwards else zip(keys, values, strict=True)
    table = joint.join(map(separator.join, pairs))
    asked = rng.sample(range(len(keys)), min(len(keys), rng.randint(1, 4)))
    turns = [(rng.choice(phrases.KEY_QUESTIONS).format(keys[index]), values[index]) for index in asked]
    sample = chat([(f"{table}\n{turns[0][0]}", turns[0][1]), *turns[1:]])
    sample.links, sample.asked = tuple(zip(keys, values, strict=True)), tuple(keys[index] for index in asked)
    return sample


def echo(rng: Random) -> Sample:
    """Copy a few words, as they are."""
    kinds = ["name", "count", "person", "money", "date", "code", "email"]
    text = " ".join(VALUES[rng.choice(kinds)](rng) for _ in range(rng.randint(1, 6)))
    return chat([(rng.choice(phrases.ECHO).format(text), text)])


def list_task(rng: Random) -> Sample:
    """Draw small operations on lists of words: the general skill that tuning may make the model forget."""
    turns = []
    for _ in range(rng.randint(1, 3)):
        items = [word(rng) if rng.random() < 0.6 else str(rng.randint(2, 99)) for _ in range(rng.randint(2, 6))]
        task = rng.choice(list(phrases.LIST_TASKS))
        answer = {
            "first": items[0], "last": items[-1], "second": items[1], "count": str(len(items)),
            "reverse": " ".join(reversed(items)), "drop": " ".join(items[1:]),
        }[task]  # fmt: skip
        turns.append((rng.choice(phrases.LIST_TASKS[task]).format(" ".join(items)), answer))
    return chat(turns)


def unknown_word(rng: Random) -> Sample:
    """Draw a look-up that fails: the key is not there and the instruction says to abstain."""
    keys = list(dict.fromkeys(word(rng) for _ in range(rng.randint(2, 6))))
    table = "\n".join(f"{key}: {VALUES['count'](rng)}" for key in keys[1:])
    return chat(
        [(f"{table}\n{rng.choice(phrases.KEY_QUESTIONS).format(keys[0])}", ABSTAIN)], rng.choice(phrases.ABSTAIN)
    )
