"""What an experiment is: a prediction written down first, a run that measures, and a verdict drawn from intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal, TypedDict

from course_lib.lab import Lab
from course_lib.statistics import Interval

Verdict = Literal["supported", "refuted", "depends"]
Sign = Literal["+", "-", "0"]


class Row(TypedDict):
    """One line of the scoreboard."""

    arm: str
    set: str
    metric: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    seed: int


@dataclass(frozen=True)
class Finding:
    """One figure that a claim stands or falls with.

    Parameters
    ----------
    name
        What was measured, such as ``"accuracy RAG - BASE on inkb"``.
    interval
        Value with its 95 % interval.
    predicted
        The sign that was expected of the value before the run; ``"0"`` for no difference beyond the margin.
    margin
        Differences up to this size count as none.
    """

    name: str
    interval: Interval
    predicted: Sign
    margin: float = 0.0

    @property
    def sign(self) -> Literal["+", "-", "0", "?"]:
        """The sign that the interval allows: ``"?"`` where it allows several."""
        if self.interval.low > self.margin:
            return "+"
        if self.interval.high < -self.margin:
            return "-"
        inside = -self.margin <= self.interval.low and self.interval.high <= self.margin
        return "0" if inside and self.margin > 0 else "?"


@dataclass(frozen=True)
class Result:
    """What one run of an experiment gave, for one seed.

    Parameters
    ----------
    experiment
        Such as ``"E30"``.
    seed
        Of the world.
    rows
        Lines of the scoreboard.
    findings
        The figures that decide; all must come out as predicted for the verdict "supported".
    extra
        Further figures worth keeping: JSON-able, not compared.
    """

    experiment: str
    seed: int
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    extra: dict = field(default_factory=dict)

    def to_dict(self) -> dict:
        """Return the result as JSON-able data."""
        return asdict(self)


@dataclass(frozen=True)
class Experiment:
    """A question put to the arms.

    Parameters
    ----------
    id, title
        ``"E30"`` and a short name.
    claims
        Ids of the claims on trial.
    predicted
        What is expected, in one sentence, written before any run.
    run
        Measures on a lab.
    picture
        Draws the results of all seeds on a matplotlib axes.
    minutes
        Budget on one core, trainings included.
    measures_time
        Whether it measures seconds, so that nothing may run beside it.
    """

    id: str
    title: str
    claims: tuple[str, ...]
    predicted: str
    run: Callable[[Lab], Result]
    picture: Callable[[Sequence[Result], object], None]
    minutes: float = 3.0
    measures_time: bool = False


def judge(results: Sequence[Result]) -> Verdict:
    """Return the verdict that the runs of all seeds allow together.

    "supported" when each finding has its predicted sign for every seed, "refuted" when some finding has, for every
    seed, the same sign and not the predicted one; otherwise, and without any finding, it depends.
    """
    by_name: dict[str, list[Finding]] = {}
    for result in results:
        for finding in result.findings:
            by_name.setdefault(finding.name, []).append(finding)
    in_all = [found for found in by_name.values() if len(found) == len(results)]
    as_predicted = all(finding.sign == finding.predicted for found in in_all for finding in found)
    if by_name and len(in_all) == len(by_name) and as_predicted:
        return "supported"
    for found in in_all:
        signs = {finding.sign for finding in found}
        if len(signs) == 1 and "?" not in signs and signs != {found[0].predicted}:
            return "refuted"
    return "depends"


def row(arm: str, question_set: str, metric: str, interval: Interval, seed: int) -> Row:
    """Return one line of the scoreboard."""
    return Row(arm=arm, set=question_set, metric=metric, **interval.as_dict(), seed=seed)
