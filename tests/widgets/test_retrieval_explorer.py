"""The explorer's page and its sliders."""

import subprocess
import sys

import pytest

from course_lib.rag.exploring import explore
from course_lib.retrieval import TextDocument
from course_lib.widgets.retrieval_explorer import WITHOUT_WIDGETS, RetrievalExplorer, render_html

from ..scripted import RuleModel

TEXT = (
    "## Lamp\nThe Tarvo lamp costs 24 euros & more. " + "It is blue. " * 40 + "\n\n## Hub\nThe Ulmo hub costs 80 euros."
)
DOCUMENTS = (TextDocument("d1", "Catalogue <1>", TEXT), TextDocument("d2", "Letter", "The Tarvo lamp is sold out."))
QUESTION = "What does the Tarvo lamp cost?"


def look(question=QUESTION, max_tokens=120, k=3, answer="24 euros [1]"):
    model = RuleModel(lambda prompt: answer)
    return explore(DOCUMENTS, question, model, count_tokens=lambda text: len(text.split()), max_tokens=max_tokens, k=k)


def test_the_page_marks_what_was_found_and_says_what_is_cited():
    page = render_html(look())
    assert page.count("<mark") == len(look().hits)
    assert "1, cited" in page
    assert "24 euros &amp; more" in page
    assert "Catalogue &lt;1&gt;" in page


def test_an_answer_without_source_says_so():
    assert "no passage" in render_html(look(answer="I don't know."))


@pytest.fixture
def explorer():
    pytest.importorskip("ipywidgets")
    return RetrievalExplorer(look, [QUESTION, "What does the Ulmo hub cost?"])


def test_each_control_changes_the_marks(explorer):
    pages = [explorer.page.value]
    explorer.size.value = 40
    pages.append(explorer.page.value)
    explorer.k.value = 1
    pages.append(explorer.page.value)
    explorer.question.value = "What does the Ulmo hub cost?"
    pages.append(explorer.page.value)
    assert len(set(pages)) == 4
    assert "What does the Ulmo hub cost?" in pages[-1]


def test_an_empty_question_leaves_the_page(explorer):
    before = explorer.page.value
    explorer.question.value = "  "
    assert explorer.page.value == before


def test_where_no_widget_runs_a_sentence_says_so(explorer):
    assert explorer._repr_mimebundle_()["text/plain"] == WITHOUT_WIDGETS


def test_the_page_needs_no_ipywidgets():
    code = "import sys, course_lib.widgets.retrieval_explorer; print('ipywidgets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
