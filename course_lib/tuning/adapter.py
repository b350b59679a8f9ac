"""What tuning leaves behind, in memory and on disk."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch

from course_lib.errors import AdapterMismatchError, CourseError, DataError
from course_lib.models.checksums import MANIFEST, hash_file, read_manifest, verify_files
from course_lib.models.local import LocalModel
from course_lib.tuning.recipe import Recipe

WEIGHTS_FILE = "adapter.safetensors"
RECORD_FILE = "adapter.json"
FORMAT = 1
"""Version of the files' form; raised when older files can no longer be read."""


@dataclass
class Adapter:
    """The weights that were learnt, and how.

    Parameters
    ----------
    name
        How the tuned model is called.
    base_fingerprint
        SHA-256 of the weights it was trained on; it fits no others.
    recipe
        How it was trained.
    state
        The learnt tensors by name, on the CPU: the thin matrices (LoRA) or all weights (full).
    history
        Pairs of a step (from 1) and its loss: natural-log loss per token that carries loss.
    seconds
        Wall-clock time of the training.
    n_examples
        Different examples.
    n_steps
        Updates of the weights.
    n_tokens
        Tokens that the model read in all steps together, padding left out: the T of the cost rule 6 N T.
    n_target_tokens
        Those of them that carried loss.
    n_trainable
        Numbers that were trained.
    """

    name: str
    base_fingerprint: str
    recipe: Recipe
    state: dict[str, torch.Tensor] = dataclasses.field(repr=False)
    history: list[tuple[int, float]] = dataclasses.field(repr=False)
    seconds: float
    n_examples: int
    n_steps: int
    n_tokens: int
    n_target_tokens: int
    n_trainable: int

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the learnt tensors: names, types, shapes and values."""
        return hashlib.sha256(safetensors.torch.save(self.state)).hexdigest()


def check_base(model: LocalModel, adapter: Adapter) -> None:
    """Refuse an adapter of another base.

    Raises
    ------
    AdapterMismatchError
        Names both fingerprints.
    """
    if adapter.base_fingerprint != model.fingerprint:
        raise AdapterMismatchError(
            f"the adapter {adapter.name!r} was trained on a base with the fingerprint {adapter.base_fingerprint[:12]}, "
            f"but {model.name} has {model.fingerprint[:12]}: load the base it was trained on, or train it again"
        )


def save_adapter(adapter: Adapter, folder: Path) -> None:
    """Write ``adapter.safetensors``, ``adapter.json`` and ``SHA256SUMS``; an older adapter there is replaced."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    # Without its hashes a folder is refused, so a save that is cut short cannot be taken for a whole one.
    (folder / MANIFEST).unlink(missing_ok=True)
    safetensors.torch.save_file(adapter.state, folder / WEIGHTS_FILE)
    record = {field.name: getattr(adapter, field.name) for field in dataclasses.fields(adapter)}
    del record["state"]
    record = {"format": FORMAT, **record, "recipe": dataclasses.asdict(adapter.recipe)}
    (folder / RECORD_FILE).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    lines = [f"{hash_file(folder / name)}  {name}\n" for name in (WEIGHTS_FILE, RECORD_FILE)]
    (folder / MANIFEST).write_text("".join(lines), encoding="utf-8")


def load_adapter(folder: Path, model: LocalModel) -> Adapter:
    """Read an adapter that belongs to ``model``.

    Raises
    ------
    AdapterMismatchError
        It was trained on another base.
    DataError
        A file is missing, damaged, or has a form that this version cannot read.
    """
    folder = Path(folder)
    hashes = read_manifest(folder)
    for name in (WEIGHTS_FILE, RECORD_FILE):
        if name not in hashes:
            raise DataError(f"{folder.name}/{MANIFEST} does not list {name}: train the adapter again")
    verify_files(folder, {name: hashes[name] for name in (WEIGHTS_FILE, RECORD_FILE)})
    adapter = _read(folder)
    check_base(model, adapter)
    return adapter


def _read(folder: Path) -> Adapter:
    """Read files whose hashes are right."""
    record = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
    if record.pop("format", None) != FORMAT:
        raise DataError(f"{folder.name}/{RECORD_FILE} is not in format {FORMAT}: train the adapter again")
    try:
        recipe = _recipe_from(record.pop("recipe"))
        history = [(step, loss) for step, loss in record.pop("history")]
        state = safetensors.torch.load_file(folder / WEIGHTS_FILE)
        return Adapter(recipe=recipe, history=history, state=state, **record)
    except (KeyError, TypeError, ValueError, CourseError) as error:
        raise DataError(f"{folder.name}/{RECORD_FILE} is no record of an adapter ({error}): train it again") from error


def _recipe_from(record: dict[str, Any]) -> Recipe:
    """Return the recipe of a JSON record, in which tuples have become lists."""
    modules = record["target_modules"]
    return Recipe(**{**record, "target_modules": modules if isinstance(modules, str) else tuple(modules)})
