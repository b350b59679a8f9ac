import sys

import pytest

from course_lib.checks.failures import AnswerError
from course_lib.grading.runner.notebook import Notebook


@pytest.fixture
def notebook(monkeypatch):
    """Return an empty notebook; the module that it puts in place of the main one is taken away at the end."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    return Notebook()


def test_cells_share_one_namespace(notebook):
    notebook.run("a = 1", "ex_04_1")
    notebook.run("def f():\n    return a + 1", "ex_04_2")
    assert notebook.find("f")() == 2


def test_a_name_that_is_no_function_is_not_found(notebook):
    notebook.run("f = 3", "ex_04_1")
    with pytest.raises(AnswerError, match="the cells make no function f"):
        notebook.find("f")


def test_a_cell_may_await(notebook):
    notebook.run("import asyncio\nawait asyncio.sleep(0)\na = 1", "ex_04_1")
    assert notebook.names["a"] == 1


def test_classes_and_source_of_a_cell_can_be_looked_up(notebook):
    notebook.run("import inspect\nclass A: ...\ndef f():\n    return 7", "ex_04_1")
    assert "return 7" in notebook.names["inspect"].getsource(notebook.find("f"))
    assert notebook.names["A"].__module__ == "__main__"


def test_future_imports_of_this_library_do_not_reach_cells(notebook):
    notebook.run("def f(x: int): ...", "ex_04_1")
    assert notebook.find("f").__annotations__ == {"x": int}


def test_display_prints_in_place_of_showing(notebook, capsys):
    notebook.run("display([1], 'a')", "ex_04_1")
    assert capsys.readouterr().out == "[1]\n'a'\n"


def test_an_error_of_the_cell_is_raised(notebook):
    with pytest.raises(SyntaxError):
        notebook.run("def f(:\n# why?", "ex_04_1")
