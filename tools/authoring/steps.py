"""The nine steps of CONTRIBUTING, "Add a lesson": says which of them a lesson still lacks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.authoring.declared import Declared, count_answers, read_exercises
from tools.authoring.sections import FOOTER, HEADER, PLACEHOLDER, find_placeholders, has_section, split
from tools.authoring.source import Cell, Lesson
from tools.authoring.tree import Refusal, Tree

FEWEST_EXERCISES, MOST_EXERCISES = 5, 8
FEWEST_ANSWERS = {"right": 2, "wrong": 3}
METAMORPHIC = "G2"  # the pattern of a check that compares answers to changed questions
HINT = "TODO hint"
Missing = Iterator[tuple[Path, int, str]]


@dataclass(frozen=True)
class Work:
    """A lesson and what belongs to it.

    Parameters
    ----------
    lesson, tree
        The source, and where the rest is.
    declared
        The exercises of its checks module.
    """

    lesson: Lesson
    tree: Tree
    declared: dict[str, Declared]

    @property
    def source(self) -> Path:
        """The source of the lesson."""
        return self.tree.lessons / f"{self.lesson.stem}.py"

    def placeholders(self, cells: list[Cell]) -> Missing:
        """Yield what is still to be written in ``cells``."""
        for cell in cells:
            for line, sentence in find_placeholders(cell.lines, cell.line):
                yield self.source, line, sentence


def lines_of(path: Path) -> list[str]:
    """Return the lines of a file, none if it is missing."""
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def scaffold(work: Work) -> Missing:
    """Yield the files that are missing."""
    for path in (work.tree.checks(work.lesson.number), work.tree.answers(work.lesson.stem)):
        if not path.exists():
            yield path, 0, "this file is missing: tools/new_lesson.py makes it beside the source"


def header(work: Work) -> Missing:
    """Yield what the cells before the first code lack."""
    cells = split(work.lesson)[0]
    for words in HEADER:
        if not has_section(cells, words):
            yield work.source, work.lesson.header.line, f"before the first code cell stands '**{words}**'"
    yield from work.placeholders(cells)


def text(work: Work) -> Missing:
    """Yield the texts and runs that are not written."""
    yield from work.placeholders([cell for cell in split(work.lesson)[1] if "exercise" not in cell.tags])


def exercises(work: Work) -> Missing:
    """Yield what is wrong with the number, the levels and the code of the exercises."""
    found = work.lesson.exercises
    if not FEWEST_EXERCISES <= len(found) <= MOST_EXERCISES:
        yield work.source, 0, f"a lesson has {FEWEST_EXERCISES} to {MOST_EXERCISES} exercises, this one {len(found)}"
    if len({exercise.level for exercise in work.declared.values()}) != 2:
        yield work.source, 0, "a lesson has exercises of both levels, core and stretch"
    yield from work.placeholders(list(found.values()))


def checks(work: Work) -> Missing:
    """Yield the checks that are not written."""
    for exercise in work.declared.values():
        if not exercise.n_checks:
            yield exercise.path, exercise.line, f"{exercise.id} has no check: decorate one with @{exercise.id}.check"
    path = work.tree.checks(work.lesson.number)
    if not any(METAMORPHIC in (exercise.pattern or "").split() for exercise in work.declared.values()):
        sentence = f'no exercise has pattern="{METAMORPHIC}": let a check change the question and compare the answers'
        yield path, 0, sentence
    for line, sentence in find_placeholders(lines_of(path), 1):
        if HINT not in sentence:
            yield path, line, sentence


def hints(work: Work) -> Missing:
    """Yield the exercises without three written hints."""
    for exercise in work.declared.values():
        if len(exercise.hints or ()) != 3 or any(PLACEHOLDER.search(hint) or not hint for hint in exercise.hints):
            yield exercise.path, exercise.line, f"{exercise.id} needs three hints: a nudge, a plan, almost the code"


def answers(work: Work) -> Missing:
    """Yield the exercises whose checks are not tried on enough wrong and right answers."""
    path = work.tree.answers(work.lesson.stem)
    for kind, fewest in FEWEST_ANSWERS.items():
        counts = count_answers(path, kind)
        for name in work.lesson.exercises:
            if (found := counts.get(name, 0)) < fewest:
                yield path, 0, f'functions with @{kind}("{name}"): {found}, at least {fewest} are needed'
    for line, sentence in find_placeholders(lines_of(path), 1):
        yield path, line, sentence


def footer(work: Work) -> Missing:
    """Yield what the end of the lesson lacks."""
    cells = split(work.lesson)[2]
    for words in FOOTER:
        if not has_section(cells, words):
            yield work.source, 0, f"at the end stands a text with the heading '## {words}'"
    yield from work.placeholders(cells)


def changelog(work: Work) -> Missing:
    """Yield a refusal if the changelog does not know the lesson."""
    entry = f"- lesson {work.lesson.number}:"
    if not any(line.startswith(entry) for line in lines_of(work.tree.changelog)):
        yield work.tree.changelog, 0, f"a line that begins '{entry}' says what the lesson is"


STEPS: tuple[Callable[[Work], Missing], ...] = (
    scaffold,
    header,
    text,
    exercises,
    checks,
    hints,
    answers,
    footer,
    changelog,
)


def find_unfinished(lesson: Lesson, tree: Tree) -> list[Refusal]:
    """Return what is missing in ``lesson``, in the order of the steps, each naming its step."""
    work = Work(lesson, tree, read_exercises(tree, lesson.number))
    return [
        Refusal(tree.name_of(path), line, f"step {number} of {len(STEPS)}, {step.__name__}: {sentence}")
        for number, step in enumerate(STEPS, start=1)
        for path, line, sentence in step(work)
    ]
