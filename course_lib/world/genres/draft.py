"""A document on the way to paper: chosen facts and sentences, before a layout arranges them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from course_lib.world.genres.genre import Genre, Setting, StatedFact
from course_lib.world.relations import Relation, capitalise

CONNECTIVES = ("Please note:", "Also,", "In addition,", "Moreover,", "Note that", "For the record,", "Besides,")
LEADS = ("As things stand,", "For the record,", "According to our files,", "As you may know,", "To be clear,")
PLAIN_STARTS = {"the", "a", "an", "we", "our", "it"}


@dataclass(frozen=True)
class Draft:
    """The chosen parts of one document; see `genre.Genre` for what they are."""

    genre: Genre
    facts: Sequence[StatedFact]
    rng: Random
    setting: Setting
    title: str
    fillers: Sequence[str]
    opening: str
    closing: str
    statements: Callable[[Relation, Random], str]

    def sentence(self, fact: StatedFact, lead: str = "") -> str:
        """State ``fact`` in a sentence, behind ``lead`` where the wording allows one.

        A value is never capitalised: a wording that begins with a value in lower case always gets a lead.
        """
        template = self.statements(fact.relation, self.rng)
        text = template.format(s=fact.subject, v=fact.value)
        first_word = template.split()[0].lower()
        if not lead and template.startswith("{v}") and text[0].islower():
            lead = self.rng.choice(LEADS)
        if first_word in PLAIN_STARTS:
            text = text[0].lower() + text[1:]
        elif not lead.endswith(":") and not first_word.startswith("{"):
            lead = ""
        return f"{lead} {text}" if lead else capitalise(text)

    def sentences(self, facts: Sequence[StatedFact] | None = None) -> list[str]:
        """State each of ``facts`` (all unless given); some sentences after the first get a connective."""
        facts = self.facts if facts is None else facts
        lead = [bool(i) and self.rng.random() < 0.25 for i in range(len(facts))]
        return [self.sentence(fact, self.rng.choice(CONNECTIVES) if lead[i] else "") for i, fact in enumerate(facts)]

    def woven(self) -> list[str]:
        """Return the sentences of all facts with the fillers dropped in between."""
        texts = self.sentences()
        for filler in self.fillers:
            texts.insert(self.rng.randint(0, len(texts)), filler)
        return texts

    def question(self, fact: StatedFact) -> str:
        """Ask for the value of ``fact``."""
        return fact.relation.ask(fact.subject, self.rng.choice(fact.relation.questions))

    def heading(self, subject: str | None = None) -> str:
        """Return a section heading unlike the title: for the entity ``subject``, or one that names no entity."""
        fits = [h for h in self.genre.headings if subject or "{subject}" not in h]
        headings = [capitalise(fill(heading, self.setting, subject or "")) for heading in fits]
        return self.rng.choice([heading for heading in headings if heading != self.title])

    def by_subject(self) -> dict[str, list[StatedFact]]:
        """Return the facts of each entity under its name, in the same order of relations for all."""
        order = [fact.relation.name for fact in self.facts]
        groups: dict[str, list[StatedFact]] = {}
        for fact in sorted(self.facts, key=lambda fact: order.index(fact.relation.name)):
            groups.setdefault(fact.subject, []).append(fact)
        return groups


def fill(template: str, setting: Setting, subject: str) -> str:
    """Return ``template`` with its placeholders filled in, see `genre.Genre`."""
    text = template.format(subject=subject, **vars(setting))
    return capitalise(text) if template.startswith("{") else text
