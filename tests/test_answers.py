from pathlib import Path

import pytest

from course_lib.checks.answers import find_shortcomings
from tools.answers_table import make_page, try_all

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def tried():
    """Return all exercises, and what their checks make of all answers."""
    return try_all(ROOT)


def test_checks_reject_all_wrong_answers_with_the_right_words_and_accept_all_right_ones(tried):
    shortcomings = find_shortcomings(*tried)
    assert not shortcomings, "\n".join(shortcomings)


def test_page_of_answers_is_that_of_today(tried):
    page = ROOT / "docs" / "answers.md"
    assert page.read_text(encoding="utf-8") == make_page(*tried), "run tools/answers_table.py"
