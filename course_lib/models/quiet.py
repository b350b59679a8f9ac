"""Silence for notebooks: loading bars and log lines of the libraries underneath."""

import functools
import logging


@functools.cache
def silence_libraries() -> None:
    """Switch off loading bars and everything below an error, once per process."""
    import huggingface_hub.utils
    import transformers.utils.logging

    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    huggingface_hub.utils.disable_progress_bars()
    huggingface_hub.utils.logging.set_verbosity_error()
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
