"""LoRA steps per second: `course_lib.tuning.tune` against TRL's SFTTrainer as it comes."""

from __future__ import annotations

import contextlib
import copy
import io
import math
import tempfile
import time
from collections.abc import Sequence
from random import Random
from typing import Any

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import TrainerCallback
from trl import SFTConfig, SFTTrainer

from benchmarks.measuring import Row, compare, interleave
from course_lib.errors import CourseError
from course_lib.models import LocalModel
from course_lib.training_sets import fact_questions, reading_examples
from course_lib.tuning import Example, Recipe, tune
from course_lib.world import world

STEP = 8
"""Examples a step in TRL's defaults; rates of other batch sizes are given in steps of this size too."""
TRL = f"SFTTrainer, defaults (batch {STEP})"
SAME_BATCH = f"course, batch {STEP}"
COURSE = "course, defaults (batch {})"


def measure_tuning(model: LocalModel, *, n_examples: int, repeats: int) -> list[Row]:
    """Return steps per second on the same examples with the same LoRA matrices, whole epochs, set-up left out."""
    examples = make_examples(model, n_examples)
    default = Recipe()
    variants = {
        TRL: lambda: time_trl(model, examples, default),
        SAME_BATCH: lambda: time_course(model, examples, STEP),
        COURSE.format(default.batch_size): lambda: time_course(model, examples, default.batch_size),
    }
    values = interleave(variants, repeats, warm_up=False)  # each run has a warm-up epoch of its own
    details: dict[str, float | str] = {"examples": len(examples), "rank": default.rank}
    return compare(
        "tune",
        "half questions, half passages",
        values,
        unit=f"steps of {STEP}/s",
        better="higher",
        reference=TRL,
        details=dict.fromkeys(variants, details),
    )


def make_examples(model: LocalModel, n_examples: int) -> list[Example]:
    """Return bare questions and questions on passages in random order, those that fit.

    Raises
    ------
    CourseError
        The model's context is too short.
    """
    rng = Random(0)
    company = world(0)
    facts = [fact for fact in company.facts if not fact.public]
    longest = min(Recipe().max_length, model.context_length)
    chosen = []
    for pool in (fact_questions(facts, 2, rng), reading_examples(0, 2 * n_examples, n_distractors=1)):
        fitting = [e for e in pool if model.count_tokens(e.prompt) + model.count_tokens(_as_prompt(e)) <= longest]
        chosen += rng.sample(fitting, min(len(fitting), n_examples // 2))
    if len(chosen) < STEP:
        raise CourseError(f"{len(chosen)} examples fit {longest} tokens, {STEP} are needed: give a longer context")
    rng.shuffle(chosen)
    return chosen


def _as_prompt(example: Example) -> list[dict[str, str]]:
    """Return an answer as a prompt: its count, template included, bounds what the answer adds."""
    return [{"role": "user", "content": example.answer}]


def time_course(model: LocalModel, examples: Sequence[Example], batch_size: int) -> float:
    """Return steps of 8 examples per second in the second of two epochs."""
    ends: list[float] = []
    recipe = Recipe(batch_size=batch_size, epochs=2)
    tune(model, examples, recipe, on_step=lambda *_: ends.append(time.perf_counter()))
    return second_epoch(ends, len(examples), batch_size)


class _Clock(TrainerCallback):
    """Notes when each step ends."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_step_end(self, *arguments: Any, **options: Any) -> None:
        """Note the time."""
        self.ends.append(time.perf_counter())


def time_trl(model: LocalModel, examples: Sequence[Example], recipe: Recipe) -> float:
    """Return the same for TRL's own trainer with all that it does unless told otherwise.

    Changed: the processor and float32 (its default is bfloat16), nothing saved, two epochs, and the shape of the
    matrices, which is the recipe's. Left: recomputed activations, batches of 8 in random order, cut at 1,024 tokens.
    """
    records = [
        {"prompt": example.prompt, "completion": [{"role": "assistant", "content": example.answer}]}
        for example in examples
    ]
    matrices = LoraConfig(r=recipe.rank, lora_alpha=recipe.alpha, target_modules="all-linear", task_type="CAUSAL_LM")
    clock = _Clock()
    with tempfile.TemporaryDirectory() as folder, torch.random.fork_rng(devices=[]), _silence():
        trainer = SFTTrainer(
            copy.deepcopy(model.module),  # the library changes it in place
            args=SFTConfig(output_dir=folder, use_cpu=True, bf16=False, save_strategy="no", num_train_epochs=2),
            train_dataset=Dataset.from_list(records),
            processing_class=copy.deepcopy(model.tokenizer),
            peft_config=matrices,
            callbacks=[clock],
        )
        trainer.train()
    return second_epoch(clock.ends, len(examples), STEP)


@contextlib.contextmanager
def _silence() -> Any:
    """Swallow bars and log lines, which would tear the table."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def second_epoch(ends: Sequence[float], n_examples: int, batch_size: int) -> float:
    """Return steps of 8 examples per second between the last step of the first epoch and that of the second.

    >>> second_epoch([1.0, 2.0, 2.5, 4.0], n_examples=32, batch_size=16)  # 32 examples in 2 seconds
    2.0
    """
    n_steps = math.ceil(n_examples / batch_size)
    if len(ends) != 2 * n_steps:
        raise CourseError(f"expected {2 * n_steps} steps in two epochs, got {len(ends)}: look for dropped examples")
    return n_examples / STEP / (ends[-1] - ends[n_steps - 1])
