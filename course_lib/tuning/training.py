"""Training with TRL's SFTTrainer, with nothing left to its defaults that matters."""

import copy
import math
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from datasets import Dataset
from peft import get_peft_model_state_dict
from torch.utils.data import DataLoader
from trl import SFTConfig, SFTTrainer
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

from course_lib.errors import CourseError
from course_lib.models.local import LocalModel
from course_lib.models.quiet import silence_libraries
from course_lib.tuning.adapter import Adapter
from course_lib.tuning.attaching import add_matrices, share_weights
from course_lib.tuning.batching import LengthBatches
from course_lib.tuning.encoding import IGNORED, Row, encode_examples
from course_lib.tuning.recipe import Example, Recipe

OnStep = Callable[[int, int, float], None]
"""Called after every step with its number (from 1), the number of all steps, and the step's loss."""


def tune(
    model: LocalModel,
    examples: Sequence[Example],
    recipe: Recipe,
    *,
    name: str = "adapter",
    on_step: OnStep | None = None,
) -> Adapter:
    """Learn from examples; ``model`` keeps its weights, bit by bit, and can be used at once.

    The same model, examples and recipe give the same adapter on the same machine.

    Parameters
    ----------
    model
        The base.
    examples
        Pairs of a prompt and an answer.
    recipe
        How to train.
    name
        How the tuned model will be called.
    on_step
        For progress bars and curves; an exception in it ends the training.

    Raises
    ------
    CourseError
        There are no examples, one is malformed or too long, the model is already adapted, no layer has a name in
        ``target_modules``, or the loss stopped being a number.
    """
    if hasattr(model.module, "peft_config"):
        raise CourseError(
            f"{model.name} already carries an adapter: tune its base, or attach the adapter with merge=True"
        )
    silence_libraries()
    rows = encode_examples(model, examples, recipe)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        trainer = _make_trainer(model, rows, recipe, folder, on_step)
        trainer.train()
    return Adapter(
        name=name,
        base_fingerprint=model.fingerprint,
        recipe=recipe,
        state=_learnt_state(trainer.model, recipe),
        history=trainer.history,
        seconds=time.perf_counter() - start,
        n_examples=len(rows),
        n_steps=len(trainer.history),
        n_tokens=trainer.n_tokens,
        n_target_tokens=trainer.n_target_tokens,
        n_trainable=sum(weight.numel() for weight in trainer.model.parameters() if weight.requires_grad),
    )


class _Trainer(SFTTrainer):
    """An SFTTrainer that reports to ``on_step`` alone and batches by length."""

    def __init__(self, *arguments: Any, on_step: OnStep | None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.on_step = on_step
        self.history: list[tuple[int, float]] = []
        self.n_tokens = 0
        self.n_target_tokens = 0

    def get_train_dataloader(self) -> DataLoader:
        """Return batches of similar length in random order."""
        lengths = [len(ids) for ids in self.train_dataset["input_ids"]]
        batches = LengthBatches(lengths, self.args.per_device_train_batch_size, self.args.seed)
        return DataLoader(self.train_dataset, batch_sampler=batches, collate_fn=self.data_collator)

    def training_step(self, model: torch.nn.Module, inputs: dict[str, torch.Tensor], *rest: Any) -> torch.Tensor:
        """Count tokens, then train."""
        self.n_tokens += int(inputs["attention_mask"].sum())
        self.n_target_tokens += int((inputs["labels"] != IGNORED).sum())
        return super().training_step(model, inputs, *rest)

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Return the mean loss of the tokens that carry any, in nats.

        The library's own loss also computes entropies that nobody reads here, and takes a third of a step for it.
        """
        rest = {name: value for name, value in inputs.items() if name != "labels"}
        following = inputs["labels"][:, 1:]  # (n_rows, width - 1): the token wanted behind each position
        columns = (following != IGNORED).any(dim=0).nonzero().squeeze(1)
        logits = model(**rest, use_cache=False, logits_to_keep=columns).logits  # (n_rows, n_columns, n_tokens)
        targets = following[:, columns]
        chosen = targets != IGNORED
        return torch.nn.functional.cross_entropy(logits[chosen].float(), targets[chosen])

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Keep the loss instead of printing it."""
        self._metrics["train"].clear()
        if "loss" not in logs:  # the summary at the end
            return
        step, loss = self.state.global_step, logs["loss"]
        if not math.isfinite(loss):
            raise CourseError(
                f"the loss was {loss} in step {step} of {self.state.max_steps}: the training diverged, so lower the "
                f"learning rate (now {self.args.learning_rate:g})"
            )
        self.history.append((step, loss))
        if self.on_step:
            self.on_step(step, self.state.max_steps, loss)

    def _send_telemetry(self) -> None:
        """Tell nobody: the library would report to its makers that a training has begun."""


def _make_trainer(model: LocalModel, rows: list[Row], recipe: Recipe, folder: str, on_step: OnStep | None) -> _Trainer:
    """Return a trainer on a copy: the library changes the module, its configuration and its mode in place."""
    if recipe.method == "lora":
        module = add_matrices(share_weights(model.module), recipe)
    else:
        module = copy.deepcopy(model.module).requires_grad_(True)
    pad_id = model.tokenizer.pad_token_id
    collator = DataCollatorForLanguageModeling(pad_token_id=0 if pad_id is None else pad_id)  # padding is masked
    try:
        return _Trainer(
            module,
            args=_arguments(recipe, folder, next(module.parameters()).device),
            data_collator=collator,
            train_dataset=Dataset.from_list(rows),
            processing_class=model.tokenizer,
            on_step=on_step,
        )
    except ValueError as error:
        raise CourseError(f"{model.name} cannot be tuned by this recipe: {error}") from error


def _arguments(recipe: Recipe, folder: str, device: torch.device) -> SFTConfig:
    """Return TRL's form of the recipe.

    Its defaults would train in bfloat16, recompute activations, cut at 1,024 tokens, save, print and report.
    """
    return SFTConfig(
        output_dir=folder,
        use_cpu=device.type == "cpu",
        bf16=False,
        activation_checkpointing=False,
        max_length=None,
        dataset_kwargs={"skip_prepare_dataset": True},
        num_train_epochs=recipe.epochs,
        max_steps=recipe.max_steps or -1,
        per_device_train_batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type=recipe.schedule,
        warmup_steps=recipe.warmup,
        weight_decay=0.0,
        seed=recipe.seed,
        logging_steps=1,
        logging_nan_inf_filter=False,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )


def _learnt_state(module: torch.nn.Module, recipe: Recipe) -> dict[str, torch.Tensor]:
    """Return copies of the learnt tensors on the CPU."""
    if recipe.method == "full":
        state = dict(module.named_parameters())
    else:
        # Left to itself, peft would ask the Hub whether the vocabulary has grown.
        state = get_peft_model_state_dict(module, save_embedding_layers=False)
    return {name: tensor.detach().cpu().clone().contiguous() for name, tensor in state.items()}
