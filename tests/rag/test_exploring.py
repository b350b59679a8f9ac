"""What a question, a chunk size and a k lead to."""

import pytest

from course_lib.errors import CourseError
from course_lib.rag.exploring import explore, mark_text
from course_lib.retrieval import TextDocument

from ..scripted import RuleModel

STORY = (
    "## Lamp\nThe Tarvo lamp costs 24 euros. It is blue.\n\n## Hub\nThe Ulmo hub costs 80 euros. " + "It is heavy. " * 8
)
DOCUMENTS = (
    TextDocument("d1", "Catalogue", STORY),
    TextDocument("d2", "Tarvo letter", "The Tarvo lamp is sold out."),
    TextDocument("d3", "Salaries", "The Tarvo lamp designer earns 4,800 euros.", "restricted"),
)
QUESTION = "What does the Tarvo lamp cost?"


def count_words(text):
    return 2 + len(text.split())


def look(max_tokens=120, k=2, question=QUESTION, answer="24 euros [1]"):
    model = RuleModel(lambda prompt: answer)
    return explore(DOCUMENTS, question, model, count_tokens=count_words, max_tokens=max_tokens, k=k)


def marked(found):
    return {(title, text) for title, pieces in found.sources for text, rank in pieces if rank is not None}


def test_another_chunk_size_marks_other_stretches():
    assert look(max_tokens=16).n_chunks > look(max_tokens=120).n_chunks
    assert marked(look(max_tokens=16)) != marked(look(max_tokens=120))


def test_another_k_marks_more():
    assert len(look(k=1).hits) == 1
    assert marked(look(k=1)) < marked(look(k=2))


def test_pieces_joined_are_the_documents():
    texts = {document.title: document.text for document in DOCUMENTS}
    for title, pieces in look(max_tokens=16, k=4).sources:
        assert "".join(text for text, _ in pieces) == texts[title]


def test_restricted_documents_are_neither_searched_nor_shown():
    found = look(question="What does the designer earn?", k=5)
    assert "4,800" not in str(found)


def test_the_answer_names_the_ranks_that_it_rests_on():
    found = look()
    assert found.cited_ranks == (1,)
    assert "ANSWER 24 euros [1]\nCITES 1" in str(found)


def test_a_question_without_a_known_word_finds_nothing():
    found = look(question="zzz", answer="I don't know.")
    assert (found.hits, found.sources, found.cited_ranks) == ((), (), ())
    assert str(found).endswith("CITES none")


def test_the_same_setting_gives_the_same_text():
    assert str(look()) == str(look())


def test_k_below_one_is_refused():
    with pytest.raises(CourseError, match="k must be at least 1, got 0"):
        look(k=0)


def test_marks_at_the_ends_leave_no_empty_piece():
    assert mark_text("abcd", [(0, 2, 2), (2, 4, 1)]) == (("ab", 2), ("cd", 1))
    assert mark_text("abcd", []) == (("abcd", None),)
