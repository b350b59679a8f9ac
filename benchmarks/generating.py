"""Tokens per second: `LocalModel.generate` against transformers' own `generate`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import torch

from benchmarks.measuring import Row, compare, interleave
from course_lib.errors import CourseError
from course_lib.models import LocalModel
from course_lib.prompting import Prompt, build_prompt, build_reading_prompt
from course_lib.world import world

BATCH_SIZE = 32
COURSE = f"course, batches of {BATCH_SIZE}"
ONE_BY_ONE = "transformers, one by one"
BATCHED = f"transformers, batches of {BATCH_SIZE} as they come"


def measure_generation(model: LocalModel, *, n_prompts: int, max_new_tokens: int, repeats: int) -> list[Row]:
    """Return tokens written per second for bare questions and for questions on a document."""
    rows = []
    for case, prompts in make_prompts(model, n_prompts, max_new_tokens).items():
        variants = {
            ONE_BY_ONE: lambda p=prompts: time_plain(model, p, max_new_tokens, 1),
            BATCHED: lambda p=prompts: time_plain(model, p, max_new_tokens, BATCH_SIZE),
            COURSE: lambda p=prompts: time_course(model, p, max_new_tokens),
        }
        n_read = sum(map(model.count_tokens, prompts)) / len(prompts)
        details = {"prompts": len(prompts), "tokens read per prompt": round(n_read)}
        values = interleave(variants, repeats)
        rows += compare(
            "generate",
            case,
            values,
            unit="tokens/s",
            better="higher",
            reference=ONE_BY_ONE,
            details=dict.fromkeys(variants, details),
        )
    return rows


def make_prompts(model: LocalModel, n_prompts: int, max_new_tokens: int) -> dict[str, list[Prompt]]:
    """Return prompts of the course's own kinds and of many lengths, those that fit the context.

    Raises
    ------
    CourseError
        None fits.
    """
    company = world(0)
    texts = {document.id: f"{document.title}\n{document.text}" for document in company.documents}
    questions = [question for name in ("inkb", "paraphrase") for question in company.questions[name]]
    kinds: dict[str, Callable] = {
        "bare questions": lambda question: build_prompt(question.text),
        "questions on a document": lambda question: build_reading_prompt(question.text, [texts[question.documents[0]]]),
    }
    chosen: dict[str, list[Prompt]] = {}
    for case, build in kinds.items():
        prompts = (build(question) for question in questions)
        fitting = [p for p in prompts if model.count_tokens(p) + max_new_tokens <= model.context_length]
        if not fitting:
            raise CourseError(
                f"the context of {model.name} holds {model.context_length} tokens, which is too short for {case}: "
                "give a model with a longer context"
            )
        chosen[case] = fitting[:n_prompts]
    return chosen


def time_course(model: LocalModel, prompts: Sequence[Prompt], max_new_tokens: int) -> float:
    """Return tokens per second of the course's generation."""
    start = time.perf_counter()
    completions = model.generate(prompts, max_new_tokens=max_new_tokens, batch_size=BATCH_SIZE)
    return sum(completion.output_tokens for completion in completions) / (time.perf_counter() - start)


def time_plain(model: LocalModel, prompts: Sequence[Prompt], max_new_tokens: int, batch_size: int) -> float:
    """Return tokens per second of transformers' generation, as its documentation shows it: template, then generate."""
    tokenizer, module = model.tokenizer, model.module
    pad_id = 0 if tokenizer.pad_token_id is None else tokenizer.pad_token_id
    n_tokens = 0
    start = time.perf_counter()
    for first in range(0, len(prompts), batch_size):
        rows = [
            tokenizer.apply_chat_template(prompt, add_generation_prompt=True, return_dict=True)["input_ids"]
            for prompt in prompts[first : first + batch_size]
        ]
        width = max(map(len, rows))
        ids = torch.tensor([[pad_id] * (width - len(row)) + row for row in rows])  # (n, width), padded on the left
        mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in rows])
        with torch.no_grad():
            written = module.generate(
                ids.to(module.device),
                attention_mask=mask.to(module.device),
                max_new_tokens=max_new_tokens,
                do_sample=False,
                pad_token_id=pad_id,
            )
        n_tokens += sum(count_answer(row, tokenizer.eos_token_id) for row in written[:, width:].tolist())
    return n_tokens / (time.perf_counter() - start)


def count_answer(ids: Sequence[int], end_id: int) -> int:
    """Return the tokens up to the end token, which counts; what follows it is padding.

    >>> count_answer([5, 9, 2, 0, 0], end_id=2), count_answer([5, 9], end_id=2)
    (3, 2)
    """
    return ids.index(end_id) + 1 if end_id in ids else len(ids)
