"""Fine-tuning behind one function: LoRA or all weights, by TRL and peft.

Names are loaded on first use, so that recipes can be written without loading torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course_lib.tuning.adapter import Adapter, load_adapter, save_adapter
    from course_lib.tuning.attaching import attach
    from course_lib.tuning.recipe import Example, Recipe
    from course_lib.tuning.training import tune

__all__ = ["Adapter", "Example", "Recipe", "attach", "load_adapter", "save_adapter", "tune"]

_HOME = {
    **dict.fromkeys(("Adapter", "load_adapter", "save_adapter"), "adapter"),
    **dict.fromkeys(("Example", "Recipe"), "recipe"),
    "attach": "attaching",
    "tune": "training",
}


def __getattr__(name: str) -> Any:
    """Import the module that holds ``name`` when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
