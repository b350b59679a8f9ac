"""Keeps the measured tables of README.md: the contract of the embedded model, and scoreboard and verdicts once shipped.

``python tools/readme_tables.py`` writes them from ``embedded_model/contract.json`` and ``results/scoreboard.json``,
``... --check`` writes nothing and proves that they are true.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # called as a file, Python looks for the parts beside it only

from course_lib.arms import ARMS  # noqa: E402
from course_lib.contract import MEANINGS  # noqa: E402
from course_lib.errors import CourseError  # noqa: E402
from course_lib.report import mean_cells  # noqa: E402
from course_lib.world import QUESTION_SETS  # noqa: E402
from tools.marks import fill_between  # noqa: E402


def contract_table(contract: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what the model can do, with intervals, beside what the experiments need."""
    lines = ["| | measured, 95 % interval | needed |", "|---|---|---|"]
    for name, entry in contract.items():
        low, high = entry["band"]
        needed = f"{low:g} to {high:g}" + ("" if entry["ok"] else ": **missed**")
        lines.append(f"| {name}: {MEANINGS[name]} | {_interval(entry)} | {needed} |")
    return "\n".join(lines)


def _interval(entry: Mapping[str, Any]) -> str:
    if entry["low"] == entry["high"]:
        return f"{entry['value']:.0f}"
    return f"{entry['value']:.2f} [{entry['low']:.2f}, {entry['high']:.2f}]"


def scoreboard_table(scoreboard: Mapping[str, Any]) -> str:
    """Return the accuracy of each arm by question set, as the mean over the seeds.

    Where a question has no answer, the right thing is to say so.
    """
    found = mean_cells(scoreboard["rows"], "accuracy")
    lines = [f"| arm | {' | '.join(QUESTION_SETS)} |", "|---|" + "---|" * len(QUESTION_SETS)]
    for arm in ARMS:
        cells = [f"{found[arm, name]:.2f}" if (arm, name) in found else "" for name in QUESTION_SETS]
        lines.append(f"| {arm} | {' | '.join(cells)} |")
    return "\n".join(lines)


def verdict_table(scoreboard: Mapping[str, Any]) -> str:
    """Return each experiment with its prediction and its verdict."""
    lines = ["| experiment | predicted before the run | verdict |", "|---|---|---|"]
    lines += [
        f"| [{entry['experiment']} {entry['title']}](results/pictures/{entry['experiment']}.png) "
        f"| {entry['predicted']} | **{entry['verdict']}** |"
        for entry in scoreboard["verdicts"]
    ]
    return "\n".join(lines)


def fill(text: str, root: Path) -> str:
    """Return the text of README.md with the tables of today."""
    contract = json.loads((root / "embedded_model" / "contract.json").read_text(encoding="utf-8"))
    bodies = {"contract": contract_table(contract)}
    shipped = root / "results" / "scoreboard.json"
    if shipped.exists():
        scoreboard = json.loads(shipped.read_text(encoding="utf-8"))
        bodies |= {"scoreboard": scoreboard_table(scoreboard), "verdicts": verdict_table(scoreboard)}
    for name, body in bodies.items():
        text = fill_between(text, name, body, "README.md")
    return text


def main(words: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the command; return 0 if all is well, 1 if a table is old, 2 if the marks are not there."""
    parser = argparse.ArgumentParser(prog="readme_tables.py", description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 unless the tables are true")
    page, is_check = root / "README.md", parser.parse_args(words).check
    old = page.read_text(encoding="utf-8")
    try:
        new = fill(old, root)
    except CourseError as error:
        print(f"readme_tables: {error}", file=sys.stderr)
        return 2
    if not is_check:
        page.write_text(new, encoding="utf-8")
    elif new != old:
        print("a measured table of README.md is old: run tools/readme_tables.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
