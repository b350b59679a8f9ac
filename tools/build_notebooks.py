"""Makes the student edition (``notebooks/``) and the solved edition (``solutions/``) of the lessons.

``python tools/build_notebooks.py`` builds all, ``... 04 07`` some, ``... --check`` writes nothing and proves that
everything is in sync and finished.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # called as a file, Python looks for the parts beside it only

from course_lib.errors import CourseError  # noqa: E402
from tools.authoring.building import build, check, run_slow  # noqa: E402
from tools.authoring.tree import Refusal, Tree  # noqa: E402


def read_arguments(words: list[str] | None) -> argparse.Namespace:
    """Return what the caller wants."""
    parser = argparse.ArgumentParser(prog="build_notebooks.py", description=__doc__.split("\n")[0])
    parser.add_argument("numbers", nargs="*", metavar="NN", help="lessons to take, such as 04; all without it")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--check", action="store_true", help="write nothing; exit 1 unless all is finished and in sync")
    ways.add_argument("--no-run", action="store_true", help="keep the outputs; enough when only text has changed")
    ways.add_argument("--slow", action="store_true", help="write nothing; run lessons with their slow cells, online")
    return parser.parse_args(words)


def main(words: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command; return 0 if all is well, 1 if something is refused, 2 if the call is wrong."""
    arguments, tree = read_arguments(words), Tree(root)
    if not tree.sources() and not arguments.numbers:
        print("no lessons yet: tools/new_lesson.py begins one")
        return 0
    try:
        if arguments.check:
            refusals = check(tree, arguments.numbers)
        elif arguments.slow:
            refusals = run_slow(tree, arguments.numbers)
        else:
            refusals = build(tree, arguments.numbers, run=not arguments.no_run)
    except CourseError as error:
        print(f"build_notebooks: {error}", file=sys.stderr)
        return 2
    return report(refusals, arguments.check)


def report(refusals: list[Refusal], checked: bool) -> int:
    """Print what was refused; return the exit code."""
    for refusal in refusals:
        print(refusal, file=sys.stderr)
    if refusals:
        print(f"{len(refusals)} to mend", file=sys.stderr)
    elif checked:
        print("lessons and editions are in sync and finished")
    return 1 if refusals else 0


if __name__ == "__main__":
    raise SystemExit(main())
