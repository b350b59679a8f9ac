"""Write a checkpoint, or the mean of several, as an ordinary transformers folder.

``python -m tools.pretrain.export RUN/last.pt NEXT/last.pt embedded_model --tokenizer tokenizer.json``
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import GenerationConfig, PreTrainedTokenizerFast

from tools.pretrain.train import build_model

CHAT_TEMPLATE = (
    "{% for message in messages %}{% if message.role == 'assistant' %}<|assistant|>"
    "{% generation %}{{ message.content }}<|end|>{% endgeneration %}"
    "{% else %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
HASHED = (
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
    "chat_template.jinja",
)


def average(checkpoints: Sequence[Path]) -> dict[str, torch.Tensor]:
    """Return the mean of the weights of checkpoints of one chain of runs, each gone on from the one before.

    Such weights lie close enough together for their mean to work, and what comes and goes from run to run, as how far
    a single example is followed, evens out.
    """
    states = [torch.load(checkpoint, weights_only=True)["model"] for checkpoint in checkpoints]
    return {name: torch.stack([state[name] for state in states]).mean(dim=0) for name in states[0]}


def export(checkpoints: Sequence[Path], folder: Path, tokenizer_file: Path, context_length: int) -> None:
    """Write weights, tokenizer and template to ``folder``, with the hashes of all files in ``SHA256SUMS``."""
    state = average(checkpoints)
    n_layers = 1 + max(int(name.split(".")[2]) for name in state if name.startswith("model.layers."))
    vocabulary_size, width = state["model.embed_tokens.weight"].shape
    n_inner = state["model.layers.0.mlp.up_proj.weight"].shape[0]
    model = build_model(width, n_layers, n_inner, vocabulary_size)
    model.load_state_dict(state)
    model.config.max_position_embeddings = context_length
    model.generation_config = GenerationConfig(
        eos_token_id=model.config.eos_token_id, pad_token_id=model.config.pad_token_id, do_sample=False
    )
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(tokenizer_file),
        eos_token="<|end|>",
        pad_token="<|pad|>",
        extra_special_tokens=["<|system|>", "<|user|>", "<|assistant|>"],
        model_max_length=context_length,
        clean_up_tokenization_spaces=False,
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    tokenizer.save_pretrained(folder)
    sums = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}" for name in HASHED]
    (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--context", type=int, default=768)
    arguments = parser.parse_args()
    export(arguments.checkpoints, arguments.folder, arguments.tokenizer, arguments.context)
