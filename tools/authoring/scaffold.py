"""Begins a lesson: a source, a module for its checks, a file for its answers, all still to be written."""

import re
from pathlib import Path
from string import Template

from course_lib.errors import CourseError
from tools.authoring.source import STEM
from tools.authoring.tree import Tree, write_text

TEMPLATES = Path(__file__).parent / "templates"


def begin_lesson(tree: Tree, number: str, name: str, title: str) -> list[Path]:
    """Write the three files of lesson ``number`` and return them.

    Raises
    ------
    CourseError
        If the number is taken, a word cannot be used, or a file exists: nothing is overwritten.
    """
    stem = f"{number}_{name}"
    if not STEM.fullmatch(stem):
        raise CourseError(f"expected two digits and a noun phrase in small letters (04 rag), got {number} {name}")
    if not title.strip() or re.search(r'["\\\n]', title):
        raise CourseError(f"expected a title on one line without quotes and backslashes, got {title!r}")
    taken = [path.name for path in tree.sources() if path.stem[:2] == number]
    if taken:
        raise CourseError(f"lessons/{taken[0]} has the number {number}: take another one")
    files = {
        tree.lessons / f"{stem}.py": "lesson",
        tree.checks(number): "checks",
        tree.answers(stem): "answers",
    }
    existing = [tree.name_of(path) for path in files if path.exists()]
    if existing:
        raise CourseError(f"{existing[0]} exists: nothing was written; move it away, or take another number")
    for path, template in files.items():
        text = Template((TEMPLATES / f"{template}.txt").read_text(encoding="utf-8"))
        write_text(path, text.substitute(number=number, stem=stem, title=title.strip()))
    return list(files)
