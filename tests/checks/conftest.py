import importlib.util
import sys
from pathlib import Path

import pytest

from course_lib.checks import catalogue, record

DEMONSTRATION = Path(__file__).with_name("demonstration.py")


@pytest.fixture
def demonstration(monkeypatch, tmp_path):
    """Let lesson 03 consist of the demonstration alone, and return its module.

    The modules of the real lessons are out of sight: a test of the checks depends on none of them.
    """
    name = "course_lib.checks.lesson_03"
    spec = importlib.util.spec_from_file_location(name, DEMONSTRATION)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(catalogue, "_module_names", lambda: iter(["lesson_03"]))
    return module


@pytest.fixture
def home(monkeypatch, tmp_path):
    """Keep the learner's record in a folder of the test, and return it."""
    folder = tmp_path / "home"
    monkeypatch.setenv("COURSE_HOME", str(folder))
    monkeypatch.setattr(record, "PATIENCE_S", 0.2)
    return folder
