"""The parts of a run: all arms on one company, or one experiment on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from course_lib.arms import ARMS
from course_lib.experiments import EXPERIMENTS, Experiment, Result, Row
from course_lib.experiments.asking import ask_arm, draw_questions
from course_lib.lab import Lab
from course_lib.world import QUESTION_SETS, Question

QUESTIONS_PER_SET = 40
ARMS_MINUTES = 5.0
"""Budget of all arms on one company, on one core."""


@dataclass(frozen=True)
class Part:
    """What one process does in one go.

    Parameters
    ----------
    seed
        Of the company.
    experiment
        Id of the experiment; empty for all arms on all sets.
    """

    seed: int
    experiment: str = ""

    @property
    def title(self) -> str:
        """What is told when the part begins."""
        found = EXPERIMENTS.get(self.experiment)
        return f"seed {self.seed}: {f'{found.id} {found.title}' if found else 'the arms'}"

    @property
    def minutes(self) -> float:
        """Budget, by which the longest parts begin first."""
        return EXPERIMENTS[self.experiment].minutes if self.experiment else ARMS_MINUTES

    @property
    def measures_time(self) -> bool:
        """Whether nothing may run beside it."""
        return bool(self.experiment) and EXPERIMENTS[self.experiment].measures_time

    def do(self, lab: Lab) -> Done:
        """Measure on the lab of the part's seed."""
        return EXPERIMENTS[self.experiment].run(lab) if self.experiment else arm_rows(lab)


Done = Result | list[Row]
"""What a part gives: the result of its experiment, or the rows of the arms."""


def list_parts(experiments: Sequence[Experiment], seeds: Sequence[int], with_arms: bool) -> list[Part]:
    """Return the parts of a run, in the order of the scoreboard."""
    names = [*([""] if with_arms else []), *(experiment.id for experiment in experiments)]
    return [Part(seed, name) for seed in seeds for name in names]


def scoreboard_questions(lab: Lab, version: int = 2) -> list[Question]:
    """Return up to 40 questions of each set, the same ones for every arm.

    Version 2 has changed, deleted and added facts.
    """
    return [question for name in QUESTION_SETS for question in draw_questions(lab, name, QUESTIONS_PER_SET, version)]


def arm_rows(lab: Lab, version: int = 2) -> list[Row]:
    """Return the rows of all arms on all sets."""
    questions = scoreboard_questions(lab, version)
    rows: list[Row] = []
    for name in ARMS:
        evaluation = ask_arm(lab, name, questions, version)
        rows += [Row(**row) for row in evaluation.table()]
    return rows
