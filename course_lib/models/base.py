"""What every language model of the course offers, and the rules for prompts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from course_lib.errors import ContextOverflowError, CourseError
from course_lib.prompting import Prompt

Progress = Callable[[int, int], None]
"""Called with the number of prompts that are done and the number of all prompts."""

ROLES = ("system", "user", "assistant")


@dataclass(frozen=True)
class Completion:
    """What a model wrote for one prompt.

    Parameters
    ----------
    text
        The answer, without control tokens.
    prompt_tokens
        Tokens of the prompt, template included.
    output_tokens
        Tokens written, the end token included.
    finish
        ``"stop"`` if the model ended by itself, ``"length"`` if it was cut at ``max_new_tokens``.
    seconds
        Wall-clock time; a batch's time is shared equally among its prompts, so that times add up.
    """

    text: str
    prompt_tokens: int
    output_tokens: int
    finish: Literal["stop", "length"]
    seconds: float


@runtime_checkable
class LanguageModel(Protocol):
    """A chat model: the embedded one, a local or Hub checkpoint, or an endpoint."""

    name: str
    context_length: int
    n_parameters: int | None
    fingerprint: str

    def generate(
        self,
        prompts: Sequence[Prompt],
        *,
        max_new_tokens: int = 48,
        batch_size: int = 32,
        progress: Progress | None = None,
    ) -> list[Completion]:
        """Answer every prompt greedily; the order of the prompts is kept."""

    def count_tokens(self, prompt: Prompt) -> int:
        """Count the tokens of ``prompt`` as the model reads it, template included."""

    def log_probabilities(self, prompts: Sequence[Prompt], answers: Sequence[str]) -> list[float]:
        """Return the natural-log probability of each answer after its prompt (local models only)."""


def check_prompt(prompt: Prompt) -> None:
    """Refuse a prompt that is no list of messages with a known role and a text.

    A role is joined into a control token by most templates, so an unknown role could forge one.

    Raises
    ------
    CourseError
        Names the message and what is wrong with it.

    Examples
    --------
    >>> check_prompt([{"role": "user", "content": "Hello"}])
    >>> check_prompt([{"role": "tool", "content": "Hello"}])
    Traceback (most recent call last):
    ...
    course_lib.errors.CourseError: message 0 has the role 'tool': expected one of system, user, assistant
    """
    if not isinstance(prompt, (list, tuple)) or not prompt:
        raise CourseError(f"expected a prompt with at least one message, got {prompt!r:.80}")
    for position, message in enumerate(prompt):
        if not isinstance(message, dict) or set(message) != {"role", "content"}:
            raise CourseError(f"message {position} must have exactly the keys role and content, got {message!r:.80}")
        if message["role"] not in ROLES:
            raise CourseError(
                f"message {position} has the role {message['role']!r}: expected one of {', '.join(ROLES)}"
            )
        if not isinstance(message["content"], str):
            kind = type(message["content"]).__name__
            raise CourseError(f"the content of message {position} must be text, got {kind}")


def check_limits(max_new_tokens: int, batch_size: int) -> None:
    """Refuse counts below one.

    Raises
    ------
    CourseError
        Names the argument.
    """
    for name, value in (("max_new_tokens", max_new_tokens), ("batch_size", batch_size)):
        if value < 1:
            raise CourseError(f"{name} must be at least 1, got {value}")


def check_context(n_prompt_tokens: Sequence[int], max_new_tokens: int, context_length: int) -> None:
    """Refuse prompts that leave no room for the answer; nothing has been computed by then.

    Raises
    ------
    ContextOverflowError
        Carries the length of the longest prompt with its answer, and the context length.
    """
    longest = max(n_prompt_tokens, default=0) + max_new_tokens
    if longest > context_length:
        raise ContextOverflowError(longest, context_length)


def plan_batches(lengths: Sequence[int], batch_size: int, max_tokens: int) -> list[list[int]]:
    """Group positions of similar length, longest first.

    Parameters
    ----------
    lengths
        Tokens of each row.
    batch_size
        Most rows in a batch.
    max_tokens
        Most tokens in a batch, padding included; a single longer row still gets a batch of its own.

    Examples
    --------
    >>> plan_batches([3, 9, 4, 8], batch_size=2, max_tokens=100)
    [[1, 3], [2, 0]]
    >>> plan_batches([3, 9, 4, 8], batch_size=4, max_tokens=18)
    [[1, 3], [2, 0]]
    """
    batches: list[list[int]] = []
    for position in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        # The first row of a batch is its longest, so it sets the padded width.
        width = lengths[batches[-1][0]] if batches else 0
        if batches and len(batches[-1]) < batch_size and width * (len(batches[-1]) + 1) <= max_tokens:
            batches[-1].append(position)
        else:
            batches.append([position])
    return batches
