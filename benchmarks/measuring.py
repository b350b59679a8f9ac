"""Repetitions that take turns, and the rows of the table."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Spread:
    """Several measurements of one thing.

    Parameters
    ----------
    median, low, high
        Low and high are the smallest and the largest: of a handful of repetitions nothing finer can be said.
    n
        How many there are.
    """

    median: float
    low: float
    high: float
    n: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Summarise ``values``.

        >>> Spread.of([3.0, 1.0, 2.0])
        Spread(median=2.0, low=1.0, high=3.0, n=3)
        """
        return cls(statistics.median(values), min(values), max(values), len(values))


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Parameters
    ----------
    benchmark, case, variant
        What was measured, on what, and which way of doing it.
    unit
        Of ``value``.
    better
        Whether a higher or a lower value is the better one.
    value
        The measurements.
    reference
        The variant that ``ratio`` divides by; None if this row is the reference itself.
    ratio
        This variant's value over the reference's, round by round: always in this direction, whatever is better.
    details
        Settings and further figures, such as the recall.
    """

    benchmark: str
    case: str
    variant: str
    unit: str
    better: Literal["higher", "lower"]
    value: Spread
    reference: str | None
    ratio: Spread | None
    details: dict[str, float | str] = field(default_factory=dict)


def interleave(
    variants: Mapping[str, Callable[[], float]], repeats: int, *, warm_up: bool = True
) -> dict[str, list[float]]:
    """Call all variants in turn, again and again (A B A B), so that a slow minute of the machine hits each of them.

    Parameters
    ----------
    variants
        Functions that do the work once and return what they measured.
    repeats
        Rounds that count.
    warm_up
        Whether a first round is thrown away: it pays for caches and lazy imports.

    Examples
    --------
    >>> calls = iter(range(10))
    >>> interleave({"a": lambda: next(calls), "b": lambda: next(calls)}, 2)
    {'a': [2, 4], 'b': [3, 5]}
    """
    values: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(-1 if warm_up else 0, repeats):
        for name, measure in variants.items():
            value = measure()
            if number >= 0:
                values[name].append(value)
    return values


def compare(
    benchmark: str,
    case: str,
    values: Mapping[str, Sequence[float]],
    *,
    unit: str,
    better: Literal["higher", "lower"],
    reference: str,
    details: Mapping[str, dict[str, float | str]] | None = None,
) -> list[Row]:
    """Return a row for each variant, with its ratio to the reference.

    The ratio is taken within each round, where both met the same machine.
    """
    rows = []
    for variant, measured in values.items():
        is_reference = variant == reference
        pairs = zip(measured, values[reference], strict=True)
        rows.append(
            Row(
                benchmark,
                case,
                variant,
                unit,
                better,
                Spread.of(measured),
                None if is_reference else reference,
                None if is_reference else Spread.of([value / base for value, base in pairs]),
                dict((details or {}).get(variant, {})),
            )
        )
    return rows
