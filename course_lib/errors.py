"""Errors that the course raises: each message says what was expected, what came and what to do."""


class CourseError(Exception):
    """Base of all errors with a message written for the person who reads it."""


class ContextOverflowError(CourseError):
    """A prompt is longer than the model's context.

    Parameters
    ----------
    n_tokens
        Length of the prompt, with the tokens to generate.
    context_length
        What the model can take.
    """

    def __init__(self, n_tokens: int, context_length: int) -> None:
        self.n_tokens = n_tokens
        self.context_length = context_length
        super().__init__(
            f"the prompt and its answer need {n_tokens} tokens, but the model's context holds {context_length}: "
            "use fewer or shorter passages, or a model with a longer context"
        )


class EndpointError(CourseError):
    """A model endpoint refused, failed or answered something that is no completion."""


class IndexMismatchError(CourseError):
    """A saved index was made with another embedder, chunker or corpus than the one asked for."""


class AdapterMismatchError(CourseError):
    """A saved adapter belongs to another base model."""


class RerankerMismatchError(CourseError):
    """A saved reranker was trained from the weights of another embedder."""


class DataError(CourseError):
    """A file of the course is missing, damaged or not the one that its manifest names."""
