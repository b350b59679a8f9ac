"""What is graded: one lesson as it was released, with its exercises."""

import hashlib
import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from course_lib.checks.cases import Cases
from course_lib.checks.catalogue import ROOT, exercises_of
from course_lib.checks.core import Exercise
from course_lib.checks.handles import Handle
from course_lib.checks.results import CheckResult
from course_lib.errors import CourseError
from course_lib.grading.box.runtime import WARM
from course_lib.grading.intake import Intake, Slot, find_answers
from course_lib.grading.notebook_file import parse_notebook
from course_lib.grading.session import Examine
from course_lib.grading.transplant import Lesson, take_apart

NEEDS_MODELS = re.compile(
    rb"\b(?:torch|transformers|course_lib\.(?:models|tuning|rag|lab|arms|experiments|contract))\b"
)
LIGHT = ("numpy", "IPython.core.interactiveshell")


@dataclass(frozen=True)
class Assignment:
    """One lesson to grade.

    Parameters
    ----------
    name
        Of its notebook, without ending: ``"04_rag"``.
    exercises
        In order.
    released
        The notebook that students were given, as its file.
    solved
        The notebook with the course's own answers; empty where it is not at hand.
    checks
        Text of the modules in which the checks are written.
    """

    name: str
    exercises: tuple[Exercise, ...]
    released: bytes
    solved: bytes = b""
    checks: bytes = b""

    @property
    def lesson(self) -> str:
        """Its number, as text."""
        return self.name[:2]

    @property
    def points(self) -> int:
        """What there is to earn."""
        return sum(exercise.points for exercise in self.exercises)

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """What a notebook must define."""
        return tuple(Slot(exercise.id, exercise.functions) for exercise in self.exercises)

    @cached_property
    def parts(self) -> Lesson:
        """The released lesson, taken apart."""
        return take_apart(parse_notebook(self.released).cells, [exercise.id for exercise in self.exercises])

    @cached_property
    def digest(self) -> str:
        """Hash of what was released and of how it is checked."""
        parts = [self.name.encode(), self.released, self.checks]
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()

    @property
    def warm(self) -> tuple[str, ...]:
        """What boxes should find loaded: models and what they need only if the lesson speaks of them."""
        return WARM if NEEDS_MODELS.search(self.released) else LIGHT

    def take_in(self, data: bytes) -> Intake:
        """Return what there is of answers in the bytes of a notebook."""
        return find_answers(parse_notebook(data), self.slots)


def load_assignment(lesson: str, root: Path = ROOT) -> Assignment:
    """Return the lesson of a number such as ``"04"`` or ``"4"``.

    Raises
    ------
    CourseError
        There is no released notebook of that number, or it has no exercises.
    """
    number = lesson.zfill(2)
    found = sorted((root / "notebooks").glob(f"{number}_*.ipynb")) if number.isdigit() else []
    if not found:
        known = ", ".join(sorted(path.name[:2] for path in (root / "notebooks").glob("[0-9][0-9]_*.ipynb"))) or "none"
        raise CourseError(f"there is no released notebook of lesson {lesson!r}: give one of {known} as --lesson")
    solved = root / "solutions" / found[0].name
    exercises = tuple(exercises_of(number))
    return Assignment(
        found[0].stem,
        exercises,
        found[0].read_bytes(),
        solved.read_bytes() if solved.is_file() else b"",
        read_modules(exercises),
    )


def read_modules(exercises: Sequence[Exercise]) -> bytes:
    """Return the text of the modules in which the checks of exercises are written."""
    checks = [check.function for exercise in exercises for check in exercise.checks]
    return b"".join(Path(file).read_bytes() for file in sorted({inspect.getsourcefile(check) for check in checks}))


def released_names(root: Path = ROOT) -> list[str]:
    """Return the names of all released notebooks, without ending."""
    return sorted(path.stem for path in (root / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def number_of(seed: str) -> int:
    """Return the number that inputs are drawn from, for a seed in words.

    Examples
    --------
    >>> number_of("autumn") == number_of("autumn") != number_of("spring")
    True
    """
    return int.from_bytes(hashlib.sha256(f"course {seed}".encode()).digest()[:7])


def make_examine(exercises: Sequence[Exercise], seed: str) -> Examine:
    """Return what runs the checks of an exercise on inputs of the class ``seed``."""
    known = {exercise.id: exercise for exercise in exercises}
    cases = Cases(number_of(seed))

    def examine(exercise: str, handle: Callable[[str], Handle]) -> CheckResult:
        found = known[exercise]
        return found.run(*map(handle, found.functions), cases=cases)

    return examine
