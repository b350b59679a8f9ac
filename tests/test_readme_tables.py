import json

import pytest

from course_lib.arms import ARMS
from tools.readme_tables import ROOT, contract_table, main, scoreboard_table, verdict_table

PAGE = "A\n" + "\n".join(f"<!-- {name} -->old<!-- /{name} -->" for name in ("contract", "scoreboard", "verdicts"))


def test_the_tables_of_the_readme_are_those_of_the_shipped_results():
    assert main(["--check"]) == 0


def row(arm, name, value, seed, metric="accuracy"):
    return {"arm": arm, "set": name, "metric": metric, "value": value, "seed": seed}


def test_the_scoreboard_shows_the_mean_over_the_seeds_of_accuracy_alone():
    rows = [row("RAG", "inkb", 0.5, 0), row("RAG", "inkb", 0.7, 1), row("RAG", "inkb", 0.1, 0, "halluc")]
    lines = scoreboard_table({"rows": [*rows, row("BASE", "inkb", None, 0)]}).splitlines()
    assert len(lines) == 2 + len(ARMS)
    [rag] = [line for line in lines if line.startswith("| RAG |")]
    assert rag.count("0.60") == 1
    assert not any(character.isdigit() for line in lines if line.startswith("| BASE |") for character in line)


def test_a_missed_band_is_said_to_be_missed():
    entry = {"value": 0.5, "low": 0.4, "high": 0.6, "band": [0.9, 1.0], "ok": False}
    assert "**missed**" in contract_table({"c1": entry})
    assert "missed" not in contract_table({"c1": entry | {"ok": True}})
    assert "0.50 [0.40, 0.60]" in contract_table({"c1": entry})


def test_each_verdict_stands_beside_its_prediction_and_its_picture():
    entry = {"experiment": "E30", "title": "2x2", "predicted": "It adds up.", "verdict": "depends"}
    last = verdict_table({"verdicts": [entry]}).splitlines()[-1]
    assert last == "| [E30 2x2](results/pictures/E30.png) | It adds up. | **depends** |"


@pytest.fixture
def copy(tmp_path):
    """Return a course with the shipped contract, a scoreboard of one row, and a page with marks and no tables."""
    (tmp_path / "embedded_model").mkdir()
    (tmp_path / "results").mkdir()
    contract = (ROOT / "embedded_model" / "contract.json").read_text(encoding="utf-8")
    (tmp_path / "embedded_model" / "contract.json").write_text(contract, encoding="utf-8")
    scoreboard = {"rows": [row("HYB", "inkb", 0.5, 0)], "verdicts": []}
    (tmp_path / "results" / "scoreboard.json").write_text(json.dumps(scoreboard), encoding="utf-8")
    (tmp_path / "README.md").write_text(PAGE, encoding="utf-8")
    return tmp_path


def test_an_old_page_is_refused_and_mended(copy, capsys):
    assert main(["--check"], copy) == 1
    assert "run tools/readme_tables.py" in capsys.readouterr().err
    assert main([], copy) == 0
    assert main(["--check"], copy) == 0
    assert "| HYB |" in (copy / "README.md").read_text(encoding="utf-8")


def test_a_page_without_marks_is_left_alone(copy, capsys):
    (copy / "README.md").write_text("nothing here", encoding="utf-8")
    assert main([], copy) == 2
    assert "needs <!-- contract -->" in capsys.readouterr().err
    assert (copy / "README.md").read_text(encoding="utf-8") == "nothing here"


def test_without_a_shipped_scoreboard_only_the_contract_is_kept(copy):
    (copy / "results" / "scoreboard.json").unlink()
    assert main([], copy) == 0
    text = (copy / "README.md").read_text(encoding="utf-8")
    assert "c1_distractors" in text
    assert "<!-- scoreboard -->old<!-- /scoreboard -->" in text
