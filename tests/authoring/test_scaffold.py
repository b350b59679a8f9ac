import ast
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib.errors import CourseError
from tests.authoring.tiny import STEM, pretend_to_run
from tools import new_lesson
from tools.authoring.building import build, check
from tools.authoring.scaffold import begin_lesson
from tools.authoring.source import read_lesson
from tools.authoring.steps import STEPS
from tools.authoring.tree import Tree

ROOT = Path(__file__).parents[2]
FILES = ["lessons/42_word_counts.py", "course_lib/checks/lesson_42.py", "lessons/answers/42_word_counts.py"]


@pytest.fixture
def begun(tmp_path) -> Tree:
    begin_lesson(Tree(tmp_path), "42", "word_counts", "Count words: all | some")
    return Tree(tmp_path)


def test_command_writes_three_files_and_says_what_comes_next(tmp_path, capsys):
    assert new_lesson.main(["42", "word_counts", "Count words"], tmp_path) == 0
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.py")) == sorted(FILES)
    assert "python tools/build_notebooks.py 42 --check" in capsys.readouterr().out


def test_new_lesson_can_be_built_at_once(begun):
    assert build(begun, [], runner=pretend_to_run, say=lambda line: None) == []
    assert read_lesson(begun.sources()[0]).title == "Count words: all | some"


def test_new_lesson_is_refused_with_every_step_but_the_first(begun):
    build(begun, [], runner=pretend_to_run, say=lambda line: None)
    refusals = list(map(str, check(begun, [])))
    for number, step in enumerate(STEPS[1:], start=2):
        assert [refusal for refusal in refusals if f"step {number} of 9, {step.__name__}: " in refusal]
    assert all(" of 9, " in refusal for refusal in refusals)


def test_new_files_are_formatted_python(begun):
    for name in FILES:
        ast.parse((begun.root / name).read_text(encoding="utf-8"))
    for words in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *words, "--config", str(ROOT / "pyproject.toml"), "."]
        done = subprocess.run(command, cwd=begun.root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_new_checks_and_answers_run_with_the_library(begun):
    from course_lib.checks.answers import collect

    checks = runpy.run_path(str(begun.checks("42")))
    assert [check.name for check in checks["ex_42_1"].checks] == ["todo"]
    assert len(collect(begun.answers("42_word_counts"))) == 2


@pytest.mark.parametrize(
    ("number", "name", "title", "words"),
    [
        ("4", "words", "Words", "expected two digits"),
        ("42", "Words", "Words", "expected two digits"),
        ("42", "../words", "Words", "expected two digits"),
        ("42", "words", " ", "expected a title"),
        ("42", "words", 'The "words"', "without quotes"),
        ("42", "words", "One\nTwo", "on one line"),
        ("98", "words", "Words", f"lessons/{STEM}.py has the number 98"),
    ],
)
def test_words_that_make_no_lesson_are_refused(course, number, name, title, words):
    with pytest.raises(CourseError, match=words):
        begin_lesson(course, number, name, title)


@pytest.mark.parametrize("name", FILES[1:])
def test_nothing_is_written_where_a_file_exists(tmp_path, name, capsys):
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    assert new_lesson.main(["42", "word_counts", "Count words"], tmp_path) == 2
    assert f"{name} exists: nothing was written" in capsys.readouterr().err
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [path]
    assert path.read_text() == "mine"
