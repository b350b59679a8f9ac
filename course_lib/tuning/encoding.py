"""From examples to token ids and labels, exactly as the model will read the prompt when it answers."""

from collections.abc import Sequence

from course_lib.errors import CourseError
from course_lib.models.chat import ChatCodec
from course_lib.models.local import LocalModel
from course_lib.tuning.recipe import Example, Recipe

IGNORED = -100
"""Label of a token that carries no loss."""

Row = dict[str, list[int]]
"""``input_ids`` and ``labels`` of one example, equally long."""


def encode_examples(model: LocalModel, examples: Sequence[Example], recipe: Recipe) -> list[Row]:
    """Return one row per example: prompt, answer, end token; control tokens inside the texts stay text.

    The ids are those that `LocalModel` generates from, and not those of a template applied to the whole
    conversation: some templates trim or rewrite earlier turns, and the model would learn on another prompt than it
    gets.

    Raises
    ------
    CourseError
        There are no examples, one is malformed, or some are too long for the recipe or the model.
    """
    if not examples:
        raise CourseError("there are no examples to learn from: give at least one")
    codec = ChatCodec(model.tokenizer, model.name)
    end = _end_of_answer(model, codec)
    rows = [_encode(codec, example, end, recipe, number) for number, example in enumerate(examples)]
    _check_lengths([len(row["input_ids"]) for row in rows], recipe.max_length, model.context_length)
    return rows


def _encode(codec: ChatCodec, example: Example, end: int, recipe: Recipe, number: int) -> Row:
    """Return the ids and labels of one example."""
    try:
        prompt = codec.encode(example.prompt)
    except CourseError as error:
        raise CourseError(f"example {number}: {error}") from error
    if example.prompt[-1]["role"] != "user":
        raise CourseError(
            f"example {number}: the last message of the prompt must have the role user, got "
            f"{example.prompt[-1]['role']}: what the assistant shall write belongs in the answer"
        )
    if not isinstance(example.answer, str) or not example.answer.strip():
        raise CourseError(f"example {number}: the answer must be a text that is not empty, got {example.answer!r:.80}")
    answer = [*codec.encode_answer(example.answer), end]
    ids = prompt + answer
    # Nothing predicts the first token, so it has no loss in either case.
    n_ignored = len(prompt) if recipe.loss_on == "answer" else 1
    return {"input_ids": ids, "labels": [IGNORED] * n_ignored + ids[n_ignored:]}


def _end_of_answer(model: LocalModel, codec: ChatCodec) -> int:
    """Return the token with which the template closes an answer: a checkpoint may name several end tokens."""
    named = model.module.generation_config.eos_token_id
    ends = {*(named if isinstance(named, list) else [named]), model.tokenizer.eos_token_id} - {None}
    question = [{"role": "user", "content": "Hi"}]
    dialog = [*question, {"role": "assistant", "content": "Yes"}]
    ids = model.tokenizer.apply_chat_template(dialog, tokenize=True, return_dict=True)["input_ids"]
    written = [token for token in ids[len(codec.encode(question)) :] if token in ends]
    if not written and model.tokenizer.eos_token_id is None:
        raise CourseError(f"{model.name} has no end token, so it cannot learn to stop: set eos_token in its tokenizer")
    return written[0] if written else model.tokenizer.eos_token_id


def _check_lengths(lengths: Sequence[int], max_length: int, context_length: int) -> None:
    """Refuse examples that would have to be cut: a cut example teaches an answer without its end."""
    limit = min(max_length, context_length)
    n_long = sum(length > limit for length in lengths)
    if n_long:
        longest = max(range(len(lengths)), key=lengths.__getitem__)
        source = "the recipe's max_length" if max_length <= context_length else "the model's context"
        raise CourseError(
            f"{n_long} of {len(lengths)} examples are longer than {limit} tokens ({source}); the longest, number "
            f"{longest}, has {lengths[longest]}: shorten or leave out these examples"
            + (f", or raise max_length (the model's context holds {context_length})" if limit < context_length else "")
        )
