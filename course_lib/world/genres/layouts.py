"""Layouts: the ways in which a document arranges its facts on the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from course_lib.world import names
from course_lib.world.genres.draft import Draft
from course_lib.world.relations import capitalise

MISSING = "–"


def sheet(draft: Draft) -> str:
    """Heading for each entity, then one bullet for each fact."""
    bullet = draft.rng.choice(["- {}: {}", "* {}: {}", "- **{}**: {}", "* **{}:** {}"])
    level = draft.rng.choice(["##", "###"])
    parts = []
    for subject, facts in draft.by_subject().items():
        parts.append(f"{level} {draft.heading(subject)}")
        parts.append("\n".join(bullet.format(fact.relation.label, fact.value) for fact in facts))
    return _framed(draft, _blocks(parts))


def prose(draft: Draft) -> str:
    """Paragraphs of sentences, in some documents with a heading."""
    parts = _paragraphs(draft, [draft.opening, *draft.woven(), draft.closing])
    if len(parts) > 1 and draft.rng.random() < 0.5:
        parts.insert(1, f"## {draft.heading()}")
    return _blocks(parts)


def table(draft: Draft) -> str:
    """One row for each entity and one column for each relation; `rows` if most cells would be empty."""
    labels = {fact.relation.name: fact.relation.label for fact in draft.facts}
    groups = draft.by_subject()
    if 2 * len(draft.facts) <= len(labels) * len(groups):
        return rows(draft)
    lines = [[_kind(draft), *labels.values()]]
    for subject, facts in groups.items():
        cells = ["; ".join(fact.value for fact in facts if fact.relation.name == name) for name in labels]
        lines.append([capitalise(subject), *(cell or MISSING for cell in cells)])
    return _framed(draft, _markdown_table(lines))


def rows(draft: Draft) -> str:
    """Table with one row for each fact."""
    header = draft.rng.choice(
        [["Item", "What", "Value"], ["Name", "Detail", "Entry"], [_kind(draft), "Field", "Value"]]
    )
    facts = [fact for group in draft.by_subject().values() for fact in group]
    lines = [[capitalise(fact.subject), fact.relation.label, fact.value] for fact in facts]
    return _framed(draft, _markdown_table([header, *lines]))


def faq(draft: Draft) -> str:
    """Questions, each with its answer."""
    style = draft.rng.choice(["**{}**\n{}", "Q: {}\nA: {}", "**Q: {}**\n\nA: {}", "### {}\n\n{}"])
    pairs = [style.format(draft.question(fact), draft.sentence(fact)) for fact in draft.facts]
    return _framed(draft, _blocks(pairs))


def memo(draft: Draft) -> str:
    """Header lines From, To, Date and Subject, then prose."""
    setting = draft.setting
    to = draft.rng.choice([setting.team, "all staff", f"everyone at {setting.company}"])
    lines = [f"From: {setting.author}", f"To: {to}", f"Date: {setting.date}"]
    if draft.rng.random() < 0.5:
        lines[0], lines[1] = lines[1], lines[0]
    lines.append(f"Subject: {draft.heading()}")
    texts = [draft.opening, *draft.woven(), draft.closing]
    return _blocks(["\n".join(lines), *_paragraphs(draft, texts)])


def thread(draft: Draft) -> str:
    """One person asks and another answers, in one to three turns each."""
    people = [draft.setting.author, names.person(draft.rng)]
    draft.rng.shuffle(people)
    turn = draft.rng.choice(["{} ({}): {}", "**{}** ({}): {}", "{} ({}):\n{}"])
    n_asked = min(len(draft.facts), draft.rng.randint(1, 3))
    groups = [draft.facts[i::n_asked] for i in range(n_asked)]
    turns = []
    for i, facts in enumerate(groups):
        question = [draft.opening, draft.question(facts[0])] if i == 0 else [draft.question(facts[0])]
        answer, fillers = draft.sentences(facts), draft.fillers[i::n_asked]
        turns += [question, [*fillers, *answer] if draft.rng.random() < 0.5 else [*answer, *fillers]]
    turns.append([draft.closing])
    spoken = [(people[i % 2], " ".join(filter(None, texts))) for i, texts in enumerate(turns)]
    return _blocks([turn.format(person, draft.setting.date, text) for person, text in spoken if text])


def minutes(draft: Draft) -> str:
    """Bullets of what was noted in a meeting."""
    bullet = draft.rng.choice(["-", "*"])
    leads = draft.rng.choice(
        [("Noted:",), ("Noted:", "Agreed:", "Recorded:"), ("**Noted:**",), ("Reported:", "Noted:")]
    )
    items = [draft.sentence(fact, draft.rng.choice(leads)) for fact in draft.facts]
    for filler in draft.fillers:
        items.insert(draft.rng.randint(0, len(items)), filler)
    present = f"Present: {draft.setting.author}, {names.person(draft.rng)}, {names.person(draft.rng)}"
    body = "\n".join(f"{bullet} {item}" for item in items)
    return _blocks([present, draft.opening, f"## {draft.heading()}", body, draft.closing])


def notes(draft: Draft) -> str:
    """Bullets of sentences."""
    bullet = draft.rng.choice(["-", "*", "•"])
    body = "\n".join(f"{bullet} {text}" for text in draft.woven())
    heading = f"## {draft.heading()}" if draft.rng.random() < 0.5 else ""
    return _blocks([draft.opening, heading, body, draft.closing])


def form(draft: Draft) -> str:
    """Lines of fields, the first of each block naming the entity."""
    field = draft.rng.choice(["{}: {}", "**{}:** {}", "- {}: {}"])
    blocks = []
    for subject, facts in draft.by_subject().items():
        kind = capitalise(facts[0].relation.subject.replace("_", " "))
        lines = [field.format(kind, subject), *(field.format(fact.relation.label, fact.value) for fact in facts)]
        blocks.append("\n".join(lines))
    return _framed(draft, _blocks(blocks))


def log(draft: Draft) -> str:
    """Lines of a log, each with its running number or its time."""
    timed, minute = draft.rng.random() < 0.5, draft.rng.randint(420, 900)
    lines = []
    for i, text in enumerate(draft.woven(), 1):
        minute += draft.rng.randint(2, 40)
        lines.append(f"[{minute // 60:02d}:{minute % 60:02d}] {text}" if timed else f"Entry {i}: {text}")
    return _blocks([draft.opening, "\n".join(f"- {line}" for line in lines), draft.closing])


def letter(draft: Draft) -> str:
    """Salutation (a heading of the genre), prose and signature."""
    regards = draft.rng.choice(["Kind regards,", "Yours sincerely,", "With best wishes,"])
    texts = [draft.opening, *draft.woven(), draft.closing]
    return _blocks([draft.heading(), *_paragraphs(draft, texts), f"{regards}\n{draft.setting.author}"])


def glossary(draft: Draft) -> str:
    """Each entity as a term, explained by its sentences."""
    entry = draft.rng.choice(["**{}** – {}", "*{}*: {}", "- **{}** – {}", "**{}**\n: {}"])
    groups = draft.by_subject().items()
    return _framed(
        draft, _blocks([entry.format(capitalise(s), " ".join(draft.sentences(facts))) for s, facts in groups])
    )


def clauses(draft: Draft) -> str:
    """Numbered clauses, each a sentence."""
    number = draft.rng.choice(["{}. {}", "§ {} {}", "({}) {}", "Clause {}: {}"])
    items = [number.format(i, text) for i, text in enumerate(draft.woven(), 1)]
    return _blocks([draft.opening, f"## {draft.heading()}", "\n".join(items), draft.closing])


LAYOUTS: dict[str, Callable[[Draft], str]] = {
    layout.__name__: layout
    for layout in (sheet, prose, table, rows, faq, memo, thread, minutes, notes, form, log, letter, glossary, clauses)
}
"""Name of a layout -> function that writes the text of a draft."""

N_FILLERS = {name: (1, 3) for name in LAYOUTS}
N_FILLERS |= dict.fromkeys(("sheet", "table", "rows", "form"), (3, 5)) | dict.fromkeys(("faq", "thread"), (0, 1))
"""Name of a layout -> smallest and largest number of fillers that suit it."""


def _blocks(parts: Sequence[str]) -> str:
    return "\n\n".join(filter(None, parts))


def _framed(draft: Draft, body: str) -> str:
    """Return ``body`` between two paragraphs that share the fillers."""
    cut = draft.rng.randint(0, len(draft.fillers))
    before, after = [draft.opening, *draft.fillers[:cut]], [*draft.fillers[cut:], draft.closing]
    return _blocks([" ".join(filter(None, before)), body, " ".join(filter(None, after))])


def _paragraphs(draft: Draft, texts: Sequence[str]) -> list[str]:
    texts, parts = list(filter(None, texts)), []
    while texts:
        size = draft.rng.randint(2, 4)
        size = len(texts) if len(texts) <= size + 1 else size  # no last paragraph of one sentence
        parts.append(" ".join(texts[:size]))
        texts = texts[size:]
    return parts


def _kind(draft: Draft) -> str:
    kinds = {fact.relation.subject for fact in draft.facts}
    return capitalise(kinds.pop().replace("_", " ")) if len(kinds) == 1 else "Name"


def _markdown_table(lines: list[list[str]]) -> str:
    header, *body = lines
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [header, ["---"] * len(header), *body])
