import pytest

from tests.authoring.tiny import STEM, replace
from tools.authoring.catalogue import find_refusals
from tools.authoring.source import read_lesson


def refusals_of(tree):
    return [str(refusal) for refusal in find_refusals(read_lesson(tree.lessons / f"{STEM}.py"), tree)]


def test_finished_lesson_has_no_refusals(course):
    assert refusals_of(course) == []


HINTS = 'hints=("Which operator?", "One line.", "Begin with return.")'
REFUSED = {
    "no checks": (
        'Exercise(\n    "ex_98_1"',
        'Exercise(\n    "ex_98_0"',
        'lesson_98.py has no Exercise("ex_98_1", ...)',
    ),
    "checks of nothing": ('Exercise(\n    "ex_98_1"', 'Exercise(\n    "ex_98_9"', "is the exercise ex_98_9"),
    "two hints": (HINTS, 'hints=("Which operator?", "One line.")', "ex_98_1 needs hints="),
    "empty hint": (HINTS, 'hints=("Which operator?", " ", "Begin")', "none of them empty"),
    "hint that is no text": (HINTS, "hints=(1, 2, 3)", "3 texts"),
    "no check": ("@ex_98_1.check", "@other.check", "ex_98_1 has no check"),
    "unknown level": ('level="stretch"', 'level="hard"', 'level="core" or "stretch"'),
    "no points": ("points=2", "points=0", "points and minutes"),
    "other minutes": ('level="stretch",', 'level="stretch",\n    minutes=1,', "no line '*about 1 minute, stretch*'"),
    "too many minutes": ('level="stretch",', 'level="stretch",\n    minutes=30,', "the exercises alone take 70"),
}


@pytest.mark.parametrize(("old", "new", "words"), REFUSED.values(), ids=list(REFUSED))
def test_what_does_not_fit_is_refused(course, old, new, words):
    replace(course.checks("98"), old, new)
    assert [refusal for refusal in refusals_of(course) if words in refusal]


def test_announcement_above_another_exercise_does_not_count(course):
    replace(course.lessons / f"{STEM}.py", "# ### Exercise 98.2\n# *about 10 minutes, core*", "# ### Exercise 98.2")
    assert [refusal.partition(": ")[2] for refusal in refusals_of(course)] == [
        "the text above ex_98_2 has no line '*about 10 minutes, core*', as its Exercise says"
    ]
