"""``course run``, ``course scoreboard`` and ``course contract``: measure, and show what was measured."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from course_lib.cli.output import ROOT, Json, keep_stdout_clean, print_json, print_table
from course_lib.errors import CourseError, DataError

SCOREBOARD = ROOT / "results" / "scoreboard.json"
Model = Annotated[str | None, typer.Option(help="Embedded (default), a local folder, a Hub id, an endpoint's model.")]


def run(
    only: Annotated[list[str] | None, typer.Option(help="An experiment, such as E30; repeat for more.")] = None,
    seed: Annotated[list[int] | None, typer.Option(help="Seed of the world; repeat for more. Default 0.")] = None,
    seeds: Annotated[int | None, typer.Option(min=1, help="Use the seeds 0 ... N-1.")] = None,
    model: Model = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ignore what earlier runs have cached.")] = False,
    out: Annotated[Path, typer.Option(help="Folder for scoreboard.json and pictures.")] = Path("my_course"),
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, help="Processes that share the experiments. Default: one a core, as memory allows, up to 4."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Run the experiments, print the scoreboard and the verdicts, write scoreboard.json and the pictures."""
    chosen = choose_seeds(seed, seeds)
    from course_lib.running.run import run_course
    from course_lib.running.workers import choose_workers

    with keep_stdout_clean(as_json):
        result = run_course(
            only=list(only or []),
            seeds=chosen,
            model=model,
            fresh=fresh,
            out=out,
            json=as_json,
            workers=workers or choose_workers(),
        )
    if as_json:
        print_json(result)


def choose_seeds(seed: list[int] | None, seeds: int | None) -> list[int]:
    """Return the seeds that the options ask for.

    Raises
    ------
    CourseError
        Both options are given.

    Examples
    --------
    >>> choose_seeds(None, None), choose_seeds([7], None), choose_seeds(None, 3)
    ([0], [7], [0, 1, 2])
    """
    if seed and seeds:
        raise CourseError("--seed and --seeds were both given: use --seed 7 for one world or --seeds 3 for 0, 1 and 2")
    return list(range(seeds)) if seeds else list(seed or [0])


def contract(model: Model = None, as_json: Json = False) -> None:
    """Measure the capability contract c1-c10; exit 1 when a band is missed."""
    from course_lib.contract import measure_contract

    with keep_stdout_clean(as_json):
        measured = measure_contract(model=model)
    if as_json:
        print_json(measured)
    else:
        print_contract(measured)
    raise typer.Exit(0 if all(entry["ok"] for entry in measured.values()) else 1)


def print_contract(measured: dict[str, dict[str, Any]]) -> None:
    """Print the contract: value, its 95 % interval, band, verdict."""
    rows = [
        (name, entry["value"], entry["low"], entry["high"], entry["n"], _band(entry["band"]), entry["ok"])
        for name, entry in measured.items()
    ]
    print_table(("", "value", "low", "high", "n", "band", "in band"), rows)


def _band(band: list[float | None]) -> str:
    """Return a band as text; an open end is None."""
    low, high = ("" if end is None else f"{end:g}" for end in band)
    return f"{low} ... {high}".strip()


def scoreboard(
    file: Annotated[Path, typer.Option(help="The file to show.")] = SCOREBOARD,
    arm: Annotated[list[str] | None, typer.Option(help="Only this arm; repeat for more.")] = None,
    question_set: Annotated[list[str] | None, typer.Option("--set", help="Only this question set.")] = None,
    as_json: Json = False,
) -> None:
    """Print the stored scoreboard and its verdicts; with --arm or --set every row that fits."""
    stored = read_scoreboard(file)
    wanted = [
        row
        for row in stored["rows"]
        if (not arm or row["arm"] in arm) and (not question_set or row["set"] in question_set)
    ]
    if (arm or question_set) and not wanted:
        arms, sets = (sorted({row[key] for row in stored["rows"]}) for key in ("arm", "set"))
        raise CourseError(f"no row fits: the arms are {', '.join(arms)}; the sets are {', '.join(sets)}")
    if as_json:
        print_json(stored | {"rows": wanted})
        return
    print(f"model {stored['model']}, seeds {', '.join(map(str, stored['seeds']))}\n")
    if arm or question_set:
        keys = ("arm", "set", "metric", "value", "low", "high", "n", "seed")
        print_table(keys, [[row.get(key) for key in keys] for row in wanted])
    else:
        from course_lib.report import print_scoreboard

        print_scoreboard(stored)


def read_scoreboard(file: Path) -> dict[str, Any]:
    """Return the scoreboard in ``file``.

    Raises
    ------
    DataError
        There is none, or it is no scoreboard.
    """
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"there is no {file}: python3 course.py run makes my_course/scoreboard.json") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{file} cannot be read as JSON ({error}): make it again with python3 course.py run") from error
    missing = {"model", "seeds", "rows", "verdicts"} - set(stored if isinstance(stored, dict) else ())
    if missing:
        raise DataError(f"{file} is no scoreboard, it lacks {', '.join(sorted(missing))}: give another --file")
    return stored
