"""One question, put to a model twice: from memory alone, and with a passage to read."""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.errors import CourseError
from course_lib.models import Completion, LanguageModel
from course_lib.prompting import Prompt, build_prompt, build_reading_prompt

MAX_NEW_TOKENS = 48


@dataclass(frozen=True)
class SideBySide:
    """A question with the answer from memory and, where a passage was given, the answer from it.

    Parameters
    ----------
    question, passage
        As they were put; the passage is empty where there was none.
    alone, reading
        What the model wrote without and with the passage; ``reading`` is None without one.
    prompt
        All that the model saw for its last answer.
    """

    question: str
    passage: str
    alone: Completion
    reading: Completion | None
    prompt: Prompt

    def lines(self) -> list[tuple[str, str]]:
        """Return what there is to read, as pairs of a label and a text."""
        found = [("question", self.question), ("from memory", _say(self.alone))]
        return [*found, ("with the passage", _say(self.reading))] if self.reading else found

    def __str__(self) -> str:
        return "\n".join(f"{label + ':':<18}{text}" for label, text in self.lines())


def _say(completion: Completion) -> str:
    return f"{completion.text.strip() or '(nothing)'} ({completion.prompt_tokens} tokens read)"


def ask_side_by_side(
    model: LanguageModel, question: str, passage: str = "", *, max_new_tokens: int = MAX_NEW_TOKENS
) -> SideBySide:
    """Put a question to a model with nothing else, and once more behind a passage if there is one.

    Parameters
    ----------
    model
        Any model of the course.
    question
        As a person would type it.
    passage
        A text that may hold the answer; blanks alone count as none.
    max_new_tokens
        Most tokens of each answer.

    Raises
    ------
    CourseError
        There is no question.
    ContextOverflowError
        Question and passage are longer than the model's context; nothing was asked then.

    Examples
    --------
    >>> ask_side_by_side(load_model(), "What does the Tarvo Lamp cost?").reading is None  # doctest: +SKIP
    True
    """
    question, passage = question.strip(), passage.strip()
    if not question:
        raise CourseError("expected a question, got an empty text: type one")
    prompts = [build_prompt(question)]
    if passage:
        prompts.append(build_reading_prompt(question, [passage]))
    answers = model.generate(prompts, max_new_tokens=max_new_tokens)
    return SideBySide(question, passage, answers[0], answers[1] if passage else None, prompts[-1])
