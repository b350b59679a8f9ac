from hypothesis import given
from hypothesis import strategies as st

from course_lib.prompting import (
    CLOSED_BOOK_ABSTAIN,
    GROUNDED,
    assistant,
    build_prompt,
    build_reading_prompt,
    format_passages,
    system,
    user,
)
from course_lib.text import ABSTAIN, citations

TEXTS = st.text(min_size=1, max_size=30)


def test_a_bare_request_is_one_user_turn():
    assert build_prompt("How much?") == [user("How much?")]


def test_an_empty_instruction_leaves_no_empty_system_turn():
    assert build_prompt("How much?", instruction="") == build_prompt("How much?")


@given(TEXTS, TEXTS, st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_a_prompt_is_instruction_then_examples_then_request(request, instruction, examples):
    shots = [turn for question, answer in examples for turn in (user(question), assistant(answer))]
    built = build_prompt(request, instruction=instruction, examples=examples)
    assert built == [system(instruction), *shots, user(request)]


@given(st.lists(st.text("abc ", min_size=1, max_size=9).filter(str.strip), min_size=1, max_size=6))
def test_passages_are_numbered_from_one_in_their_order(passages):
    lines = format_passages(passages).splitlines()
    assert [citations(line) for line in lines] == [[number] for number in range(1, len(passages) + 1)]
    assert [line.split("] ", 1)[1] for line in lines] == [passage.strip() for passage in passages]


def test_a_reading_prompt_puts_the_passages_before_the_question():
    *_, last = build_reading_prompt("Who?", ["A.", "B."])
    assert last == user("Question: Who?\n[1] A.\n[2] B.\nQuestion: Who?")


def test_a_reading_prompt_without_passages_is_the_bare_question():
    assert build_reading_prompt("Who?", []) == [system(GROUNDED), user("Who?")]


def test_examples_stand_before_the_passages():
    built = build_reading_prompt("Who?", ["A."], instruction="", examples=[("q", "a")])
    assert built == [user("q"), assistant("a"), user("Question: Who?\n[1] A.\nQuestion: Who?")]


def test_both_rules_to_abstain_name_the_sentence_that_counts_as_abstention():
    assert all(rule.endswith(ABSTAIN) for rule in (GROUNDED, CLOSED_BOOK_ABSTAIN))
