import pytest

from course_lib.arms import VOICE_EXAMPLES
from course_lib.experiments import hybrid
from course_lib.experiments.base import judge
from course_lib.experiments.hybrid import CELLS, E30, MEASURES
from course_lib.world import Item, world
from course_lib.world.tasks import is_valid
from tests.experiments.scripted_behaviour import (
    ScriptedLab,
    ScriptedModel,
    answer_of,
    arms_of,
    draw,
    request_of,
    share_of,
    value_of,
)

FORM = "Thank you for asking. The answer to your question is {}. Warmly, the Fennick team"


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(hybrid, "N_PUBLIC", 40)
    monkeypatch.setattr(hybrid, "N_INTERNAL", 40)


@pytest.fixture(scope="module")
def answers():
    questions = world(0).questions
    return {question.text: question.answer for name in ("public", "inkb") for question in questions[name]}


def reader(answers, form_share):
    """A model that knows public facts and what it reads, and keeps the house voice in a share of its answers."""
    public = {question.text for question in world(0).questions["public"]}

    def rule(prompt):
        value, request = answer_of(answers, prompt), request_of(prompt)
        is_known = value in request or any(request.endswith(text) for text in public)
        said = value if is_known else "nothing of the kind"
        return FORM.format(said) if share_of(request) < form_share * 10_000 else said

    return rule


def lab_of(tmp_path, base, tuned):
    return ScriptedLab(ScriptedModel(base), ScriptedModel(tuned), tmp_path)


def test_gains_that_multiply_support_the_prediction(tmp_path, answers):
    result = E30.run(lab_of(tmp_path, reader(answers, 0.3), reader(answers, 1.0)))
    assert judge([result]) == "supported"
    assert value_of(result, "HYB", "support", "both_right") > value_of(result, "FT-B", "support", "both_right")
    assert value_of(result, "FT-B", "inkb", "facts") == 0.0
    assert value_of(result, "FT-B", "public", "facts") == 1.0
    assert result.extra["gain by tuning"]["valid"]["value"] > 0.4


def test_tuning_that_forgets_to_read_refutes_the_prediction(tmp_path, answers):
    result = E30.run(lab_of(tmp_path, reader(answers, 0.5), lambda prompt: FORM.format("something")))
    assert judge([result]) == "refuted"


def test_every_cell_has_every_measure_and_edges_are_named(tmp_path, answers):
    result = E30.run(lab_of(tmp_path, reader(answers, 0.0), reader(answers, 1.0)))
    for measure in MEASURES:
        assert arms_of(result, "support", measure) == set(CELLS)
    assert {"RAG valid", "BASE both_right"} <= set(result.extra["cells at the floor"])
    assert "HYB valid" in result.extra["cells at the ceiling"]
    assert draw(E30, result).get_title()


def test_all_cells_are_asked_for_the_house_voice(tmp_path, answers):
    seen = {"base": [], "tuned": []}

    def noting(name):
        def rule(prompt):
            seen[name].append(prompt)
            return "no idea"

        return rule

    E30.run(lab_of(tmp_path, noting("base"), noting("tuned")))
    assert len(seen["base"]) == len(seen["tuned"]) == 2 * 80
    assert all("house voice" in prompt[0]["content"] for prompts in seen.values() for prompt in prompts)
    shown = [
        {"role": role, "content": said} for role, said in zip(("user", "assistant"), VOICE_EXAMPLES[0], strict=True)
    ]
    assert all(prompt[1:-1] == shown for prompt in seen["base"])
    assert all(len(prompt) == 2 for prompt in seen["tuned"])


def test_the_example_keeps_every_rule_of_the_voice():
    for question, reply in VOICE_EXAMPLES:
        assert is_valid("voice", reply, Item("", question, "", "plain", "9 euros"))


def test_mix_is_half_known_and_half_in_documents(tmp_path):
    questions = hybrid.draw_support_mix(lab_of(tmp_path, str, str))
    assert [question.set for question in questions] == ["public"] * 40 + ["inkb"] * 40
