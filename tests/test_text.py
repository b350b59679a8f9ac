import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.text import ABSTAIN, citations, contains_value, is_abstention, normalise, strip_citations

words = st.lists(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8), min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The Billing Team", "the billing team"),
        ("**24 euros**.", "24 euros"),
        ("  24\n euros ", "24 euros"),
        ("“KX-4821”", "KX‑4821"),
        ("1,250 euros", "1250 euros"),
        ("50 %", "50%"),
        ("$ 24.50", "$24.50"),
        ("- `room B12`", "room B12"),
        ("# Fees", "fees"),
        ("See [the list](list.md).", "see the list"),
        ("cafe\u0301", "café"),
    ],
)
def test_differences_of_spelling_do_not_count(first, second):
    assert normalise(first) == normalise(second)


@pytest.mark.parametrize(
    "text", ["$24.50", "kx-4821", "x@y.com", "12:45", "50%", "-5 °c", ".5", "3 m²", "80 km/h", "555-1234", "file_name"]
)
def test_signs_that_carry_meaning_are_kept(text):
    assert normalise(text) == text
    assert normalise(f"({text}).") == text


@pytest.mark.parametrize(
    ("first", "second"),
    [("24 euros", "24 dollars"), ("-5", "5"), ("24.50", "2450"), ("50%", "50"), ("m²", "m2"), ("12:45", "1245")],
)
def test_different_values_stay_different(first, second):
    assert normalise(first) != normalise(second)


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


@given(words, st.sampled_from([" ", "  ", "\n", "\t "]), st.sampled_from(["{}", "**{}**", '"{}".', "({})", "- {}"]))
def test_layout_and_case_do_not_count(parts, blank, frame):
    assert normalise(frame.format(blank.join(parts).upper())) == " ".join(parts)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It costs 24 euros.", "24 euros"),
        ("Ask the Billing Team, please", "the billing team"),
        ("Ask our billing team", "the billing team"),
        ("Write to x@y.com.", "x@y.com"),
        ("It is $24.50/month", "$24.50"),
        ("It opens at 12:45; be early", "12:45"),
        ("Anna's desk", "Anna"),
        ("Berlin—the capital", "Berlin"),
        ("the rate (**50 %**) holds", "50%"),
        ("code: KX-4821", "KX-4821"),
        ("1,250 euros", "1250 euros"),
    ],
)
def test_a_value_is_found_in_its_sentence(text, value):
    assert contains_value(text, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It costs 124 euros.", "24 euros"),
        ("It costs 1,024 euros", "24 euros"),
        ("It costs 24.50", "24"),
        ("It costs 24.50", "50"),
        ("12:45", "45"),
        ("KX-4821", "4821"),
        ("KX-4821-B", "KX-4821"),
        ("3-5 days", "5 days"),
        ("-5 °C", "5 °C"),
        ("50%", "50"),
        ("$24.50", "24.50"),
        ("ax@y.com", "x@y.com"),
        ("x@y.com", "y.com"),
        ("x@y.com.au", "x@y.com"),
        ("Annabel", "Anna"),
        ("Anna-Maria", "Anna"),
        ("24 hours", "24 hour"),
        ("anything", ""),
        ("", "24 euros"),
    ],
)
def test_a_piece_of_another_value_is_not_found(text, value):
    assert not contains_value(text, value)


@given(words, words, words)
def test_a_value_is_found_between_any_words(before, value, after):
    assert contains_value(" ".join(before + value + after), " ".join(value).title())


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_number_is_found_only_as_the_whole_number(asked, written):
    assert contains_value(f"It costs {written} euros.", f"{asked} euros") == (asked == written)


@pytest.mark.parametrize(
    "text",
    [
        ABSTAIN,
        "I don’t know",
        "I do not know the answer.",
        "We cannot say.",
        "I could not find this in the documents.",
        "Sorry. I'm not sure.",
        "The documents do not mention a fee [2].",
        "The passages don't contain this information.",
        "The documents describe parking. They do not state the fee.",
        "That is not in the documents.",
        "This is not stated.",
        "It is described, but it is not stated in the text.",
        "Not mentioned in the context.",
        "There is no information about it.",
        "No information.",
        "Unknown.",
        "N/A",
        "The question cannot be answered from the passages.",
        "I don't know, but you can ask the help desk.",
    ],
)
def test_saying_that_it_does_not_know_is_an_abstention(text):
    assert is_abstention(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24 euros",
        "The no-answer code is 24.",
        "If you don't know the code, call 24.",
        "I don't know, but it is probably 24 euros.",
        "I'm not sure, however I think it is Berlin.",
        "They do not have a laboratory.",
        "The office does not open on Monday.",
        "The note in the documents is 24.",
        "No.",
    ],
)
def test_an_assertion_is_no_abstention(text):
    assert not is_abstention(text)


def test_citations_come_once_each_in_order():
    assert citations("24 euros [2][1], see [2, 3] and [1; 4].") == [2, 1, 3, 4]


@pytest.mark.parametrize("text", ["", "two [a]", "a [2](link.md)", "2]", "[-1]", "[1.5]"])
def test_other_brackets_are_no_citations(text):
    assert citations(text) == []
    assert strip_citations(text) == text


def test_a_citation_mark_is_no_value():
    assert not contains_value(strip_citations("It costs 24 euros [2]."), "2")


@given(st.lists(st.integers(0, 99), unique=True, max_size=5), words)
def test_marks_are_read_back_and_taken_out(numbers, parts):
    text = " ".join(parts)
    marked = text + "".join(f" [{number}]" for number in numbers)
    assert citations(marked) == numbers
    assert strip_citations(marked) == text
