"""Constrained decoding: before each token, everything that would break a form is forbidden.

A model gives every token of its vocabulary a score, and greedy decoding writes the best one. A constraint looks at what
has been written so far and names the tokens that keep the form; the others are out of the race. So the form holds by
construction, whatever the model would have liked to say; whether the content is right is another question.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course_lib.errors import CourseError

if TYPE_CHECKING:
    from course_lib.models.local import LocalModel

Constraint = Callable[[list[int]], Sequence[int]]
"""Takes the tokens of an answer so far; returns the ids that may follow. An end token in it lets the answer end."""

JSON_STYLE = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
"""One line, spaced as `json.dumps` does it: a model that has read such JSON is at home in it."""


def allow_texts(answers: Sequence[list[int]], end_id: int) -> Constraint:
    """Return the constraint to one of several token sequences, each followed by the end token.

    Parameters
    ----------
    answers
        Token ids of each allowed answer, without end token.
    end_id
        Token that ends an answer.

    Examples
    --------
    >>> constraint = allow_texts([[7, 8], [7, 9, 4]], end_id=3)
    >>> [constraint(written) for written in ([], [7], [7, 8], [7, 9])]
    [[7], [8, 9], [3], [4]]
    """

    def may_follow(written: list[int]) -> list[int]:
        n_written = len(written)
        begun = [[*answer, end_id] for answer in answers if answer[:n_written] == list(written)]
        return sorted({answer[n_written] for answer in begun})

    return may_follow


def choose_from(model: LocalModel, texts: Sequence[str]) -> Constraint:
    """Return the constraint to exactly one of some texts, such as the labels of a task.

    Raises
    ------
    CourseError
        There is no text, or an empty one.
    """
    if not texts or not all(text.strip() for text in texts):
        raise CourseError(f"expected at least one text to choose from and none of them empty, got {list(texts)}")
    return allow_texts([model.encode_answer(text) for text in texts], end_token(model))


def follow_schema(model: LocalModel, schema: dict[str, Any]) -> Constraint:
    """Return the constraint to one line of JSON that fits a JSON Schema, its keys in the order of the schema.

    Parameters
    ----------
    model
        Whose tokens they are.
    schema
        Such as ``{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}``.

    Raises
    ------
    CourseError
        The schema is none.
    """
    from llguidance import LLMatcher

    grammar = LLMatcher.grammar_from_json_schema(json.dumps({**schema, "x-guidance": JSON_STYLE}))
    return _follow(model, grammar, "JSON Schema")


def follow_pattern(model: LocalModel, pattern: str) -> Constraint:
    """Return the constraint to texts that a regular expression matches as a whole.

    Raises
    ------
    CourseError
        The expression is none, or one that looks around.
    """
    from llguidance import LLMatcher

    return _follow(model, LLMatcher.grammar_from_regex(pattern), "regular expression")


def object_schema(keys: Sequence[str], most_characters: int = 200) -> dict[str, Any]:
    """Return the JSON Schema of an object with exactly these keys, each a text of 1 to ``most_characters`` characters.

    Without an upper end, a model that repeats itself would never come to close the braces.

    >>> object_schema(["city"])["required"]
    ['city']
    """
    return {
        "type": "object",
        "properties": {key: {"type": "string", "minLength": 1, "maxLength": most_characters} for key in keys},
        "required": list(keys),
        "additionalProperties": False,
    }


def end_token(model: LocalModel) -> int:
    """Return the token that ends an answer of ``model``."""
    return min(model.end_ids)


def _follow(model: LocalModel, grammar: str, what: str) -> Constraint:
    """Return the constraint to a grammar, as the matcher of llguidance computes it."""
    from llguidance import LLMatcher
    from llguidance.hf import from_tokenizer

    tokenizer = from_tokenizer(model.tokenizer, eos_token=end_token(model))
    if message := LLMatcher.validate_grammar(grammar, tokenizer):
        raise CourseError(f"this is no {what} that decoding can follow: {message.strip().splitlines()[0]}")
    matcher = LLMatcher(tokenizer, grammar)

    def may_follow(written: list[int]) -> np.ndarray:
        # Rows of a batch take turns, so the matcher is led again through what this row has written.
        matcher.reset()
        matcher.consume_tokens(written)
        bits = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)
        return np.flatnonzero(np.unpackbits(bits, bitorder="little"))

    return may_follow
