"""Train the embedded model: ``python -m tools.pretrain.train RUN --minutes 90``; the same command resumes a run.

The curriculum: repeats of random tokens, then copying and look-ups, then the mixture, then the mixture with long
contexts. The rate is flat, then falls linearly to zero, and most of the gain comes while it falls. With ``--after``
the run starts from the weights of an earlier one, grown to more layers where ``--layers`` asks for them, and first of
all learns to find the right one of several entities.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional as F  # noqa: N812
from transformers import LlamaConfig, LlamaForCausalLM

from tools.pretrain.batches import TOKENS_PER_BATCH, Feeder, repeats
from tools.pretrain.reading import development_sets, score_sets
from tools.pretrain.tokenizer import SPECIAL_TOKENS

MATRIX_RATE, OTHER_RATE = 2e-3, 3e-3
CARRY_WEIGHT = 0.5
"""Of the loss halfway up: what links a name and a value in a sentence is known there at the later of both, so that the
layers above can find one by the other."""


@dataclass(frozen=True)
class Schedule:
    """What a run does when, in shares of its time."""

    n_repeat_steps: int
    """Steps on repeats of random tokens, before all else."""
    ends: dict[str, float]
    """Stage of the curriculum, in order -> share of the time at which it ends."""
    flat_until: float
    """Share of the time from which the rate falls."""
    height: float = 1.0
    """Highest rate, as a share of the usual one."""


FIRST = Schedule(700, {"copy": 0.28, "short": 0.76, "long": 1.01}, 0.6)
AFTER = Schedule(0, {"bind": 0.12, "rivals": 0.72, "long": 1.01}, 0.3)
POLISH = Schedule(0, {"long": 1.01}, 0.1, 0.5)
"""Schedule of a run from random weights, of one that goes on from a trained model, and of a short last one."""


def build_model(width: int, n_layers: int, n_inner: int, vocabulary_size: int) -> LlamaForCausalLM:
    """Return a Llama with random weights, heads of 32, tied embeddings."""
    config = LlamaConfig(
        vocab_size=vocabulary_size,
        hidden_size=width,
        intermediate_size=n_inner,
        num_hidden_layers=n_layers,
        num_attention_heads=width // 32,
        num_key_value_heads=width // 32,
        max_position_embeddings=1024,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=SPECIAL_TOKENS.index("<|end|>"),
        pad_token_id=SPECIAL_TOKENS.index("<|pad|>"),
    )
    return LlamaForCausalLM(config)


def build_optimizers(model: LlamaForCausalLM) -> list[torch.optim.Optimizer]:
    """Return Muon for the matrices of the layers, and AdamW for embeddings and norms."""
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    others = [p for name, p in model.named_parameters() if p.ndim != 2 or "embed" in name]
    return [
        torch.optim.Muon(matrices, lr=MATRIX_RATE, weight_decay=0.1, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=OTHER_RATE, betas=(0.9, 0.98), weight_decay=0.0, fused=True),
    ]


def grow(weights: dict[str, torch.Tensor], n_layers: int) -> dict[str, torch.Tensor]:
    """Return the weights of a model with ``n_layers`` layers that computes what the shallower one computes.

    The layers added are copies of their neighbours that write nothing yet: their output matrices are zero.
    """
    n_old = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("model.layers."))
    if n_layers < n_old:
        raise ValueError(f"the earlier run has {n_old} layers; --layers {n_layers} would drop some")
    sources = [layer * n_old // n_layers for layer in range(n_layers)]
    grown = {name: value for name, value in weights.items() if not name.startswith("model.layers.")}
    for layer, source in enumerate(sources):
        added = layer > 0 and sources[layer - 1] == source
        for name, value in weights.items():
            if name.startswith(f"model.layers.{source}."):
                rest = name.split(".", 3)[3]
                silent = added and rest in ("self_attn.o_proj.weight", "mlp.down_proj.weight")
                grown[f"model.layers.{layer}.{rest}"] = torch.zeros_like(value) if silent else value.clone()
    return grown


def load_weights(earlier: Path) -> dict[str, torch.Tensor]:
    """Return the weights of an earlier run's checkpoint, or of an exported folder."""
    if earlier.is_dir():
        return LlamaForCausalLM.from_pretrained(earlier, dtype=torch.float32).state_dict()
    return torch.load(earlier, weights_only=True)["model"]


def carry_over(weights: dict[str, torch.Tensor], earlier: Tokenizer, tokenizer: Tokenizer) -> dict[str, torch.Tensor]:
    """Return the weights for another vocabulary: a new token begins as the mean of the earlier tokens of its text."""
    rows = weights["model.embed_tokens.weight"]
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda pair: pair[1])
    carried = torch.empty(len(vocabulary), rows.shape[1])
    for token, at in vocabulary:
        known = earlier.token_to_id(token)
        pieces = earlier.encode(tokenizer.decode([at]), add_special_tokens=False).ids if known is None else [known]
        carried[at] = rows[pieces].mean(dim=0) if pieces else rows.mean(dim=0)
    return weights | {name: carried for name in ("model.embed_tokens.weight", "lm_head.weight") if name in weights}


class Body(torch.nn.Module):
    """The layers of a Llama, which also tell what they hold halfway."""

    def __init__(self, llama: torch.nn.Module) -> None:
        super().__init__()
        self.llama = llama

    def forward(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the last hidden states and those of the middle, both normed, of shape (n_rows, width, hidden)."""
        llama, width = self.llama, ids.shape[1]
        hidden = llama.embed_tokens(ids)
        positions = torch.arange(width)[None]
        rotation = llama.rotary_emb(hidden, positions)
        future = torch.full((width, width), torch.finfo(torch.bfloat16).min).triu(1)[None, None]
        for number, layer in enumerate(llama.layers, 1):
            hidden = layer(hidden, attention_mask=future, position_embeddings=rotation)
            if number == len(llama.layers) // 2:
                middle = hidden
        return llama.norm(hidden), llama.norm(middle)


class Run:
    """A training run in a folder: model, optimizers, clock, log and checkpoints."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.folder: Path = arguments.run
        self.minutes: float = arguments.minutes
        self.data: Path = arguments.data
        self.tokenizer = Tokenizer.from_file(str(arguments.tokenizer))
        torch.manual_seed(0)
        self.model = build_model(arguments.width, arguments.layers, arguments.inner, self.tokenizer.get_vocab_size())
        self.optimizers = build_optimizers(self.model)
        self.state = {
            "step": 0,
            "seconds": 0.0,
            "tokens": 0,
            "positions": {},
            "best": -1.0,
        }
        self.schedule = POLISH if arguments.polish else AFTER if arguments.after else FIRST
        self.folder.mkdir(parents=True, exist_ok=True)
        if (self.folder / "last.pt").exists():
            self._resume()
        elif arguments.after:
            weights = load_weights(arguments.after)
            if arguments.earlier_tokenizer:
                weights = carry_over(weights, Tokenizer.from_file(str(arguments.earlier_tokenizer)), self.tokenizer)
            self.model.load_state_dict(grow(weights, arguments.layers))
        torch._dynamo.config.recompile_limit = 16  # for every shape of batch, of all stages
        self.model.set_attn_implementation("eager")  # twice as fast: the fused kernel is slow backwards on a CPU
        self.body = torch.compile(Body(self.model.model), dynamic=False)  # twice as fast as one dynamic graph
        self.feeders: dict[str, Feeder] = {}
        self.carrying: list[float] = []

    def _resume(self) -> None:
        saved = torch.load(self.folder / "last.pt", weights_only=True)
        self.model.load_state_dict(saved["model"])
        for optimizer, state in zip(self.optimizers, saved["optimizers"], strict=True):
            optimizer.load_state_dict(state)
        self.state |= saved["state"]
        print(f"resumed at step {self.state['step']}, minute {self.state['seconds'] / 60:.1f}", flush=True)

    def save(self, name: str) -> None:
        """Write a checkpoint that the run can resume from."""
        optimizers = [optimizer.state_dict() for optimizer in self.optimizers]
        partial = self.folder / f"{name}.part"
        torch.save({"model": self.model.state_dict(), "optimizers": optimizers, "state": self.state}, partial)
        partial.rename(self.folder / f"{name}.pt")

    def stage(self, share: float) -> str:
        """Return the stage of the curriculum at this share of the time."""
        if self.state["step"] < self.schedule.n_repeat_steps:
            return "repeats"
        return next(stage for stage, end in self.schedule.ends.items() if share < end)

    def next_batch(self, stage: str) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return (ids, weights) of shape (n_rows, width) and carried tokens, of shape (n_rows, width, n)."""
        if stage == "repeats":
            step = self.state["step"]
            size = min(self.tokenizer.get_vocab_size(), 300 + step * 6)
            ids, weights = repeats(Random(step), size, TOKENS_PER_BATCH["repeats"] // 64, 64)
            carried = np.zeros((*ids.shape, 1), np.int64)
        else:
            if stage not in self.feeders:
                self.feeders[stage] = Feeder(self.data, stage, self.state["positions"].get(stage, 0))
            ids, weights, carried = next(self.feeders[stage])
            self.state["positions"][stage] = self.feeders[stage].position
        return torch.from_numpy(ids), torch.from_numpy(weights), torch.from_numpy(carried)

    def step(self, share: float) -> float:
        """Take one step and return the loss on tokens of full weight."""
        falling = max(0.0, (1 - share) / (1 - self.schedule.flat_until))
        rate = self.schedule.height * min(1.0, (self.state["step"] + 1) / 100) * min(1.0, falling)
        for optimizer, peak in zip(self.optimizers, (MATRIX_RATE, OTHER_RATE), strict=True):
            optimizer.param_groups[0]["lr"] = peak * rate
        ids, weights, carried = self.next_batch(self.stage(share))
        with torch.autocast("cpu", torch.bfloat16):
            hidden, middle = self.body(ids)
            chosen = weights[:, 1:] > 0  # only these positions need the large vocabulary product
            logits = self.model.lm_head(hidden[:, :-1][chosen])
            wanted = carried[..., 0] > 0
            halfway = self.model.lm_head(middle[wanted])
        losses = F.cross_entropy(logits.float(), ids[:, 1:][chosen], reduction="none")
        kept = weights[:, 1:][chosen]
        tokens = carried[wanted]  # (n, N_CARRIED), 0 where the value is shorter
        surprise = -F.log_softmax(halfway.float(), dim=-1).gather(1, tokens) * (tokens > 0)
        carrying = surprise.sum() / max(1, int((tokens > 0).sum()))
        ((losses * kept).sum() / kept.sum() + CARRY_WEIGHT * carrying).backward()
        if wanted.any():
            self.carrying.append(float(carrying.detach()))
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.state["step"] += 1
        self.state["tokens"] += ids.numel()
        full = losses.detach()[kept == 1]
        loss = float(full.mean()) if len(full) else float("nan")
        return loss

    def evaluate(self, sets: dict) -> None:
        """Score the development sets, log them, and keep the checkpoint if it reads best."""
        self.model.eval()
        scores = score_sets(self.model, self.tokenizer, sets)
        self.model.train()
        record = {
            "step": self.state["step"],
            "minutes": round(self.state["seconds"] / 60, 1),
            "tokens": self.state["tokens"],
        }
        with (self.folder / "scores.jsonl").open("a") as log:
            log.write(json.dumps(record | scores) + "\n")
        print("   ", " ".join(f"{name} {score:.2f}" for name, score in scores.items()), flush=True)
        reading = (scores["read1"] + scores["read5"] + scores["read_train"] + scores["closed"]) / 4
        if reading >= self.state["best"]:
            self.state["best"] = reading
            self.save("best")

    def train(self) -> None:
        """Run to the end of the budget; time for scoring does not count."""
        sets, losses = development_sets(), []
        stable_saved = (self.folder / "stable.pt").exists()
        next_score = self.state["seconds"] + 240
        self.model.train()
        while self.state["seconds"] < 60 * self.minutes:
            share = self.state["seconds"] / (60 * self.minutes)
            if share >= self.schedule.flat_until and not stable_saved:
                stable_saved = True
                self.save("stable")
            start = time.perf_counter()
            losses.append(self.step(share))
            self.state["seconds"] += time.perf_counter() - start
            if self.state["step"] % 100 == 0:
                print(
                    f"{self.state['step']} {self.stage(share)} {share:.3f} loss {np.nanmean(losses):.3f} "
                    f"carrying {np.mean(self.carrying or [0]):.3f} "
                    f"{self.state['tokens'] / self.state['seconds']:.0f} tokens/s",
                    flush=True,
                )
                losses, self.carrying = [], []
            if self.state["seconds"] >= next_score:
                next_score = self.state["seconds"] + 720
                self.evaluate(sets)
                self.save("last")
        self.evaluate(sets)
        self.save("last")


def main() -> None:
    """Train, or resume."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--inner", type=int, default=512)
    parser.add_argument("--after", type=Path, help="checkpoint or folder of an earlier run to go on from")
    parser.add_argument("--polish", action="store_true", help="--after at a low rate, on the last stage alone")
    parser.add_argument("--earlier-tokenizer", type=Path, help="of --after, where it is another one")
    Run(parser.parse_args()).train()


if __name__ == "__main__":
    main()
