"""Compares the exercises of a lesson with the checks that course_lib has for them."""

import re
from collections.abc import Iterator

from tools.authoring.budgets import count, read_promise
from tools.authoring.declared import Declared, read_exercises
from tools.authoring.source import Lesson
from tools.authoring.tree import Refusal, Tree

LEVELS = ("core", "stretch")
N_HINTS = 3


def find_refusals(lesson: Lesson, tree: Tree) -> Iterator[Refusal]:
    """Yield what keeps an exercise of ``lesson`` from being checked, hinted at and announced."""
    source = tree.name_of(tree.lessons / f"{lesson.stem}.py")
    declared = read_exercises(tree, lesson.number)
    for name, cell in lesson.exercises.items():
        if name not in declared:
            where = tree.name_of(tree.checks(lesson.number))
            yield Refusal(source, cell.line, f'{where} has no Exercise("{name}", ...): write its checks there')
            continue
        yield from exercise_refusals(declared[name], tree)
        announced = announcement(declared[name])
        if announced and not any(announced in text for text in texts_before(lesson, name)):
            yield Refusal(source, cell.line, f"the text above {name} has no line '{announced}', as its Exercise says")
    for name, exercise in declared.items():
        if name not in lesson.exercises:
            yield refuse(exercise, tree, f"no cell of {source} is the exercise {name}: add it or delete the checks")
    yield from time_refusals(lesson, declared, source)


def refuse(exercise: Declared, tree: Tree, sentence: str) -> Refusal:
    """Return a refusal at the line that declares ``exercise``."""
    return Refusal(tree.name_of(exercise.path), exercise.line, sentence)


def exercise_refusals(exercise: Declared, tree: Tree) -> Iterator[Refusal]:
    """Yield what is missing in one ``Exercise(...)``."""
    hints = exercise.hints or ()
    if len(hints) != N_HINTS or not all(isinstance(hint, str) and hint.strip() for hint in hints):
        yield refuse(
            exercise, tree, f"{exercise.id} needs hints=(nudge, plan, near code), {N_HINTS} texts, none of them empty"
        )
    if not exercise.n_checks:
        yield refuse(exercise, tree, f"{exercise.id} has no check: decorate a function with @{exercise.id}.check")
    if exercise.level not in LEVELS or not exercise.minutes or not exercise.points or not exercise.title:
        yield refuse(
            exercise,
            tree,
            f'{exercise.id} needs a title, level="core" or "stretch", points and minutes, written as plain values',
        )


def announcement(exercise: Declared) -> str:
    """Return the line that tells the learner how long an exercise takes, empty if it is not known."""
    if not exercise.minutes or not exercise.level:
        return ""
    return f"*about {count(exercise.minutes, 'minute')}, {exercise.level}*"


def texts_before(lesson: Lesson, name: str) -> Iterator[str]:
    """Yield the text cells between an exercise and the one before it."""
    place = next(number for number, cell in enumerate(lesson.cells) if cell.name == name)
    for cell in reversed(lesson.cells[:place]):
        if "exercise" in cell.tags:
            return
        if cell.kind == "markdown":
            yield re.sub(r"\s+", " ", cell.source)


def time_refusals(lesson: Lesson, declared: dict[str, Declared], source: str) -> Iterator[Refusal]:
    """Yield a refusal if the exercises alone take longer than the header promises."""
    promise = read_promise(lesson.header.source)
    total = sum(exercise.minutes or 0 for exercise in declared.values())
    if promise and total > promise.minutes:
        yield Refusal(
            source,
            lesson.header.line,
            f"the header promises {promise.minutes} minutes, the exercises alone take {total}: promise more",
        )
