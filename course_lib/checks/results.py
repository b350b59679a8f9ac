"""What a run of the checks gives: data, and nothing that looks like anything."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

SCHEMA = 1


@dataclass(frozen=True)
class Line:
    """What one check gave.

    Parameters
    ----------
    name, says, after
        Of the check.
    state
        ``"yes"``, ``"no"``, ``"waits"`` (for the check ``after``, or for the answer to be written) or ``"unknown"``
        (the check itself failed).
    call, got, expected, help
        Of a no: *call* *got*, expected *expected*. None where there is nothing to say.
    """

    name: str
    says: str
    state: str
    after: str | None = None
    call: str | None = None
    got: str | None = None
    expected: str | None = None
    help: str | None = None


@dataclass(frozen=True)
class CheckResult:
    """What all checks of one exercise gave.

    Parameters
    ----------
    exercise, title
        Of the exercise.
    status
        ``"not started"``, ``"passed"``, ``"partly"``, ``"failed"``, or ``"error"`` when a check could not tell.
    points, earned
        What there is to earn, and what was: all only when every check says yes.
    checks
        One line a check, in order.
    notes
        What else the learner should know.
    """

    exercise: str
    title: str
    status: str
    points: int
    earned: int
    checks: tuple[Line, ...]
    notes: tuple[str, ...] = ()

    @property
    def next(self) -> str | None:
        """The cell to run next; None when there is nothing to mend in the answer, or nobody can tell."""
        return None if self.status in ("passed", "error") else f'hint("{self.exercise}")'

    def as_dict(self) -> dict[str, Any]:
        """Return the result in the form of ``docs/check_result.schema.json``."""
        parts = asdict(self)
        lists = {"checks": list(parts["checks"]), "notes": list(parts["notes"])}
        return {"schema": SCHEMA, **parts, **lists, "next": self.next}
