"""Greedy decoding and scoring on one causal language model, in batches.

Letters in shapes: n rows of a batch, t tokens of the longest row, v entries of the vocabulary.
"""

import copy
import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from transformers.cache_utils import DynamicLayer

from course_lib.errors import CourseError
from course_lib.models.constraints import Constraint

COMPACT_BELOW = 0.75
"""Finished rows leave the batch when at most this share of it still runs: leaving costs a copy of the cache."""

SHORTEST_PREFIX = 16
"""A shared beginning of fewer tokens is not worth a forward pass of its own."""


@dataclass(frozen=True)
class SharedPrefix:
    """The keys and values of the tokens that all rows begin with (one row)."""

    length: int
    cache: Any

    def repeat(self, n_rows: int) -> Any:
        """Return a fresh copy of the cache for ``n_rows`` rows."""
        cache = copy.deepcopy(self.cache)
        cache.batch_repeat_interleave(n_rows)
        return cache


class Decoder:
    """Runs a causal language model without gradients.

    Parameters
    ----------
    module
        A transformers causal language model, or a peft model around one.
    end_ids
        Tokens that end an answer.
    pad_id
        Any token; padding is masked.
    """

    def __init__(self, module: torch.nn.Module, *, end_ids: frozenset[int], pad_id: int) -> None:
        self.module = module
        self.end_ids = end_ids
        self.pad_id = pad_id
        inner = module.get_base_model() if hasattr(module, "get_base_model") else module
        self._accepted = set(inspect.signature(inner.forward).parameters)

    @contextmanager
    def evaluating(self) -> Iterator[None]:
        """Switch gradients and dropout off; afterwards the module is in the mode that it had."""
        was_training = self.module.training
        self.module.eval()
        try:
            with torch.no_grad():
                yield
        finally:
            self.module.train(was_training)

    def share_prefix(self, rows: Sequence[list[int]]) -> SharedPrefix | None:
        """Compute the common beginning of all rows once; None if it is short or the cache cannot be shared."""
        if len(rows) < 2:
            return None
        # At least one token of each row stays, because the next token is predicted from it.
        length = min(common_prefix_length(rows), min(map(len, rows)) - 1)
        if length < SHORTEST_PREFIX:
            return None
        ids = torch.tensor([rows[0][:length]], device=self._device)  # (1, length)
        _, cache = self._forward(ids, torch.ones_like(ids), None)
        # A sliding window counts padding between prefix and rest, so only full attention is shared.
        if any(type(layer) is not DynamicLayer for layer in getattr(cache, "layers", [None])):
            return None
        return SharedPrefix(length, cache)

    def decode(
        self,
        rows: Sequence[list[int]],
        max_new_tokens: int,
        prefix: SharedPrefix | None = None,
        constraint: Constraint | None = None,
    ) -> list[list[int]]:
        """Continue every row greedily up to its first end token, which is kept, or ``max_new_tokens``."""
        n_shared = prefix.length if prefix else 0
        ids, mask = self._pad([row[n_shared:] for row in rows], left=True)  # both (n, t - n_shared)
        cache = prefix.repeat(len(rows)) if prefix else None
        mask = torch.cat([mask.new_ones((len(rows), n_shared)), mask], dim=1)  # (n, t)
        outputs: list[list[int]] = [[] for _ in rows]
        live = list(range(len(rows)))  # the row that each slot of the batch works on
        while True:
            logits, cache = self._forward(ids, mask, cache)
            scores = logits[:, -1]  # (n, v)
            if constraint is not None:
                scores = self._mask(scores, [outputs[row] for row in live], max_new_tokens, constraint)
            next_ids = scores.argmax(dim=-1)  # (n,)
            running = self._append(outputs, live, next_ids.tolist(), max_new_tokens)
            if not running:
                return outputs
            if len(running) <= COMPACT_BELOW * len(live):
                slots = torch.tensor(running, device=self._device)
                cache.batch_select_indices(slots)
                mask, next_ids = mask[slots], next_ids[slots]
                live = [live[slot] for slot in running]
            ids = next_ids[:, None]  # (n, 1)
            mask = torch.cat([mask, mask.new_ones((len(live), 1))], dim=1)

    def score(self, rows: Sequence[list[int]], n_answer_tokens: Sequence[int]) -> list[float]:
        """Return the summed log-probability of the last ``n_answer_tokens`` tokens of every row."""
        ids, mask = self._pad(rows, left=False)  # both (n, t)
        width = ids.shape[1]
        # Logits are large (v columns): keep only positions from which some answer token is predicted.
        start = min(len(row) - n for row, n in zip(rows, n_answer_tokens, strict=True)) - 1
        logits, _ = self._forward(ids, mask, None, n_logits=width - start)
        log_probabilities = logits[:, :-1].float().log_softmax(dim=-1)  # (n, width - start - 1, v)
        taken = log_probabilities.gather(-1, ids[:, start + 1 :, None])[..., 0]  # (n, width - start - 1)
        sums = []
        for row, n_answer, values in zip(rows, n_answer_tokens, taken, strict=True):
            end = len(row) - start - 1
            sums.append(values[end - n_answer : end].double().sum().item())
        return sums

    def _mask(
        self, scores: torch.Tensor, written: Sequence[list[int]], limit: int, constraint: Constraint
    ) -> torch.Tensor:
        """Return the scores (n, v) with all tokens that the constraint forbids at minus infinity."""
        masked = scores.clone()
        for slot, output in enumerate(written):
            if self._is_finished(output, limit):
                continue  # what this row still gets is thrown away
            allowed = torch.as_tensor(constraint(output), dtype=torch.long, device=scores.device)  # (n_allowed,)
            if not len(allowed):
                raise CourseError(f"the constraint allows no token after {output}: let it allow the end token there")
            masked[slot] = -torch.inf
            masked[slot, allowed] = scores[slot, allowed]
        return masked

    def _append(self, outputs: list[list[int]], live: list[int], tokens: list[int], limit: int) -> list[int]:
        """Add one token to each unfinished row and return the slots that go on."""
        running = []
        for slot, (row, token) in enumerate(zip(live, tokens, strict=True)):
            if self._is_finished(outputs[row], limit):
                continue
            outputs[row].append(token)
            if not self._is_finished(outputs[row], limit):
                running.append(slot)
        return running

    def _is_finished(self, output: list[int], limit: int) -> bool:
        return bool(output) and (output[-1] in self.end_ids or len(output) >= limit)

    def _forward(self, ids: torch.Tensor, mask: torch.Tensor, cache: Any, n_logits: int = 1) -> tuple:
        """Run the module; return logits (n, n_logits, v) and the cache."""
        options: dict[str, Any] = {}
        if "position_ids" in self._accepted:
            # Counted from the mask, so that padding does not move a token to another position.
            options["position_ids"] = (mask.cumsum(dim=-1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        if "logits_to_keep" in self._accepted:
            options["logits_to_keep"] = n_logits
        output = self.module(input_ids=ids, attention_mask=mask, past_key_values=cache, use_cache=True, **options)
        cache = getattr(output, "past_key_values", None)
        if not hasattr(cache, "batch_select_indices"):
            raise CourseError("this architecture keeps no key-value cache: choose a model with attention layers")
        return output.logits[:, -n_logits:], cache

    def _pad(self, rows: Sequence[list[int]], *, left: bool) -> tuple[torch.Tensor, torch.Tensor]:
        """Return ids and mask, both (n, t), with padding on one side."""
        width = max(map(len, rows))
        ids = torch.full((len(rows), width), self.pad_id)
        mask = torch.zeros_like(ids)
        for number, row in enumerate(rows):
            columns = slice(width - len(row), width) if left else slice(0, len(row))
            ids[number, columns] = torch.tensor(row)
            mask[number, columns] = 1
        return ids.to(self._device), mask.to(self._device)

    @property
    def _device(self) -> torch.device:
        return next(self.module.parameters()).device


def common_prefix_length(rows: Sequence[list[int]]) -> int:
    """Return how many tokens all rows begin with.

    Examples
    --------
    >>> common_prefix_length([[1, 2, 3], [1, 2, 4], [1, 2]])
    2
    """
    # All rows lie between the least and the greatest, so these two share what all share.
    least, greatest = min(rows), max(rows)
    for position, (one, other) in enumerate(zip(least, greatest, strict=False)):
        if one != other:
            return position
    return min(len(least), len(greatest))
