"""Write the documents of a company: which fact stands where, and how each page reads in each version."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from course_lib.world.entities import stands_within
from course_lib.world.genres import COMPANY_GENRES, Genre, Setting, StatedFact, render
from course_lib.world.glossary import draw_glossary, write_glossary
from course_lib.world.model import Document
from course_lib.world.names import person
from course_lib.world.plan import Plan, PlannedFact
from course_lib.world.values import MONTHS, VALUES

COMPANY = "Fennick"
SCATTERED_SHARE = 0.2
"""Share of the facts that stand in a page about several things instead of their entity's own page."""
N_COPIES, N_BOILERPLATE, ARCHIVE_SIZE = 10, 8, 3
VERSION_DATES = {1: ("2026", 1), 2: ("2026", 4), 3: ("2026", 7)}
SHARED_GENRES = ("memo", "newsletter", "meeting_minutes", "support_thread")
ENTITIES_PER_PAGE = {"person": 4, "course": 3}
"""Kinds of entities that share a page; all others have one of their own."""
DIRECTORY = {"person_extension": "staff_directory", "person_email": "staff_directory", "product_price": "price_list"}
"""Attributes that stand in a list of many entities -> the genre of the list."""
GENRES: dict[str, Genre] = {genre.name: genre for genre in COMPANY_GENRES}
TOPICS = {
    "product": "products", "person": "colleagues", "policy": "rules", "site": "sites", "system": "systems",
    "supplier": "suppliers", "customer": "customers", "project": "projects", "incident": "incidents",
    "course": "courses",
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A document before it is written: its genre and the facts that it states in any version.

    ``kind`` is ``"page"``, ``"copy"`` (a near-duplicate of the page ``original``) or ``"archive"`` (prints outdated
    values).
    """

    id: str
    genre: Genre
    facts: tuple[PlannedFact, ...]
    kind: str = "page"
    original: str = ""


def lay_out(plan: Plan, seed: int) -> list[Page]:
    """Return the pages of a company; each fact has exactly one that is its source."""
    rng = Random(f"pages-{seed}")
    own: dict[str, list[PlannedFact]] = {}
    shared: dict[str, list[PlannedFact]] = {}
    lists: dict[str, list[PlannedFact]] = {}
    for fact in plan.facts:
        fitting = [name for name in SHARED_GENRES if fact.relation.subject in GENRES[name].subjects]
        if not fact.public and fact.relation.name in DIRECTORY:
            lists.setdefault(DIRECTORY[fact.relation.name], []).append(fact)
        elif not fact.public and fact.id not in plan.outdated and fitting and rng.random() < SCATTERED_SHARE:
            shared.setdefault(rng.choice(fitting), []).append(fact)
        else:
            own.setdefault(fact.entity, []).append(fact)
    groups = [(_own_genre(rng, facts), facts) for facts in _share_pages(list(own.values()))]
    for name, facts in (*shared.items(), *lists.items()):
        size = 4 if name in shared else 9
        rng.shuffle(facts)
        groups += [(GENRES[name], facts[start : start + size]) for start in range(0, len(facts), size)]
    pages = [Page(f"d{number:03d}", genre, tuple(facts)) for number, (genre, facts) in enumerate(groups)]
    for page in rng.sample([page for page in pages if not page.facts[0].public], N_COPIES):
        pages.append(Page(f"d{len(pages):03d}", page.genre, page.facts, "copy", page.id))
    by_id = {fact.id: fact for fact in plan.facts}
    archived = list(plan.outdated)
    for start in range(0, len(archived), ARCHIVE_SIZE):
        facts = tuple(by_id[name] for name in archived[start : start + ARCHIVE_SIZE])
        pages.append(Page(f"d{len(pages):03d}", GENRES["memo"], facts, "archive"))
    return pages


def _share_pages(own: list[list[PlannedFact]]) -> list[list[PlannedFact]]:
    """Return the facts page by page: neighbours of one kind on one page where that kind shares pages."""
    pages: list[list[PlannedFact]] = []
    n_on_page = 0
    for facts in own:
        kind, public = facts[0].relation.subject, facts[0].public
        room = pages and n_on_page < ENTITIES_PER_PAGE.get(kind, 1)
        if room and pages[-1][0].relation.subject == kind and pages[-1][0].public == public:
            pages[-1] += facts
            n_on_page += 1
        else:
            pages.append(list(facts))
            n_on_page = 1
    return pages


def _own_genre(rng: Random, facts: list[PlannedFact]) -> Genre:
    kind = facts[0].relation.subject
    fitting = [genre for genre in COMPANY_GENRES if kind in genre.subjects and genre.name != "price_list"]
    if facts[0].public:
        fitting = [genre for genre in fitting if genre.access == "public"] or fitting
    return rng.choice(fitting)


def write_documents(plan: Plan, pages: list[Page], seed: int, version: int) -> tuple[Document, ...]:
    """Return the documents of a version; a page all of whose facts are gone is gone too."""
    documents = []
    for page in pages:
        stated = [fact for fact in page.facts if fact.value(version) is not None]
        if stated:
            documents.append(_write_page(plan, page, stated, seed, version))
    return (*documents, *_boilerplate(plan, seed))


def _write_page(plan: Plan, page: Page, stated: list[PlannedFact], seed: int, version: int) -> Document:
    rng = Random(f"page-{seed}-{page.original or page.id}")
    edits = [v for v in (2, 3) if v <= version and any(fact.value(v) != fact.value(v - 1) for fact in page.facts)]
    year, month = VERSION_DATES[max(edits, default=1)]
    if page.kind == "archive":
        year, month = str(2017 + rng.randint(0, 4)), 1
    named = {name for fact in page.facts for name in (fact.entity, plan.outdated.get(fact.id), *fact.values) if name}
    setting, date = _draw_setting(rng, plan, named, year, month, TOPICS[stated[0].relation.subject])
    outdated = plan.outdated if page.kind == "archive" else {}
    facts = [StatedFact(f.relation, f.entity, outdated.get(f.id) or f.value(version) or "") for f in stated]
    if page.kind == "copy":  # the same facts in the same genre, other words round them
        rng = Random(f"copy-{seed}-{page.id}")
    title, text = render(page.genre, facts, rng, setting)
    if page.kind == "archive":
        title = f"Archived {year}, no longer valid: {title}"
    names = () if page.kind == "archive" else tuple(fact.id for fact in stated)
    return Document(page.id, title, page.genre.name, page.genre.access, date, text, names)


def _draw_setting(
    rng: Random, plan: Plan, named: set[str], year: str, first_month: int, topic: str
) -> tuple[Setting, str]:
    """Return the surroundings of a page that names the entities ``named``, and its date as ``"2026-01-12"``.

    Author, team and day are no value that these entities have in any version: a memo signed by the former
    manager of a site would look as if it told who manages it.
    """
    author = rng.choice([name for name in plan.people if name not in _values_of(plan, named)] or [person(rng)])
    taken = _values_of(plan, named | {author}) - {year}  # each date of the version has it: no draw goes without
    while True:
        day, month = rng.randint(1, 28), first_month + rng.randint(0, 2)
        setting = Setting(COMPANY, f"{day} {MONTHS[month - 1]} {year}", author, VALUES["team"](rng), topic)
        if not any(stands_within(value, setting.date) or value == setting.team for value in taken):
            return setting, f"{year}-{month:02d}-{day:02d}"


def _values_of(plan: Plan, entities: set[str]) -> set[str]:
    """Return all values that the facts of these entities have in any version or in the archive."""
    facts = [fact for fact in plan.facts if fact.entity in entities]
    return {value for fact in facts for value in (*fact.values, plan.outdated.get(fact.id)) if value}


def _boilerplate(plan: Plan, seed: int) -> list[Document]:
    """Return pages that state no fact, and the glossary."""
    rng = Random(f"boilerplate-{seed}")
    documents = []
    wordy = [genre for genre in COMPANY_GENRES if genre.layout in ("prose", "memo", "minutes", "letter")]
    for number in range(N_BOILERPLATE):
        genre = rng.choice(wordy)
        setting, date = _draw_setting(rng, plan, set(), *VERSION_DATES[1], TOPICS[genre.subjects[0]])
        title, text = render(genre, (), rng, setting, n_fillers=6)
        documents.append(Document(f"b{number:03d}", title, genre.name, genre.access, date, text, ()))
    glossary = write_glossary(draw_glossary(seed))
    documents.append(Document("g000", "Words we use", "glossary", "staff", "2026-01-05", glossary, ()))
    return documents
