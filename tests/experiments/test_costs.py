import pytest

from course_lib.experiments import hybrid, ledger, timing
from course_lib.experiments.base import judge
from course_lib.experiments.costs import E33, E34
from tests.experiments.scripted_behaviour import ScriptedLab, ScriptedModel, arms_of, draw, value_of


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(hybrid, "N_PUBLIC", 8)
    monkeypatch.setattr(hybrid, "N_INTERNAL", 8)
    monkeypatch.setattr(timing, "N_QUESTIONS", 6)


def say(text):
    return lambda prompt: text


def lab_of(tmp_path, *, base="20 euros", tuned="Thank you. It is 20 euros.", seconds_a_token=1e-2):
    models = [ScriptedModel(say(text), seconds_a_token=seconds_a_token) for text in (base, tuned)]
    return ScriptedLab(*models, tmp_path)


def test_long_prompts_that_take_the_time_support_the_prediction(tmp_path):
    result = E33.run(lab_of(tmp_path))
    assert judge([result]) == "supported"
    assert value_of(result, "RAG k=4", "inkb", "time_ratio") > value_of(result, "RAG k=1", "inkb", "time_ratio") > 1
    assert value_of(result, "FT-B", "inkb", "ms_retrieve") == 0.0


def test_model_that_reads_at_no_cost_refutes_the_prediction(tmp_path):
    result = E33.run(lab_of(tmp_path, seconds_a_token=0.0))
    assert judge([result]) == "refuted"


def test_answers_of_different_length_are_clocked_for_the_same_number_of_tokens(tmp_path):
    result = E33.run(lab_of(tmp_path))
    expected = 1.0 * (timing.N_WRITTEN - 1)  # the scripted model writes a token in a millisecond
    for arm in timing.ARMS:
        assert value_of(result, arm, "inkb", "ms_decode") == pytest.approx(expected)


def test_times_are_complete_and_shares_add_up(tmp_path):
    result = E33.run(lab_of(tmp_path))
    for metric in ("ms_retrieve", "ms_prefill", "ms_decode", "ms_total", "prompt_tokens"):
        assert arms_of(result, "inkb", metric) == set(timing.ARMS)
    assert all(sum(shares.values()) == pytest.approx(1, abs=0.01) for shares in result.extra["shares"].values())
    assert draw(E33, result).get_title()


def test_passages_that_multiply_the_operations_support_the_prediction(tmp_path):
    result = E34.run(lab_of(tmp_path))
    assert judge([result]) == "supported"
    assert result.extra["queries until training is paid by the saving over RAG"] > 0
    assert value_of(result, "LC", "support", "prompt_tokens") > value_of(result, "RAG", "support", "prompt_tokens")


def test_tuned_model_that_rambles_refutes_the_prediction(tmp_path):
    lab = lab_of(tmp_path)
    rambling = ScriptedModel(say("word " * 60))
    rambling.count_tokens = lambda prompt: 100_000
    lab.tuned_model = rambling
    result = E34.run(lab)
    assert judge([result]) == "refuted"
    assert result.extra["queries until training is paid by the saving over RAG"] is None


def test_ledger_counts_what_each_arm_stores_and_computes(tmp_path):
    lab = lab_of(tmp_path)
    result = E34.run(lab)
    for metric in ("prompt_tokens", "output_tokens", "gigaflops_per_query", "bytes_stored"):
        assert arms_of(result, "support", metric) == set(ledger.ARMS)
    stored = result.extra["bytes stored"]
    assert stored["FT-B"] == {"weights": 4_000_000, "adapter": 8000}
    assert set(stored["HYB"]) == {"weights", "adapter", "index", "embedder"}
    assert stored["BASE"] == {"weights": 4_000_000}
    tokens = value_of(result, "BASE", "support", "prompt_tokens") + value_of(result, "BASE", "support", "output_tokens")
    assert value_of(result, "BASE", "support", "gigaflops_per_query") == pytest.approx(2 * 1e6 * tokens / 1e9)
    assert draw(E34, result).get_title()


def test_ledger_reads_the_answers_of_the_factorial_from_the_cache(tmp_path):
    lab = lab_of(tmp_path)
    hybrid.E30.run(lab)
    asked = lab.tuned_model.n_asked
    E34.run(lab)
    assert lab.tuned_model.n_asked == asked
