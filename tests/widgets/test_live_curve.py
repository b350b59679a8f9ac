from course_lib.tuning.curve import draw_curve
from course_lib.widgets.live_curve import WITHOUT_WIDGETS, LiveCurve


def test_each_step_is_kept_and_drawn():
    curve = LiveCurve()
    curve.add(1, 3, 2.5)
    curve.add(2, 3, 1.5)
    assert curve.points == [(1, 2.5), (2, 1.5)]
    assert curve.page.value == draw_curve(curve.points, 3)


def test_first_step_begins_a_new_curve():
    curve = LiveCurve()
    for _ in range(2):
        curve.add(1, 3, 2.5)
    assert curve.points == [(1, 2.5)]


def test_without_widgets_a_sentence_says_so():
    assert LiveCurve()._repr_mimebundle_()["text/plain"] == WITHOUT_WIDGETS
