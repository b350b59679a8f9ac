"""The experiments, by id: each puts the same questions to several arms and says what the figures decide."""

from course_lib.experiments.base import Experiment, Finding, Result, Row, judge
from course_lib.experiments.behaviour import E03, E19, E20
from course_lib.experiments.costs import E33, E34
from course_lib.experiments.forgetting import E25
from course_lib.experiments.hybrid import E30
from course_lib.experiments.knowledge import E01, E02, E07, E27
from course_lib.experiments.updates import E11, E12

EXPERIMENTS: dict[str, Experiment] = {
    experiment.id: experiment for experiment in (E01, E02, E03, E07, E11, E12, E19, E20, E25, E27, E30, E33, E34)
}

__all__ = ["EXPERIMENTS", "Experiment", "Finding", "Result", "Row", "judge"]
