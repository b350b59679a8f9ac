import pytest

from course_lib.errors import ContextOverflowError
from course_lib.rag.side_by_side import ask_side_by_side
from course_lib.widgets.ask_the_model import WITHOUT_WIDGETS, AskTheModel, render_html
from tests.scripted import RuleModel

QUESTION, PASSAGE = "What does the Tarvo Lamp cost?", "The Tarvo Lamp costs 24 euros."


def ask(question, passage):
    model = RuleModel(lambda prompt: "24 euros" if PASSAGE in prompt[-1]["content"] else "9 euros")
    return ask_side_by_side(model, question, passage)


@pytest.fixture
def widget():
    return AskTheModel(ask, QUESTION, PASSAGE)


def test_nothing_is_asked_before_the_button_is_pressed(widget):
    assert (widget.question.value, widget.passage.value, widget.page.value) == (QUESTION, PASSAGE, "")


def test_the_button_shows_both_answers(widget):
    widget.button.click()
    assert "from memory" in widget.page.value
    assert "9 euros" in widget.page.value
    assert "24 euros (" in widget.page.value
    assert not widget.button.disabled


def test_without_a_passage_there_is_one_answer(widget):
    widget.passage.value = " "
    widget.button.click()
    assert "with the passage" not in widget.page.value


def test_a_mistake_is_told_in_the_page_and_the_button_works_again(widget):
    widget.question.value = ""
    widget.button.click()
    assert "expected a question" in widget.page.value
    assert not widget.button.disabled
    widget.question.value = QUESTION
    widget.button.click()
    assert "9 euros" in widget.page.value


def test_a_passage_that_is_too_long_is_told_in_the_page():
    def refuse(question, passage):
        raise ContextOverflowError(900, 768)

    widget = AskTheModel(refuse, QUESTION, PASSAGE)
    widget.button.click()
    assert "context holds 768" in widget.page.value


def test_what_is_typed_is_shown_and_not_obeyed():
    page = render_html(ask("<script>alert(1)</script>?", "<b>bold</b>\nsecond line"))
    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;b&gt;bold&lt;/b&gt;\nsecond line" in page


def test_the_whole_prompt_can_be_unfolded():
    page = render_html(ask(QUESTION, PASSAGE))
    assert "<details>" in page
    assert "system: Answer the question from the documents." in page


def test_a_page_without_widgets_shows_a_sentence(widget):
    assert widget._repr_mimebundle_()["text/plain"] == WITHOUT_WIDGETS
