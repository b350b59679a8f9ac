"""A form that is checked after the answer: name the faults, ask once more, then give up."""

from __future__ import annotations

import json
from collections.abc import Sequence

from course_lib.models.base import Completion, LanguageModel
from course_lib.prompting import Prompt, assistant, user

MOST_CALLS = 2


def find_faults(output: str, keys: Sequence[str]) -> list[str]:
    """Return what keeps an output from being a JSON object with exactly these keys and texts as values.

    Returns
    -------
    list[str]
        ``["not JSON"]`` or ``["not an object"]``; else ``"missing: KEY"`` in the order of ``keys``, then
        ``"unexpected: KEY"`` and ``"not text: KEY"`` in the order of the output.

    Examples
    --------
    >>> find_faults('{"city": "Oslo", "n": 2}', ["city", "date"])
    ['missing: date', 'unexpected: n']
    >>> find_faults('{"city": 2}', ["city"]), find_faults("Oslo", ["city"])
    (['not text: city'], ['not JSON'])
    """
    try:
        found = json.loads(output)
    except (ValueError, RecursionError):
        return ["not JSON"]
    if not isinstance(found, dict):
        return ["not an object"]
    missing = [f"missing: {key}" for key in keys if key not in found]
    unexpected = [f"unexpected: {key}" for key in found if key not in keys]
    not_text = [f"not text: {key}" for key, value in found.items() if key in keys and not isinstance(value, str)]
    return missing + unexpected + not_text


def ask_again(prompt: Prompt, answer: str, faults: Sequence[str]) -> Prompt:
    """Return the prompt that shows a model its answer and what is wrong with it.

    >>> ask_again([user("Order?")], "Oslo", ["not JSON"])[-1]["content"]
    'This answer has faults: not JSON. Answer again without them.'
    """
    return [
        *prompt,
        assistant(answer),
        user(f"This answer has faults: {'; '.join(faults)}. Answer again without them."),
    ]


def generate_with_repair(
    model: LanguageModel, prompts: Sequence[Prompt], keys: Sequence[str], max_new_tokens: int
) -> list[list[Completion]]:
    """Return one or two completions for each prompt: the second where the first had faults and the context has room.

    Parameters
    ----------
    model
        Any model.
    prompts
        That ask for JSON.
    keys
        Of the object.
    max_new_tokens
        Of each answer.
    """
    first = model.generate(prompts, max_new_tokens=max_new_tokens)
    again = {}
    for number, (prompt, completion) in enumerate(zip(prompts, first, strict=True)):
        if faults := find_faults(completion.text, keys):
            longer = ask_again(prompt, completion.text, faults)
            if model.count_tokens(longer) + max_new_tokens <= model.context_length:
                again[number] = longer
    second = model.generate(list(again.values()), max_new_tokens=max_new_tokens) if again else []
    repaired = dict(zip(again, second, strict=True))
    return [[one, *([repaired[number]] if number in repaired else [])] for number, one in enumerate(first)]
