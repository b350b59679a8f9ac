"""The poll of lesson 00: six short cases, a lever for each, kept as predictions until lesson 11 opens them."""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.checks.predictions import predict
from course_lib.errors import CourseError

LEVERS = ("RAG", "fine-tuning", "prompt", "nothing")
Vote = str | tuple[str, float] | None
"""A lever, a lever with the confidence in it, or None while undecided."""


@dataclass(frozen=True)
class Case:
    """One situation of the poll.

    Parameters
    ----------
    name
        How `vote` calls it; its prediction is ``"00.poll_"`` and this name.
    text
        What is the matter, in a sentence or two.
    """

    name: str
    text: str

    @property
    def prediction(self) -> str:
        """Id of the prediction that keeps the vote."""
        return f"00.poll_{self.name}"


CASES = (
    Case("prices", "A support bot quotes prices, and the price list changes every Monday."),
    Case("voice", "Two hundred replies a day must open, close and sound alike; what they say is right already."),
    Case("contract", "Once a month somebody wants to know what one two-page contract says."),
    Case("tickets", "Ten thousand tickets a month go into six classes; 4,000 old ones carry the right class."),
    Case("audit", "Answers on staff rules must name the page that they rest on."),
    Case("basics", "The bot is asked only what its model read in training, and is right 97 times in 100."),
)


def vote(**levers: Vote) -> None:
    """Keep a lever for each case as a prediction; lesson 11 compares them with what was measured.

    Parameters
    ----------
    **levers
        Name of a case -> one of `LEVERS`, or a pair of lever and confidence; None while undecided.

    Raises
    ------
    CourseError
        There is no such case or lever; nothing is kept then.
    """
    cases = {case.name: case for case in CASES}
    pairs = {name: given if isinstance(given, tuple) else (given,) for name, given in levers.items()}
    for name, pair in pairs.items():
        if name not in cases:
            raise CourseError(f"the poll has no case {name!r}: expected {', '.join(cases)}")
        if pair[0] not in (*LEVERS, None) or len(pair) > 2:
            raise CourseError(
                f"expected one of {', '.join(LEVERS)} for {name}, alone or with a confidence, got {levers[name]!r}"
            )
    decided = {name: pair for name, pair in pairs.items() if pair[0] is not None}
    if not decided:
        print(f"no vote yet: put one of {', '.join(LEVERS)} in the place of None")
    for name, pair in decided.items():
        predict(cases[name].prediction, *pair)
