"""Inputs that the learner has not seen: drawn from a seed, fresh for each check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from course_lib.world import World

PRACTICE_SEED = 20
"""Public: the checks of a notebook are practice. Marks come from a seed that nobody knows beforehand."""

Case = TypeVar("Case")


@dataclass(frozen=True)
class Cases:
    """All random inputs of one run of checks.

    Parameters
    ----------
    seed
        The same seed gives the same inputs on every machine.

    Examples
    --------
    >>> cases = Cases(7)
    >>> cases.rng("prices").random() == Cases(7).rng("prices").random() != cases.rng("names").random()
    True
    """

    seed: int = PRACTICE_SEED

    def rng(self, name: str) -> Random:
        """Return a generator of random numbers for one purpose; other purposes do not change what it gives."""
        return Random(f"{self.seed}/{name}")

    def draw(self, draw_case: Callable[[Random], Case], n: int) -> Iterator[Case]:
        """Yield ``n`` cases, each drawn with a generator of its own, named after the function that draws."""
        for index in range(n):
            yield draw_case(self.rng(f"{draw_case.__name__}/{index}"))

    def world(self, version: int = 1) -> World:
        """Return the company of this seed: other names and facts than in the lesson, the same difficulty."""
        from course_lib.world import world

        return world(self.seed, version)
