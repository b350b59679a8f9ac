"""Keeps the table of lessons in README.md, between two marks."""

from tools.authoring.budgets import Measured, read_promise, rounded
from tools.authoring.source import Lesson
from tools.authoring.tree import Tree
from tools.marks import fill_between, has_marks

MARK = "lessons"
HEAD = "| lesson | your time | cells run in | memory | exercises |\n|---|---|---|---|---|"


def make_table(lessons: list[Lesson], budgets: dict[str, Measured]) -> str:
    """Return the table of ``lessons``."""
    return "\n".join([HEAD, *(make_row(lesson, budgets.get(lesson.stem)) for lesson in lessons)])


def make_row(lesson: Lesson, measured: Measured | None) -> str:
    """Return the row of one lesson."""
    promise = read_promise(lesson.header.source)
    minutes = f"{promise.minutes} min" if promise else ""
    run, memory = ("< {} min|{} MB".format(*rounded(measured)) if measured else "|").split("|")
    link = f"[{lesson.number} {lesson.title.replace('|', '/')}](notebooks/{lesson.stem}.ipynb)"
    return f"| {link} | {minutes} | {run} | {memory} | {len(lesson.exercises)} |"


def fill_readme(tree: Tree, lessons: list[Lesson], budgets: dict[str, Measured]) -> str | None:
    """Return the text of README.md with the table of today, None if it has no marks.

    Raises
    ------
    CourseError
        If the marks are not one pair, in their order.
    """
    text = tree.readme.read_text(encoding="utf-8") if tree.readme.exists() else ""
    if not has_marks(text, MARK):
        return None
    filled = fill_between(text, MARK, make_table(lessons, budgets), tree.name_of(tree.readme))
    return filled if lessons else text
