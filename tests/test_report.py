import json

import pytest

from course_lib.arms import ARMS
from course_lib.report import leaving_rows, print_scoreboard
from course_lib.running.run import SHIPPED
from course_lib.world import QUESTION_SETS


def line(value, low=None, high=None, seed=0, metric="accuracy", arm="RAG"):
    return {
        "arm": arm, "set": "inkb", "metric": metric, "value": value, "low": low, "high": high, "n": 9, "seed": seed
    }  # fmt: skip


def board(*rows, model="f" * 64):
    figure = {"name": "RAG - BASE", "seed": 0, "predicted": "+", "sign": "+", "value": 0.3, "low": 0.1, "high": None}
    verdict = {"experiment": "E01", "title": "who reads", "verdict": "supported", "claims": ["A1"], "figures": [figure]}
    return {"model": "m", "seeds": [0], "hashes": {"model": model}, "rows": list(rows), "verdicts": [verdict]}


@pytest.fixture
def shipped(tmp_path):
    path = tmp_path / "scoreboard.json"

    def ship(*rows, **options):
        path.write_text(json.dumps(board(*rows, **options)))
        return path

    return ship


def test_a_figure_outside_the_shipped_interval_is_named(shipped):
    file = shipped(line(0.5, 0.4, 0.6), line(0.5, 0.4, 0.6, arm="BASE"))
    [outside, summary] = leaving_rows(board(line(0.7, 0.6, 0.8), line(0.41, arm="BASE")), file)
    assert outside.startswith("outside the shipped interval: RAG inkb accuracy seed 0: 0.700, shipped 0.500 [0.400")
    assert summary == "1 of 2 figures lie within the shipped intervals"


@pytest.mark.parametrize("value", [0.4, 0.5, 0.6])
def test_the_ends_belong_to_the_interval(shipped, value):
    assert leaving_rows(board(line(value)), shipped(line(0.5, 0.4, 0.6)))[:-1] == []


@pytest.mark.parametrize("new", [line(0.9, seed=1), line(0.9, metric="halluc"), line(0.9, arm="LC"), line(None)])
def test_only_figures_of_the_same_row_are_compared(shipped, new):
    assert leaving_rows(board(new), shipped(line(0.5, 0.4, 0.6))) == ["0 of 0 figures lie within the shipped intervals"]


def test_times_of_another_computer_are_not_compared(shipped):
    file = shipped(line(0.5, 0.4, 0.6, metric="ms_total"), line(0.5, 0.4, 0.6, metric="update_seconds"))
    new = board(line(9.0, metric="ms_total"), line(9.0, metric="update_seconds"))
    assert leaving_rows(new, file) == ["0 of 0 figures lie within the shipped intervals"]


def test_an_open_interval_binds_nothing(shipped):
    assert leaving_rows(board(line(0.9)), shipped(line(0.5, 0.4, None)))[:-1] == []


def test_the_scoreboard_of_another_model_is_not_compared(shipped):
    [only] = leaving_rows(board(line(0.9)), shipped(line(0.5, 0.4, 0.6), model="a" * 64))
    assert "another model" in only


def test_without_a_shipped_scoreboard_it_says_so(tmp_path):
    assert leaving_rows(board(line(0.9)), tmp_path / "none.json") == ["there is no none.json to compare with"]


def test_the_printed_scoreboard_shows_means_over_seeds_verdicts_and_open_ends(capsys):
    print_scoreboard(board(line(0.2), line(0.4, seed=1), line(0.9, metric="prompt_tokens")), ["a last line"])
    printed = capsys.readouterr().out
    assert "0.30" in printed
    assert "supported" in printed
    assert "0.30 [0.10, ]" in " ".join(printed.split())
    assert "prompt_tokens" not in printed
    assert printed.endswith("a last line\n")


def test_the_shipped_scoreboard_fits_a_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
    print_scoreboard(shipped)
    printed = capsys.readouterr().out.splitlines()
    tables = printed[: next(at for at, line in enumerate(printed) if line.startswith("E01"))]
    assert max(map(len, tables)) <= 80
    rows = {line.split()[0]: line.split() for line in tables if line.split()}
    assert set(QUESTION_SETS) <= rows.keys()
    assert all(len(rows[name]) == 1 + len(ARMS) for name in QUESTION_SETS)
