"""``course claims``: what the articles claim, and what a scoreboard says of it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from course_lib import claims as ledger
from course_lib.cli.experiments import SCOREBOARD, read_scoreboard
from course_lib.cli.output import Json, print_json, print_table

NOTHING_RUN = {"seeds": [], "verdicts": []}
JUDGED = ("verdict", "why", "evidence", "untried")
COLUMNS = ("id", "claim", "tier", "experiments", "verdict")


def claims(
    lesson: Annotated[str | None, typer.Option(help="Only those that this lesson tries, such as 04.")] = None,
    file: Annotated[Path | None, typer.Option(help="Scoreboard to judge by. Default: the shipped one.")] = None,
    as_json: Json = False,
) -> None:
    """List what the articles claim, the verdicts that a scoreboard allows, and where the articles disagree."""
    shown = ledger.claims_of(lesson=lesson.zfill(2) if lesson else None)
    path = file or (SCOREBOARD if SCOREBOARD.is_file() else None)
    verdicts = ledger.verdicts(read_scoreboard(path) if path else NOTHING_RUN)
    ids = {claim.id for claim in shown}
    conflicts = [conflict for conflict in ledger.conflicts() if ids.intersection(conflict.claims)]
    if as_json:
        found = [verdicts[claim.id] for claim in shown]
        listed = [
            vars(claim) | {key: getattr(verdict, key) for key in JUDGED}
            for claim, verdict in zip(shown, found, strict=True)
        ]
        print_json({"scoreboard": path, "claims": listed, "conflicts": conflicts})
    else:
        print_claims(shown, verdicts, conflicts)


def print_claims(
    shown: tuple[ledger.Claim, ...], verdicts: dict[str, ledger.ClaimVerdict], conflicts: list[ledger.Conflict]
) -> None:
    """Print the claims, the conflicts that they take part in, and how many of each verdict there are."""
    rows = [[_cell(getattr(claim, key, verdicts[claim.id].verdict)) for key in COLUMNS] for claim in shown]
    print_table(COLUMNS, rows)
    print()
    for conflict in conflicts:
        sides = "; ".join(f"{side.says} ({', '.join(side.claims)})" for side in conflict.sides)
        print(f"{conflict.id}  {conflict.question} {sides}")
    found = [verdicts[claim.id].verdict for claim in shown]
    counts = ", ".join(f"{found.count(verdict)} {verdict}" for verdict in dict.fromkeys(found))
    print(f"\n{len(shown)} claims: {counts}" if shown else "no claims")


def _cell(value: Any) -> Any:
    """Return a list as text, nothing as None."""
    return (", ".join(value) or None) if isinstance(value, tuple) else value
