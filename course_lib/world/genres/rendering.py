"""From facts to a document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from course_lib.world.genres.draft import Draft, fill
from course_lib.world.genres.genre import Genre, Setting, StatedFact
from course_lib.world.genres.layouts import LAYOUTS, N_FILLERS
from course_lib.world.relations import Relation, capitalise


def render(
    genre: Genre,
    facts: Sequence[StatedFact],
    rng: Random,
    setting: Setting,
    *,
    n_fillers: int | None = None,
    statements: Callable[[Relation, Random], str] | None = None,
) -> tuple[str, str]:
    """Return the title and the Markdown text of a document of ``genre`` that states ``facts``.

    The text does not repeat the title. Each value stands in it exactly as given, with its subject in the
    same sentence, row or block. The same arguments and state of ``rng`` give the same document.

    Parameters
    ----------
    genre, facts, setting
        What to write; the first fact's entity is ``{subject}`` in the title. Without facts it is boilerplate.
    rng
        Source of all choices.
    n_fillers
        Number of sentences without facts, at most all that the genre has; what suits the layout unless given.
    statements
        Picks the wording of a sentence; one of ``relation.statements`` unless given.
    """
    n_fillers = rng.randint(*N_FILLERS[genre.layout]) if n_fillers is None else n_fillers
    one_entity = len({fact.subject for fact in facts}) == 1

    def pick(templates: Sequence[str], share: float = 1.0) -> str:
        fits = [t for t in templates if one_entity or "{subject}" not in t]
        return fill(rng.choice(fits), setting, facts[0].subject if facts else "") if rng.random() < share else ""

    draft = Draft(
        genre=genre,
        facts=rng.sample(facts, len(facts)),
        rng=rng,
        setting=setting,
        title=capitalise(pick(genre.titles)),
        fillers=rng.sample(genre.fillers, min(n_fillers, len(genre.fillers))),
        opening=pick(genre.openings, 0.9),
        closing=pick(genre.closings, 0.7),
        statements=statements or (lambda relation, rng: rng.choice(relation.statements)),
    )
    return draft.title, LAYOUTS[genre.layout](draft)
