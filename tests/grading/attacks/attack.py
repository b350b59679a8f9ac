"""What an attack is: a submission, and what a trustworthy grader makes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from course_lib.grading.isolation import Traps
from tests.grading.tiny_lesson import ANSWERS, STEM, notebook

FILE = f"{STEM}.ipynb"
REST = 8  # points of the other four exercises, which each attacker answers rightly
REACHED, TRIED = "reached:", "tried"  # what an attack prints: of what it got, and to show that it came to its end
INPUT = "input_"  # stands before an input that an attack carries out of its box


@dataclass(frozen=True)
class Place:
    """Where the attacked grading takes place, for attacks that look for it.

    Parameters
    ----------
    handed_in, grades
        Folder of the submissions, and of the results.
    pids
        Of the grader and of its parent.
    traps
        What listens and waits outside of the boxes.
    """

    handed_in: Path
    grades: Path
    pids: tuple[int, ...]
    traps: Traps


# What is handed in: content by path, or a function that makes something else there.
Files = dict[str, bytes | Callable[[Path], object]]


@dataclass(frozen=True)
class Attack:
    """One hostile or broken submission.

    Parameters
    ----------
    name
        Of its folder.
    aim
        ``forge``, ``hang``, ``leak``, ``touch`` or ``read``, for files that are hard to read.
    tries
        What it tries, in a few words.
    files
        What is handed in.
    status
        What its first exercise must get, or the submission where a file is the attack; ``a or b`` where both are right.
    earned
        Points of the submission; None for no mark.
    says
        Whether it must have printed that it came to its end, so that a failure to run is no success of the grader.
    """

    name: str
    aim: str
    tries: str
    files: Callable[[Place], Files]
    status: str = "failed"
    earned: int | None = REST
    says: bool = False


def fill_in(text: str, place: Place) -> str:
    """Return the text of a cell with the places of this computer in it."""
    words = {
        "@HANDED_IN@": str(place.handed_in),
        "@GRADES@": str(place.grades),
        "@PIDS@": repr(list(place.pids)),
        "@PORT@": str(place.traps.port),
        "@SOCKET@": place.traps.path,
        "@SECRET@": place.traps.secret,
    }
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def by_cells(name: str, aim: str, tries: str, first: str, status: str = "failed", earned: int | None = REST, **more):
    """Return an attack by the cell of the first exercise; ``more`` may hold other cells, and ``says``.

    A text of one line is what the function returns.
    """
    says = more.pop("says", TRIED in first)

    def files(place: Place) -> Files:
        cells = ANSWERS | {"ex_98_1": first} | more
        return {FILE: notebook(**{number: fill_in(text, place) for number, text in cells.items()})}

    return Attack(name, aim, tries, files, status, earned, says)


def by_file(
    name: str, tries: str, content, status: str = "refused", earned: int | None = None, path: str = FILE, **beside
):
    """Return an attack by a file that is hard to read; ``beside`` are more files, by path."""
    return Attack(name, "read", tries, lambda _place: {path: content} | beside, status, earned)
