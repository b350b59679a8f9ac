"""Causal language models that run in this process: the embedded one, a local folder, a Hub id."""

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from course_lib.errors import CourseError
from course_lib.models.base import Completion, Progress, Prompt, check_context, check_limits, plan_batches
from course_lib.models.chat import ChatCodec
from course_lib.models.checksums import MANIFEST, read_manifest, verify_folder
from course_lib.models.constraints import Constraint
from course_lib.models.decoding import Decoder
from course_lib.models.quiet import silence_libraries
from course_lib.models.settings import ROOT

EMBEDDED_FOLDER = ROOT / "embedded_model"


class LocalModel:
    """A chat model in memory.

    Parameters
    ----------
    module
        A transformers causal language model, or a peft model around one.
    tokenizer
        Its tokenizer, with a chat template.
    name
        How the model is called on the scoreboard.
    max_batch_tokens
        Most tokens that a batch may keep in its key-value cache, padding and answers included: bounds the memory.
    share_prefix
        Compute the beginning that all prompts of a call share only once. Costs nothing, saves much with long
        instructions, examples or documents in every prompt.

    Raises
    ------
    CourseError
        There is no chat template.
    """

    def __init__(
        self,
        module: torch.nn.Module,
        tokenizer: Any,
        name: str,
        *,
        max_batch_tokens: int = 16_384,
        share_prefix: bool = True,
    ) -> None:
        silence_libraries()
        self.module = module
        self.tokenizer = tokenizer
        self.name = name
        self.max_batch_tokens = max_batch_tokens
        self.share_prefix = share_prefix
        self.context_length = _context_length(module, tokenizer)
        self.n_parameters = sum(parameter.numel() for parameter in module.parameters())
        # Hashed now: putting an adapter into the module later changes it in place.
        self.fingerprint = hash_weights(module)
        self._chat = ChatCodec(tokenizer, name)
        end_ids = _end_ids(module, tokenizer)
        pad_id = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else min(end_ids, default=0)
        self._decoder = Decoder(module, end_ids=end_ids, pad_id=pad_id)

    @classmethod
    def load(cls, source: str | Path, *, device: str = "cpu", **options: Any) -> "LocalModel":
        """Load a checkpoint from a folder or the Hub in float32; a folder with ``SHA256SUMS`` is checked against it.

        Raises
        ------
        CourseError
            There is no such checkpoint, it is no causal language model, or it has no chat template.
        DataError
            A file does not have its hash.
        """
        silence_libraries()
        folder = Path(source)
        if folder.is_dir() and (folder / MANIFEST).exists():
            verify_folder(folder)
        local_only = folder.is_dir()
        try:
            tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=local_only)
            module = AutoModelForCausalLM.from_pretrained(source, local_files_only=local_only, dtype=torch.float32)
        except (OSError, ValueError) as error:
            reason = str(error).strip().splitlines()[0]
            raise CourseError(
                f"cannot load the model {str(source)!r} ({reason}): expected 'embedded', a folder with a checkpoint, "
                "or the id of a causal language model on the Hub (which needs the network the first time)"
            ) from error
        return cls(module.to(device).eval(), tokenizer, str(source), **options)

    @classmethod
    def load_embedded(cls, folder: Path = EMBEDDED_FOLDER) -> "LocalModel":
        """Load the checkpoint that comes with the course, after comparing its files with their hashes.

        Raises
        ------
        DataError
            A file is missing or damaged.
        """
        read_manifest(folder)  # load() compares the files; here a missing list of hashes is refused as well
        model = cls.load(folder)
        model.name = "embedded"
        return model

    def with_module(self, module: torch.nn.Module, name: str) -> "LocalModel":
        """Return a model with the same tokenizer and settings around another module, such as an adapted one."""
        options = {"max_batch_tokens": self.max_batch_tokens, "share_prefix": self.share_prefix}
        return LocalModel(module, self.tokenizer, name, **options)

    @property
    def end_ids(self) -> frozenset[int]:
        """Tokens that end an answer."""
        return self._decoder.end_ids

    def encode_answer(self, text: str) -> list[int]:
        """Return the tokens of a text as the model would write it, without end token."""
        return self._chat.encode_answer(text)

    def count_tokens(self, prompt: Prompt) -> int:
        """Count the tokens of ``prompt``, template and generation prompt included."""
        return len(self._chat.encode(prompt))

    def generate(
        self,
        prompts: Sequence[Prompt],
        *,
        max_new_tokens: int = 48,
        batch_size: int = 32,
        progress: Progress | None = None,
        constraint: Constraint | None = None,
    ) -> list[Completion]:
        """Answer every prompt greedily; answers stand in the order of the prompts.

        Parameters
        ----------
        constraint
            Says after each token which ones may follow; the best of these is written. See `models.constraints`.

        Raises
        ------
        ContextOverflowError
            A prompt with its answer exceeds the context; nothing has run then.
        CourseError
            A prompt is malformed, a count is below one, or the constraint allows no token.
        """
        check_limits(max_new_tokens, batch_size)
        rows = [self._chat.encode(prompt) for prompt in prompts]
        check_context([len(row) for row in rows], max_new_tokens, self.context_length)
        completions: dict[int, Completion] = {}
        with self._decoder.evaluating():
            prefix = self._decoder.share_prefix(rows) if self.share_prefix else None
            for batch in plan_batches([len(row) + max_new_tokens for row in rows], batch_size, self.max_batch_tokens):
                start = time.perf_counter()
                outputs = self._decoder.decode(
                    [rows[position] for position in batch], max_new_tokens, prefix, constraint
                )
                seconds = (time.perf_counter() - start) / len(batch)
                for position, output in zip(batch, outputs, strict=True):
                    completions[position] = self._complete(rows[position], output, seconds)
                if progress:
                    progress(len(completions), len(rows))
        return [completions[position] for position in range(len(rows))]

    def log_probabilities(
        self, prompts: Sequence[Prompt], answers: Sequence[str], *, batch_size: int = 32
    ) -> list[float]:
        """Return the natural-log probability of each answer after its prompt, summed over the answer's tokens.

        The end token is not part of the sum.

        Raises
        ------
        ContextOverflowError
            A prompt with its answer exceeds the context.
        CourseError
            Prompts and answers differ in number, or an answer has no token.
        """
        check_limits(1, batch_size)
        if len(prompts) != len(answers):
            raise CourseError(f"expected one answer per prompt, got {len(prompts)} prompts and {len(answers)} answers")
        answer_rows = [self._chat.encode_answer(answer) for answer in answers]
        if not all(answer_rows):
            raise CourseError(f"answer {answer_rows.index([])} is empty: it has no token to score")
        rows = [self._chat.encode(prompt) + answer for prompt, answer in zip(prompts, answer_rows, strict=True)]
        lengths = [len(row) for row in rows]
        check_context(lengths, 0, self.context_length)
        sums: dict[int, float] = {}
        with self._decoder.evaluating():
            for batch in plan_batches(lengths, batch_size, self.max_batch_tokens):
                scores = self._decoder.score([rows[i] for i in batch], [len(answer_rows[i]) for i in batch])
                sums.update(zip(batch, scores, strict=True))
        return [sums[position] for position in range(len(rows))]

    def _complete(self, row: list[int], output: list[int], seconds: float) -> Completion:
        """Turn generated ids into a completion."""
        finish = "stop" if output[-1] in self._decoder.end_ids else "length"
        return Completion(self._chat.decode(output), len(row), len(output), finish, seconds)


def hash_weights(module: torch.nn.Module) -> str:
    """Return a SHA-256 over names, types, shapes and values of a module's state, sorted by name.

    Adapters inside the module are part of it, so a tuned model has another hash than its base.
    """
    digest = hashlib.sha256()
    for name, tensor in sorted(module.state_dict().items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
    return digest.hexdigest()


def _context_length(module: torch.nn.Module, tokenizer: Any) -> int:
    """Return the smaller of what the weights and the tokenizer allow."""
    config = module.config.get_text_config()
    length = getattr(config, "max_position_embeddings", None)
    # A tokenizer without a limit says so with a huge number.
    limits = [limit for limit in (length, tokenizer.model_max_length) if limit and limit < 10**9]
    if not limits:
        raise CourseError("the checkpoint does not say how long its context is: set model_max_length in its tokenizer")
    return min(limits)


def _end_ids(module: torch.nn.Module, tokenizer: Any) -> frozenset[int]:
    """Return all tokens that end an answer: a checkpoint may name several, its tokenizer one more."""
    named = module.generation_config.eos_token_id
    named = named if isinstance(named, list) else [named]
    return frozenset(token for token in [*named, tokenizer.eos_token_id] if token is not None)
