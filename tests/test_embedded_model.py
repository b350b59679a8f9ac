import json
from pathlib import Path

import pytest

from course_lib.contract import BANDS, measure_contract
from course_lib.models import LocalModel, load_model
from course_lib.models.settings import ROOT
from course_lib.prompting import build_prompt, build_reading_prompt
from course_lib.statistics import wilson_interval
from course_lib.world.public import public_facts

FOLDER = Path(ROOT) / "embedded_model"
N_REDUCED = 60
QUICK = ("c1", "c1_distractors", "c2", "c2_examples", "c3", "c3_internal", "c4", "c5", "c6", "c7", "c8")


@pytest.fixture(scope="module")
def model() -> LocalModel:
    return load_model("embedded")


@pytest.fixture(scope="module")
def shipped() -> dict[str, dict]:
    return json.loads((FOLDER / "contract.json").read_text(encoding="utf-8"))


def test_it_is_small_and_trained_on_a_context_of_768_tokens(model: LocalModel) -> None:
    assert model.n_parameters < 15_000_000
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 40 * 2**20
    assert model.context_length == 768


def test_the_card_was_measured_on_these_weights(model: LocalModel, shipped: dict[str, dict]) -> None:
    assert set(shipped) == set(BANDS)
    assert all(entry["n"] >= 100 or name == "c9_seconds" for name, entry in shipped.items())
    card = (FOLDER / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert model.fingerprint in card
    for name, entry in shipped.items():
        assert f"| {name} | {entry['value']:.2f} |" in card, f"the card does not hold the measured value of {name}"


@pytest.mark.timeout(900)
def test_a_reduced_contract_agrees_with_the_shipped_figures(model: LocalModel, shipped: dict[str, dict]) -> None:
    measured = measure_contract(model, n=N_REDUCED, only=QUICK)
    # the first 60 of the 300 items, compared eleven times: at 95 % every other run would leave some interval
    outside = {}
    for name, entry in measured.items():
        wide = wilson_interval(round(entry["value"] * entry["n"]), entry["n"], confidence=0.999)
        if not wide.low <= shipped[name]["value"] <= wide.high:
            outside[name] = (entry["value"], shipped[name]["value"])
    assert not outside


def test_it_stops_by_itself_on_plain_questions(model: LocalModel) -> None:
    questions = [f"Tell me about {fact.subject}." for fact in public_facts()[::10]]
    completions = model.generate([build_prompt(question) for question in questions], max_new_tokens=120)
    assert sum(completion.finish == "stop" for completion in completions) >= 0.8 * len(completions)


def test_the_answer_follows_the_passage_when_its_value_is_changed(model: LocalModel) -> None:
    passages = [f"The Umbra Lamp costs {amount} euros." for amount in (24, 58, 91, 37)]
    prompts = [build_reading_prompt("What does the Umbra Lamp cost?", [passage]) for passage in passages]
    texts = [completion.text for completion in model.generate(prompts)]
    assert sum(amount in text for amount, text in zip(("24", "58", "91", "37"), texts, strict=True)) >= 3
