"""Which passages support an answer."""

import pytest

from course_lib.rag import attribute
from course_lib.retrieval import TextDocument, chunk_document

TEXTS = {"lamp": "It costs 24 euros.", "hub": "It costs 124 euros.", "list": "Lamp: **24 euros**"}
CHUNKS = [
    chunk
    for name, text in TEXTS.items()
    for chunk in chunk_document(TextDocument(name, name, text), count_tokens=lambda text: len(text.split()))
]


@pytest.mark.parametrize(
    ("text", "method", "citations", "value"),
    [
        ("24 euros", "containment", ["lamp#0", "list#0"], "24 euros"),
        ("24 euros [3][1]", "model", ["list#0", "lamp#0"], "24 euros"),
        ("24 euros [1, 9]", "model", ["lamp#0"], "24 euros"),
        ("124 euros [9]", "containment", ["hub#0"], "124 euros"),
        ("4 euros", "none", [], "4 euros"),
        ("", "none", [], ""),
        ("I don't know.", "none", [], None),
        ("I don't know [1].", "none", [], None),
    ],
)
def test_marks_come_first_then_containment(text, method, citations, value):
    record = attribute(text, CHUNKS)
    assert (record["method"], record["citations"], record["value"]) == (method, citations, value)


def test_numbers_without_a_passage_are_reported():
    assert attribute("24 euros [1, 9] [0]", CHUNKS)["invalid"] == [9, 0]
