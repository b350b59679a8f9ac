import doctest
import importlib
import json
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

from benchmarks import generating, indexing, loading, measuring, memory, reranking, suite, tuning
from benchmarks.generating import COURSE, ONE_BY_ONE, measure_generation
from benchmarks.suite import Plan, run_suite
from course_lib.cli import app, benchmarking
from course_lib.errors import CourseError
from course_lib.models import LocalModel
from course_lib.world import world
from tests.checkpoints import make_learner

PARTS = ("generating", "indexing", "loading", "machine", "measuring", "memory", "suite", "tuning")
SLEEP = "import time; time.sleep({})"
HOLD = "import time; held = bytearray({} * 10**6); time.sleep(0.5)"


@pytest.fixture(scope="module")
def model() -> LocalModel:
    """Return a tiny model whose context takes whole documents."""
    tiny = make_learner()
    tiny.tokenizer.model_max_length = tiny.module.config.max_position_embeddings = 8192
    return LocalModel(tiny.module, tiny.tokenizer, "tiny")


@pytest.fixture(scope="module")
def checkpoint(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmarks") / "tiny"
    model.module.save_pretrained(folder)
    model.tokenizer.save_pretrained(folder)
    return folder


def check_rows(rows, repeats, reference):
    """Assert that rows are complete: one reference a case, and every other row divides by it."""
    for case in {row.case for row in rows}:
        assert [row.variant for row in rows if row.case == case and row.ratio is None] == [reference]
    for row in rows:
        assert row.value.n == repeats
        assert 0 < row.value.low <= row.value.median <= row.value.high
        if row.ratio:
            assert row.reference == reference
            assert 0 < row.ratio.low <= row.ratio.median <= row.ratio.high


@pytest.mark.parametrize("part", PARTS)
def test_examples_in_docstrings_hold(part):
    assert doctest.testmod(importlib.import_module(f"benchmarks.{part}")).failed == 0


# Measuring


def test_variants_take_turns_and_the_first_round_does_not_count():
    order = []
    variants = {name: lambda name=name: order.append(name) or len(order) for name in "ab"}
    assert measuring.interleave(variants, 2) == {"a": [3, 5], "b": [4, 6]}
    assert order == list("ababab")


def test_ratio_is_the_value_over_the_reference_of_the_same_round():
    values = {"plain": [1.0, 10.0, 100.0], "ours": [2.0, 40.0, 300.0]}
    plain, ours = measuring.compare("b", "c", values, unit="s", better="lower", reference="plain")
    assert (plain.reference, plain.ratio) == (None, None)
    assert ours.reference == "plain"
    assert ours.ratio == measuring.Spread(median=3.0, low=2.0, high=4.0, n=3)  # not 40 / 10
    assert ours.value == measuring.Spread(median=40.0, low=2.0, high=300.0, n=3)


# Generating


def test_generation_gives_a_rate_for_each_way_and_kind_of_prompt(model):
    rows = measure_generation(model, n_prompts=3, max_new_tokens=4, repeats=1)
    check_rows(rows, 1, ONE_BY_ONE)
    assert len(rows) == 6
    assert {row.better for row in rows} == {"higher"}
    bare, on_document = (row.details["tokens read per prompt"] for row in rows if row.variant == COURSE)
    assert bare < on_document


def test_rate_of_generation_counts_the_tokens_that_were_written(model, monkeypatch):
    prompts = [[{"role": "user", "content": text}] for text in ("One?", "Two, three?")]
    written = sum(completion.output_tokens for completion in model.generate(prompts, max_new_tokens=6))
    for batch_size in (1, 2):
        clock = iter([0.0, 2.0])
        monkeypatch.setattr(generating, "time", SimpleNamespace(perf_counter=lambda clock=clock: next(clock)))
        assert generating.time_plain(model, prompts, 6, batch_size) == written / 2


def test_generation_refuses_a_context_that_no_prompt_fits():
    with pytest.raises(CourseError, match="too short"):
        measure_generation(make_learner(), n_prompts=1, max_new_tokens=250, repeats=1)


# Loading


def test_loading_compares_with_the_imports_alone(checkpoint):
    rows = loading.measure_loading(str(checkpoint), str(checkpoint), repeats=1)
    check_rows(rows, 1, loading.IMPORTS)
    assert [row.variant for row in rows] == [loading.IMPORTS, loading.PLAIN, loading.COURSE]


def test_time_of_a_process_is_its_whole_life_and_only_that_of_one_that_succeeds():
    assert 0.5 <= loading.time_process(SLEEP.format(0.5)) < 60
    with pytest.raises(CourseError, match="ZeroDivisionError"):
        loading.time_process("1 / 0")


# Indexing


def test_indexes_are_compared_at_equal_recall():
    rows = indexing.measure_indexing([500, 1000], n_queries=10, repeats=2)
    check_rows(rows, 2, indexing.FLAT)
    assert len(rows) == 16
    recalls = {row.variant: row.details["recall@10"] for row in rows if row.case.startswith("query")}
    assert recalls[indexing.FLAT] == recalls[indexing.COURSE] == 1
    assert min(recalls.values()) >= 0.8  # 0.95 on other queries, and these are few


def test_slower_search_has_a_ratio_above_one(monkeypatch):
    monkeypatch.setattr(indexing, "search_course", lambda index, query: time.sleep(0.05) or np.arange(10))
    rows = indexing.measure_indexing([500], n_queries=5, repeats=3)
    slow = next(row for row in rows if row.case == "query, 500 vectors" and row.variant == indexing.COURSE)
    assert slow.better == "lower"
    assert slow.ratio.median > 1
    assert slow.details["recall@10"] < 1


def test_least_effort_that_reaches_the_recall_is_chosen():
    vectors = indexing.make_vectors(2000, np.random.default_rng(0))
    exact = [np.array([row]) for row in range(20)]
    index = indexing.build_inverted(vectors)
    # each vector finds itself in the first list, but nothing finds an id that does not exist
    assert indexing.choose_effort(index, vectors[:20], exact) == 1
    assert indexing.choose_effort(index, vectors[:20], [np.array([-5])] * 20) == indexing.EFFORTS[-1]


def test_vectors_are_unit_rows_in_clusters():
    vectors = indexing.make_vectors(400, np.random.default_rng(0))
    assert vectors.shape == (400, indexing.WIDTH)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    cosines = np.sort(vectors @ vectors.T, axis=1)
    assert cosines[:, -11].mean() > np.median(cosines) + 0.3


def test_sizes_beyond_the_memory_are_refused():
    with pytest.raises(CourseError, match="leave --full out"):
        indexing.check_memory(10**12)


# Tuning


def test_tuning_is_compared_on_the_same_examples(model):
    rows = tuning.measure_tuning(model, n_examples=16, repeats=1)
    check_rows(rows, 1, tuning.TRL)
    assert len(rows) == 3
    (n_examples,) = {row.details["examples"] for row in rows}
    assert 8 <= n_examples <= 16  # those that fit the context of the tiny model


def test_rate_of_tuning_leaves_the_first_epoch_out_and_counts_in_eights():
    ends = [10.0, 20.0, 21.0, 22.0]
    assert tuning.second_epoch(ends, n_examples=16, batch_size=8) == 1.0
    assert tuning.second_epoch(ends, n_examples=32, batch_size=16) == 2.0
    with pytest.raises(CourseError, match="4 steps"):
        tuning.second_epoch(ends[:3], n_examples=16, batch_size=8)


# Memory


def test_memory_counts_what_a_process_below_holds():
    small = memory.peak_memory([sys.executable, "-c", HOLD.format(1)])
    held = HOLD.format(100)
    direct = memory.peak_memory([sys.executable, "-c", held])
    below = memory.peak_memory(
        [sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {held!r}])"]
    )
    assert 90e6 < direct - small < 130e6
    assert below > direct


def test_memory_of_a_larger_process_has_a_ratio_above_one(monkeypatch):
    monkeypatch.setattr(memory, "IMPORT_CODE", HOLD.format(1))
    rows = memory.measure_memory([sys.executable, "-c", HOLD.format(100)], "large", repeats=1)
    check_rows(rows, 1, memory.IMPORTS)
    assert (rows[1].variant, rows[1].better) == ("large", "lower")
    assert rows[1].ratio.median > 2
    assert rows[1].details["seconds"] >= 0.5


def test_memory_of_a_command_that_fails_is_no_figure():
    with pytest.raises(CourseError, match="exit code 1: ValueError: no model"):
        memory.peak_memory([sys.executable, "-c", "raise ValueError('no model')"])
    with pytest.raises(CourseError, match="cannot start"):
        memory.peak_memory(["no-such-program"])


# The suite and the command


def test_unknown_benchmark_is_refused_before_anything_runs():
    with pytest.raises(CourseError, match="generate, load, index, tune, memory"):
        run_suite(Plan(), ["speed"])


def test_endpoint_is_refused(monkeypatch):
    monkeypatch.setattr("course_lib.models.load_model", lambda spec: type("Endpoint", (), {"name": "remote"})())
    with pytest.raises(CourseError, match="remote answers from an endpoint"):
        suite.load_local(None, [])


def test_every_benchmark_gets_its_amounts_from_the_plan(monkeypatch, checkpoint):
    plan = Plan(model=str(checkpoint), repeats=1, index_sizes=(500,), n_queries=5, command=(sys.executable, "-c", "1"))
    seen = []
    result = run_suite(plan, ["memory", "index"], seen.append)
    assert seen == ["index", "memory"]
    assert result["model"] is None
    assert {row["benchmark"] for row in result["rows"]} == {"index", "memory"}
    assert result["rows"][-1]["variant"] == "python -c 1"
    assert result["machine"]["processor"]
    assert result["machine"]["versions"]["torch"]
    assert json.loads(json.dumps(result, allow_nan=False))["rows"]


def test_model_is_named_without_its_folder(checkpoint):
    used = []
    model = suite.load_local(str(checkpoint), used)
    assert used[0].startswith("tiny, ")
    assert suite.source_of(model) == str(checkpoint)


def test_course_run_is_measured_without_its_cache():
    command = suite.course_run("some/model", "folder")
    assert command[-2:] == ("--model", "some/model")
    shown = subprocess.run([*command[:4], "--help"], capture_output=True, text=True, check=True).stdout
    assert all(option in shown for option in command if option.startswith("--"))


def test_command_prints_a_table_or_json_and_writes_the_file(monkeypatch, tmp_path):
    rows = measuring.compare(
        "load",
        "c",
        {"plain": [2.0], "ours": [3.0]},
        unit="s",
        better="lower",
        reference="plain",
        details={"ours": {"a": 1}},
    )
    machine = {"processor": "A 1", "cores": 2, "threads": 2, "memory_gb": 8, "busy": 0, "system": "S", "versions": {}}
    plans = []

    def fake(plan, only, report):
        plans.append(plan)
        return {
            "machine": machine,
            "model": None,
            "plan": {},
            "rows": [vars(row) | {"value": vars(row.value), "ratio": row.ratio and vars(row.ratio)} for row in rows],
        }

    monkeypatch.setattr(suite, "run_suite", fake)
    run = CliRunner().invoke
    shown = run(app, ["benchmark", "--only", "load"], env={"COLUMNS": "160"})
    assert shown.exit_code == 0
    assert "A 1, 2 cores" in shown.stdout
    assert "1.5" in shown.stdout
    file = tmp_path / "new" / "results.json"
    ended = run(app, ["benchmark", "--json", "--quick", "--full", "--command", "python -c 1", "--out", str(file)])
    assert json.loads(ended.stdout) == json.loads(file.read_text())
    assert plans[0].index_sizes == Plan().index_sizes
    assert plans[1].index_sizes == (*benchmarking.QUICK["index_sizes"], 1_000_000)
    assert plans[1].command == ("python", "-c", "1")
    assert plans[1].command_repeats == plans[1].repeats == 5


def test_command_explains_a_wrong_name():
    ended = CliRunner().invoke(app, ["benchmark", "--only", "speed"])
    assert ended.exit_code == 2
    assert "there is no benchmark speed" in ended.stderr


# Reranking


def test_rerankers_are_tested_on_facts_that_none_was_trained_on():
    training, test = reranking.split_questions(world(0))
    facts = [{question.facts[0] for question in part} for part in (training, test)]
    assert not facts[0] & facts[1]
    assert len(facts[0]) == pytest.approx(len(facts[1]), abs=1)
    assert min(len(training), len(test)) > 150
    assert (training, test) == reranking.split_questions(world(0))


def test_rerankers_are_trained_by_name_and_each_tells_its_steps(monkeypatch, capsys):
    def train(index, training, n_pairs, depth, on_step):
        on_step(1, 1, 0.5)
        return n_pairs

    monkeypatch.setattr(reranking.LearntReranker, "train", lambda index, training, depth: "linear")
    monkeypatch.setattr(reranking.CrossEncoderReranker, "train", train)
    trained = reranking.train_all(None, [], [50, 200])
    assert trained == {"none": None, "linear": "linear", "cross-encoder 50": 50, "cross-encoder 200": 200}
    printed, told = capsys.readouterr()
    assert printed.count("trained in") == 3
    assert "cross-encoder 200" in told


def test_ranks_are_those_of_the_first_passage_of_the_source_with_the_answer():
    question = SimpleNamespace(answer="9 euros", documents=("source",))
    hits = [
        SimpleNamespace(chunk=SimpleNamespace(document_id=document, passage=text))
        for document, text in [("other", "It costs 9 euros."), ("source", "Blue."), ("source", "It costs 9 euros.")]
    ]
    scores = reranking.rate([question] * 3, [hits, hits[2:], hits[:2]])
    assert {name: values.tolist() for name, values in scores.items()} == {
        "hit@1": [0, 1, 0],
        "hit@5": [1, 1, 0],
        "MRR": [1 / 3, 1, 0],
    }
