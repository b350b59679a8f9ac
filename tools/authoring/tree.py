"""Where the files of the lessons are."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Refusal:
    """One thing that stands between a lesson and its editions.

    Parameters
    ----------
    path
        The file, from the folder of the course.
    line
        The line in it, counted from 1; 0 where the whole file is meant.
    sentence
        What is wrong, and what to do about it.
    """

    path: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.sentence}" if self.line else f"{self.path}: {self.sentence}"


@dataclass(frozen=True)
class Tree:
    """The folders of a course.

    Parameters
    ----------
    root
        The folder of the course.

    Examples
    --------
    >>> tree = Tree(Path("course"))
    >>> tree.name_of(tree.student("04_rag"))
    'notebooks/04_rag.ipynb'
    """

    root: Path

    @property
    def lessons(self) -> Path:
        """The folder of the sources."""
        return self.root / "lessons"

    @property
    def budgets(self) -> Path:
        """The file of what the solved runs took."""
        return self.lessons / "budgets.json"

    @property
    def readme(self) -> Path:
        """The file that may hold the table of lessons."""
        return self.root / "README.md"

    @property
    def changelog(self) -> Path:
        """The file with a line for each change."""
        return self.root / "CHANGELOG.md"

    def sources(self) -> list[Path]:
        """Return the sources of the lessons in reading order."""
        return sorted(self.lessons.glob("*.py"))

    def student(self, stem: str) -> Path:
        """Return the path of the student edition."""
        return self.root / "notebooks" / f"{stem}.ipynb"

    def solved(self, stem: str) -> Path:
        """Return the path of the solved edition."""
        return self.root / "solutions" / f"{stem}.ipynb"

    def answers(self, stem: str) -> Path:
        """Return the path of the wrong and right answers to a lesson's exercises."""
        return self.lessons / "answers" / f"{stem}.py"

    def checks(self, number: str) -> Path:
        """Return the path of the module that checks a lesson's exercises."""
        return self.root / "course_lib" / "checks" / f"lesson_{number}.py"

    def name_of(self, path: Path) -> str:
        """Return how a sentence names ``path``: from the folder of the course, with slashes."""
        return path.relative_to(self.root).as_posix()


def write_text(path: Path, text: str) -> bool:
    """Write ``text`` unless the file holds it already; return whether it was written.

    The file is replaced as a whole, so that a stopped build leaves the old one.
    """
    data = text.encode("utf-8")
    if path.exists() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".tmp")
    draft.write_bytes(data)
    draft.replace(path)
    return True
