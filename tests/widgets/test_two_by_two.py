import pytest

from course_lib.experiments.two_by_two import Factorial, make_two_by_two
from course_lib.widgets.two_by_two import WITHOUT_WIDGETS, TwoByTwoView, render_html

N = 8


def scores(n_facts, n_valid):
    facts, valid = [1.0] * n_facts + [0.0] * (N - n_facts), [1.0] * n_valid + [0.0] * (N - n_valid)
    return {"facts": facts, "valid": valid, "both_right": [a * b for a, b in zip(facts, valid, strict=True)]}


@pytest.fixture
def stored():
    cells = {(0, False): scores(1, 0), (0, True): scores(1, 8), (1, False): scores(4, 0), (1, True): scores(4, 8)}
    cells |= {(3, False): scores(6, 0), (3, True): scores(5, 8)}
    return Factorial(cells, tuple(range(N)))


def test_the_chosen_cell_says_so_in_words(stored):
    page = render_html(make_two_by_two(stored, 3), with_retrieval=True, with_adapter=False)
    assert page.count("chosen") == 1
    assert "RAG, chosen" in page


def test_the_table_has_headings_for_columns_and_rows(stored):
    page = render_html(make_two_by_two(stored, 3))
    assert page.count('scope="col"') == 3
    assert page.count('scope="row"') == 2
    assert "<caption>share: both right</caption>" in page


def test_the_page_ends_with_the_interaction(stored):
    assert "interaction" in render_html(make_two_by_two(stored, 1))


def test_moving_the_slider_changes_the_cells(stored):
    view = TwoByTwoView(stored)
    before = view.page.value
    view.k.value = 1
    assert view.page.value != before
    assert "1 passages" in view.page.value


def test_k_of_zero_chooses_the_column_without_retrieval(stored):
    view = TwoByTwoView(stored)
    view.k.value = 0
    assert "FT-B, chosen" in view.page.value
    view.adapter.value = False
    assert "BASE, chosen" in view.page.value
    assert "3 passages" in view.page.value


def test_the_measure_can_be_chosen(stored):
    view = TwoByTwoView(stored)
    view.measure.value = "facts"
    assert "share: right facts" in view.page.value


def test_without_widgets_a_sentence_stands_in_its_place(stored):
    assert TwoByTwoView(stored)._repr_mimebundle_()["text/plain"] == WITHOUT_WIDGETS
