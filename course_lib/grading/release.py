"""The packages of a lesson without its solutions: for students, and for other graders."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.files import write_whole
from course_lib.grading.assignment import Assignment
from course_lib.grading.editions import make_for_nbgrader, make_for_otter
from course_lib.grading.proving import find_leaks
from course_lib.grading.store import explained

FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the same archive on every computer and every day
README = """Lesson {lesson}: {name}.ipynb, {points} points

1. Get the course and start it once: python3 course.py learn --copy-only
2. Put this notebook into your folder my_course, then: python3 course.py learn {lesson}
3. Write your answers where a cell says "write your code here". Each has a cell below that checks it, and hints.
4. Hand in the file {name}.ipynb. Only the cells of the exercises, and cells of yours that they need, are graded.

The checks in the notebook are practice. Marks come from the same checks with other inputs.
"""


def make_release(assignment: Assignment, folder: Path) -> dict[str, Path]:
    """Write the packages of a lesson into a folder.

    Returns
    -------
    dict
        Archives: ``package`` for students, ``nbgrader`` and ``otter`` for whoever grades with these.

    Raises
    ------
    CourseError
        The notebook shows a line of a solution, there is no solved edition to compare it with, or the file system
        refuses.
    """
    if not assignment.solved:
        raise CourseError(f"there is no solved edition of {assignment.name}: build it with tools/build_notebooks.py")
    if leaks := find_leaks(assignment):
        raise CourseError(f"the notebook shows a line of a solution ({leaks[0]!r}), so there is no package: reword it")
    packages = {
        "package": (assignment.name, list_files(assignment)),
        "nbgrader": (f"{assignment.name}_nbgrader", make_for_nbgrader(assignment)),
        "otter": (f"{assignment.name}_otter", make_for_otter(assignment)),
    }
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, files in packages.values():
            write_whole(folder / f"{name}.zip", pack(files, name))
    return {kind: folder / f"{name}.zip" for kind, (name, _) in packages.items()}


def list_files(assignment: Assignment) -> dict[str, bytes]:
    """Return the files of a package by their names, the hashes of the others among them."""
    words = README.format(lesson=assignment.lesson, name=assignment.name, points=assignment.points)
    files = {f"{assignment.name}.ipynb": assignment.released, "README.txt": words.encode("utf-8")}
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return files | {"MANIFEST.json": json.dumps(hashes, indent=1).encode("utf-8") + b"\n"}


def pack(files: dict[str, bytes], folder: str) -> bytes:
    """Return an archive of files in a folder, the same bytes for the same files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(f"{folder}/{name}", FIRST_DAY)
            member.external_attr = 0o100644 << 16
            archive.writestr(member, content, zipfile.ZIP_DEFLATED)
    return data.getvalue()
