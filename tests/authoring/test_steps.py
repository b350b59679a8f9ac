import re
from pathlib import Path

import pytest

from tests.authoring.tiny import STEM, replace
from tools.authoring.building import check
from tools.authoring.source import read_lesson
from tools.authoring.steps import STEPS, find_unfinished

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"


def unfinished(tree):
    return [str(refusal) for refusal in find_unfinished(read_lesson(tree.lessons / f"{STEM}.py"), tree)]


def test_finished_lesson_lacks_no_step(course):
    assert unfinished(course) == []


SOURCE, CHECKS, ANSWERS = f"lessons/{STEM}.py", "course_lib/checks/lesson_98.py", f"lessons/answers/{STEM}.py"
HINTS = 'hints=("Which operator?", "One line.", "Begin with return.")'
# The step, the file, what stands there, what in its place, a part of the sentence.
MISSING = [
    ("step 1 of 9, scaffold", ANSWERS, None, "", "this file is missing"),
    ("step 1 of 9, scaffold", CHECKS, None, "", "this file is missing"),
    (
        "step 2 of 9, header",
        SOURCE,
        "**The number that brought us here.** Four.",
        "Four.",
        "'**The number that brought",
    ),
    ("step 2 of 9, header", SOURCE, "**Claims on trial.**", "Claims:", "stands '**Claims on trial**'"),
    ("step 2 of 9, header", SOURCE, "**Before this lesson.** N", "**Before this lesson.** TODO N", "replace this line"),
    ("step 3 of 9, text", SOURCE, "A function takes", "TODO: A function takes", "replace this line"),
    ("step 3 of 9, text", SOURCE, "These solutions are as short", "TODO", "replace this line"),
    ("step 4 of 9, exercises", SOURCE, 'tags=["exercise"] name="ex_98_5"', "", "5 to 8 exercises, this one 4"),
    ("step 4 of 9, exercises", CHECKS, 'level="stretch"', 'level="core"', "both levels"),
    ("step 4 of 9, exercises", SOURCE, "return value * 2", "return value * 2  # TODO", "replace this line"),
    ("step 5 of 9, checks", CHECKS, "@ex_98_2.check", "@pass_it_on", "ex_98_2 has no check"),
    ("step 5 of 9, checks", CHECKS, 'pattern="G1 G2"', 'pattern="G1"', 'no exercise has pattern="G2"'),
    ("step 5 of 9, checks", CHECKS, '"""returns 4 for 2"""', '"""TODO"""', "replace this line"),
    ("step 6 of 9, hints", CHECKS, HINTS, 'hints=("Which operator?", "TODO hint 2", "x")', "needs three hints"),
    ("step 6 of 9, hints", CHECKS, HINTS, 'hints=("Which operator?", "", "x")', "needs three hints"),
    ("step 6 of 9, hints", CHECKS, HINTS, "hints=()", "needs three hints"),
    ("step 7 of 9, answers", ANSWERS, '@wrong("ex_98_3", says="expected 4")\ndef wrong_3_1', "def w", "ex_98_3"),
    ("step 7 of 9, answers", ANSWERS, '@right("ex_98_4")\ndef right_4_1', "def r", "at least 2 are needed"),
    ("step 7 of 9, answers", ANSWERS, "return -value", "return -value  # TODO", "replace this line"),
    ("step 8 of 9, footer", SOURCE, "## Quiz", "## Questions", "heading '## Quiz'"),
    ("step 8 of 9, footer", SOURCE, "# Supported.", "# TODO", "replace this line"),
    ("step 9 of 9, changelog", "CHANGELOG.md", "- lesson 98:", "- lesson 97:", "begins '- lesson 98:'"),
]


def break_course(tree, name, old, new):
    if old is None:
        (tree.root / name).unlink()
    else:
        replace(tree.root / name, old, new)


@pytest.mark.parametrize(("step", "name", "old", "new", "words"), MISSING)
def test_refusal_names_the_step_that_is_missing(course, step, name, old, new, words):
    break_course(course, name, old, new)
    assert [refusal for refusal in unfinished(course) if f": {step}: " in refusal and words in refusal]


def test_every_step_can_be_missing():
    assert {step for step, *_ in MISSING} == {
        f"step {n} of 9, {step.__name__}" for n, step in enumerate(STEPS, start=1)
    }


@pytest.mark.parametrize(("step", "name", "old", "new", "words"), [case for case in MISSING if case[3] != ""])
def test_check_of_the_builder_passes_the_refusal_on(built, step, name, old, new, words):
    break_course(built, name, old, new)
    assert [refusal for refusal in map(str, check(built, [])) if step in refusal]


def test_word_of_the_scaffold_is_told_with_its_line(course):
    replace(course.lessons / f"{STEM}.py", "A function takes", "TODO: A function takes")
    lines = (course.lessons / f"{STEM}.py").read_text().splitlines()
    [refusal] = unfinished(course)
    assert lines[int(refusal.split(":")[1]) - 1].startswith("# TODO")


def test_contributing_lists_the_steps_by_their_names_in_their_order():
    section = CONTRIBUTING.read_text(encoding="utf-8").partition("## Add a lesson")[2].partition("\n## ")[0]
    listed = re.findall(r"^(\d)\. \*\*(\w+)\*\*", section, re.MULTILINE)
    assert listed == [(str(number), step.__name__) for number, step in enumerate(STEPS, start=1)]
