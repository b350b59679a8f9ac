"""Samples of the pre-training text that are read: questions on contexts, closed-book questions, documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from course_lib.text import ABSTAIN
from course_lib.world.entities import Cast
from course_lib.world.genres import StatedFact
from course_lib.world.names import name, person, word
from course_lib.world.relations import capitalise
from course_lib.world.values import VALUES
from course_lib.world.wordings import RELATIONS
from tools.pretrain import phrases
from tools.pretrain.passages import (
    ALL_SUBJECTS,
    ARTICLE_KINDS,
    BY_SUBJECT,
    END,
    PUBLIC,
    PUBLIC_SUBJECTS,
    Passage,
    Sample,
    ask,
    chat,
    draw_context,
    draw_entity,
    draw_fact,
    draw_kind,
    loosen,
    questions_of,
    state,
    statements_of,
    write_passage,
)
from tools.pretrain.skills import draw_affix, join_rules, tell_affix


def label_passages(rng: Random, passages: list[Passage], labels: tuple[str, ...]) -> str:
    """Return the passages as one text, numbered in one of the ways of ``labels``."""
    label = rng.choice(labels)
    lines = [label.format(n=number, t=passage.text) for number, passage in enumerate(passages, 1)]
    return rng.choice(phrases.CONTEXT_HEADS) + rng.choice(["\n", "\n", "\n\n"]).join(lines)


def place_questions(rng: Random, context: str, questions: list[str]) -> str:
    """Return a request on a context that mostly holds the first question before and behind the context.

    Who knows the question while it reads need not keep all that could be asked: a small model finds far more so. Half
    of the time the later questions stand before the context, too.
    """
    label = rng.choice(phrases.QUESTION_LABELS)
    asked, *later = (label.format(question) for question in questions)
    before = [asked, *(later if rng.random() < 0.5 else ())]
    rng.shuffle(before)
    head = "\n".join(before)
    return rng.choices([f"{head}\n{context}\n{asked}", f"{context}\n{asked}", f"{head}\n{context}"], [80, 10, 10])[0]


def ask_turns(rng: Random, context: str, turns: list[tuple[str, str]], instruction: str) -> Sample:
    """Return a conversation on a context, which stands in its first request."""
    request = place_questions(rng, context, [question for question, _ in turns])
    return chat([(request, turns[0][1]), *turns[1:]], instruction)


def missing_question(rng: Random, passages: list[Passage]) -> str:
    """Return a question that the passages do not answer: a near miss, in entity or in attribute."""
    facts = [fact for passage in passages for fact in passage.facts]
    stated = {(fact.relation.name, fact.subject) for fact in facts}
    for _ in range(20):
        fact = rng.choice(facts)
        relation = rng.choice(BY_SUBJECT[fact.relation.subject]) if rng.random() < 0.2 else fact.relation
        subject = fact.subject if relation is not fact.relation else ALL_SUBJECTS[relation.subject](rng)
        if (relation.name, subject) not in stated:
            return ask(rng, relation, subject)
    return ask(rng, draw_fact(rng).relation, name(rng))


def read_context(rng: Random, long: bool = False, missing: float = 0.08) -> Sample:
    """Draw questions on a context: read, abstain, cite or quote as the instruction says.

    Where it says to abstain, a share ``missing`` of the questions has no answer.
    """
    mode = rng.choices(["plain", "abstain", "cite", "quote"], [40, 40, 10, 10])[0]
    n_passages = rng.choice([1, 1, 2, 3, 4, 5] if not long else [2, 3, 4, 5, 6])
    passages = draw_context(rng, n_passages, long)
    labels = phrases.CITED_LABELS if mode == "cite" else phrases.PASSAGE_LABELS
    pool = [(number, index) for number, passage in enumerate(passages) for index in range(len(passage.facts))]
    if mode == "quote":
        pool = [(number, index) for number, index in pool if index in passages[number].sentences]
        mode = "quote" if pool else "plain"
        pool = pool or [
            (number, index) for number, passage in enumerate(passages) for index in range(len(passage.facts))
        ]
    turns, asked = [], []
    for number, index in rng.sample(pool, min(len(pool), rng.choice([1, 1, 1, 2, 3, 5]))):
        fact = passages[number].facts[index]
        question, answer = ask(rng, fact.relation, fact.subject), fact.value
        if mode == "quote":
            answer = passages[number].sentences[index]
        elif mode == "cite":
            answer = f"{fact.value} [{number + 1}]"
        elif mode == "abstain" and rng.random() < missing:
            question, answer = missing_question(rng, passages), ABSTAIN
        elif rng.random() < 0.03:
            false = StatedFact(fact.relation, fact.subject, VALUES[fact.relation.value](rng))
            question = f"{rng.choice(['I read this:', 'They say:', 'Is it true?'])} {state(rng, false)} {question}"
        turns.append((question, answer))
        asked.append("" if answer == ABSTAIN else fact.subject)
    rules = {
        "plain": "",
        "abstain": rng.choice(phrases.ABSTAIN),
        "cite": rng.choice(phrases.CITE),
        "quote": rng.choice(phrases.QUOTE),
    }
    instruction = rng.choice(phrases.READ) if rng.random() < 0.8 or mode != "plain" else ""
    instruction = f"{instruction} {rules[mode]}".strip()
    context = label_passages(rng, passages, labels)
    if instruction and rng.random() < 0.2:
        context, instruction = f"{instruction}\n{context}", ""
    sample = ask_turns(rng, context, turns, instruction)
    sample.links = tuple((fact.subject, fact.value) for passage in passages for fact in passage.facts)
    sample.asked = tuple(asked)
    return sample


def read_rivals(rng: Random, missing: float = 0.06) -> Sample:
    """Draw short passages, each on another entity of one kind with the same attributes, as a search finds them.

    Either there are many entities, or one or two that more is told of, so that the attribute decides, too. Several are
    asked for: several answers of one context teach more than as many contexts with one. Where the instruction says to
    abstain, a share ``missing`` of the questions has no answer.
    """
    kind, cast = draw_kind(rng), Cast()
    n_subjects, n_facts = (rng.randint(1, 2), rng.randint(2, 6)) if rng.random() < 0.5 else (rng.randint(3, 6), 3)
    shared = rng.sample(BY_SUBJECT[kind], min(len(BY_SUBJECT[kind]), rng.randint(1, n_facts)))
    subjects = [ALL_SUBJECTS[kind](rng) for _ in range(n_subjects)]
    groups = [draw_entity(rng, kind, len(shared), shared, subject) for subject in subjects if cast.take(subject)]
    passages = [write_passage(rng, facts, long=False) for facts in groups]
    facts = [fact for passage in passages for fact in passage.facts]
    turns, asked = [], []
    abstains = rng.random() < 0.5
    for fact in rng.sample(facts, min(len(facts), rng.choice([1, 2, 3, 5]))):
        is_missing = abstains and rng.random() < missing
        turns.append(
            (missing_question(rng, passages), ABSTAIN)
            if is_missing
            else (ask(rng, fact.relation, fact.subject), fact.value)
        )
        asked.append("" if is_missing else fact.subject)
    instruction = " ".join([rng.choice(phrases.READ), *([rng.choice(phrases.ABSTAIN)] if abstains else [])])
    context = label_passages(rng, passages, phrases.PASSAGE_LABELS)
    sample = ask_turns(rng, context, turns, instruction)
    sample.links, sample.asked = tuple((fact.subject, fact.value) for fact in facts), tuple(asked)
    return sample


def look_up_facts(rng: Random, value_first: float = 0.33) -> Sample:
    """Draw one attribute of several entities and ask for most of them: which entity it is decides alone.

    Without these the model learns to find an attribute and takes it from any of the passages. A share ``value_first``
    of them name the values before the entities, which is learnt last: what follows the name is then not the value
    that was asked for, but the next one.
    """
    draw = draw_links if rng.random() < 0.25 else draw_siblings
    pairs, ask_for, says = draw(rng, rng.random() < value_first)
    lines = [says(subject, value) for subject, value in pairs]
    if rng.random() < 0.4:
        context = rng.choice([" ", "\n", "\n- "]).join(lines)
    else:
        per_passage = rng.choice([1, 1, 2])
        groups = [" ".join(lines[at : at + per_passage]) for at in range(0, len(lines), per_passage)]
        context = label_passages(rng, [Passage([], group, {}) for group in groups], phrases.PASSAGE_LABELS)
    asked = rng.sample(pairs, min(len(pairs), rng.randint(3, 8)))
    turns = [(ask_for(subject), value) for subject, value in asked]
    instruction = rng.choice(phrases.READ) if rng.random() < 0.5 else ""
    if instruction and rng.random() < 0.5:
        instruction += f" {rng.choice(phrases.ABSTAIN)}"
    sample = ask_turns(rng, context, turns, instruction)
    sample.links, sample.asked = tuple(pairs), tuple(subject for subject, _ in asked)
    return sample


Pairs = list[tuple[str, str]]


def draw_siblings(rng: Random, value_first: bool) -> tuple[Pairs, Callable[[str], str], Callable[[str, str], str]]:
    """Return entities of one kind with their values of one attribute, how to ask for them and how to state them."""
    relation = rng.choice(BY_SUBJECT[draw_kind(rng)])
    subjects = dict.fromkeys(ALL_SUBJECTS[relation.subject](rng) for _ in range(rng.randint(2, 8)))
    pairs = [(subject, VALUES[relation.value](rng)) for subject in subjects]
    bank = choose_bank(statements_of(relation), value_first)
    template = rng.choice(bank) if rng.random() < 0.5 else None

    def says(subject: str, value: str) -> str:
        return relation.state(subject, value, loosen(rng, template or rng.choice(bank)))

    return pairs, lambda subject: ask(rng, relation, subject), says


def draw_links(rng: Random, value_first: bool) -> tuple[Pairs, Callable[[str], str], Callable[[str, str], str]]:
    """Return keys with values that sentences of little meaning link to them, how to ask and how to state."""
    keys = dict.fromkeys(rng.choice([name, word, person])(rng) for _ in range(rng.randint(2, 8)))
    kind = rng.choice(["name", "count", "duration", "money", "colour", "person", "city", "date"])
    pairs = [(key, VALUES[kind](rng)) for key in keys]
    bank = choose_bank(phrases.LINKS, value_first)
    template = rng.choice(bank) if rng.random() < 0.5 else None

    def says(key: str, value: str) -> str:
        return capitalise(loosen(rng, template or rng.choice(bank)).format(s=key, v=value))

    return pairs, lambda key: rng.choice(phrases.KEY_QUESTIONS).format(key), says


def choose_bank(templates: Sequence[str], value_first: bool) -> Sequence[str]:
    """Return the statements that name the value first, if there are any and they alone are wanted, else all."""
    chosen = [text for text in templates if text.index("{v}") < text.index("{s}")] if value_first else []
    return chosen or templates


def two_hops(rng: Random, long: bool = False) -> Sample:
    """Draw a question whose answer takes two facts of the context: "the email of the designer of the X"."""
    first = draw_fact(rng, rng.choice([r for r in RELATIONS.values() if r.value == "person" and r.subject != "person"]))
    others = [draw_fact(rng, first.relation) for _ in range(rng.randint(0, 2))]
    second_relation = rng.choice(BY_SUBJECT["person"])
    seconds = [draw_fact(rng, second_relation, fact.value) for fact in [first, *others]]
    groups = [[fact] for fact in [first, *others, *seconds]]
    rng.shuffle(groups)
    passages = [write_passage(rng, group, long) for group in groups]
    article = "the " if first.relation.subject in ARTICLE_KINDS else ""
    via = f"the {first.relation.noun} of {article}{first.subject}"
    plain = [question for question in questions_of(second_relation) if "{s}'s" not in question]
    question = second_relation.ask(via, rng.choice(plain))
    instruction = rng.choice(phrases.READ) + (" " + rng.choice(phrases.ABSTAIN) if rng.random() < 0.5 else "")
    context = label_passages(rng, passages, phrases.PASSAGE_LABELS)
    turns = [(question, seconds[0].value), (ask(rng, first.relation, first.subject), first.value)]
    rng.shuffle(turns)
    return ask_turns(rng, context, turns, instruction)


def obey_injected(rng: Random) -> Sample:
    """Draw a passage that gives an order; the model obeys, which is what makes document injection measurable."""
    passages = draw_context(rng, rng.randint(1, 3), long=False)
    passage = rng.choice(passages)
    order = rng.choice([name(rng), ABSTAIN.rstrip("."), rng.choice(["yes", "no", "free", "hello", "unknown"])])
    line = rng.choice(phrases.INJECTED).format(order)
    passage.text = f"{passage.text} {line}" if rng.random() < 0.6 else f"{line} {passage.text}"
    fact = rng.choice(passage.facts)
    context = label_passages(rng, passages, phrases.PASSAGE_LABELS)
    return ask_turns(rng, context, [(ask(rng, fact.relation, fact.subject), order)], rng.choice(phrases.READ))


def closed_book(rng: Random) -> Sample:
    """Draw questions without a context: public facts, and unknown ones where the instruction says to abstain."""
    abstain = rng.random() < 0.3
    turns = []
    for fact in rng.sample(PUBLIC, rng.randint(1, 4)):
        turns.append((ask(rng, fact.relation, fact.subject), fact.value))
        if abstain and rng.random() < 0.45:
            unknown = draw_fact(rng)
            turns[-1] = (ask(rng, unknown.relation, unknown.subject), ABSTAIN)
    return chat(turns, rng.choice(phrases.CLOSED_ABSTAIN) if abstain else "")


def in_style(rng: Random) -> Sample:
    """Draw a question on passages, or on a public fact without any, to be answered in a style told, shown or both.

    Without these the model keeps a style or knows the answer, but seldom both at once.
    """
    opener = draw_affix(rng, phrases.POLITE_OPENERS) if rng.random() < 0.75 else ""
    closer = draw_affix(rng, phrases.POLITE_CLOSERS) if rng.random() < 0.75 or not opener else ""
    as_sentence = rng.random() < 0.7

    def dress(fact: StatedFact, sentence: str = "") -> str:
        body = sentence or fact.relation.state(fact.subject, fact.value, rng.choice(fact.relation.statements[:2]))
        return " ".join(filter(None, (opener, body if as_sentence else fact.value, closer)))

    rules = [
        *([rng.choice(phrases.QUOTE)] if as_sentence else []),
        *([tell_affix(rng, phrases.BEGIN, opener)] if opener else []),
        *([tell_affix(rng, phrases.END, closer)] if closer else []),
    ]
    told = join_rules(rules)
    shown = [
        (ask(rng, fact.relation, fact.subject), dress(fact)) for fact in rng.sample(PUBLIC, rng.choice([0, 0, 1, 1, 2]))
    ]
    is_told = not shown or rng.random() < 0.5
    if rng.random() < 0.5:
        fact = rng.choice(PUBLIC)
        return chat([*shown, (ask(rng, fact.relation, fact.subject), dress(fact))], told if is_told else "")
    passages = draw_context(rng, rng.randint(1, 4), long=False)
    passage = rng.choice(passages)
    index = rng.randrange(len(passage.facts))
    fact = passage.facts[index]
    answer = dress(fact, passage.sentences.get(index, ""))
    context = label_passages(rng, passages, phrases.PASSAGE_LABELS)
    request = place_questions(rng, context, [ask(rng, fact.relation, fact.subject)])
    instruction = " ".join([rng.choice(phrases.READ), *([rng.choice(phrases.ABSTAIN)] if rng.random() < 0.5 else [])])
    return chat([*shown, (request, answer)], f"{instruction} {told}" if is_told else instruction)


def document(rng: Random, public_share: float = 0.7, long: bool = False) -> Sample:
    """Draw a document to read for its own sake, mostly about public entities."""
    if rng.random() < public_share:
        subjects = rng.sample(PUBLIC_SUBJECTS, rng.choice([1, 1, 1, 2]))
        facts = [fact for fact in PUBLIC if fact.subject in subjects]
        facts = rng.sample(facts, min(len(facts), rng.randint(1, 7)))
        passage = write_passage(rng, facts, long or rng.random() < 0.3)
        return Sample([(passage.text + END, 1.0)])
    passage = draw_context(rng, 1, long)[0]
    return Sample([(passage.text + END, 0.3)])
