"""``course benchmark``: what the course's code costs beside the plain way."""

import json
import shlex
import sys
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from course_lib.cli.experiments import Model
from course_lib.cli.output import Json, keep_stdout_clean, print_json, print_table

QUICK = {
    "n_prompts": 4,
    "max_new_tokens": 8,
    "n_examples": 16,
    "index_sizes": (1_000,),
    "n_queries": 20,
    "command": (sys.executable, "-m", "course_lib.cli", "world", "show"),
}
MILLION = 1_000_000


def benchmark(
    only: Annotated[list[str] | None, typer.Option(help="generate, load, index, tune or memory; repeat.")] = None,
    model: Model = None,
    repeats: Annotated[int, typer.Option(min=1, help="Rounds in which the variants take turns.")] = 5,
    full: Annotated[bool, typer.Option("--full", help="Index a million vectors as well: minutes, 9 GB.")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Tiny amounts: shows that it works, measures nothing.")
    ] = False,
    command: Annotated[str | None, typer.Option(help="Whose memory to measure. Default: course run.")] = None,
    out: Annotated[Path | None, typer.Option(help="File for the result as JSON.")] = None,
    as_json: Json = False,
) -> None:
    """Measure generation, loading, indexes, tuning and memory, each beside a reference in the same run."""
    from benchmarks.suite import Plan, run_suite

    # Some variants run in processes of their own, which start elsewhere.
    spec = str(Path(model).resolve()) if model and Path(model).is_dir() else model
    plan = Plan(model=spec, repeats=repeats, **(QUICK if quick else {}))
    plan = replace(plan, command=tuple(shlex.split(command)), command_repeats=plan.repeats) if command else plan
    plan = replace(plan, index_sizes=(*plan.index_sizes, MILLION)) if full else plan
    with keep_stdout_clean(as_json):
        result = run_suite(plan, only or (), lambda name: print(f"== {name}", file=sys.stderr, flush=True))
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if as_json:
        print_json(result)
    else:
        print_benchmarks(result)


def print_benchmarks(result: dict[str, Any]) -> None:
    """Print the machine, the model and the table."""
    from benchmarks.machine import machine_line

    print(machine_line(result["machine"]))
    print(f"model: {result['model'] or 'none used'}; median (smallest-largest) of rounds that took turns\n")
    for (name, case), group in groupby(result["rows"], key=lambda row: (row["benchmark"], row["case"])):
        print_case(name, case, list(group))


def print_case(name: str, case: str, rows: list[dict[str, Any]]) -> None:
    """Print the variants of one case under a line that says what they share."""
    first = rows[0]["details"].items()
    shared = {key: value for key, value in first if all(row["details"].get(key) == value for row in rows)}
    unit, better = rows[0]["unit"], rows[0]["better"]
    print(f"{name}: {', '.join([case, *format_details(shared)])}; {unit}, {better} is better")
    cells = [
        (
            f"  {row['variant']}",
            format_spread(row["value"]),
            format_spread(row["ratio"]) if row["ratio"] else "reference",
            ", ".join(format_details({key: row["details"][key] for key in row["details"] if key not in shared})),
        )
        for row in rows
    ]
    print_table(("  variant", unit, "x reference", ""), cells)
    print()


def format_details(details: dict[str, Any]) -> list[str]:
    """Return settings and further figures as words.

    Examples
    --------
    >>> format_details({"effort": 4, "recall@10": 0.98})
    ['effort 4', 'recall@10 0.98']
    """
    return [f"{name} {value}" for name, value in details.items()]


def format_spread(spread: dict[str, float]) -> str:
    """Return a median with its range.

    Examples
    --------
    >>> format_spread({"median": 1234.5, "low": 0.00123, "high": 12345.6, "n": 3})
    '1,234 (0.00123-12,346)'
    """
    median, low, high = (
        f"{spread[key]:,.0f}" if spread[key] >= 100 else f"{spread[key]:.3g}" for key in ("median", "low", "high")
    )
    return median if spread["n"] == 1 else f"{median} ({low}-{high})"
