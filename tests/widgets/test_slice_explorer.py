import pytest

from course_lib.evaluation import Answer, Result
from course_lib.widgets.slice_explorer import ANY_TRAIT, WITHOUT_WIDGETS, SliceExplorer


def make_result(number, about, right):
    text, outcome = ("24 euros", "right") if right else ("<b>9 euros</b>", "wrong")
    return Result(f"q{number}", about, f"Price of {about} {number}?", "24 euros", (), (), (), Answer(text), outcome)


@pytest.fixture
def explorer():
    """Twelve lamps that are mostly right, twelve hubs that are all wrong."""
    results = [make_result(n, "lamp", n != 3) for n in range(12)] + [make_result(n, "hub", False) for n in range(12)]
    return SliceExplorer(results, lambda result: {"about": result.set, "answer": "price"})


def test_the_worst_slice_is_shown_first_with_its_failures(explorer):
    page = explorer.page.value
    assert page.index("about = hub") < page.index("about = lamp")
    assert "12 of 12 failed" in page
    assert "12 made up" in page


def test_another_slice_shows_its_own_failures(explorer):
    lamp = next(at for name, at in explorer.cut.options if name == "about = lamp")
    explorer.cut.value = lamp
    assert "Price of lamp 3?" in explorer.page.value
    assert "1 of 12 failed" in explorer.page.value


def test_a_trait_cuts_by_itself(explorer):
    assert explorer.trait.options == (ANY_TRAIT, "about", "answer")
    explorer.trait.value = "answer"
    assert "about = hub" not in explorer.page.value


def test_a_size_that_no_slice_has_is_said(explorer):
    explorer.fewest.value = 40
    assert "no slice is as large as that" in explorer.page.value


def test_what_a_system_said_is_shown_and_not_obeyed(explorer):
    assert "<b>9" not in explorer.page.value


def test_without_widgets_a_sentence_says_so(explorer):
    assert explorer._repr_mimebundle_()["text/plain"] == WITHOUT_WIDGETS
