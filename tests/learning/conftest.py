import os
import sys
from pathlib import Path

import pytest

from course_lib.learning.folder import WorkFolder, open_folder
from tests.learning.notebooks import code, text, write_notebook

ROOT = Path(__file__).resolve().parents[2]
# Python runs this in every process of the test: it makes lessons out of the folder that it stands in.
CUSTOMIZE = "import pathlib, course_lib.checks as c; c.__path__.append(str(pathlib.Path(__file__).parent / 'checks'))\n"
CHECKS = '''
from course_lib.checks import Exercise, expect_equal
ex_97_1 = Exercise("ex_97_1", "double <b>it</b>", hints=("a", "b", "c"), points=2)
@ex_97_1.check
def doubles(double):
    """doubles"""
    expect_equal(double, (2,), expected=4)
ex_97_2 = Exercise("ex_97_2", "halve", hints=("a", "b", "c"), points=3)
@ex_97_2.check
def halves(halve):
    """halves"""
    expect_equal(halve, (4,), expected=2.0)
'''


@pytest.fixture
def root(tmp_path) -> Path:
    """Return the folder of a course of two small lessons."""
    folder = tmp_path / "course"
    write_notebook(folder / "notebooks" / "97_doubling.ipynb", text("# 97 Doubling & halving"), code("1 + 1"))
    write_notebook(folder / "notebooks" / "98_words.ipynb", text("# 98 Words"), code("print('words')"))
    return folder


@pytest.fixture
def work(tmp_path, root) -> WorkFolder:
    """Return a learner's folder with nothing in it."""
    return open_folder(tmp_path / "mine", root)


@pytest.fixture
def lesson_97(tmp_path, monkeypatch):
    """Let there be one lesson with exercises, 97, in this process and in those that it starts."""
    place = tmp_path / "lesson_97"
    (place / "checks").mkdir(parents=True)
    (place / "checks" / "lesson_97.py").write_text(CHECKS)
    (place / "sitecustomize.py").write_text(CUSTOMIZE)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(place), str(ROOT)]))
    monkeypatch.setattr("course_lib.checks.__path__", [str(place / "checks")])
    monkeypatch.delitem(sys.modules, "course_lib.checks.lesson_97", raising=False)
    yield
    sys.modules.pop("course_lib.checks.lesson_97", None)
