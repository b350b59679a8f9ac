import importlib.metadata
import json
import math
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from course_lib.errors import CourseError
from course_lib.experiments import Experiment, Result
from course_lib.experiments.base import Finding, row
from course_lib.models import LocalModel
from course_lib.running import parts, workers
from course_lib.running import run as run_module
from course_lib.running.run import VERSIONED, choose_experiments, run_course
from course_lib.statistics import Interval

ROOT = Path(__file__).resolve().parents[2]
UP, DOWN = Interval(0.3, 0.1, 0.5, 40), Interval(-0.3, -0.5, -0.1, 40)
KEYS = {"model", "seeds", "versions", "hashes", "rows", "verdicts"}
ROW_KEYS = {"arm", "set", "metric", "value", "low", "high", "n", "seed"}


class Model(LocalModel):
    """A local model by its type alone."""

    def __init__(self):
        self.name, self.fingerprint = "scripted", "f" * 64


def make_experiment(name, interval_of, predicted="+"):
    """Return an experiment that measures ``interval_of(seed)``."""

    def measure(lab):
        interval = interval_of(lab.seed)
        rows = (row("RAG", "inkb", "accuracy", interval, lab.seed),)
        return Result(name, lab.seed, rows, (Finding("RAG - BASE", interval, predicted),), {"lab": lab.seed})

    def picture(results, axes):
        axes.plot([result.rows[0]["value"] for result in results])

    return Experiment(name, f"title of {name}", ("A-1", "A-2"), "RAG helps", measure, picture)


@pytest.fixture
def experiments(monkeypatch, tmp_path):
    """Replace model, experiments and arms by scripted ones."""
    found = {
        "E01": make_experiment("E01", lambda seed: UP),
        "E02": make_experiment("E02", lambda seed: DOWN),
        "E03": make_experiment("E03", lambda seed: UP if seed else DOWN),
    }
    monkeypatch.setattr(run_module, "EXPERIMENTS", found)
    monkeypatch.setattr(parts, "EXPERIMENTS", found)
    monkeypatch.setattr(run_module, "load_model", lambda spec: Model())
    monkeypatch.setattr(run_module, "SHIPPED", tmp_path / "shipped.json")
    monkeypatch.setattr(parts, "arm_rows", lambda lab: [row("BASE", "all", "accuracy", UP, lab.seed)])
    return found


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def verdicts_of(scoreboard):
    return {verdict["experiment"]: verdict["verdict"] for verdict in scoreboard["verdicts"]}


def test_the_scoreboard_has_the_documented_shape(experiments, out):
    scoreboard = run_course(seeds=[0, 1], out=out, json=True)
    assert set(scoreboard) == KEYS
    assert (scoreboard["model"], scoreboard["seeds"]) == ("scripted", [0, 1])
    assert all(set(line) == ROW_KEYS for line in scoreboard["rows"])
    assert scoreboard["versions"]["torch"] == importlib.metadata.version("torch")
    assert scoreboard["hashes"]["model"] == "f" * 64
    for verdict in scoreboard["verdicts"]:
        assert {"experiment", "claims", "predicted", "verdict", "figures"} <= set(verdict)
        assert (verdict["claims"], verdict["predicted"]) == (["A-1", "A-2"], "RAG helps")
        assert [figure["seed"] for figure in verdict["figures"]] == [0, 1]
        assert all({"name", "value", "low", "high", "n", "sign"} <= set(figure) for figure in verdict["figures"])


def test_the_file_holds_what_is_returned_and_each_experiment_has_a_picture(experiments, out):
    scoreboard = run_course(out=out, json=True)
    assert json.loads((out / "scoreboard.json").read_text()) == scoreboard
    assert sorted(path.name for path in (out / "pictures").iterdir()) == ["E01.png", "E02.png", "E03.png"]
    assert (out / "pictures" / "E01.png").read_bytes().startswith(b"\x89PNG")


def test_verdicts_come_out_either_way_and_depend_where_the_seeds_differ(experiments, out):
    found = run_course(seeds=[0, 1, 2], out=out, json=True)
    assert verdicts_of(found) == {"E01": "supported", "E02": "refuted", "E03": "depends"}


def test_an_unknown_experiment_is_refused_before_a_model_is_loaded(experiments, monkeypatch, out):
    monkeypatch.setattr(run_module, "load_model", lambda spec: pytest.fail("loaded"))
    with pytest.raises(CourseError, match="no experiment E99: expected some of E01, E02, E03"):
        run_course(only=["E01", "E99"], out=out)
    assert not out.exists()


def test_one_experiment_runs_without_the_arms_and_by_a_name_in_small_letters(experiments, out):
    scoreboard = run_course(only=["e02"], out=out, json=True)
    assert verdicts_of(scoreboard) == {"E02": "refuted"}
    assert {line["arm"] for line in scoreboard["rows"]} == {"RAG"}


def test_all_experiments_run_with_the_arms(experiments, out):
    scoreboard = run_course(out=out, json=True)
    assert {line["arm"] for line in scoreboard["rows"]} == {"BASE", "RAG"}


def test_an_experiment_named_twice_runs_once(experiments):
    assert [experiment.id for experiment in choose_experiments(["e01", "E01"])] == ["E01"]
    assert choose_experiments([]) == list(experiments.values())


def test_a_row_that_two_experiments_measure_stands_there_once(experiments, out):
    rows = run_course(out=out, json=True)["rows"]
    keys = [(line["arm"], line["set"], line["metric"], line["seed"]) for line in rows]
    assert len(keys) == len(set(keys)) == 2


def test_what_is_not_bounded_is_null_in_the_file(experiments, out):
    experiments["E01"] = make_experiment("E01", lambda seed: Interval(0.5, 0.1, math.inf, 9))
    run_course(only=["E01"], out=out, json=True)

    def refuse(word):
        raise AssertionError(f"{word} is no JSON")

    read = json.loads((out / "scoreboard.json").read_text(), parse_constant=refuse)
    assert read["rows"][0]["high"] is read["verdicts"][0]["figures"][0]["high"] is None
    assert read["verdicts"][0]["verdict"] == "supported"


def test_json_prints_nothing(experiments, out, capfd):
    run_course(out=out, json=True)
    assert capfd.readouterr() == ("", "")


def test_without_json_the_tables_are_printed_and_the_stages_told(experiments, out, capfd):
    run_course(out=out)
    printed, told = capfd.readouterr()
    assert all(word in printed for word in ("verdicts", "supported", "refuted", "scoreboard.json"))
    assert "there is no shipped.json to compare with" in printed
    assert "seed 0: E01 title of E01" in told


def test_the_same_rows_have_the_same_hash(experiments, out):
    first, again = run_course(out=out, json=True), run_course(out=out, json=True)
    other = run_course(seeds=[1], out=out, json=True)
    assert first["hashes"] == again["hashes"]
    assert first["hashes"]["rows"] != other["hashes"]["rows"]


def test_a_model_behind_an_endpoint_is_refused(experiments, monkeypatch, out):
    monkeypatch.setattr(run_module, "load_model", lambda spec: SimpleNamespace(name=spec))
    with pytest.raises(CourseError, match="'far' behind an endpoint"):
        run_course(model="far", out=out)


def test_options_reach_the_lab_and_the_model(experiments, monkeypatch, out):
    seen = []
    monkeypatch.setattr(run_module, "load_model", lambda spec: seen.append(spec) or Model())
    lab, start = workers.Lab, time.time()

    def note(*arguments, **options):
        seen.append((arguments[1], options["not_before"] >= start))
        return lab(*arguments, **options)

    monkeypatch.setattr(workers, "Lab", note)
    run_course(only=["E01"], seeds=[7], model="folder", fresh=True, out=out, json=True)
    assert seen == ["folder", (7, True)]


def test_all_packages_whose_versions_are_written_are_pinned():
    pinned = (ROOT / "requirements.txt").read_text(encoding="utf-8").lower()
    assert not [name for name in VERSIONED if f"{name}==" not in pinned]
