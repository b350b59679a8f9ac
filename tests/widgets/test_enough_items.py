import pytest

from course_lib.widgets.enough_items import WITHOUT_WIDGETS, EnoughItems

SCORES = {"A": [1, 1, 1, 0] * 10, "B": [1, 1, 0, 0] * 10, "C": [1, 0, 0, 0] * 10}


@pytest.fixture
def view():
    return EnoughItems(SCORES)


def test_true_shares_and_the_best_are_named(view):
    assert "A 0.750, B 0.500, C 0.250; the best is A" in view.page.value


def test_more_questions_give_a_smaller_risk(view):
    def risk():
        return float(view.page.value.split('value="')[1].split('"')[0])

    view.size.value = 5
    few = risk()
    view.size.value = 300
    assert risk() < few


def test_systems_can_be_left_out_but_not_all(view):
    view.systems.value = ("B", "C")
    assert "2 systems" in view.page.value
    view.systems.value = ("B",)
    assert "choose two systems or more" in view.page.value


def test_without_widgets_a_sentence_says_so(view):
    assert view._repr_mimebundle_()["text/plain"] == WITHOUT_WIDGETS
