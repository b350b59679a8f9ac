"""What the embedded model looks like from outside, for tests that make small random models of the same form."""

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from course_lib.models.local import LocalModel

COURSE_TOKENS = ("<|system|>", "<|user|>", "<|assistant|>", "<|end|>", "<|pad|>")
COURSE_TEMPLATE = (
    "{% for message in messages %}{% if message['role'] == 'assistant' %}{{ '<|assistant|>' }}"
    "{% generation %}{{ message['content'] + '<|end|>' }}{% endgeneration %}"
    "{% else %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
OTHER_TOKENS = ("<|im_start|>", "<|im_end|>", "<|pad|>")
OTHER_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
CORPUS = [
    "The archive of Orrin Vale opens at nine and closes at half past five on working days.",
    "Question: what does the blue valve cost? Answer: 24 euros and 80 cents, delivery included.",
    "| item | price |\n| --- | --- |\n| valve | 24.80 |\n| pump | 1,310.00 |",
    "Dear colleagues, please return the forms to room 214 before the end of March.",
] * 4


def make_tokenizer(specials: tuple[str, ...], template: str, end: str, n_tokens: int = 400) -> PreTrainedTokenizerFast:
    """Train a byte-level BPE with single digits."""
    core = Tokenizer(models.BPE())
    digits = pre_tokenizers.Split(Regex(r"\d"), behavior="isolated")
    core.pre_tokenizer = pre_tokenizers.Sequence([digits, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    core.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=n_tokens, special_tokens=list(specials), initial_alphabet=alphabet, show_progress=False
    )
    core.train_from_iterator(CORPUS, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core,
        eos_token=end,
        pad_token="<|pad|>",
        extra_special_tokens=[token for token in specials if token not in (end, "<|pad|>")],
        model_max_length=256,
    )
    tokenizer.chat_template = template
    return tokenizer


def make_learner(seed: int = 3, *, tied: bool = False) -> LocalModel:
    """Return a random Llama of two layers that can learn by heart."""
    torch.manual_seed(seed)
    tokenizer = make_tokenizer(COURSE_TOKENS, COURSE_TEMPLATE, "<|end|>")
    config = LlamaConfig(
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=128,
        max_position_embeddings=256,
        initializer_range=0.2,  # wide enough for sharp answers though the output layer stays as it is
        vocab_size=len(tokenizer),
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        tie_word_embeddings=tied,
    )
    return LocalModel(LlamaForCausalLM(config).eval(), tokenizer, "tiny")
