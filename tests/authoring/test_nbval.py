"""nbval, as ``course test`` calls it, on a built tiny course."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.authoring.tiny import STEM, make_course, replace
from tools.authoring.building import build, check
from tools.authoring.tree import Tree

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def really_built(tmp_path_factory) -> Tree:
    """Return a course that was run by a kernel, with the settings of this one."""
    tree = make_course(tmp_path_factory.mktemp("course"))
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tree.root)
    assert build(tree, [], say=lambda line: None) == []
    return tree


def run_nbval(tree, *words):
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-p", "no:cacheprovider", "--color=no", *words]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tree.root, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_both_editions_pass_and_slow_cells_are_skipped(really_built):
    assert check(really_built, []) == []
    code, shown = run_nbval(really_built, "notebooks", "solutions")
    assert code == 0, shown
    assert re.search(r"24 passed, 2 skipped", shown)


def test_verdict_that_has_changed_fails(really_built, tmp_path):
    tree = Tree(shutil.copytree(really_built.root, tmp_path / "copy"))
    replace(tree.solved(STEM), "two and two make 4", "two and two make 5")
    code, shown = run_nbval(tree, "solutions")
    assert code == 1
    assert "1 failed, 11 passed, 1 skipped" in shown
