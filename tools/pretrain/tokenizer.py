"""Train the tokenizer: ``python -m tools.pretrain.tokenizer OUT.json``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from course_lib.world.names import TrainingRandom
from tools.pretrain.corpus import draw_sample

SPECIAL_TOKENS = ["<|system|>", "<|user|>", "<|assistant|>", "<|end|>", "<|pad|>"]
VOCABULARY_SIZE = 4096
N_SAMPLES = 40_000


def texts(n_samples: int) -> Iterator[str]:
    """Yield the texts that the merges are learnt from."""
    rng = TrainingRandom("tokenizer")
    for _ in range(n_samples):
        yield "".join(text for text, _ in draw_sample(rng, "short"))


def train_tokenizer() -> Tokenizer:
    """Return a byte-level BPE tokenizer with single digits, so that numbers are read digit by digit."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY_SIZE,
        special_tokens=SPECIAL_TOKENS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts(N_SAMPLES), trainer)
    return tokenizer


if __name__ == "__main__":
    train_tokenizer().save(sys.argv[1])
