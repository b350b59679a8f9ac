"""The fictional company that every experiment of the course is about."""

from __future__ import annotations

from functools import lru_cache

from course_lib.errors import CourseError
from course_lib.world.documents import lay_out, write_documents
from course_lib.world.glossary import draw_glossary
from course_lib.world.model import QUESTION_SETS, Change, Document, Fact, Question, World
from course_lib.world.plan import VERSIONS, draw_plan
from course_lib.world.probe import general_probe
from course_lib.world.questions import ask_questions
from course_lib.world.tasks import Item, Task, build_tasks

__all__ = ["QUESTION_SETS", "VERSIONS", "Change", "Document", "Fact", "Item", "Question", "Task", "World", "world"]


_tasks = lru_cache(maxsize=8)(build_tasks)  # the same in all versions of a seed, and the dearest part of a world


@lru_cache(maxsize=16)
def world(seed: int = 0, version: int = 1) -> World:
    """Return one version of the company of ``seed``.

    Pure: the same arguments give the same world on every machine. Facts that the embedded model has read
    (``public``) are the same for every seed; all others, with the names of people and things, change with it.

    Parameters
    ----------
    seed
        Any integer; an instructor gives every class its own.
    version
        1, 2 or 3. Each step changes 20 %, deletes 5 % and adds 5 % of the facts.

    Raises
    ------
    CourseError
        If there is no such version.

    Examples
    --------
    >>> v1, v2 = world(0, 1), world(0, 2)
    >>> len(v1.documents) >= 110, sorted({change.kind for change in v2.changes})
    (True, ['added', 'changed', 'deleted'])
    """
    if version not in VERSIONS:
        raise CourseError(f"expected version 1, 2 or 3 of the world, got {version!r}: call world(seed, version=1)")
    plan = draw_plan(seed)
    pages = lay_out(plan, seed)
    sources = {fact.id: page.id for page in reversed(pages) if page.kind == "page" for fact in page.facts}
    facts = tuple(
        Fact(fact.id, fact.entity, fact.relation.name, value, sources[fact.id], fact.public)
        for fact in plan.facts
        if (value := fact.value(version)) is not None
    )
    return World(
        seed=seed,
        version=version,
        documents=write_documents(plan, pages, seed, version),
        facts=facts,
        questions=ask_questions(plan, sources, seed, version),
        tasks=_tasks(seed),
        changes=tuple(change for change in plan.changes if change.version <= version),
        glossary=draw_glossary(seed),
        probe=general_probe(seed),
    )
