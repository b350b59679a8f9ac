import pytest

from course_lib.errors import CourseError
from tests.authoring.tiny import STEM
from tools.authoring.budgets import (
    Measured,
    Promise,
    broken_promises,
    describe,
    fill_header,
    read_budgets,
    read_promise,
    settle,
    write_budgets,
)

HEADER = "# 98 Words\n\n<!-- budget: 60 minutes; run 1 minute; memory 500 MB -->\n\nText."


def measured(run_minutes=1.0, memory_mb=400, cores=2, outputs="a"):
    return Measured(run_minutes, memory_mb, cores, outputs)


def test_header_shows_promise_and_figures_in_the_place_of_its_line():
    filled = fill_header(HEADER, read_promise(HEADER), measured(0.4, 401, 1))
    assert filled == (
        "# 98 Words\n\n**60 minutes** of your time. All cells together run in less than 1 minute and use up to 450 MB "
        "of memory (measured on 1 processor core).\n\nText."
    )


def test_lesson_without_a_run_says_so():
    assert describe(None) == "How long its cells run has not been measured yet."


@pytest.mark.parametrize(
    ("minutes", "memory_mb", "shown"), [(0.0, 50, ("1 minute ", "50 MB")), (1.0, 51, ("2 minutes", "100 MB"))]
)
def test_figures_are_rounded_up(minutes, memory_mb, shown):
    assert all(words in describe(measured(minutes, memory_mb)) for words in shown)


@pytest.mark.parametrize(
    ("minutes", "memory_mb", "words"), [(1.1, 500, "runs 1.1 minutes"), (1.0, 501, "uses 501 MB"), (1.0, 500, "")]
)
def test_figure_above_its_promise_is_told(minutes, memory_mb, words):
    told = broken_promises(Promise(60, 1, 500), measured(minutes, memory_mb))
    assert len(told) == bool(words)
    assert words in "".join(told)


@pytest.mark.parametrize(
    ("new", "kept"),
    [
        (measured(1.2, 300), measured(1.0, 400)),
        (measured(1.3, 300), measured(1.3, 400)),
        (measured(0.7, 501), measured(0.7, 501)),
        (measured(1.0, 400, cores=4), measured(1.0, 400, cores=4)),
        (measured(1.1, 410, outputs="b"), measured(1.0, 400, outputs="b")),
    ],
)
def test_noise_changes_no_figure_but_the_outputs_are_always_new(new, kept):
    assert settle(measured(), new) == kept


def test_first_measurement_is_kept():
    assert settle(None, measured()) == measured()


def test_figures_are_read_as_written_without_lessons_that_are_no_more(course):
    write_budgets(course, {STEM: measured(), "97_gone": measured()})
    assert read_budgets(course) == {STEM: measured()}


@pytest.mark.parametrize(
    "text", ["", "[]", '{"98_words": {}}', '{"98_words": 1}', '{"98_words": {"cores": 1, "x": 2}}']
)
def test_file_that_the_builder_did_not_write_is_refused(course, text):
    course.budgets.write_text(text)
    with pytest.raises(CourseError, match="lessons/budgets.json is not what the builder writes.*delete it"):
        read_budgets(course)
