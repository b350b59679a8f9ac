"""Small random checkpoints, made in a second, that behave like the real ones in every respect but sense."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    OPTConfig,
    OPTForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
)

from course_lib.models.checksums import hash_file
from course_lib.models.local import LocalModel
from tests.checkpoints import CORPUS, COURSE_TEMPLATE, COURSE_TOKENS, OTHER_TEMPLATE, OTHER_TOKENS, make_tokenizer

REFUSING_TEMPLATE = (
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    + OTHER_TEMPLATE
)


def save(module: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, folder: Path) -> Path:
    """Save weights that end an answer every dozen tokens or so, with a SHA256SUMS."""
    end = tokenizer.eos_token_id
    module.generation_config.eos_token_id = end
    with torch.no_grad():
        # A long output row makes the end token win now and then, so that answers have many lengths.
        module.get_output_embeddings().weight[end] *= 2.5
    module.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    names = sorted(path.name for path in folder.iterdir())
    lines = [f"{hash_file(folder / name)}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
    return folder


SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "initializer_range": 0.4}
LLAMA_LIKE = {**SMALL, "num_key_value_heads": 2, "intermediate_size": 64, "max_position_embeddings": 256}


def make_gpt2(**ids: int) -> PreTrainedModel:
    """Learnt absolute positions: wrong positions under left padding would show at once."""
    return GPT2LMHeadModel(
        GPT2Config(n_embd=32, n_layer=2, n_head=4, n_positions=256, initializer_range=0.4, **ids, bos_token_id=None)
    )


def make_opt(**ids: int) -> PreTrainedModel:
    """Learnt positions with an offset."""
    sizes = {"hidden_size": 32, "word_embed_proj_dim": 32, "ffn_dim": 64, "num_hidden_layers": 2}
    return OPTForCausalLM(
        OPTConfig(**sizes, num_attention_heads=4, max_position_embeddings=256, init_std=0.4, **ids, bos_token_id=None)
    )


def make_qwen2(**ids: int) -> PreTrainedModel:
    """Grouped queries with biases."""
    return Qwen2ForCausalLM(Qwen2Config(**LLAMA_LIKE, **ids, bos_token_id=None))


def make_gemma2(**ids: int) -> PreTrainedModel:
    """Sliding windows shorter than the prompts, in every other layer."""
    config = Gemma2Config(**LLAMA_LIKE, head_dim=8, sliding_window=24, **ids, bos_token_id=None)
    return Gemma2ForCausalLM(config)


MAKERS: dict[str, tuple[Callable[..., PreTrainedModel], str]] = {
    "gpt2": (make_gpt2, OTHER_TEMPLATE),
    "opt": (make_opt, OTHER_TEMPLATE),
    "qwen2": (make_qwen2, OTHER_TEMPLATE),
    "gemma2": (make_gemma2, REFUSING_TEMPLATE),
}


def save_llama(folder: Path) -> Path:
    """Save a random Llama with the tokenizer and template of the embedded model."""
    torch.manual_seed(3)
    tokenizer = make_tokenizer(COURSE_TOKENS, COURSE_TEMPLATE, "<|end|>")
    config = LlamaConfig(
        **LLAMA_LIKE,
        vocab_size=len(tokenizer),
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        tie_word_embeddings=False,
    )
    return save(LlamaForCausalLM(config), tokenizer, folder)


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the shape of embedded_model/, random weights inside."""
    return save_llama(tmp_path_factory.mktemp("checkpoints") / "tiny_llama")


@pytest.fixture(scope="session")
def tiny_model(tiny_checkpoint: Path) -> LocalModel:
    """Return the tiny model; tests must not change its weights."""
    return LocalModel.load(tiny_checkpoint)


@pytest.fixture(scope="session", params=sorted(MAKERS))
def other_checkpoint(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkpoint of another architecture, with another tokenizer and template."""
    make, template = MAKERS[request.param]
    torch.manual_seed(5)
    tokenizer = make_tokenizer(OTHER_TOKENS, template, "<|im_end|>")
    ids = {"eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
    module = make(vocab_size=len(tokenizer), tie_word_embeddings=False, **ids)
    return save(module, tokenizer, tmp_path_factory.mktemp("checkpoints") / request.param)


@pytest.fixture(scope="session")
def prompts() -> list[list[dict[str, str]]]:
    """Return prompts of many lengths."""
    words = " ".join(CORPUS).split()
    return [
        [
            {"role": "system", "content": "Answer from the documents."},
            {"role": "user", "content": " ".join(words[number : number + 1 + (number * 7) % 23])},
        ]
        for number in range(14)
    ]
