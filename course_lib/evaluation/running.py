"""Put questions to a system; any callable can be the system."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Unpack

from course_lib.errors import CourseError
from course_lib.evaluation.judging import Answer, Question, Result, judge
from course_lib.evaluation.measures import METRICS, SHARES, TABLE, TABLE_ALL_SETS
from course_lib.statistics import Interval, Resampling, bootstrap_interval, share_interval

Row = dict[str, str | float | int | None]
"""A row of the scoreboard: arm, set, metric, value, low, high, n, seed."""


@dataclass(frozen=True)
class Evaluation:
    """The results of one system ("arm") on a list of questions: plain data.

    Parameters
    ----------
    arm
        Name of the system.
    seed
        Seed of the world that was asked about.
    results
        One per question, in the order asked.
    """

    arm: str
    seed: int
    results: tuple[Result, ...]

    def only(self, *sets: str) -> Evaluation:
        """Return the evaluation of the questions of the named sets alone."""
        known = {result.set for result in self.results}
        if unknown := set(sets) - known:
            raise CourseError(f"no question of the sets {sorted(unknown)} was asked: expected one of {sorted(known)}")
        return Evaluation(self.arm, self.seed, tuple(result for result in self.results if result.set in sets))

    def scores(self, metric: str) -> tuple[list[float], list[float]]:
        """Return score and weight of each question for a metric of `METRICS`."""
        if metric not in METRICS:
            raise CourseError(f"unknown metric {metric!r}: expected one of {', '.join(METRICS)}")
        pairs = [METRICS[metric](result) for result in self.results]
        return [float(score) for score, _ in pairs], [float(weight) for _, weight in pairs]

    def interval(self, metric: str, **resampling: Unpack[Resampling]) -> Interval | None:
        """Return the metric with its interval, None where no question counts for it."""
        scores, weights = self.scores(metric)
        if not any(weights):
            return None
        resampling.setdefault("clusters", [result.cluster for result in self.results])
        measure = share_interval if metric in SHARES else bootstrap_interval
        return measure(scores, weights=weights, **resampling)

    def table(self, **resampling: Unpack[Resampling]) -> list[Row]:
        """Return the rows of the scoreboard: each metric for each set and, as set "all", for all questions.

        Citations have rows only if the system cites at all; abstention is judged over all questions together.
        """
        parts = {name: self.only(name) for name in dict.fromkeys(result.set for result in self.results)}
        cites = any(result.answer.citations for result in self.results)
        rows = []
        for name, part in (parts | {"all": self}).items():
            for metric in TABLE + (TABLE_ALL_SETS if name == "all" else ()):
                if metric.startswith("citation") and not cites:
                    continue
                if (interval := part.interval(metric, **resampling)) is not None:
                    rows.append(
                        {"arm": self.arm, "set": name, "metric": metric} | interval.as_dict() | {"seed": self.seed}
                    )
        return rows

    def to_json(self) -> str:
        """Return the evaluation as JSON; `from_json` gives back an equal one."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Evaluation:
        """Return the evaluation that `to_json` wrote."""
        try:
            data = json.loads(text)
            return cls(data["arm"], data["seed"], tuple(_read_result(entry) for entry in data["results"]))
        except (ValueError, KeyError, TypeError) as error:
            raise CourseError(f"this is no evaluation as `to_json` writes it ({error}): evaluate again") from error


def _read_result(entry: dict) -> Result:
    """Return a result from its JSON object; JSON knows lists where results have tuples."""
    entry = dict(entry)
    answer = dict(entry.pop("answer"))
    answer["citations"] = tuple(answer["citations"])
    for name in ("rejected", "facts", "documents"):
        entry[name] = tuple(entry[name])
    return Result(**entry, answer=Answer(**answer))


def evaluate(
    answer: Callable[[Sequence[Question]], Sequence[Answer]],
    questions: Sequence[Question],
    *,
    arm: str = "",
    seed: int = 0,
) -> Evaluation:
    """Put all questions to a system and judge what it answers.

    Parameters
    ----------
    answer
        The system: takes the questions and returns one answer for each, in their order.
    questions
        Questions with different ids, of any sets.
    arm, seed
        Go into the scoreboard's rows.

    Raises
    ------
    CourseError
        If there is no question, an id comes twice, or the system returns another number of answers.
    """
    repeated = [name for name, count in Counter(question.id for question in questions).items() if count > 1]
    if repeated or not questions:
        raise CourseError(
            f"expected at least one question and each id once, but got {len(questions)} questions with these ids "
            f"repeated: {repeated}"
        )
    answers = answer(questions)
    if len(answers) != len(questions):
        raise CourseError(
            f"the system was asked {len(questions)} questions and returned {len(answers)} answers: it must return one "
            "for each, in their order, and an abstention where it has none"
        )
    results = tuple(_judged(question, given) for question, given in zip(questions, answers, strict=True))
    return Evaluation(arm, seed, results)


def _judged(question: Question, answer: Answer) -> Result:
    """Return the answer with its question and its judgement."""
    return Result(
        id=question.id,
        set=question.set,
        question=question.text,
        gold=question.answer,
        rejected=tuple(question.rejected),
        facts=tuple(question.facts),
        documents=tuple(question.documents),
        answer=answer,
        outcome=judge(question, answer),
    )
