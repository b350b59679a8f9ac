import hashlib

import pytest
import torch

from course_lib.errors import DataError
from course_lib.models import LocalModel
from course_lib.prompting import assistant, build_prompt, system, user
from tools.pretrain.export import HASHED, average, export
from tools.pretrain.train import build_model

CONTEXT = 512
DIALOG = [system("Be brief."), user("Where?"), assistant("Oslo."), user("And when?"), assistant("In May.")]


@pytest.fixture(scope="module")
def exported(tokenizer, tokenizer_file, tmp_path_factory):
    """Return the folder of an exported model of random weights, and these weights."""
    folder = tmp_path_factory.mktemp("export")
    torch.manual_seed(1)
    model = build_model(64, 3, 96, tokenizer.get_vocab_size())
    torch.save({"model": model.state_dict(), "optimizers": [], "state": {}}, folder / "best.pt")
    export([folder / "best.pt"], folder / "model", tokenizer_file, CONTEXT)
    return folder / "model", model


@pytest.fixture(scope="module")
def loaded(exported):
    return LocalModel.load(exported[0])


def test_the_weights_are_those_of_the_checkpoint(exported, loaded):
    _, model = exported
    state = loaded.module.state_dict()
    assert state.keys() == model.state_dict().keys()
    assert all(torch.equal(weight, model.state_dict()[name]) for name, weight in state.items())
    assert loaded.n_parameters == sum(weight.numel() for weight in model.parameters())


def test_several_checkpoints_give_their_mean(tmp_path):
    paths = [tmp_path / "first.pt", tmp_path / "second.pt"]
    for path, weight in zip(paths, (1.0, 4.0), strict=True):
        torch.save({"model": {"weight": torch.full((2, 3), weight)}}, path)
    assert torch.equal(average(paths)["weight"], torch.full((2, 3), 2.5))


def test_it_is_a_llama_with_tied_embeddings_and_the_trained_context(loaded):
    config = loaded.module.config
    assert (config.model_type, config.num_hidden_layers, config.intermediate_size) == ("llama", 3, 96)
    assert config.tie_word_embeddings
    assert loaded.context_length == CONTEXT


def test_it_answers(loaded):
    [completion] = loaded.generate([build_prompt("Where is the hub?", instruction="Be brief.")], max_new_tokens=4)
    assert 1 <= completion.output_tokens <= 4


def test_the_template_writes_the_turns_as_training_did(loaded):
    written = loaded.tokenizer.apply_chat_template(DIALOG[:-1], tokenize=False, add_generation_prompt=True)
    assert written == (
        "<|system|>Be brief.<|end|><|user|>Where?<|end|><|assistant|>Oslo.<|end|><|user|>And when?<|end|><|assistant|>"
    )


def test_the_template_marks_what_the_assistant_says_with_its_end(loaded):
    tokenizer = loaded.tokenizer
    marked = tokenizer.apply_chat_template(DIALOG, tokenize=True, return_dict=True, return_assistant_tokens_mask=True)
    ids = [token for token, mark in zip(marked["input_ids"], marked["assistant_masks"], strict=True) if mark]
    assert tokenizer.decode(ids) == "Oslo.<|end|>In May.<|end|>"


def test_no_token_is_added_and_the_end_token_ends(loaded, tokenizer):
    ids = loaded.tokenizer("<|user|>Where? 24<|end|>")["input_ids"]
    assert ids == tokenizer.encode("<|user|>Where? 24<|end|>", add_special_tokens=False).ids
    assert loaded.tokenizer.eos_token == "<|end|>"
    assert loaded.module.generation_config.eos_token_id == loaded.tokenizer.eos_token_id == ids[-1]
    assert loaded.tokenizer.pad_token == "<|pad|>"


def test_special_tokens_are_single_tokens(loaded):
    for token in ("<|system|>", "<|user|>", "<|assistant|>", "<|end|>", "<|pad|>"):
        assert len(loaded.tokenizer(token)["input_ids"]) == 1
        assert token in loaded.tokenizer.all_special_tokens


def test_the_hashes_are_those_of_the_files_and_cover_all_of_them(exported):
    folder, _ = exported
    listed = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    assert set(listed) == set(HASHED) == {path.name for path in folder.iterdir()} - {"SHA256SUMS"}
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_a_changed_file_is_refused(exported):
    folder, _ = exported
    path = folder / "generation_config.json"
    whole = path.read_bytes()
    path.write_bytes(whole + b" ")
    try:
        with pytest.raises(DataError, match=r"generation_config\.json"):
            LocalModel.load(folder)
    finally:
        path.write_bytes(whole)
