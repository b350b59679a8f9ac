"""Courses of one tiny lesson: as its author wrote it, and built."""

from pathlib import Path

import pytest

from tests.authoring.tiny import make_course, pretend_to_run
from tools.authoring.building import build
from tools.authoring.tree import Tree


@pytest.fixture
def course(tmp_path: Path) -> Tree:
    """Return a finished course that was never built."""
    return make_course(tmp_path)


@pytest.fixture
def built(course: Tree) -> Tree:
    """Return a course whose editions are in sync; no kernel ran for it."""
    assert build(course, [], runner=pretend_to_run, say=lambda line: None) == []
    return course
