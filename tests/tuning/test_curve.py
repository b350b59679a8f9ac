import pytest

from course_lib.errors import CourseError
from course_lib.tuning.curve import describe_curve, draw_curve, smooth_losses


def test_smoothed_loss_is_the_mean_of_the_last_steps():
    assert smooth_losses([4.0, 2.0, 3.0, 1.0], window=2) == [4.0, 3.0, 2.5, 2.0]


def test_smoothing_keeps_the_number_of_steps():
    assert len(smooth_losses([1.0] * 7)) == 7
    assert smooth_losses([]) == []


def test_window_without_steps_is_refused():
    with pytest.raises(CourseError, match="window"):
        smooth_losses([1.0], window=0)


def test_words_tell_step_beginning_and_end():
    assert describe_curve([(1, 3.0)], 9) == "step 1 of 9: the loss began at 3.00 and is 3.00 (mean of the last 1 step)"
    assert describe_curve([], 9) == "step 0 of 9: nothing has been learnt yet"


def test_picture_has_a_text_alternative_and_a_dot_for_each_step():
    svg = draw_curve([(1, 3.0), (2, 1.0)], 4)
    assert svg.count("<circle") == 2
    assert 'role="img"' in svg
    assert f"<title>{describe_curve([(1, 3.0), (2, 1.0)], 4)}</title>" in svg


def test_axis_stays_while_the_curve_grows():
    early, late = draw_curve([(1, 3.0)], 4), draw_curve([(1, 3.0), (2, 1.0)], 4)
    first_dot = early[early.index("<circle") : early.index("/>", early.index("<circle"))]
    assert first_dot in late


def test_picture_without_points_is_an_empty_frame():
    svg = draw_curve([], 4)
    assert "<path" in svg
    assert "<circle" not in svg
    assert "<polyline" not in svg


def test_training_of_one_step_can_be_drawn():
    assert draw_curve([(1, 0.0)], 1).count("<circle") == 1


@pytest.mark.parametrize(("points", "n_steps"), [([(5, 1.0)], 4), ([(0, 1.0)], 4), ([], 0)])
def test_steps_beyond_the_training_are_refused(points, n_steps):
    with pytest.raises(CourseError, match="steps from 1"):
        draw_curve(points, n_steps)
