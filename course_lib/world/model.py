"""What a world is made of: facts, documents, questions, changes."""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.world.tasks import Item, Task

QUESTION_SETS = (
    "public",
    "inkb",
    "changed",
    "deleted",
    "added",
    "paraphrase",
    "multihop",
    "unanswerable",
    "falsepremise",
    "conflict",
)


@dataclass(frozen=True)
class Fact:
    """One value of one attribute of one entity, as it holds in one version of the world.

    Parameters
    ----------
    id
        Stays the same from version to version, such as ``"f042"``.
    entity
        Name of the entity, without an article: ``"Tarvo Lamp 220"``.
    attribute
        Name of the relation: ``"product_price"``.
    value
        As documents print it: ``"24 euros"``.
    document
        Id of the document that states it.
    public
        Whether the embedded model has read it in pre-training.
    """

    id: str
    entity: str
    attribute: str
    value: str
    document: str
    public: bool


@dataclass(frozen=True)
class Document:
    """One document of the company.

    Parameters
    ----------
    id
        Stays the same from version to version, such as ``"d017"``.
    title, text
        The text is Markdown and does not repeat the title.
    genre
        Name of a genre, such as ``"product_sheet"``, or ``"glossary"``.
    access
        ``"public"``, ``"staff"`` or ``"restricted"``.
    date
        Day of the last edit, ``"2026-01-12"``.
    facts
        Ids of the facts that it states.
    """

    id: str
    title: str
    genre: str
    access: str
    date: str
    text: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """One question with its right answer in one version of the world.

    Parameters
    ----------
    id
        The same in every version, such as ``"inkb-012"``.
    set
        One of `QUESTION_SETS`.
    text
        As it is asked.
    answer
        The right value; ``None`` where the right thing is to say that one does not know.
    facts, documents
        Ids of the facts that answer it, in order of the steps, and of their source documents.
    rejected
        Values that are wrong in a telling way: of an earlier version, archived, or claimed by a false premise.
    wording
        ``"train"``, or ``"heldout"`` for a wording that stands in no training text.
    """

    id: str
    set: str
    text: str
    answer: str | None
    facts: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    wording: str = "train"


@dataclass(frozen=True)
class Change:
    """One edit of the change log.

    Parameters
    ----------
    version
        The version that the edit leads to, 2 or 3.
    kind
        ``"changed"``, ``"deleted"`` or ``"added"``.
    fact
        Id of the fact.
    old, new
        Values before and after; ``None`` where there is none.
    """

    version: int
    kind: str
    fact: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class World:
    """One version of one company, with all that is asked of it.

    Parameters
    ----------
    seed, version
        What it was drawn from.
    documents, facts
        As they stand in this version.
    questions
        Name of a set -> its questions; every set of `QUESTION_SETS` is there.
    tasks
        Name of a behaviour task -> the task: ``tickets``, ``extract``, ``voice``.
    changes
        All edits that led from version 1 to this one, in order.
    glossary
        Invented word of the company -> what it means.
    probe
        Items on general skills, which tuning may make a model forget.
    """

    seed: int
    version: int
    documents: tuple[Document, ...]
    facts: tuple[Fact, ...]
    questions: dict[str, tuple[Question, ...]]
    tasks: dict[str, Task]
    changes: tuple[Change, ...]
    glossary: dict[str, str]
    probe: tuple[Item, ...]
