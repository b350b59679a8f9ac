"""Put questions to a system, judge each answer, and compare systems with intervals; any callable can be the system."""

from course_lib.evaluation.comparing import compare, interaction
from course_lib.evaluation.judging import Answer, Outcome, Question, Result, judge
from course_lib.evaluation.measures import METRICS
from course_lib.evaluation.running import Evaluation, Row, evaluate

__all__ = [
    "METRICS",
    "Answer",
    "Evaluation",
    "Outcome",
    "Question",
    "Result",
    "Row",
    "compare",
    "evaluate",
    "interaction",
    "judge",
]
