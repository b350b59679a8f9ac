import pytest

from course_lib.errors import CourseError
from tests.authoring.tiny import STEM
from tools.authoring.budgets import Measured
from tools.authoring.inspecting import readable
from tools.authoring.table import fill_readme


def test_row_has_link_minutes_figures_and_number_of_exercises(course):
    filled = fill_readme(course, readable(course), {STEM: Measured(0.4, 401, 2, "")})
    assert f"| [98 Small numbers](notebooks/{STEM}.ipynb) | 60 min | < 1 min | 450 MB | 5 |" in filled.splitlines()


def test_lesson_that_was_not_measured_has_no_figures(course):
    assert "| 60 min |  |  | 5 |" in fill_readme(course, readable(course), {})


def test_text_around_the_marks_stays_and_filling_twice_changes_nothing(course):
    filled = fill_readme(course, readable(course), {})
    assert filled.startswith("# Course\n\n<!-- lessons -->\n| lesson |")
    assert filled.endswith("|\n<!-- /lessons -->\n\nThe end.\n")
    course.readme.write_text(filled)
    assert fill_readme(course, readable(course), {}) == filled


@pytest.mark.parametrize("text", [None, "# Course\n"])
def test_readme_without_marks_is_left_alone(course, text):
    course.readme.unlink()
    if text:
        course.readme.write_text(text)
    assert fill_readme(course, readable(course), {}) is None


OPEN, CLOSE = "<!-- lessons -->", "<!-- /lessons -->"


@pytest.mark.parametrize("text", [OPEN, CLOSE, CLOSE + OPEN, OPEN + OPEN + CLOSE, OPEN + CLOSE + CLOSE])
def test_marks_that_are_no_pair_are_refused(course, text):
    course.readme.write_text(text)
    with pytest.raises(CourseError, match="README.md needs <!-- lessons -->"):
        fill_readme(course, readable(course), {})
