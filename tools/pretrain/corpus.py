"""Write the training text as shards of token ids: ``python -m tools.pretrain.corpus OUT --stage short --shards 4``."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import numpy as np
from tokenizers import Tokenizer

from course_lib.world.names import TrainingRandom
from tools.pretrain import samples, skills
from tools.pretrain.passages import END, USER, Sample

Maker = Callable[[Random], Sample]
MIXTURES: dict[str, dict[Maker, float]] = {
    "copy": {
        skills.look_up_keys: 34, skills.echo: 22, skills.list_task: 8, skills.few_shot_format: 8,
        skills.told_format: 4, samples.read_context: 16, samples.closed_book: 3, samples.document: 5,
    },
    "bind": {
        samples.look_up_facts: 38, skills.look_up_keys: 26, samples.read_context: 18, skills.list_task: 4,
        skills.few_shot_format: 4, skills.told_format: 4, samples.closed_book: 3, skills.extract: 3,
    },
    "short": {
        samples.look_up_facts: 18, samples.read_context: 46, samples.two_hops: 4, samples.obey_injected: 3,
        samples.closed_book: 6, samples.document: 4, skills.few_shot_format: 5, skills.told_format: 5,
        skills.told_style: 5, skills.shown_style: 3, skills.classify: 4, skills.extract: 4, skills.look_up_keys: 3,
        skills.list_task: 4, skills.echo: 1, skills.unknown_word: 1,
    },
    "long": {
        samples.look_up_facts: 8, partial(samples.read_context, long=True): 30, samples.read_context: 26,
        partial(samples.two_hops, long=True): 3, samples.two_hops: 2, samples.obey_injected: 3,
        samples.closed_book: 6, partial(samples.document, long=True): 2, samples.document: 2,
        skills.few_shot_format: 4, skills.told_format: 5, skills.told_style: 5, skills.shown_style: 3,
        skills.classify: 4, skills.extract: 4, skills.look_up_keys: 1, skills.list_task: 4, skills.unknown_word: 1,
    },
}  # fmt: skip
"""Stage of the curriculum -> makers of samples and their weights."""
QUESTION_WEIGHT = 0.2
MAX_TOKENS = {"copy": 256, "bind": 256, "short": 384, "long": 768}


def draw_sample(rng: Random, stage: str) -> Sample:
    """Return one sample of a stage."""
    mixture = MIXTURES[stage]
    return rng.choices(list(mixture), list(mixture.values()))[0](rng)


def weigh_questions(sample: Sample) -> Sample:
    """Return a sample in which the last line of each request bears a little loss.

    A question names an entity of the passages above it: who guesses the rest of the name has learnt which one is meant.
    """
    weighed: Sample = []
    for text, weight in sample:
        if weight or not text.startswith(USER):
            weighed.append((text, weight))
            continue
        start, end = max(text.rfind("\n"), len(USER)), text.index(END)
        weighed += [(text[:start], 0.0), (text[start:end], QUESTION_WEIGHT), (text[end:], 0.0)]
    return weighed


def encode_samples(tokenizer: Tokenizer, drawn: list[Sample]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (ids uint16, weights uint8 in hundredths) for each sample, both of shape (n_tokens,)."""
    texts = [text for sample in drawn for text, _ in sample]
    encodings = iter(tokenizer.encode_batch_fast(texts, add_special_tokens=False))
    encoded = []
    for sample in drawn:
        ids, weights = [], []
        for _, weight in sample:
            piece = next(encodings).ids
            ids += piece
            weights += [round(100 * weight)] * len(piece)
        encoded.append((np.array(ids, np.uint16), np.array(weights, np.uint8)))
    return encoded


def write_shard(path: Path, tokenizer: Tokenizer, stage: str, seed: str, n_samples: int) -> int:
    """Write one shard and return its number of tokens; samples over the stage's length are left out."""
    rng = TrainingRandom(seed)
    encoded: list[tuple[np.ndarray, np.ndarray]] = []
    while len(encoded) < n_samples:
        drawn = [draw_sample(rng, stage) for _ in range(min(500, n_samples))]
        weighed = [weigh_questions(sample) for sample in drawn]
        encoded += [pair for pair in encode_samples(tokenizer, weighed) if len(pair[0]) <= MAX_TOKENS[stage]]
    lengths = np.array([len(ids) for ids, _ in encoded], np.int32)
    partial_path = path.with_suffix(".part.npz")
    np.savez(
        partial_path, ids=np.concatenate([ids for ids, _ in encoded]),
        weights=np.concatenate([weights for _, weights in encoded]), lengths=lengths,
    )  # fmt: skip
    partial_path.rename(path)
    return int(lengths.sum())


def main() -> None:
    """Write the shards that are not there yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--stage", choices=list(MIXTURES), required=True)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--samples", type=int, default=20_000)
    parser.add_argument("--tokenizer", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(arguments.tokenizer))
    for number in range(arguments.shards):
        path = arguments.out / f"{arguments.stage}-{number:03d}.npz"
        if path.exists():
            continue
        start = time.perf_counter()
        n_tokens = write_shard(path, tokenizer, arguments.stage, f"{arguments.stage}-{number}", arguments.samples)
        print(f"{path.name}: {n_tokens:,} tokens in {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
