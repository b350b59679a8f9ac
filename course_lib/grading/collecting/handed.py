"""One submission as it was handed in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from course_lib.grading.assignment import Assignment
from course_lib.grading.intake import Intake, is_stub
from course_lib.grading.notebook_file import RefusedError

MOST_READ = 20  # notebooks of one submission that are looked into


@dataclass(frozen=True)
class Candidate:
    """A file that may be the one to grade.

    Parameters
    ----------
    name
        Its path in the submission, with slashes.
    read
        Returns its bytes; raises `RefusedError`.
    """

    name: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Handed:
    """One submission.

    Parameters
    ----------
    label
        Where it was found, with slashes: its identity, the same on every run.
    student, student_id
        As the platform names them; the number is empty where there is none.
    is_late
        Whether the platform's name says so.
    notebooks
        Notebooks in it.
    record
        The student's own record of hints, if it was handed in.
    reason
        Why it is not graded; empty if it can be.
    """

    label: str
    student: str
    student_id: str = ""
    is_late: bool = False
    notebooks: tuple[Candidate, ...] = ()
    record: Candidate | None = None
    reason: str = ""

    def pick(self, assignment: Assignment) -> "Picked":
        """Return the notebook to grade: that with the most answers, of equal ones the one most like the released.

        Raises
        ------
        RefusedError
            The submission is not graded, for the reason that it says.
        """
        if self.reason:
            raise RefusedError("refused", self.reason)
        if not self.notebooks:
            raise RefusedError("missing", "there is no notebook in it: ask for the .ipynb file")
        ordered = sorted(self.notebooks, key=lambda candidate: rank(candidate.name, assignment.name))
        if len(ordered) == 1 or PurePosixPath(ordered[0].name).stem == assignment.name:
            return open_one(ordered[0], assignment)
        return pick_fullest(ordered[:MOST_READ], assignment)


@dataclass(frozen=True)
class Picked:
    """The notebook to grade.

    Parameters
    ----------
    name
        Its path in the submission.
    data
        Its bytes.
    intake
        What was found in it.
    notes
        What was odd.
    """

    name: str
    data: bytes
    intake: Intake
    notes: tuple[str, ...] = ()


def rank(name: str, wanted: str) -> tuple[int, int, str]:
    """Return a key that puts the name most like that of the released notebook first.

    Examples
    --------
    >>> sorted(["b.ipynb", "x/04_rag (1).ipynb", "04_rag.ipynb"], key=lambda name: rank(name, "04_rag"))
    ['04_rag.ipynb', 'x/04_rag (1).ipynb', 'b.ipynb']
    """
    path = PurePosixPath(name)
    likeness = 0 if path.stem == wanted else 1 if wanted in path.stem else 2 if wanted[:2] in path.stem else 3
    return (likeness, len(path.parts), name)


def open_one(candidate: Candidate, assignment: Assignment) -> Picked:
    """Read one notebook."""
    data = candidate.read()
    return Picked(candidate.name, data, assignment.take_in(data))


def pick_fullest(candidates: list[Candidate], assignment: Assignment) -> Picked:
    """Return the one with the most answers; the first of equal ones."""
    opened, refused = [], []
    for candidate in candidates:
        try:
            opened.append(open_one(candidate, assignment))
        except RefusedError as error:
            refused.append(error)
    if not opened:
        raise refused[0]
    best = max(opened, key=lambda picked: count_answers(picked.intake))  # the first of equals
    others = [f"{picked.name} is another notebook, with fewer answers" for picked in opened if picked is not best]
    return replace(best, notes=(*others, *(f"another notebook was not read: {error}" for error in refused)))


def count_answers(intake: Intake) -> int:
    """Return how many exercises have something else than the stub; -1 for a file that cannot be read."""
    if intake.status == "refused":
        return -1
    return sum(not is_stub(found.source, found.exercise) for found in intake.found.values())
