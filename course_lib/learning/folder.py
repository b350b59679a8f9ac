"""Where the released lessons are, and the folder that a learner works in."""

import os
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from course_lib.checks.record import FOLDER
from course_lib.errors import CourseError
from course_lib.files import explained

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_NAME = "my_course"
NOT_TO_WORK_IN = ("notebooks", "solutions", "lessons", "course_lib")
LESSON_FILE = re.compile(r"(\d\d)_\w+\.ipynb")


@dataclass(frozen=True)
class WorkFolder:
    """A learner's folder.

    Parameters
    ----------
    path
        Absolute; the notebooks are in it.
    """

    path: Path

    @property
    def home(self) -> Path:
        """Where the record is: what ``COURSE_HOME`` says, and what is found from a notebook without it."""
        return self.path / FOLDER

    def explained(self) -> AbstractContextManager[None]:
        """Turn an error of the file system into a sentence about this folder, a `CourseError`."""
        return explained(self.path, "make room, or give a folder of yours with --folder")


def released_lessons(root: Path = ROOT) -> list[Path]:
    """Return the notebooks to work in, in reading order.

    Raises
    ------
    CourseError
        There are none.
    """
    found = sorted(path for path in (root / "notebooks").glob("*.ipynb") if LESSON_FILE.fullmatch(path.name))
    if not found:
        raise CourseError(
            f"there is no lesson in {root / 'notebooks'}: get a complete copy of the course, or build the lessons "
            "with tools/build_notebooks.py"
        )
    return found


def choose_lesson(released: Sequence[Path], number: str) -> Path:
    """Return the lesson with a number such as ``"04"`` or ``"4"``.

    Raises
    ------
    CourseError
        There is none.
    """
    for path in released:
        if path.name[:2] == number.zfill(2):
            return path
    known = ", ".join(path.name[:2] for path in released)
    raise CourseError(f"there is no lesson {number!r}: the lessons are {known}")


def choose_folder(named: Path | None = None, root: Path = ROOT) -> Path:
    """Return the folder that a command is about, wherever it was started.

    Parameters
    ----------
    named
        What the learner said, if anything: it wins.
    root
        Of the course.

    Returns
    -------
    Path
        Else the folder of lessons, with a record, that the learner stands in or under; else ``my_course`` beside
        ``course.py``. It need not be there.
    """
    here = Path.cwd()
    return named or next(filter(_is_worked_in, (here, *here.parents)), root / DEFAULT_NAME)


def _is_worked_in(place: Path) -> bool:
    """Tell whether a folder holds lessons and a record; a record alone may have come there by chance."""
    return (place / FOLDER).is_dir() and any(LESSON_FILE.fullmatch(path.name) for path in place.glob("*.ipynb"))


def choose_record(named: Path | None = None, root: Path = ROOT) -> Path:
    """Return the folder of the record that a command is about: `choose_folder`'s, unless ``COURSE_HOME`` names one.

    Raises
    ------
    CourseError
        There is no folder of the name that the learner gave.
    """
    if named is not None:
        return find_folder(named).home
    home = os.environ.get("COURSE_HOME")
    return Path(home).absolute() if home else WorkFolder(choose_folder(root=root)).home


def open_folder(path: Path, root: Path = ROOT) -> WorkFolder:
    """Make a folder to work in, if it is not there yet, with a place for the record.

    Raises
    ------
    CourseError
        It is a folder of the course itself, something else than a folder, or not the learner's to write in.
    """
    folder = WorkFolder(path.expanduser().absolute())
    own = [root, *(root / name for name in NOT_TO_WORK_IN)]
    if any(folder.path.resolve() == place.resolve() for place in own):
        raise CourseError(f"{path} belongs to the course: give a folder of your own with --folder")
    with folder.explained():
        folder.home.mkdir(parents=True, exist_ok=True)
    return folder


def find_folder(path: Path) -> WorkFolder:
    """Return a folder that somebody has worked in.

    Raises
    ------
    CourseError
        There is none.
    """
    folder = WorkFolder(path.expanduser().absolute())
    if not folder.path.is_dir():
        raise CourseError(f"there is no folder {path}: python3 course.py learn makes it, --folder names another")
    return folder
