"""Tries all wrong and right answers of the lessons and writes ``docs/answers.md``: the score of the checks themselves.

``python tools/answers_table.py`` writes the table, ``... --check`` writes nothing and proves that it is true.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # called as a file, Python looks for the parts beside it only

from course_lib.checks.answers import Trial, collect, find_shortcomings, make_table, try_answer  # noqa: E402
from course_lib.checks.catalogue import exercises_of, find_exercise, lesson_numbers  # noqa: E402
from course_lib.checks.core import Exercise  # noqa: E402
from course_lib.errors import CourseError  # noqa: E402

INTRODUCTION = """# What the checks reject

Every exercise is tried on wrong answers, which must fail with words that speak to their mistake, and on right ones that
differ from the solution, which must pass. Each is checked on several seeds. `tools/answers_table.py` writes this page,
CI proves it.
"""


def main(words: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command; return 0 if all is well, 1 if a check judges wrongly or the page is old, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="answers_table.py", description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 unless the page is true")
    page, is_check = root / "docs" / "answers.md", parser.parse_args(words).check
    try:
        exercises, trials = try_all(root)
    except CourseError as error:
        print(f"answers_table: {error}", file=sys.stderr)
        return 2
    faults = find_shortcomings(exercises, trials)
    text = make_page(exercises, trials)
    if not is_check:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
    elif not page.exists() or page.read_text(encoding="utf-8") != text:
        faults.append(f"{page.relative_to(root).as_posix()} is old: run tools/answers_table.py")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(trials)} answers to {len(exercises)} exercises tried, {len(faults)} to mend")
    return 1 if faults else 0


def make_page(exercises: list[Exercise], trials: list[Trial]) -> str:
    """Return the text of ``docs/answers.md``."""
    return f"{INTRODUCTION}\n{make_table(exercises, trials)}\n"


def try_all(root: Path) -> tuple[list[Exercise], list[Trial]]:
    """Return all exercises, and what their checks make of the answers of all lessons."""
    exercises = [exercise for number in lesson_numbers() for exercise in exercises_of(number)]
    paths = sorted((root / "lessons" / "answers").glob("*.py"))
    answers = [answer for path in paths for answer in collect(path)]
    return exercises, [try_answer(answer, find_exercise(answer.exercise)) for answer in answers]


if __name__ == "__main__":
    raise SystemExit(main())
