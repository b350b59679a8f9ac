"""Batches of the training: repeats of random tokens, and whole samples of like length from the shards."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np

from tools.pretrain.tokenizer import SPECIAL_TOKENS

WIDTHS = (64, 128, 192, 256, 384, 512, 768)
"""Lengths that batches are padded to: each is compiled once."""
TOKENS_PER_BATCH = {"repeats": 2048, "copy": 2048, "bind": 4096, "short": 2048, "rivals": 4096, "long": 3072}


def repeats(rng: Random, vocabulary_size: int, n_rows: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (ids, weights) of shape (n_rows, width): random pieces, each repeated; only the repeats bear loss."""
    ids, weights = np.zeros((n_rows, width), np.int64), np.ones((n_rows, width), np.float32)
    for row in range(n_rows):
        start = 0
        while start < width:
            piece = [rng.randrange(len(SPECIAL_TOKENS), vocabulary_size) for _ in range(rng.randint(3, 8))]
            end = min(width, start + len(piece) * rng.randint(2, 4))
            ids[row, start:end] = np.resize(piece, end - start)
            weights[row, start : start + len(piece)] = 0
            start = end
    return ids, weights


class Feeder:
    """Batches of one stage: whole samples of like length, shard by shard, again from the first when all are used."""

    def __init__(self, folder: Path, stage: str, position: int) -> None:
        self.folder, self.stage, self.position = folder, stage, position
        self.batches: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def __next__(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return (ids, weights) of shape (n_rows, width) and carried tokens, of shape (n_rows, width, `N_CARRIED`)."""
        if not self.batches:
            self._load()
        return self.batches.pop()

    def _load(self) -> None:
        shards = sorted(self.folder.glob(f"{self.stage}-*.npz"))
        shards = [shard for shard in shards if not shard.name.endswith(".part.npz")]
        if not shards:
            raise FileNotFoundError(
                f"no shard {self.stage}-*.npz in {self.folder}: write some with tools.pretrain.corpus"
            )
        rng = Random(f"{self.stage}-{self.position}")
        loaded = np.load(shards[self.position % len(shards)])
        self.position += 1
        ends = np.cumsum(loaded["lengths"])
        by_width: dict[int, list[tuple[int, int]]] = {width: [] for width in WIDTHS}
        for start, end in zip(ends - loaded["lengths"], ends, strict=True):
            by_width[next(width for width in WIDTHS if width >= end - start)].append((start, end))
        all_ids, all_weights, all_carried = loaded["ids"], loaded["weights"], loaded["carried"]
        for width, spans in by_width.items():
            rng.shuffle(spans)
            n_rows = TOKENS_PER_BATCH[self.stage] // width
            for first in range(0, len(spans) - n_rows + 1, n_rows):
                ids = np.full((n_rows, width), SPECIAL_TOKENS.index("<|pad|>"), np.int64)
                weights = np.zeros((n_rows, width), np.float32)
                carried = np.zeros((n_rows, width, all_carried.shape[1]), np.int64)
                for row, (start, end) in enumerate(spans[first : first + n_rows]):
                    ids[row, : end - start] = all_ids[start:end]
                    weights[row, : end - start] = all_weights[start:end] / 100
                    carried[row, : end - start] = all_carried[start:end]
                self.batches.append((ids, weights, carried))
        rng.shuffle(self.batches)
