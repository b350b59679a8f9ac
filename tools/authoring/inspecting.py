"""Reads sources and says what stands between them and their editions."""

from collections.abc import Iterator
from pathlib import Path

from course_lib.errors import CourseError
from tools.authoring import catalogue, leaks, rules
from tools.authoring.editions import make_student
from tools.authoring.source import Lesson, LessonError, read_lesson
from tools.authoring.sync import read_notebook
from tools.authoring.tree import Refusal, Tree


def choose(tree: Tree, numbers: list[str]) -> list[Path]:
    """Return the sources of the lessons with ``numbers``, all of them if there are none.

    Raises
    ------
    CourseError
        If a number is no lesson's.
    """
    known = {path.stem[:2] for path in tree.sources()}
    unknown = sorted(set(numbers) - known)
    if unknown:
        there = ", ".join(sorted(known)) or "none"
        raise CourseError(f"expected numbers of lessons in lessons/ ({there}), got {', '.join(unknown)}")
    return [path for path in tree.sources() if not numbers or path.stem[:2] in numbers]


def inspect(path: Path, tree: Tree) -> tuple[Lesson | None, list[Refusal]]:
    """Return the lesson at ``path``, None if it cannot be read, and why the builder refuses it."""
    name = tree.name_of(path)
    try:
        lesson = read_lesson(path)
    except LessonError as error:
        return None, [Refusal(name, error.line, str(error))]
    found = [Refusal(name, line, sentence) for line, sentence in rules.find_faults(lesson)]
    if not found:  # only now an edition can be made in memory and looked at
        secrets = list(leaks.find_secrets(lesson))
        found = [leak_refusal(secret, lesson, tree) for secret in leaks.find_leaks(secrets, make_student(lesson, None))]
    return lesson, [*found, *catalogue.find_refusals(lesson, tree)]


def leak_refusal(secret: leaks.Secret, lesson: Lesson, tree: Tree, shown_in: str = "") -> Refusal:
    """Return the refusal of a solution that learners would see."""
    edition = shown_in or tree.name_of(tree.student(lesson.stem))
    return Refusal(f"lessons/{lesson.stem}.py", secret.line, leaks.describe(secret, edition))


def readable(tree: Tree) -> list[Lesson]:
    """Return the lessons that can be read, whatever else is wrong with them."""
    lessons = []
    for path in tree.sources():
        try:
            lessons.append(read_lesson(path))
        except LessonError:
            continue  # `inspect` tells
    return lessons


def find_leaks_on_disk(lessons: list[Lesson], tree: Tree) -> Iterator[Refusal]:
    """Yield a refusal for each line of a solution that any file in ``notebooks/`` shows, whoever wrote it there."""
    for path in sorted(tree.student("any").parent.glob("*.ipynb")):
        notebook = read_notebook(path)
        for lesson in lessons if notebook else ():
            for secret in leaks.find_leaks(list(leaks.find_secrets(lesson)), notebook):
                yield leak_refusal(secret, lesson, tree, tree.name_of(path))
