"""``course world``: let a person look at the company of a seed and version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from course_lib.cli.output import CourseGroup, Json, print_json, print_table
from course_lib.errors import CourseError

if TYPE_CHECKING:
    from course_lib.world import Fact, World

app = typer.Typer(
    help="Look at the company: documents, questions with their right answers, what changes between versions.",
    cls=CourseGroup,
    no_args_is_help=True,
)
Seed = Annotated[int, typer.Option(help="Seed of the world.")]
Version = Annotated[int, typer.Option(min=1, max=3, help="Version of the world.")]


def make_world(seed: int, version: int) -> World:
    """Return the world of ``seed`` and ``version``."""
    from course_lib.world import world

    return world(seed, version)


@app.command()
def show(
    document: Annotated[str | None, typer.Argument(help="Id of a document; without it all are listed.")] = None,
    seed: Seed = 0,
    version: Version = 1,
    as_json: Json = False,
) -> None:
    """List the documents, or print one."""
    shown = make_world(seed, version)
    if document is None:
        print_documents(shown, as_json)
        return
    found = next((candidate for candidate in shown.documents if candidate.id == document), None)
    if found is None:
        raise CourseError(f"world({seed}, {version}) has no document {document!r}: course world show lists the ids")
    if as_json:
        print_json(found)
    else:
        print(f"{found.id}  {found.genre}  {found.access}  {found.date}\n\n{found.text}")


def print_documents(shown: World, as_json: bool) -> None:
    """Print the list of documents, then how many facts and questions there are."""
    keys = ("id", "genre", "access", "date", "title")
    rows = [{key: getattr(document, key) for key in keys} for document in shown.documents]
    counts = {name: len(questions) for name, questions in shown.questions.items()}
    if as_json:
        print_json({"documents": rows, "facts": len(shown.facts), "questions": counts})
        return
    print_table(keys, [row.values() for row in rows])
    print(f"\n{len(rows)} documents, {len(shown.facts)} facts, questions:")
    print(", ".join(f"{name} {count}" for name, count in counts.items()))


@app.command()
def ask(
    words: Annotated[str, typer.Argument(help="Words that the question must hold; case does not count.")],
    question_set: Annotated[str | None, typer.Option("--set", help="Only this question set.")] = None,
    seed: Seed = 0,
    version: Version = 1,
    limit: Annotated[int, typer.Option(min=1, help="At most so many questions.")] = 10,
    as_json: Json = False,
) -> None:
    """Find questions by their words and print the right answers with their documents: no model is asked."""
    asked = make_world(seed, version)
    if question_set is not None and question_set not in asked.questions:
        raise CourseError(f"there is no set {question_set!r}: the sets are {', '.join(asked.questions)}")
    needed = words.casefold().split()
    found = [
        question
        for name, questions in asked.questions.items()
        for question in questions
        if question_set in (None, name) and all(word in question.text.casefold() for word in needed)
    ][:limit]
    if not found:
        raise CourseError(f"no question of world({seed}, {version}) holds all of {words!r}: try fewer words")
    if as_json:
        print_json(found)
        return
    rows = [(q.set, q.text, q.answer or "(abstain)", " ".join(q.documents)) for q in found]
    print_table(("set", "question", "answer", "documents"), rows)


@app.command()
def diff(
    old: Annotated[int, typer.Argument(min=1, max=3, help="Version to start from.")] = 1,
    new: Annotated[int, typer.Argument(min=1, max=3, help="Version to compare with it.")] = 2,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Print the facts that differ between two versions."""
    changes = compare_facts(make_world(seed, old).facts, make_world(seed, new).facts)
    if as_json:
        print_json(changes)
        return
    keys = ("kind", "entity", "attribute", "old", "new")
    print_table(keys, [[change[key] for key in keys] for change in changes])
    kinds = [change["kind"] for change in changes]
    print(f"\n{', '.join(f'{kinds.count(kind)} {kind}' for kind in ('changed', 'deleted', 'added'))}")


def compare_facts(old: tuple[Fact, ...], new: tuple[Fact, ...]) -> list[dict[str, str | None]]:
    """Return one record (kind, entity, attribute, old, new) for each fact that differs, in the order of ``old``."""
    before = {(fact.entity, fact.attribute): fact.value for fact in old}
    after = {(fact.entity, fact.attribute): fact.value for fact in new}
    changes = []
    for key in [*before, *(key for key in after if key not in before)]:
        values = before.get(key), after.get(key)
        if values[0] == values[1]:
            continue
        kind = "added" if key not in before else "deleted" if key not in after else "changed"
        changes.append(dict(zip(("kind", "entity", "attribute", "old", "new"), (kind, *key, *values), strict=True)))
    return changes
