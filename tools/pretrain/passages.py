"""What samples are made of: random entities and facts, the passages that state them, and conversations about them.

No fact of these random worlds is ever used again; the public facts come back in every shard.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from course_lib.world.entities import Cast
from course_lib.world.genres import COMPANY_GENRES, Setting, StatedFact, render
from course_lib.world.names import SUBJECTS, name, person, word
from course_lib.world.public import public_facts
from course_lib.world.relations import Relation, capitalise
from course_lib.world.values import VALUES, date
from course_lib.world.wordings import RELATIONS
from tools.pretrain import phrases
from tools.pretrain.genres import WIDE_GENRES
from tools.pretrain.paraphrases import PARAPHRASES
from tools.pretrain.wordings import culture, daily, health, leisure, nature, travel, wildlife

SYSTEM, USER, ASSISTANT, END = "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"
Segment = tuple[str, float]


class Sample(list[Segment]):
    """Segments in order; the loss of a token is multiplied by the weight of its segment.

    ``links`` are pairs of an entity and a value that one sentence of the first request links; ``asked`` is the entity
    that each turn asks about, empty where none of the request is meant.
    """

    links: tuple[tuple[str, str], ...] = ()
    asked: tuple[str, ...] = ()


WIDE_MODULES = (nature, wildlife, culture, leisure, health, travel, daily)
ALL_SUBJECTS = SUBJECTS | {kind: draw for module in WIDE_MODULES for kind, draw in module.SUBJECTS.items()}
ALL_RELATIONS = [*RELATIONS.values(), *(relation for module in WIDE_MODULES for relation in module.RELATIONS)]
BY_SUBJECT: dict[str, list[Relation]] = {}
for _relation in ALL_RELATIONS:
    BY_SUBJECT.setdefault(_relation.subject, []).append(_relation)
KINDS = list(BY_SUBJECT)
COMPANY_KINDS = list(SUBJECTS)
PUBLIC = [StatedFact(RELATIONS[fact.relation], fact.subject, fact.value) for fact in public_facts()]
PUBLIC_SUBJECTS = sorted({fact.subject for fact in PUBLIC})
ARTICLE_KINDS = {"product", "policy", "site", "system", "course"}
LOOSE_SHARE = 0.2


@dataclass
class Passage:
    """A document of a context: its facts, its text and the sentence that states each fact, where it has one."""

    facts: list[StatedFact]
    text: str
    sentences: dict[int, str]


def chat(turns: list[tuple[str, str]], instruction: str = "") -> Sample:
    """Return a conversation in which only the answers, with their end token, bear loss."""
    segments = Sample([(SYSTEM + instruction + END, 0.0)] if instruction else [])
    for request, answer in turns:
        segments += [(USER + request + END + ASSISTANT, 0.0), (answer + END, 1.0)]
    return segments


def loosen(rng: Random, template: str) -> str:
    """Return a wording, one time in five with a word lost, added or exchanged for one that nobody knows.

    Without this the model takes any wording that it has not seen for a fact that is not there.
    """
    words = template.split(" ")
    plain = [index for index, text in enumerate(words) if text.strip("?.,").isalpha()]
    if len(plain) < 2 or rng.random() >= LOOSE_SHARE:
        return template
    at, change = rng.choice(plain), rng.random()
    if change < 0.25:
        del words[at]
    elif change < 0.5:
        words.insert(at, rng.choice(phrases.NOISE_WORDS))
    else:
        words[at] = word(rng) + words[at][len(words[at].rstrip("?.,")) :]
    return " ".join(words)


def statements_of(relation: Relation) -> tuple[str, ...]:
    """Return all statements that training may use."""
    return (*relation.statements, *PARAPHRASES.get(relation.name, {}).get("statements", ()))


def questions_of(relation: Relation) -> tuple[str, ...]:
    """Return all questions that training may use."""
    return (*relation.questions, *PARAPHRASES.get(relation.name, {}).get("questions", ()))


def state(rng: Random, fact: StatedFact) -> str:
    """Return one of the training statements of a fact."""
    return fact.relation.state(fact.subject, fact.value, loosen(rng, rng.choice(statements_of(fact.relation))))


def ask(rng: Random, relation: Relation, subject: str) -> str:
    """Return one of the training questions."""
    return relation.ask(subject, loosen(rng, rng.choice(questions_of(relation))))


def draw_kind(rng: Random) -> str:
    """Return a kind of entity: one of the company's half of the time."""
    return rng.choice(COMPANY_KINDS if rng.random() < 0.55 else KINDS)


def draw_fact(rng: Random, relation: Relation | None = None, subject: str | None = None) -> StatedFact:
    """Return a fact that holds in this sample only."""
    relation = relation or rng.choice(BY_SUBJECT[draw_kind(rng)])
    return StatedFact(relation, subject or ALL_SUBJECTS[relation.subject](rng), VALUES[relation.value](rng))


def draw_setting(rng: Random) -> Setting:
    """Return what a document knows of its surroundings."""
    return Setting(
        company=name(rng),
        date=date(rng),
        author=person(rng),
        team=VALUES["team"](rng),
        topic=rng.choice(["lamps", "news", "staff", "sites", "orders", "machines", "rules", "partners", "visits"]),
    )


def draw_entity(
    rng: Random, kind: str, n_facts: int, relations: list[Relation] | None, subject: str | None = None
) -> list[StatedFact]:
    """Return ``n_facts`` facts about one entity; ``relations`` come first where given."""
    subject = subject or ALL_SUBJECTS[kind](rng)
    pool = BY_SUBJECT[kind]
    chosen = list(relations or [])[:n_facts]
    rest = [relation for relation in pool if relation not in chosen]
    chosen += rng.sample(rest, min(len(rest), n_facts - len(chosen)))
    return [draw_fact(rng, relation, subject) for relation in chosen]


def write_sentences(rng: Random, facts: list[StatedFact]) -> Passage:
    """Return a passage of plain sentences, with idle ones between them now and then."""
    order = list(range(len(facts)))
    rng.shuffle(order)
    sentences = {index: state(rng, facts[index]) for index in order}
    lines = [sentences[index] for index in order]
    if rng.random() < 0.3:
        lines.insert(rng.randint(0, len(lines)), idle_sentence(rng))
    title = f"{capitalise(facts[0].subject)}\n" if rng.random() < 0.3 else ""
    return Passage(facts, title + " ".join(lines), sentences)


def idle_sentence(rng: Random) -> str:
    """Return a sentence that states no fact."""
    words = phrases.TOPICS[rng.choice(list(phrases.TOPICS))].split()
    return capitalise(rng.choice(phrases.TOPIC_CARRIERS).format(*rng.sample(words, 3)))


def write_document(rng: Random, facts: list[StatedFact], n_fillers: int | None = None) -> Passage:
    """Return a passage in one of the genres that suit the facts."""
    kinds = {fact.relation.subject for fact in facts}
    fitting = [genre for genre in COMPANY_GENRES if not genre.subjects or kinds <= set(genre.subjects)]
    genre = rng.choice(fitting if fitting and rng.random() < 0.65 else WIDE_GENRES)
    title, text = render(genre, facts, rng, draw_setting(rng), n_fillers=n_fillers)
    return Passage(facts, f"{title}\n{text}", {})


def write_passage(rng: Random, facts: list[StatedFact], long: bool) -> Passage:
    """Return a passage: plain sentences, or a document when ``long``."""
    if rng.random() < (0.75 if long else 0.3):
        return write_document(rng, facts, n_fillers=None if long else rng.choice([0, 0, 1]))
    return write_sentences(rng, facts)


def draw_context(rng: Random, n_passages: int, long: bool) -> list[Passage]:
    """Return passages about different entities; mostly all of them tell of the same attributes.

    Every third context says something new of a public entity, so that reading has to overrule memory.
    """
    kind, cast = draw_kind(rng), Cast()
    shared = rng.sample(BY_SUBJECT[kind], min(len(BY_SUBJECT[kind]), 4)) if rng.random() < 0.65 else None
    passages: list[Passage] = []
    known = rng.randrange(n_passages) if rng.random() < 0.35 else -1
    for number in range(n_passages):
        facts: list[StatedFact] = []
        for _ in range(rng.choice([1, 1, 1, 2, 3] if not long else [1, 1, 2, 2, 3])):
            this_kind = kind if shared or rng.random() < 0.4 else draw_kind(rng)
            n_facts = rng.randint(1, 5 if long else 3)
            subject = ALL_SUBJECTS[this_kind](rng)
            if number == known:
                subject = rng.choice(PUBLIC_SUBJECTS)
                this_kind = next(fact.relation.subject for fact in PUBLIC if fact.subject == subject)
                known = -1
            if not cast.take(subject):
                continue
            facts += draw_entity(rng, this_kind, n_facts, shared if this_kind == kind else None, subject)
        if facts:
            passages.append(write_passage(rng, facts, long))
    return passages or draw_context(rng, n_passages, long)
