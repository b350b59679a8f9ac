import re
from pathlib import Path

import course_lib.checks
from course_lib.checks.practice import practise
from tests.checks.demonstration import SCORES, draw_scores, reference

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")


def test_exercise_on_the_page_is_one_that_works():
    names = {"SCORES": SCORES, "draw_scores": draw_scores, "best_positions": reference}
    source = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    exec(compile(source, "docs/checks.md", "exec"), names)
    assert practise(names["ex_03_4"], [reference]).status == "passed"
    assert practise(names["ex_03_4"], [lambda scores, k: [2, 1]]).status == "partly"


def test_page_describes_every_expectation_that_there_is():
    there = {name for name in course_lib.checks.__all__ if name.startswith("expect_")}
    assert set(re.findall(r"^\| `(expect_\w+)\(", PAGE, re.MULTILINE)) == there
