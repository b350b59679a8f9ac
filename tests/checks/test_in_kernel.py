from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).resolve().parents[2]
LESSON = """
import sys
from course_lib.checks import catalogue, check, hint
from tests.checks import demonstration
sys.modules["course_lib.checks.lesson_03"] = demonstration
catalogue._module_names = lambda: iter(["lesson_03"])
def top_k(scores, k):
    return [2, 1]
"""


@pytest.mark.loopback
def test_notebook_shows_a_result_in_three_forms_and_one_line_of_traceback(home, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    sources = [LESSON, 'check("ex_03_4", top_k)', 'hint("ex_03_4")', "1 + 1"]
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=300, startup_timeout=300).execute()
    _, checked, hinted, after = (cell.outputs for cell in notebook.cells)
    assert [output.output_type for output in checked] == ["display_data", "error"]
    assert set(checked[0].data) == {"text/plain", "text/html", "application/vnd.course.check+json"}
    assert checked[0].data["application/vnd.course.check+json"]["status"] == "partly"
    assert checked[1].ename == "CheckFailed"
    assert len(checked[1].traceback) == 1
    assert hinted[0].data["text/plain"].startswith("ex_03_4  keep the k best chunks")
    assert after[0].data["text/plain"] == "2"
    nbformat.validate(notebook)
    assert (home / "record.json").exists()
