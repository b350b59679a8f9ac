"""The ledger: what the articles claim, and where they contradict each other."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache

from course_lib.data import load_json
from course_lib.errors import CourseError

LEDGER = "claims.json"
LESSONS = tuple(f"{number:02}" for number in range(13))


@dataclass(frozen=True)
class Figure:
    """A figure that a claim stands or falls with.

    Parameters
    ----------
    experiment
        Such as ``"E30"``.
    name
        As the scoreboard has it; ``"gain by tuning > valid"`` is one of the further figures of the experiment.
    holds_if
        Signs under which the claim holds: ``"+"``, or ``"0-"`` for anything but a gain.
    """

    experiment: str
    name: str
    holds_if: str


@dataclass(frozen=True)
class Claim:
    """One checkable statement of an article.

    Parameters
    ----------
    id, source
        ``"A-depth"``, and the letter of its article.
    claim
        The statement in one sentence, in the course's own words.
    experiments
        Ids of those that try it, measured or planned; empty where an exercise does.
    decides
        What is measured to decide it, in short.
    tier
        What can try it honestly: M no model, T the embedded one, S a small Hub model, J judgement or a price. ``"T+S"``
        takes both, ``"T/S"`` either or each for a part.
    conflicts
        Ids of the disagreements that it takes part in.
    lessons
        Numbers of those that try it, such as ``"04"``.
    figures
        All that a verdict is drawn from; without any there is none.
    """

    id: str
    source: str
    claim: str
    experiments: tuple[str, ...]
    decides: str
    tier: str
    conflicts: tuple[str, ...]
    lessons: tuple[str, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Side:
    """One answer to the question of a conflict, and the claims that give it."""

    says: str
    claims: tuple[str, ...]


@dataclass(frozen=True)
class Conflict:
    """A question on which the sources disagree, with the experiments that settle it."""

    id: str
    question: str
    experiments: tuple[str, ...]
    sides: tuple[Side, ...]

    @property
    def claims(self) -> tuple[str, ...]:
        """Ids of the claims of all sides."""
        return tuple(name for side in self.sides for name in side.claims)


@cache
def claims() -> tuple[Claim, ...]:
    """Return all claims, source by source.

    >>> claims()[0].source
    'A'
    """
    lists = ("experiments", "conflicts", "lessons")
    return tuple(
        Claim(
            **{key: tuple(value) if key in lists else value for key, value in entry.items() if key != "figures"},
            figures=tuple(Figure(**figure) for figure in entry["figures"]),
        )
        for entry in load_json(LEDGER)["claims"]
    )


@cache
def conflicts() -> tuple[Conflict, ...]:
    """Return the disagreements between the sources, K1 first."""
    return tuple(
        Conflict(
            entry["id"],
            entry["question"],
            tuple(entry["experiments"]),
            tuple(Side(side["says"], tuple(side["claims"])) for side in entry["sides"]),
        )
        for entry in load_json(LEDGER)["conflicts"]
    )


def claim(name: str) -> Claim:
    """Return the claim with this id.

    >>> claim("C-m-80").conflicts
    ('K5',)

    Raises
    ------
    CourseError
        There is none.
    """
    by_id = {entry.id: entry for entry in claims()}
    if name not in by_id:
        close = difflib.get_close_matches(name, by_id, n=1)
        meant = f"did you mean {close[0]}?" if close else "course claims lists the ids"
        raise CourseError(f"the ledger has no claim {name!r}: {meant}")
    return by_id[name]


def claims_of(experiment: str | None = None, lesson: str | None = None) -> tuple[Claim, ...]:
    """Return the claims that an experiment, a lesson or both together try; all claims if neither is given.

    >>> [found.id for found in claims_of(experiment="E41", lesson="01")]
    ['C-f-infra', 'C-m-eval']

    Raises
    ------
    CourseError
        The lesson does not exist, or the experiment's id is none.
    """
    if lesson is not None and lesson not in LESSONS:
        raise CourseError(f"there is no lesson {lesson!r}: expected two digits, {LESSONS[0]} to {LESSONS[-1]}")
    if experiment is not None and not re.fullmatch(r"E\d\d", experiment):
        raise CourseError(f"{experiment!r} is no experiment: expected an id such as E30")
    return tuple(
        entry
        for entry in claims()
        if (experiment is None or experiment in entry.experiments) and (lesson is None or lesson in entry.lessons)
    )
