import pytest

from tests.authoring.tiny import lesson_of, make_source
from tools.authoring.editions import make_student
from tools.authoring.leaks import describe, find_leaks, find_secrets
from tools.authoring.source import Lesson

LONG = "sorted(chunks, key=lambda chunk: -chunk.score)"
SOLUTION = f"""\
ranked = {LONG}
    total = 0
    for chunk in ranked:
        total += chunk.n_tokens
    return [chunk.id for chunk in ranked if chunk.n_tokens < total]"""


@pytest.fixture
def lesson() -> Lesson:
    return lesson_of(make_source().replace("return value * 2", SOLUTION))


def owners(lesson, notebook):
    return {secret.owner for secret in find_leaks(list(find_secrets(lesson)), notebook)}


def test_student_edition_leaks_nothing(lesson):
    assert owners(lesson, make_student(lesson, None)) == set()


def put_source(notebook, text):
    notebook.cells[3].source += f"\n{text}"


def put_metadata(notebook, text):
    notebook.cells[3].metadata["note"] = {"deep": [text]}


def put_output(notebook, text):
    notebook.cells[3].outputs = [{"output_type": "stream", "name": "stdout", "text": text}]


def put_key(notebook, text):
    notebook.metadata[text] = 1


@pytest.mark.parametrize("put", [put_source, put_metadata, put_output, put_key])
@pytest.mark.parametrize(
    "text",
    [
        f"ranked = {LONG}",
        f"best = {LONG}[0]",
        f"  `{LONG.replace(', ', ',   ')}`",
        "return [chunk.id for chunk in ranked if chunk.n_tokens < total]",
        "return value * value",
        "These solutions are as short as solutions can be.",
    ],
    ids=["line", "value assigned elsewhere", "in a text, with other blanks", "last line", "short region", "text"],
)
def test_planted_solution_is_found_wherever_it_stands(lesson, put, text):
    notebook = make_student(lesson, None)
    put(notebook, text)
    assert len(owners(lesson, notebook)) == 1


def test_other_quotes_hide_no_solution():
    lesson = lesson_of(make_source().replace("return value * 2", 'return {"first": value, "second": value}'))
    notebook = make_student(lesson, None)
    put_source(notebook, "return {'first': value, 'second': value}")
    assert owners(lesson, notebook) == {"ex_98_1"}


@pytest.mark.parametrize("text", ["total = 0", "for chunk in ranked:", "return value", "total += chunk.n_tokens"])
def test_short_line_that_many_programs_have_is_no_leak(lesson, text):
    notebook = make_student(lesson, None)
    put_source(notebook, text)
    assert owners(lesson, notebook) == set()


def test_leak_is_told_with_its_line_in_the_source(lesson):
    notebook = make_student(lesson, None)
    put_source(notebook, f"ranked = {LONG}")
    [secret] = find_leaks(list(find_secrets(lesson)), notebook)
    source = make_source().replace("return value * 2", SOLUTION).splitlines()
    assert source[secret.line - 1].strip() == f"ranked = {LONG}"
    assert "ex_98_1" in describe(secret, "notebooks/98_words.ipynb")


def test_what_a_solution_imports_is_no_answer(lesson):
    text = "from random import Random, shuffle"
    importing = lesson_of(make_source().replace("return value * 2", f"{text}\n\n    {SOLUTION}"))
    assert text not in {secret.text for secret in find_secrets(importing)}
    assert any(LONG in secret.text for secret in find_secrets(importing))
