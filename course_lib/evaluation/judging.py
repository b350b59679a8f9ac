"""Judge one answer to one question: right, wrong, abstained or empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from course_lib.text import contains_value, is_abstention, normalise, strip_citations

Outcome = Literal["right", "wrong", "abstained", "empty"]


class Question(Protocol):
    """What the evaluation reads of a question; `answer` is None where abstaining is right."""

    id: str
    set: str
    text: str
    answer: str | None
    rejected: tuple[str, ...]
    facts: tuple[str, ...]
    documents: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What a system says to one question, and what it took.

    Parameters
    ----------
    text
        The answer as the asker reads it; this is what is judged.
    value
        The bare value, where the system gives one apart.
    abstained
        The system declined; it counts only where `text` is empty, since a text speaks for itself.
    citations
        Ids of the documents that the answer names as its sources.
    prompt_tokens, output_tokens, seconds
        Use of the model for this answer.
    """

    text: str
    value: str | None = None
    abstained: bool = False
    citations: tuple[str, ...] = ()
    prompt_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        # a list given here would not equal the tuple that is read back from JSON
        object.__setattr__(self, "citations", tuple(self.citations))


@dataclass(frozen=True)
class Result:
    """A question, its answer and the judgement, complete enough to compute every metric later."""

    id: str
    set: str
    question: str
    gold: str | None
    rejected: tuple[str, ...]
    facts: tuple[str, ...]
    documents: tuple[str, ...]
    answer: Answer
    outcome: Outcome

    @property
    def is_right(self) -> bool:
        """Whether the system did what it should: the right value, or abstaining where there is none."""
        return self.outcome == ("abstained" if self.gold is None else "right")

    @property
    def cluster(self) -> str:
        """What is resampled together: questions about the same (first) fact."""
        return f"fact {self.facts[0]}" if self.facts else f"question {self.id}"


def judge(question: Question, answer: Answer) -> Outcome:
    """Return the outcome of one answer.

    An abstention counts as one even beside a value. Otherwise an answer is right when it holds the gold value and none
    of the rejected ones; a rejected value that is a part of the gold value does not count against it. Whatever else is
    stated is wrong, and so is every statement on a question without an answer.
    """
    text = strip_citations(answer.text)
    if not normalise(text):
        return "abstained" if answer.abstained else "empty"
    if is_abstention(text):
        return "abstained"
    if question.answer is None or not contains_value(text, question.answer):
        return "wrong"
    rejected = [value for value in question.rejected if not contains_value(question.answer, value)]
    return "wrong" if any(contains_value(text, value) for value in rejected) else "right"
