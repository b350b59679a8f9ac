"""The command ``course`` where the small lesson is the only one: its first word is a folder with both editions."""

import sys
from pathlib import Path

from benchmarks.small_lesson import NAME, describe
from course_lib.cli import app
from course_lib.grading import assignment

editions = Path(sys.argv.pop(1))
assignment.load_assignment = lambda _lesson: describe(
    (editions / "released.ipynb").read_bytes(), (editions / "solved.ipynb").read_bytes()
)
assignment.released_names = lambda: [NAME]
app()
