"""``course run``: all arms on all question sets, all experiments, one scoreboard."""

from __future__ import annotations

import importlib.metadata
import json as json_module
import platform
import time
from collections.abc import Sequence
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.experiments import EXPERIMENTS, Experiment, Result, Row, judge
from course_lib.files import write_whole
from course_lib.lab import CACHE, digest
from course_lib.models import LocalModel, load_model
from course_lib.report import draw_pictures, leaving_rows, print_scoreboard
from course_lib.running.parts import Part, list_parts
from course_lib.running.progress import RunProgress
from course_lib.running.workers import LabOptions, work_off

SHIPPED = Path(__file__).resolve().parents[2] / "results" / "scoreboard.json"
VERSIONED = (
    "torch",
    "transformers",
    "peft",
    "trl",
    "sentence-transformers",
    "faiss-cpu",
    "bm25s",
    "numpy",
    "scikit-learn",
)


def run_course(
    only: Sequence[str] = (),
    seeds: Sequence[int] = (0,),
    model: str | None = None,
    fresh: bool = False,
    out: Path = Path("my_course"),
    json: bool = False,
    workers: int = 1,
    cache: Path = CACHE,
) -> dict:
    """Run the experiments and write the scoreboard and one picture an experiment.

    Parameters
    ----------
    only
        Ids of experiments, such as ``["E30"]``; all, and the arms on all sets, unless given.
    seeds
        Of the worlds; each seed is a full repetition.
    model
        What `models.load_model` takes; the setting of the course unless given.
    fresh
        Make everything anew, even what the cache holds.
    out
        Folder for ``scoreboard.json`` and the pictures.
    json
        Print nothing; the caller prints the returned scoreboard.
    workers
        Processes that share out the experiments.
    cache
        Folder of adapters, indexes and answers.

    Returns
    -------
    dict
        The scoreboard as it is written.

    Raises
    ------
    CourseError
        An experiment is unknown, or the model cannot be tuned.
    """
    experiments = choose_experiments(only)
    language_model = load_model(model)
    if not isinstance(language_model, LocalModel):
        raise CourseError(
            f"the experiments tune the model, which {language_model.name!r} behind an endpoint does not allow: "
            "use the embedded model, a local folder or a Hub id"
        )
    parts = list_parts(experiments, seeds, with_arms=not only)
    options = LabOptions(cache, time.time() if fresh else 0.0)
    with RunProgress(len(parts), quiet=json) as progress:
        done = work_off(parts, language_model, model, workers=workers, options=options, progress=progress)
    results = {experiment.id: [done[Part(seed, experiment.id)] for seed in seeds] for experiment in experiments}
    rows = [row for seed in seeds for row in done.get(Part(seed), ())]
    rows += [row for found in results.values() for result in found for row in result.rows]
    scoreboard = build_scoreboard(language_model, seeds, rows, experiments, results)
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / "scoreboard.json", f"{json_module.dumps(scoreboard, indent=1)}\n".encode())
    draw_pictures(experiments, results, out / "pictures")
    if not json:
        print_scoreboard(scoreboard, leaving_rows(scoreboard, SHIPPED))
        print(f"\nwritten to {out / 'scoreboard.json'} and {out / 'pictures'}")
    return scoreboard


def choose_experiments(only: Sequence[str]) -> list[Experiment]:
    """Return the experiments with these ids, all if there are none."""
    wanted = list(dict.fromkeys(name.upper() for name in only))
    if unknown := [name for name in wanted if name not in EXPERIMENTS]:
        raise CourseError(f"there is no experiment {', '.join(unknown)}: expected some of {', '.join(EXPERIMENTS)}")
    return [EXPERIMENTS[name] for name in wanted or EXPERIMENTS]


def build_scoreboard(
    model: LocalModel,
    seeds: Sequence[int],
    rows: Sequence[Row],
    experiments: Sequence[Experiment],
    results: dict[str, list[Result]],
) -> dict:
    """Return the scoreboard: model, seeds, versions, hashes, rows and verdicts."""
    verdicts = [
        {
            "experiment": experiment.id,
            "title": experiment.title,
            "claims": list(experiment.claims),
            "predicted": experiment.predicted,
            "verdict": judge(results[experiment.id]),
            "figures": [
                {"name": finding.name, "seed": result.seed, "predicted": finding.predicted, "sign": finding.sign}
                | finding.interval.as_dict()
                for result in results[experiment.id]
                for finding in result.findings
            ],
            "extra": [result.extra for result in results[experiment.id]],
        }
        for experiment in experiments
    ]
    versions = {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in VERSIONED}
    unique = {(row["arm"], row["set"], row["metric"], row["seed"]): dict(row) for row in rows}
    return {
        "model": model.name,
        "seeds": list(seeds),
        "versions": versions,
        "hashes": {"model": model.fingerprint, "rows": digest(list(unique.values()))},
        "rows": list(unique.values()),
        "verdicts": verdicts,
    }
