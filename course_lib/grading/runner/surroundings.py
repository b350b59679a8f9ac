"""What student code finds in a box besides its own cells: packages, the course's library, libraries loaded before."""

import sys
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any

EMBEDDED_MODEL = "embedded model"  # may stand in the list of what to load, among names of modules
# These hold the references of exercises, and a notebook's cells call them only to show something.
SILENT = ("course_lib.checks", "course_lib.widgets")


class SilentModule(types.ModuleType):
    """A module in which every name is a function that does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return do_nothing


def do_nothing(*_arguments: object, **_options: object) -> None:
    """Stand in for ``check``, ``hint``, ``predict`` and the like."""


def prepare(packages: Iterable[str]) -> None:
    """Let imports find ``packages`` (folders) last, and put silent modules in place of checks and widgets."""
    import course_lib

    sys.path.extend(packages)
    library = Path(course_lib.__file__).parent
    for name in SILENT:
        module = SilentModule(name)
        module.__path__ = [str(library / name.rpartition(".")[2])]  # the codec is a part of the checks
        sys.modules[name] = module
        setattr(course_lib, name.rpartition(".")[2], module)


def warm_up(names: Iterable[str]) -> dict[str, str]:
    """Load modules, and the embedded model where it is asked for; return what failed, with its reason."""
    failed = {}
    for name in names:
        try:
            if name == EMBEDDED_MODEL:
                keep_embedded_model()
            else:
                __import__(name)
        except Exception as error:  # a box without it is slower, not wrong
            failed[name] = f"{type(error).__name__}: {error}"
    return failed


def keep_embedded_model() -> None:
    """Load the embedded model and give it to whoever asks first in each copy of this process.

    Only the first: an adapter that a cell attaches to a model changes it in place, and the next call must give a fresh
    one, as it does in a notebook.
    """
    from course_lib.models import LocalModel

    load = LocalModel.load_embedded
    waiting = [load()]

    def load_embedded(*arguments: Any, **options: Any) -> LocalModel:
        """Return the model that is loaded already, or load it again."""
        if waiting and not arguments and not options:
            return waiting.pop()
        return load(*arguments, **options)

    LocalModel.load_embedded = load_embedded
