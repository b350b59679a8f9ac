"""Where a system fails: its results cut into slices, and each failure given a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from course_lib.evaluation.judging import Result
from course_lib.statistics import Interval, wilson_interval
from course_lib.text import contains_value
from course_lib.world import World
from course_lib.world.wordings import RELATIONS

Traits = Mapping[str, str]
"""Properties of one question, such as ``{"about": "product", "asks for": "money"}``."""
Failure = Literal["right", "declined", "misshaped", "out of date", "echoed", "made up"]
FAILURES: tuple[Failure, ...] = ("right", "declined", "misshaped", "out of date", "echoed", "made up")
MOST_WORDS, MOST_TOKENS = 25, 48  # who asks for a price does not want a page


@dataclass(frozen=True)
class Slice:
    """All results whose questions share one trait.

    Parameters
    ----------
    trait, value
        What they share, such as ``"about"`` and ``"person"``.
    results
        In the order asked.
    """

    trait: str
    value: str
    results: tuple[Result, ...]

    @property
    def interval(self) -> Interval:
        """Share of right answers with Wilson's interval."""
        return wilson_interval(sum(result.is_right for result in self.results), len(self.results))


def slice_results(
    results: Sequence[Result], describe: Callable[[Result], Traits], *, fewest: int = 10, trait: str | None = None
) -> list[Slice]:
    """Return the slices of at least ``fewest`` results, worst first; of two that are alike the larger one first.

    Parameters
    ----------
    results
        Of one system.
    describe
        Gives the traits of a question.
    fewest
        A slice of three questions is an anecdote.
    trait
        Cut by this one only.
    """
    found: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        for name, value in describe(result).items():
            if trait in (None, name):
                found.setdefault((name, value), []).append(result)
    slices = [Slice(*key, tuple(members)) for key, members in found.items() if len(members) >= fewest]
    return sorted(slices, key=lambda cut: (cut.interval.value, -len(cut.results), cut.trait, cut.value))


def describer(company: World) -> Callable[[Result], Traits]:
    """Return a function that gives the traits of a question about this company.

    They are ``set``, and where a fact answers the question: what it is ``about`` (person, product ...), what it
    ``asks for`` (money, date ...), and whether the ``gold answer`` holds digits.
    """
    facts = {fact.id: fact for fact in company.facts}

    def describe(result: Result) -> Traits:
        traits = {"set": result.set}
        if result.facts and (fact := facts.get(result.facts[-1])):
            relation = RELATIONS[fact.attribute]
            has_digits = any(char.isdigit() for char in result.gold or "")
            traits |= {"about": relation.subject, "asks for": relation.value}
            traits["gold answer"] = "with digits" if has_digits else "words only"
        return traits

    return describe


def name_failure(result: Result) -> Failure:
    """Return what became of one question.

    ``declined``: the system said that it does not know where there was an answer. ``misshaped``: nothing, or far more
    than an answer. ``echoed``: a rejected value that stands in the question itself. ``out of date``: any other rejected
    value, such as one that held earlier. ``made up``: any other assertion.
    """
    if result.is_right:
        return "right"
    if result.outcome == "abstained":
        return "declined"
    text = result.answer.text
    if result.outcome == "empty" or len(text.split()) > MOST_WORDS or result.answer.output_tokens > MOST_TOKENS:
        return "misshaped"
    said = [value for value in result.rejected if contains_value(text, value)]
    if not said:
        return "made up"
    return "echoed" if any(contains_value(result.question, value) for value in said) else "out of date"


def count_failures(results: Sequence[Result]) -> dict[Failure, int]:
    """Return how many results there are of each of `FAILURES`, in that order; what does not occur is left out."""
    counts = Counter(map(name_failure, results))
    return {name: counts[name] for name in FAILURES if counts[name]}


def write_slices(slices: Sequence[Slice]) -> str:
    """Return slices as lines of text: trait and value, share right with its interval, n, what became of them."""
    lines = []
    for cut in slices:
        name = f"{cut.trait} = {cut.value}"
        counts = ", ".join(f"{n} {failure}" for failure, n in count_failures(cut.results).items())
        lines.append(f"{name:<28} {cut.interval!s:<20} n = {len(cut.results):<4} {counts}")
    return "\n".join(lines)
