"""Who handed something in, as the names that learning platforms give to files and folders say."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

# Moodle, "download all submissions": a folder, or a file, for each student.
MOODLE = re.compile(r"(?P<name>[^_/]{1,150})_(?P<id>\d{1,19})_assignsubmission_(?:file|onlinetext)(?:_.*)?", re.DOTALL)
# Canvas, "download submissions": lastnamefirstname_LATE_user_attachment_file.
CANVAS = re.compile(r"(?P<name>[^_/]{1,150})_(?P<late>LATE_)?(?P<id>\d{1,19})_\d{1,19}_.+", re.DOTALL)
SUBMISSIONS = "-submissions"  # GitHub Classroom: ASSIGNMENT-submissions/ASSIGNMENT-USER


@dataclass(frozen=True)
class Author:
    """Who handed something in."""

    name: str
    id: str = ""
    is_late: bool = False


def find_author(name: str, parent: str = "") -> Author:
    """Return the author of a file or folder.

    Parameters
    ----------
    name
        Its name.
    parent
        Name of the folder that it is in.

    Examples
    --------
    >>> find_author("Ada Lovelace_1815_assignsubmission_file_")
    Author(name='Ada Lovelace', id='1815', is_late=False)
    >>> find_author("lovelaceada_LATE_1815_77_04_rag.ipynb")
    Author(name='lovelaceada', id='1815', is_late=True)
    >>> find_author("04-rag-ada", "04-rag-submissions").name, find_author("ada.ipynb").name
    ('ada', 'ada')
    """
    if found := MOODLE.fullmatch(name):
        return Author(found["name"], found["id"])
    if found := CANVAS.fullmatch(name):
        return Author(found["name"], found["id"], found["late"] is not None)
    prefix = parent.removesuffix(SUBMISSIONS)
    if prefix != parent and name.startswith(f"{prefix}-"):
        return Author(name[len(prefix) + 1 :])
    stem = PurePosixPath(name).stem if name.lower().endswith((".ipynb", ".zip")) else name
    return Author(stem or name)
