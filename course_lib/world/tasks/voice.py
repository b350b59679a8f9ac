"""Voice: answer a customer in the house voice of Fennick, from a terse note that holds the answer."""

from __future__ import annotations

from random import Random

from course_lib.world.relations import capitalise
from course_lib.world.tasks import chatter, noise
from course_lib.world.tasks.model import Draft, Item, Task, draw_splits, stands_in
from course_lib.world.tasks.voice_bank import ENTITIES, TYPES, QuestionType
from course_lib.world.tasks.voice_rules import FORBIDDEN, SIGN_OFF, check_voice

REQUEST = "Answer the customer's question."
INSTRUCTION = (
    "Answer the customer's question in the Fennick house voice, with the answer that the note gives. "
    'Open with "Thank you". Use 8 to 40 words, no exclamation mark and no word all in capitals. '
    f"Never use these words: {', '.join(FORBIDDEN)}. End with exactly: {SIGN_OFF}"
)
THANKS: tuple[str, ...] = (
    "Thank you for asking.",
    "Thank you for your question.",
    "Thank you for your message.",
    "Thank you for writing to us.",
    "Thank you for getting in touch.",
)
CLEAN_SHARES = {"plain": 7, "mixed": 1, "long": 1, "short": 1}
WILD_SHARES = {"plain": 1, "mixed": 1, "long": 1, "short": 1, "typo": 1}


def house_reply(statement: str, rng: Random) -> str:
    """Return the true sentence ``statement`` as a reply in the house voice.

    Parameters
    ----------
    statement
        One sentence of at most 30 words. An exclamation mark becomes a full stop.
    rng
        Chooses the thanks.

    Raises
    ------
    ValueError
        When the reply would break a rule: the statement is too long, shouts or has a forbidden word.

    Examples
    --------
    >>> house_reply("the Oslo store opens at 8 am!", Random(1))
    'Thank you for your question. The Oslo store opens at 8 am. Warmly, the Fennick team'
    """
    sentence = capitalise(statement.strip()).replace("!", ".")
    sentence = sentence if sentence.endswith((".", "?")) else sentence + "."
    reply = f"{rng.choice(THANKS)} {sentence} {SIGN_OFF}"
    kept = check_voice(reply, Item("", "", "", "plain", sentence[:-1]))
    if not all(kept.values()):
        broken = ", ".join(name for name, is_kept in kept.items() if not is_kept)
        raise ValueError(f"no valid reply can hold this statement (rules broken: {broken}): {statement!r}")
    return reply


def write_note(question_type: QuestionType, value: str, n_asides: int, rng: Random) -> str:
    """Return a terse note with the value, among ``n_asides`` facts of the same entity that were not asked for."""
    others = [other for other in TYPES if other.entity == question_type.entity and other is not question_type]
    notes = [rng.choice(question_type.notes).format(v=value)]
    for other in rng.sample(others, min(n_asides, len(others))):
        notes.append(other.notes[0].format(v=other.value(rng)))
    rng.shuffle(notes)
    return "; ".join(notes)


def write_question(question_type: QuestionType, entity: str, slice_name: str, rng: Random, is_wild: bool) -> str:
    """Return what the customer asks about ``entity``."""
    if slice_name == "short":
        return question_type.keyword.format(e=entity) + rng.choice(["?", ", please?", ""])
    sentences = [rng.choice(question_type.questions).format(e=entity)]
    if slice_name == "long":
        sentences = rng.sample(chatter.FILLERS, 3 if is_wild else 1) + sentences
    if rng.random() < 0.2:
        sentences.insert(0, rng.choice(chatter.OPENERS))
    return " ".join(sentences)


def draw_exchange(slice_name: str, rng: Random, is_wild: bool) -> Draft:
    """Return one question with its note, and a reply to it; in the wild only the question is roughened."""
    while True:
        question_type = rng.choice(TYPES)
        entity, value = ENTITIES[question_type.entity](rng), question_type.value(rng)
        question = write_question(question_type, entity, slice_name, rng, is_wild)
        if is_wild:
            question = noise.roughen(question, rng, (entity, value), slice_name)
        n_asides = (2 if is_wild else 1) if slice_name == "mixed" else 0
        note = write_note(question_type, value, n_asides, rng)
        if stands_in(value, note) and not stands_in(value, question):
            reply = house_reply(question_type.statement.format(e=entity, v=value), rng)
            return Draft(f"Question: {question}\nNote: {note}", reply, value)


def build_voice(seed: int) -> Task:
    """Return the voice task of ``seed``."""
    rng = Random(f"voice:{seed}")

    def draw(slice_name: str, split: str, i: int) -> Draft:
        return draw_exchange(slice_name, rng, is_wild=split == "wild")

    return Task("voice", REQUEST, INSTRUCTION, (), **draw_splits("voice", rng, draw, CLEAN_SHARES, WILD_SHARES))
