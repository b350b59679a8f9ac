import pytest

from course_lib.experiments.behaviour_tasks import draw_bench
from course_lib.experiments.ladder_view import PARTS, count_parts, view_rung
from course_lib.prompting import build_prompt
from course_lib.world import world
from tests.scripted import RuleModel

RUNGS = ("zero", "instruction", "format spec", "1-shot", "4-shot")


@pytest.fixture(scope="module")
def bench():
    return draw_bench(world(3).tasks["tickets"], 4, seed=3)


def test_parts_add_up_to_the_whole_prompt():
    model = RuleModel()
    prompt = build_prompt("How much is it?", instruction="Be brief.", examples=[("Who?", "Ann"), ("When?", "Now")])
    parts = count_parts(model, prompt)
    assert tuple(parts) == PARTS
    assert sum(parts.values()) == model.count_tokens(prompt)
    assert parts["instruction"] == 3
    assert parts["request and message"] == 4


@pytest.mark.parametrize("rung", RUNGS)
def test_each_rung_shows_prompt_tokens_and_answer(bench, rung):
    model = RuleModel(lambda prompt: "delivery")
    view = view_rung(model, bench, rung, "My lamp is late.")
    assert view.prompt[-1]["content"].endswith("My lamp is late.")
    assert view.n_tokens == model.count_tokens(view.prompt)
    assert (view.parts["examples"] > 0) == rung.endswith("-shot")
    assert (view.parts["instruction"] > 0) == (rung != "zero")
    assert "ANSWER delivery" in str(view)


def test_a_prompt_without_room_is_shown_but_not_asked(bench):
    model = RuleModel(context_length=30)
    view = view_rung(model, bench, "4-shot", "My lamp is late.")
    assert view.answer == ""
    assert not model.prompts
    assert "no room" in str(view)
