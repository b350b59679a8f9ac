import pytest

from course_lib.experiments.ladder_view import RungView
from course_lib.experiments.prompt_ladder import DECOMPOSED, RUNGS
from course_lib.prompting import system, user
from course_lib.widgets.prompt_ladder import WITHOUT_WIDGETS, PromptLadder, render_html

PARTS = {"instruction": 12, "examples": 0, "request and message": 20, "template": 3}
MESSAGES = {"tickets": ["My lamp is <late>."], "voice": ["When do you open?"]}


def make_view(task="tickets", rung="zero", message="Hello", answer="delivery"):
    return RungView(task, rung, [system("Sort it."), user(message)], dict(PARTS), 100, answer)


@pytest.fixture
def ladder():
    """Return the widget, and what it asked to see."""
    seen = []

    def view(**setting):
        seen.append(setting)
        return make_view(**setting)

    return PromptLadder(view, MESSAGES), seen


def test_html_shows_turns_tokens_and_answer_as_text():
    html = render_html(make_view(message="<b>late</b>"))
    assert "&lt;b&gt;late" in html
    assert "<b>late" not in html
    assert "35 of 100 tokens" in html
    assert all(f">{n}<" in html for n in PARTS.values())
    assert 'scope="row"' in html
    assert "delivery" in html


def test_html_says_that_there_is_no_room():
    assert "no room" in render_html(make_view(answer=""))


def test_first_page_is_the_first_message_on_the_lowest_rung(ladder):
    widget, seen = ladder
    assert seen == [{"task": "tickets", "rung": "zero", "message": "My lamp is <late>."}]
    assert "Sort it." in widget.page.value


def test_slider_has_all_rungs_but_decomposition(ladder):
    widget, _ = ladder
    assert list(widget.rung.options) == [rung for rung in RUNGS if rung != DECOMPOSED]


def test_another_rung_and_another_message_are_shown(ladder):
    widget, seen = ladder
    widget.rung.value = "4-shot"
    widget.message.value = "Where is it?"
    assert [setting["rung"] for setting in seen] == ["zero", "4-shot", "4-shot"]
    assert seen[-1]["message"] == "Where is it?"


def test_another_task_brings_its_own_message_once(ladder):
    widget, seen = ladder
    widget.task.value = "voice"
    assert seen[1:] == [{"task": "voice", "rung": "zero", "message": "When do you open?"}]


def test_an_empty_message_changes_nothing(ladder):
    widget, seen = ladder
    widget.message.value = "  "
    assert len(seen) == 1


def test_without_a_kernel_a_sentence_stands_in_its_place(ladder):
    assert ladder[0]._repr_mimebundle_()["text/plain"] == WITHOUT_WIDGETS
