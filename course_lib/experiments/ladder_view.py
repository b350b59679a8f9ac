"""One rung of the prompt ladder to be looked at: the turns, where their tokens go, what the model answers."""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.experiments.behaviour_tasks import MAX_NEW_TOKENS, Bench
from course_lib.experiments.prompt_ladder import rung_prompt
from course_lib.models import LanguageModel
from course_lib.prompting import Prompt
from course_lib.world import Item

PARTS = ("instruction", "examples", "request and message", "template")
"""Where the tokens of a prompt go; the template is what the chat format adds around the turns."""
BAR = 40
"""Characters of a bar that fills the whole context."""


@dataclass(frozen=True)
class RungView:
    """A prompt on one rung.

    Parameters
    ----------
    task, rung
        What was chosen.
    prompt
        The turns.
    parts
        Part of `PARTS` -> tokens; together they are all tokens of the prompt.
    context_length
        Most tokens that the model reads and writes together.
    answer
        Of the model; empty where the context had no room for it.
    """

    task: str
    rung: str
    prompt: Prompt
    parts: dict[str, int]
    context_length: int
    answer: str

    @property
    def n_tokens(self) -> int:
        """Tokens of the whole prompt."""
        return sum(self.parts.values())

    def __str__(self) -> str:
        """Return the whole as text, with a bar for each part."""
        turns = "\n".join(f"{turn['role']:>9}: {turn['content']}" for turn in self.prompt)
        share = BAR / self.context_length
        bars = [f"{name:<20}{n:>5}  {'#' * max(round(n * share), n > 0)}".rstrip() for name, n in self.parts.items()]
        total = f"{'in all':<20}{self.n_tokens:>5}  of {self.context_length}"
        return "\n".join([f"{self.task}, rung: {self.rung}", turns, *bars, total, f"ANSWER {self.answer or 'no room'}"])


def view_rung(model: LanguageModel, bench: Bench, rung: str, message: str) -> RungView:
    """Build the prompt of a rung for a message, count it part by part, and ask the model.

    Parameters
    ----------
    model
        Counts and answers.
    bench
        The task, with its examples.
    rung
        One of `prompt_ladder.RUNGS`, decomposition left out.
    message
        Any text in the place of an item's input.
    """
    prompt = rung_prompt(bench, rung, Item("view", message, "", "plain"))
    parts = count_parts(model, prompt)
    limit = MAX_NEW_TOKENS[bench.task.name]
    has_room = sum(parts.values()) + limit <= model.context_length
    answer = model.generate([prompt], max_new_tokens=limit)[0].text if has_room else ""
    return RungView(bench.task.name, rung, prompt, parts, model.context_length, answer)


def count_parts(model: LanguageModel, prompt: Prompt) -> dict[str, int]:
    """Return how many tokens each of `PARTS` has: what the prompt loses when the part is taken away."""
    told = [turn for turn in prompt if turn["role"] != "system"]
    last = told[-1:]
    empty = [{**last[0], "content": ""}]
    sizes = [model.count_tokens(turns) for turns in (prompt, told, last, empty)]
    return dict(
        zip(PARTS, (*(more - less for more, less in zip(sizes, sizes[1:], strict=False)), sizes[-1]), strict=True)
    )
