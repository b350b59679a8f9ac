"""A small tokenizer and two small shards, made as the real ones are."""

from pathlib import Path

import pytest
from tokenizers import Tokenizer

from tools.pretrain import tokenizer as tokenizer_module
from tools.pretrain.corpus import write_shard


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokenizer_module, "N_SAMPLES", 60)
        patch.setattr(tokenizer_module, "VOCABULARY_SIZE", 600)
        return tokenizer_module.train_tokenizer()


@pytest.fixture(scope="session")
def tokenizer_file(tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    tokenizer.save(str(path))
    return path


@pytest.fixture(scope="session")
def shards(tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two shards of the stage "copy"."""
    folder = tmp_path_factory.mktemp("shards")
    for number in range(2):
        write_shard(folder / f"copy-{number:03d}.npz", tokenizer, "copy", f"copy-{number}", 150)
    return folder
