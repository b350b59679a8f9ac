"""All benchmarks in order: what is measured on what, and the result as plain data."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.machine import describe_machine
from benchmarks.measuring import Row
from course_lib.errors import CourseError

if TYPE_CHECKING:
    from course_lib.models import LocalModel

NAMES = ("generate", "load", "index", "tune", "memory")


@dataclass(frozen=True)
class Plan:
    """What to measure, and how often.

    Parameters
    ----------
    model
        What `load_model` takes: a local model.
    repeats
        Rounds in which the variants take turns.
    command
        Whose memory is measured; `course run` without its cache if left out.
    command_repeats
        The same for the memory: once for `course run`, which takes minutes.
    n_prompts, max_new_tokens, n_examples, index_sizes, n_queries
        Amounts of work.
    """

    model: str | None = None
    repeats: int = 5
    command: tuple[str, ...] = ()
    command_repeats: int = 1
    n_prompts: int = 64
    max_new_tokens: int = 48
    n_examples: int = 160
    index_sizes: tuple[int, ...] = (1_000, 10_000, 100_000)
    n_queries: int = 200


def run_suite(
    plan: Plan, only: Sequence[str] = (), report: Callable[[str], None] = lambda name: None
) -> dict[str, Any]:
    """Run the benchmarks.

    Parameters
    ----------
    plan
        Amounts.
    only
        Some of `NAMES`; all if empty.
    report
        Called with the name of each benchmark before it runs.

    Returns
    -------
    dict
        ``machine``, ``model`` (None if none was used), ``plan`` and ``rows``, ready for JSON.

    Raises
    ------
    CourseError
        A name is unknown, or the model is none that can be measured.
    """
    if unknown := [name for name in only if name not in NAMES]:
        raise CourseError(f"there is no benchmark {', '.join(unknown)}: expected some of {', '.join(NAMES)}")
    # Read when the library is first imported: a measurement talks to nobody.
    os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    machine = describe_machine()
    used: list[str] = []
    rows: list[Row] = []
    model = cache(lambda: load_local(plan.model, used))
    for name in NAMES:
        if not only or name in only:
            report(name)
            rows += run_benchmark(name, plan, model)
    amounts = {key: value for key, value in asdict(plan).items() if key not in ("model", "command")}
    return {"machine": machine, "model": used[0] if used else None, "plan": amounts, "rows": [asdict(r) for r in rows]}


def run_benchmark(name: str, plan: Plan, model: Callable[[], LocalModel]) -> list[Row]:
    """Run one benchmark; its libraries are imported only now, and the model is loaded when first used."""
    if name == "generate":
        from benchmarks.generating import measure_generation

        amounts = {"n_prompts": plan.n_prompts, "max_new_tokens": plan.max_new_tokens}
        return measure_generation(model(), repeats=plan.repeats, **amounts)
    if name == "load":
        from benchmarks.loading import measure_loading

        return measure_loading(plan.model, source_of(model()), repeats=plan.repeats)
    if name == "index":
        from benchmarks.indexing import measure_indexing

        return measure_indexing(plan.index_sizes, n_queries=plan.n_queries, repeats=plan.repeats)
    if name == "tune":
        from benchmarks.tuning import measure_tuning

        return measure_tuning(model(), n_examples=plan.n_examples, repeats=plan.repeats)
    from benchmarks.memory import measure_memory

    with tempfile.TemporaryDirectory() as folder:
        command = plan.command or course_run(plan.model, folder)
        label = shlex.join(plan.command).replace(sys.executable, "python") or "course run --fresh"
        return measure_memory(command, label, repeats=plan.command_repeats)


def course_run(model: str | None, folder: str) -> tuple[str, ...]:
    """Return the command `course run` without cache, its results in ``folder``."""
    options = ("--model", model) if model else ()
    return (sys.executable, "-m", "course_lib.cli", "run", "--fresh", "--out", folder, "--json", *options)


def load_local(spec: str | None, used: list[str]) -> LocalModel:
    """Load a model and note its name; a folder is named without its path.

    Raises
    ------
    CourseError
        It answers from an endpoint.
    """
    from course_lib.models import LocalModel, load_model

    model = load_model(spec)
    if not isinstance(model, LocalModel):
        raise CourseError(f"{model.name} answers from an endpoint: benchmarks need a local model, give --model")
    used.append(f"{Path(model.name).name}, {model.n_parameters:,} parameters, sha256 {model.fingerprint[:12]}")
    return model


def source_of(model: LocalModel) -> str:
    """Return where transformers finds the weights of ``model``."""
    from course_lib.models.local import EMBEDDED_FOLDER

    return str(EMBEDDED_FOLDER) if model.name == "embedded" else model.name
