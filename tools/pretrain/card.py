"""Measure the contract and write the card: ``python -m tools.pretrain.card embedded_model --run FIRST --run SECOND``.

The runs are those that the weights came from, in their order.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from course_lib.contract import MEANINGS, measure_contract
from course_lib.models import LocalModel
from tools.pretrain.failures import KINDS, count_kinds, find_failures

TEMPLATE = Path(__file__).with_name("card_template.md")


def read_log(run: Path) -> list[dict]:
    """Return the scores of a run, oldest first."""
    return [json.loads(line) for line in (run / "scores.jsonl").read_text(encoding="utf-8").splitlines()]


def write_card(folder: Path, runs: Sequence[Path], contract: dict[str, dict]) -> None:
    """Write ``contract.json`` and ``MODEL_CARD.md`` into the folder of the model."""
    from course_lib.world.genres import COMPANY_GENRES
    from course_lib.world.wordings import RELATIONS
    from tools.pretrain.genres import WIDE_GENRES
    from tools.pretrain.passages import ALL_RELATIONS, questions_of, statements_of

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    model = LocalModel.load(folder)
    logs = [read_log(run) for run in runs]
    failures, n_asked = find_failures(model)
    names = [name for name in logs[0][0] if name not in ("step", "minutes", "tokens")]
    rows = [
        f"| {name} | {entry['value']:.2f} | {entry['low']:.2f} to {entry['high']:.2f} | {entry['n']} | "
        f"{entry['band'][0]:g} to {entry['band'][1]:g} | {'yes' if entry['ok'] else '**no**'} | {MEANINGS[name]} |"
        for name, entry in contract.items()
    ]
    card = TEMPLATE.read_text(encoding="utf-8").format(
        n_parameters=model.n_parameters,
        layers=config["num_hidden_layers"],
        width=config["hidden_size"],
        head=config["hidden_size"] // config["num_attention_heads"],
        inner=config["intermediate_size"],
        vocabulary=config["vocab_size"],
        context=model.context_length,
        fingerprint=model.fingerprint,
        tokens=sum(log[-1]["tokens"] for log in logs) / 1e6,
        steps=sum(log[-1]["step"] for log in logs),
        minutes=sum(log[-1]["minutes"] for log in logs),
        n_relations=len(ALL_RELATIONS),
        n_company=len(RELATIONS),
        n_statements=round(mean(len(statements_of(relation)) for relation in RELATIONS.values())),
        n_questions=round(mean(len(questions_of(relation)) for relation in RELATIONS.values())),
        n_genres=len(COMPANY_GENRES) + len(WIDE_GENRES),
        rows="\n".join(rows),
        n_failures=len(failures),
        n_asked=n_asked,
        failures="\n".join(f"| {count} | {KINDS[kind]} |" for kind, count in count_kinds(failures).items()),
        score_names=" | ".join(names),
        score_rules="---|" * len(names),
        scores="\n".join(
            f"| {number} | {entry['minutes']:.0f} | " + " | ".join(f"{entry[name]:.2f}" for name in names) + " |"
            for number, log in enumerate(logs, 1)
            for entry in log
        ),
    )
    (folder / "contract.json").write_text(json.dumps(contract, indent=1) + "\n", encoding="utf-8")
    (folder / "MODEL_CARD.md").write_text(card, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--run", type=Path, required=True, action="append")
    arguments = parser.parse_args()
    measured = measure_contract(LocalModel.load(arguments.folder), progress=print)
    write_card(arguments.folder, arguments.run, measured)
