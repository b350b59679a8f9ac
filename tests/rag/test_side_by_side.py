import pytest

from course_lib.errors import ContextOverflowError, CourseError
from course_lib.prompting import build_prompt, build_reading_prompt
from course_lib.rag.side_by_side import ask_side_by_side
from tests.scripted import RuleModel

QUESTION, PASSAGE = "What does the Tarvo Lamp cost?", "The Tarvo Lamp costs 24 euros."


def read_or_guess(prompt):
    """Answer from the passage if there is one."""
    return "24 euros" if PASSAGE in prompt[-1]["content"] else "9 euros"


def test_the_question_is_put_alone_and_behind_the_passage():
    model = RuleModel(read_or_guess)
    found = ask_side_by_side(model, QUESTION, PASSAGE)
    assert model.prompts == [build_prompt(QUESTION), build_reading_prompt(QUESTION, [PASSAGE])]
    assert (found.alone.text, found.reading.text) == ("9 euros", "24 euros")
    assert found.prompt == model.prompts[1]


@pytest.mark.parametrize("passage", ["", "  \n "])
def test_without_a_passage_the_model_is_asked_once(passage):
    model = RuleModel(read_or_guess)
    found = ask_side_by_side(model, QUESTION, passage)
    assert model.prompts == [build_prompt(QUESTION)] == [found.prompt]
    assert found.reading is None
    assert [label for label, _ in found.lines()] == ["question", "from memory"]


def test_both_answers_can_be_read_as_text():
    shown = str(ask_side_by_side(RuleModel(read_or_guess), f" {QUESTION} ", PASSAGE))
    assert shown.splitlines()[:2] == [f"question:         {QUESTION}", "from memory:      9 euros (7 tokens read)"]
    assert shown.splitlines()[2].startswith("with the passage: 24 euros (")


def test_an_empty_answer_is_said_to_be_one():
    assert "(nothing)" in str(ask_side_by_side(RuleModel(), QUESTION))


def test_no_question_is_refused():
    with pytest.raises(CourseError, match="expected a question"):
        ask_side_by_side(RuleModel(), "  ", PASSAGE)


def test_a_passage_that_is_too_long_is_refused_by_the_model():
    class Narrow(RuleModel):
        def generate(self, prompts, **options):
            raise ContextOverflowError(900, self.context_length)

    with pytest.raises(ContextOverflowError):
        ask_side_by_side(Narrow(context_length=100), QUESTION, PASSAGE * 30)
