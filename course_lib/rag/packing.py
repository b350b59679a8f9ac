"""Choosing the passages that fit into a prompt."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from course_lib.models import LanguageModel
from course_lib.prompting import Prompt
from course_lib.retrieval.chunks import Chunk
from course_lib.retrieval.hits import Hit

_WORD = re.compile(r"[-+]?\w+(?:[.,:/-]\w+)*|[%$€£]")


@dataclass(frozen=True)
class Packing:
    """What a model is shown.

    Parameters
    ----------
    chunks
        The chunks in the order of their numbers in the prompt.
    prompt
        The prompt around them.
    record
        For the trace: ``budget_tokens``, ``tokens`` of the prompt, ``used`` ids of chunks, and ``skipped``, each with
        its ``reason``: ``"repeats"`` another one, or ``"over budget"``.
    """

    chunks: list[Chunk]
    prompt: Prompt
    record: dict[str, Any]


def pack_passages(
    hits: Sequence[Hit], build_prompt: Callable[[Sequence[str]], Prompt], model: LanguageModel, budget_tokens: int
) -> Packing:
    """Take passages by rank while the prompt stays within a budget.

    A passage that repeats an earlier one is left out. So is one that does not fit, whole: it is never cut, and the next
    one is tried.

    Parameters
    ----------
    hits
        Best first.
    build_prompt
        Makes the prompt from the passages.
    model
        Counts the tokens.
    budget_tokens
        Most tokens of the prompt, template included.
    """
    chunks: list[Chunk] = []
    skipped = []
    prompt = build_prompt([])
    n_tokens = model.count_tokens(prompt)
    for hit in hits:
        chunk = hit.chunk
        if same := next((taken for taken in chunks if adds_nothing(chunk.passage, taken.passage)), None):
            skipped.append({"chunk": chunk.id, "reason": "repeats", "of": same.id})
            continue
        longer = build_prompt([taken.passage for taken in [*chunks, chunk]])
        n_longer = model.count_tokens(longer)
        if n_longer > budget_tokens:
            skipped.append({"chunk": chunk.id, "reason": "over budget", "tokens": n_longer - n_tokens})
            continue
        chunks.append(chunk)
        prompt, n_tokens = longer, n_longer
    used = [chunk.id for chunk in chunks]
    return Packing(
        chunks, prompt, {"budget_tokens": budget_tokens, "tokens": n_tokens, "used": used, "skipped": skipped}
    )


def adds_nothing(text: str, other: str) -> bool:
    """Return whether every run of three words of a text stands in the other one too.

    So copies, parts and versions with other marks or capitals are found, while a text in which a single number differs
    stays: two passages that contradict each other must both be seen.

    >>> adds_nothing("The lamp costs 9 euros!", "Note: the lamp costs 9 euros, delivered.")
    True
    >>> adds_nothing("The lamp costs 8 euros.", "The lamp costs 9 euros.")
    False
    >>> adds_nothing("It freezes at -5.", "It freezes at 5.")
    False
    """
    return _runs(text) <= _runs(other)


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return {tuple(words[at : at + 3]) for at in range(max(1, len(words) - 2))}
