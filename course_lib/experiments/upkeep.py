"""Keeping a tuned model up to date: training goes on from its weights, on what was edited and a share of the rest."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from random import Random

from course_lib.arms import fact_model
from course_lib.lab import Lab
from course_lib.text import ABSTAIN
from course_lib.training_sets import Example, fact_questions, fact_statements
from course_lib.world import Fact

N_WORDINGS, N_STATEMENTS, N_DELETED_WORDINGS = 5, 1, 5


def continue_from_first(lab: Lab) -> Lab:
    """Return the lab around the model that has learnt the facts of version 1: training goes on from there."""
    later = copy.copy(lab)
    later.model = fact_model(lab, 1)
    return later


def edit_examples(
    lab: Lab, edited: Sequence[Fact], n_replay: int, *, deleted: Sequence[Fact] = (), versions: tuple[int, int]
) -> list[Example]:
    """Return what a tuned model has to learn after edits.

    Parameters
    ----------
    lab
        Whose world was edited.
    edited
        Facts with their new values, in several wordings.
    n_replay
        Unchanged facts that are repeated once, against forgetting.
    deleted
        Facts that hold no more: the right answer is to abstain.
    versions
        First and last version between which a fact must be unchanged to be repeated.
    """
    rng = Random(f"upkeep-{lab.seed}-{len(edited)}-{versions}")
    examples = fact_questions(edited, N_WORDINGS, rng) + fact_statements(edited, N_STATEMENTS, rng)
    examples += [Example(example.prompt, ABSTAIN) for example in fact_questions(deleted, N_DELETED_WORDINGS, rng)]
    kept = unchanged_facts(lab, versions)
    return examples + fact_questions(rng.sample(kept, min(n_replay, len(kept))), 1, rng)


def unchanged_facts(lab: Lab, versions: tuple[int, int]) -> list[Fact]:
    """Return the internal facts that have the same value in both versions."""
    before, after = (_values(lab, version) for version in versions)
    return [fact for name, fact in after.items() if name in before and before[name].value == fact.value]


def edited_facts(lab: Lab, versions: tuple[int, int]) -> tuple[list[Fact], list[Fact]]:
    """Return the facts with a new value, as they stand in the later version, and those gone, as they stood."""
    before, after = (_values(lab, version) for version in versions)
    new = [fact for name, fact in after.items() if name not in before or before[name].value != fact.value]
    return new, [fact for name, fact in before.items() if name not in after]


def _values(lab: Lab, version: int) -> dict[str, Fact]:
    return {fact.id: fact for fact in lab.world(version).facts if not fact.public}
