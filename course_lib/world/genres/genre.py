"""What a document is made of: the facts it states, its surroundings and its genre."""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.world.relations import Relation


@dataclass(frozen=True)
class StatedFact:
    """One fact to print: ``value`` is what ``relation`` gives for the entity called ``subject``."""

    relation: Relation
    subject: str
    value: str


@dataclass(frozen=True)
class Setting:
    """What a document knows of its surroundings.

    Parameters
    ----------
    company
        Name of the company.
    date
        Day of writing, such as ``"3 March 2026"``.
    author
        Name of a person.
    team
        Such as ``"the billing team"``.
    topic
        Plural kind of thing, such as ``"lamps"``.
    """

    company: str
    date: str
    author: str
    team: str
    topic: str


@dataclass(frozen=True)
class Genre:
    """One kind of document, with the sentences around its facts.

    Titles, openings and closings may hold ``{subject}`` (the first entity), ``{company}``, ``{date}``,
    ``{author}``, ``{team}`` and ``{topic}``. Those with ``{subject}`` serve documents about one entity.

    Parameters
    ----------
    name
        Such as ``"product_sheet"``.
    subjects
        Kinds of entities it is about, keys of `names.SUBJECTS`; empty for any kind.
    access
        Who may read it: ``"public"``, ``"staff"`` or ``"restricted"``.
    layout
        Key of `layouts.LAYOUTS`.
    titles, openings, closings
        First and last words; none states a fact.
    headings
        Section headings. In a sheet each names ``{subject}``, the entity of its section; in a letter they are
        the salutations.
    fillers
        Sentences that state no fact about any entity.
    """

    name: str
    subjects: tuple[str, ...]
    access: str
    layout: str
    titles: tuple[str, ...]
    openings: tuple[str, ...]
    headings: tuple[str, ...]
    fillers: tuple[str, ...]
    closings: tuple[str, ...]
