"""One interface to every language model of the course, the embedder and its cross-encoder.

Names are loaded on first use, so that ``import course_lib.models`` stays free of torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course_lib.models.base import Completion, LanguageModel
    from course_lib.models.cores import count_cores, use_threads
    from course_lib.models.cross_encoder import CrossEncoder
    from course_lib.models.embedder import Embedder
    from course_lib.models.endpoint import EndpointModel, InterruptedGenerationError
    from course_lib.models.loading import load_model
    from course_lib.models.local import LocalModel
    from course_lib.models.settings import Settings, read_settings

__all__ = [
    "Completion",
    "CrossEncoder",
    "Embedder",
    "EndpointModel",
    "InterruptedGenerationError",
    "LanguageModel",
    "LocalModel",
    "Settings",
    "count_cores",
    "load_model",
    "read_settings",
    "use_threads",
]

_HOME = {
    **dict.fromkeys(("Completion", "LanguageModel"), "base"),
    **dict.fromkeys(("EndpointModel", "InterruptedGenerationError"), "endpoint"),
    **dict.fromkeys(("count_cores", "use_threads"), "cores"),
    **dict.fromkeys(("Settings", "read_settings"), "settings"),
    "CrossEncoder": "cross_encoder",
    "Embedder": "embedder",
    "LocalModel": "local",
    "load_model": "loading",
}


def __getattr__(name: str) -> Any:
    """Import the module that holds ``name`` when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
