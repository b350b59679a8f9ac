"""What is learnt and how: examples and recipes as plain data."""

from dataclasses import dataclass
from typing import Literal

from course_lib.errors import CourseError
from course_lib.prompting import Prompt


@dataclass(frozen=True)
class Example:
    """One pair to learn from.

    Parameters
    ----------
    prompt
        What the model reads; the last turn is the user's. Earlier turns of the assistant are context, not targets.
    answer
        What it shall write then, without control tokens.
    """

    prompt: Prompt
    answer: str


@dataclass(frozen=True)
class Recipe:
    """How an adapter is trained; the defaults suit the embedded model.

    Parameters
    ----------
    method
        ``"lora"`` trains two thin matrices beside every linear layer, ``"full"`` all weights of a copy.
    rank
        Inner width of the thin matrices (LoRA only).
    alpha
        The product of the thin matrices is scaled by ``alpha / rank`` (LoRA only).
    target_modules
        Layers that get the matrices: ``"all-linear"`` (all but the output layer), or names such as
        ``("q_proj", "v_proj")`` (LoRA only).
    learning_rate
        Highest learning rate. All weights at once need about a tenth of what LoRA needs.
    epochs
        Passes over the examples; ``max_steps`` wins if given.
    batch_size
        Examples per step.
    warmup
        Share of the steps in which the learning rate rises from zero.
    schedule
        How the learning rate falls to zero after that.
    seed
        Of the initial matrices, the order of the examples and any dropout of the model.
    max_length
        Longest example in tokens, template and answer included; nothing is ever cut.
    loss_on
        ``"answer"``: only the answer and its end token are learnt. ``"all"``: the prompt too.
    max_steps
        Stop after this number of steps.

    Raises
    ------
    CourseError
        Names the field that makes no sense.

    Examples
    --------
    >>> Recipe(rank=8, alpha=16).learning_rate
    0.003
    >>> Recipe(epochs=0)
    Traceback (most recent call last):
    ...
    course_lib.errors.CourseError: epochs must be greater than 0, got 0
    """

    method: Literal["lora", "full"] = "lora"
    rank: int = 16
    alpha: int = 32
    target_modules: str | tuple[str, ...] = "all-linear"
    learning_rate: float = 3e-3
    epochs: float = 3
    batch_size: int = 16
    warmup: float = 0.1
    schedule: Literal["linear", "cosine"] = "linear"
    seed: int = 0
    max_length: int = 768
    loss_on: Literal["answer", "all"] = "answer"
    max_steps: int | None = None

    def __post_init__(self) -> None:
        """Refuse values that would fail late or train nothing."""
        for field, choices in (
            ("method", ("lora", "full")),
            ("schedule", ("linear", "cosine")),
            ("loss_on", ("answer", "all")),
        ):
            if getattr(self, field) not in choices:
                raise CourseError(f"{field} must be one of {', '.join(choices)}, got {getattr(self, field)!r}")
        for field in ("rank", "alpha", "learning_rate", "epochs", "batch_size", "max_length"):
            if not getattr(self, field) > 0:
                raise CourseError(f"{field} must be greater than 0, got {getattr(self, field)}")
        if self.max_steps is not None and self.max_steps < 1:
            raise CourseError(f"max_steps must be at least 1, or None for whole epochs, got {self.max_steps}")
        if not 0 <= self.warmup < 1:
            raise CourseError(f"warmup is a share of the steps, from 0 to below 1, got {self.warmup}")
