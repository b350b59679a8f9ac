"""The embedder's network as a cross-encoder: it reads a question and a passage together and gives them one score."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import safetensors.torch
import sentence_transformers
import torch
from torch.nn.functional import softplus
from torch.optim.lr_scheduler import LambdaLR

from course_lib.errors import CourseError, DataError, RerankerMismatchError
from course_lib.models.checksums import MANIFEST, hash_file, read_manifest, verify_files
from course_lib.models.embedder import Embedder
from course_lib.models.quiet import silence_libraries

WEIGHTS_FILE = "cross_encoder.safetensors"
RECORD_FILE = "cross_encoder.json"
FORMAT = 1
"""Version of the files' form; raised when older files can no longer be read."""
WARMUP = 0.1
"""Share of the steps in which the learning rate rises; after that it falls to zero."""
HEAD_FACTOR = 20
"""The output layer starts from nothing, so it learns this many times faster than the rest."""

Pair = tuple[str, str, str]
"""A question, a right passage and a wrong one."""
OnStep = Callable[[int, int, float], None]
"""Called after every step with its number (from 1), the number of all steps, and the step's loss."""


class CrossEncoder:
    """Scores passages for a question with all layers of the embedder and an output layer that starts at zero.

    Untrained, all passages score the same, so that their order stands.

    Parameters
    ----------
    embedder
        Whose weights are the start; it keeps its own.

    Raises
    ------
    CourseError
        It is no `Embedder` of the course, so there are no weights to start from.

    Attributes
    ----------
    max_tokens
        Tokens of question and passage, marks included, that are read; the longer of the two loses its end first.
    base_fingerprint
        SHA-256 of the embedder's weights.
    """

    max_tokens = 256

    def __init__(self, embedder: Embedder) -> None:
        if not isinstance(embedder, Embedder):
            raise CourseError(
                f"a cross-encoder starts from the weights of course_lib.models.Embedder, got a "
                f"{type(embedder).__name__}: build the index with an Embedder"
            )
        silence_libraries()
        self.base_fingerprint = embedder.fingerprint
        with torch.random.fork_rng(devices=[]):  # the new layer is drawn at random before it is set to zero
            self._network = sentence_transformers.CrossEncoder(
                str(embedder.folder),
                num_labels=1,
                max_length=self.max_tokens,
                activation_fn=torch.nn.Identity(),
                device="cpu",
                local_files_only=True,
            )
        for weights in self._head.parameters():
            torch.nn.init.zeros_(weights)

    @property
    def _head(self) -> torch.nn.Module:
        return self._network.model.classifier

    def score(self, question: str, passages: Sequence[str]) -> np.ndarray:
        """Return how well each passage answers the question, shape (n,); larger is better."""
        if not passages:
            return np.empty(0)
        rows = [(question, passage) for passage in passages]
        return self._network.predict(rows, show_progress_bar=False).astype(np.float64)

    def fit(
        self,
        pairs: Sequence[Pair],
        *,
        batch_size: int = 16,
        learning_rate: float = 5e-5,
        seed: int = 0,
        on_step: OnStep | None = None,
    ) -> None:
        """Learn to score right passages above wrong ones (the loss of RankNet, Burges et al. 2005), in one pass.

        The same pairs and seed give the same weights on the same machine.

        Parameters
        ----------
        pairs
            In the order of training: pairs of one question that stand side by side share the work on the right passage.
        batch_size
            Pairs per step.
        learning_rate
            Highest learning rate of the embedder's layers.
        seed
            Of the dropout.
        on_step
            For progress bars and curves.

        Raises
        ------
        CourseError
            There are no pairs, a setting is not above zero, or the loss stopped being a number.
        """
        _check_positive(pairs=len(pairs), batch_size=batch_size, learning_rate=learning_rate)
        batches = [pairs[at : at + batch_size] for at in range(0, len(pairs), batch_size)]
        optimiser, schedule = self._make_optimiser(len(batches), learning_rate)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self._network.train()
            for step, batch in enumerate(batches, start=1):
                loss = self._learn(batch, optimiser)
                schedule.step()
                if not math.isfinite(loss):
                    raise CourseError(
                        f"the loss was {loss} in step {step} of {len(batches)}: the training diverged, so lower the "
                        f"learning rate (now {learning_rate:g})"
                    )
                if on_step:
                    on_step(step, len(batches), loss)
        self._network.eval()

    def _make_optimiser(self, n_steps: int, learning_rate: float) -> tuple[torch.optim.Optimizer, LambdaLR]:
        body = self._network.model.base_model.parameters()
        groups = [{"params": body}, {"params": self._head.parameters(), "lr": HEAD_FACTOR * learning_rate}]
        optimiser = torch.optim.AdamW(groups, lr=learning_rate, weight_decay=0.0)
        n_rising = max(1, round(WARMUP * n_steps))

        def factor(step: int) -> float:
            return min((step + 1) / n_rising, (n_steps - step) / max(1, n_steps - n_rising))

        return optimiser, LambdaLR(optimiser, factor)

    def _learn(self, batch: Sequence[Pair], optimiser: torch.optim.Optimizer) -> float:
        """Take one step and return the loss before it."""
        loss = self._pair_loss(batch)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        optimiser.step()
        return loss.item()

    def _pair_loss(self, batch: Sequence[Pair]) -> torch.Tensor:
        """Return the mean of ``log(1 + exp(wrong - right))``; a passage that occurs twice is read once."""
        rows = list(dict.fromkeys((question, passage) for question, *passages in batch for passage in passages))
        place = {row: at for at, row in enumerate(rows)}
        scores = self._network(self._network.preprocess(rows))["scores"].reshape(-1)  # (r,)
        right = scores[[place[question, passage] for question, passage, _ in batch]]  # (p,)
        wrong = scores[[place[question, passage] for question, _, passage in batch]]  # (p,)
        return softplus(wrong - right).mean()

    def save(self, folder: str | Path) -> None:
        """Write all weights, the hash of the embedder and ``SHA256SUMS``; an older cross-encoder there is replaced."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        # Without its hashes a folder is refused, so a save that is cut short cannot be taken for a whole one.
        (folder / MANIFEST).unlink(missing_ok=True)
        safetensors.torch.save_file(self._network.model.state_dict(), folder / WEIGHTS_FILE)
        record = {"format": FORMAT, "base_fingerprint": self.base_fingerprint}
        (folder / RECORD_FILE).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        lines = [f"{hash_file(folder / name)}  {name}\n" for name in (WEIGHTS_FILE, RECORD_FILE)]
        (folder / MANIFEST).write_text("".join(lines), encoding="utf-8")

    @classmethod
    def load(cls, folder: str | Path, embedder: Embedder) -> CrossEncoder:
        """Read a cross-encoder that was started from the weights of ``embedder``.

        Raises
        ------
        RerankerMismatchError
            It was started from those of another one.
        DataError
            A file is missing, damaged, or has a form that this version cannot read.
        """
        folder = Path(folder)
        base = _read_base(folder)
        if base != embedder.fingerprint:
            raise RerankerMismatchError(
                f"the cross-encoder in {folder.name} was started from an embedder with the fingerprint {base[:12]}, "
                f"but this one has {embedder.fingerprint[:12]}: take the one it was started from, or train it again"
            )
        encoder = cls(embedder)
        encoder._network.model.load_state_dict(safetensors.torch.load_file(folder / WEIGHTS_FILE))
        return encoder


def _check_positive(**values: float) -> None:
    for name, value in values.items():
        if not value > 0:
            raise CourseError(f"{name} must be greater than 0, got {value}")


def _read_base(folder: Path) -> str:
    """Return the hash of the embedder that a saved cross-encoder was started from, after a check of its files."""
    hashes = read_manifest(folder)
    for name in (WEIGHTS_FILE, RECORD_FILE):
        if name not in hashes:
            raise DataError(f"{folder.name}/{MANIFEST} does not list {name}: train the cross-encoder again")
    verify_files(folder, {name: hashes[name] for name in (WEIGHTS_FILE, RECORD_FILE)})
    record = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
    if record.get("format") != FORMAT:
        raise DataError(f"{folder.name}/{RECORD_FILE} is not in format {FORMAT}: train the cross-encoder again")
    return record["base_fingerprint"]
