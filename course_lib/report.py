"""What a run shows: the scoreboard on the terminal, the pictures, and where it leaves the shipped intervals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from course_lib.arms import ARMS
from course_lib.experiments import Experiment, Result
from course_lib.world import QUESTION_SETS

SHOWN_METRICS = ("accuracy", "halluc")


def print_scoreboard(scoreboard: dict, leaving: Sequence[str] = ()) -> None:
    """Print accuracy and hallucination of each arm by set, the verdicts, and what left the shipped intervals.

    Narrow enough for a terminal of 80 columns; the figures of single experiments stand with their verdicts.
    """
    console = Console(soft_wrap=True, highlight=False)
    for metric in SHOWN_METRICS:
        cells = mean_cells(scoreboard["rows"], metric)
        arms = [arm for arm in ARMS if any((arm, name) in cells for name in QUESTION_SETS)]
        sets = [name for name in QUESTION_SETS if any((arm, name) in cells for arm in arms)]
        if not sets:
            continue
        seeds = ", ".join(map(str, scoreboard["seeds"]))
        table = Table(title=f"{metric}, mean over seeds {seeds}", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for column in ("set", *arms):
            table.add_column(column, justify="left" if column == "set" else "right", no_wrap=True)
        for name in sets:
            table.add_row(name, *(f"{cells[arm, name]:.2f}" if (arm, name) in cells else "" for arm in arms))
        console.print(table)
    console.print("verdicts")
    for verdict in scoreboard["verdicts"]:
        console.print(f"[bold]{verdict['experiment']} {verdict['title']}: {verdict['verdict']}[/bold]")
        console.print(f"   claims {', '.join(verdict['claims'])}")
        for figure in verdict["figures"]:
            console.print(
                f"   seed {figure['seed']}: {figure['name']}: {_show(figure)}, expected {figure['predicted']}",
                markup=False,
            )
    for line in leaving:
        console.print(line, markup=False)


def _show(figure: dict) -> str:
    ends = ("" if figure[end] is None else f"{figure[end]:.2f}" for end in ("low", "high"))
    return f"{figure['value']:.2f} [{', '.join(ends)}]" if figure["value"] is not None else "none"


def mean_cells(rows: Sequence[dict], metric: str) -> dict[tuple[str, str], float]:
    """Return the mean over the seeds for each arm and set."""
    found: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        if row["metric"] == metric and row["value"] is not None:
            found.setdefault((row["arm"], row["set"]), []).append(row["value"])
    return {key: mean(values) for key, values in found.items()}


def leaving_rows(scoreboard: dict, shipped_file: Path) -> list[str]:
    """Return a line for each figure that lies outside the interval of the same row as shipped.

    With some hundred rows at 95 %, a few such lines are what chance brings. Times are left out: they are another
    computer's.
    """
    if not shipped_file.is_file():
        return [f"there is no {shipped_file.name} to compare with"]
    shipped = json.loads(shipped_file.read_text(encoding="utf-8"))
    if shipped["hashes"]["model"] != scoreboard["hashes"]["model"]:
        return [f"{shipped_file.name} is of another model ({shipped['model']}): its intervals say nothing here"]
    key = lambda row: (row["arm"], row["set"], row["metric"], row["seed"])  # noqa: E731
    known = {key(row): row for row in shipped["rows"] if not is_time(row["metric"])}
    both = [(row, known[key(row)]) for row in scoreboard["rows"] if key(row) in known and row["value"] is not None]
    lines = [
        f"outside the shipped interval: {row['arm']} {row['set']} {row['metric']} seed {row['seed']}: "
        f"{row['value']:.3f}, shipped {old['value']:.3f} [{old['low']:.3f}, {old['high']:.3f}]"
        for row, old in both
        if old["low"] is not None and old["high"] is not None and not old["low"] <= row["value"] <= old["high"]
    ]
    return [*lines, f"{len(both) - len(lines)} of {len(both)} figures lie within the shipped intervals"]


def is_time(metric: str) -> bool:
    """Return whether a figure depends on how fast the computer is.

    >>> [is_time(metric) for metric in ("ms_total", "time_ratio", "update_seconds", "update_flops", "accuracy")]
    [True, True, True, False, False]
    """
    return metric.startswith("ms_") or metric.endswith("seconds") or metric == "time_ratio"


def draw_pictures(experiments: Sequence[Experiment], results: dict[str, list[Result]], folder: Path) -> None:
    """Write one picture an experiment, ``E30.png``."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    folder.mkdir(parents=True, exist_ok=True)
    for experiment in experiments:
        figure, axes = pyplot.subplots(figsize=(7, 4.2), layout="constrained")
        experiment.picture(results[experiment.id], axes)
        figure.savefig(folder / f"{experiment.id}.png", dpi=120, metadata={"Software": ""})
        pyplot.close(figure)
