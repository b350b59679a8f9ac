"""Begins a lesson: ``python tools/new_lesson.py 04 rag "Ground, cite, abstain"``.

The files it writes are full of lines to replace; CI names each of the nine steps (CONTRIBUTING.md, "Add a lesson")
until it is done.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # called as a file, Python looks for the parts beside it only

from course_lib.errors import CourseError  # noqa: E402
from tools.authoring.scaffold import begin_lesson  # noqa: E402
from tools.authoring.tree import Tree  # noqa: E402


def main(words: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command; return 0 if the files were written, 2 if not."""
    parser = argparse.ArgumentParser(prog="new_lesson.py", description="Begin a lesson.")
    parser.add_argument("number", metavar="NN", help="two digits, the place in reading order")
    parser.add_argument("name", help="a noun phrase in small letters: rag_answers")
    parser.add_argument("title", help="what the learner reads")
    arguments = parser.parse_args(words)
    tree = Tree(root)
    try:
        files = begin_lesson(tree, arguments.number, arguments.name, arguments.title)
    except CourseError as error:
        print(f"new_lesson: {error}", file=sys.stderr)
        return 2
    print("\n".join(["wrote", *(f"  {tree.name_of(path)}" for path in files)]))
    print(f"next: python tools/build_notebooks.py {arguments.number} --check    (lists what is still to do)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
