from benchmarks.chunk_sizes import draw_readable, holds_answer, measure_sizes
from course_lib.retrieval import Chunk, Hit
from course_lib.text import contains_value
from course_lib.world import world
from tests.scripted import RuleModel, WordEmbedder

COMPANY = world(11, 1)


def test_only_questions_on_documents_that_the_asker_may_read_are_drawn():
    hidden = {document.id for document in COMPANY.documents if document.access == "restricted"}
    drawn = draw_readable(COMPANY, 1000)
    assert 0 < len(drawn) < len(COMPANY.questions["inkb"])
    assert not any(hidden & set(question.documents) for question in drawn)
    assert draw_readable(COMPANY, 5) == draw_readable(COMPANY, 5)


def test_a_hit_counts_only_from_the_source_and_with_the_answer():
    question = draw_readable(COMPANY, 1)[0]

    def hit(document_id, text):
        return Hit(Chunk(f"{document_id}#0", document_id, "t", 0, len(text), text, "public"), 1.0, 1, "bm25")

    source = question.documents[0]
    assert holds_answer([hit("other", "x"), hit(source, f"It is {question.answer}.")], question)
    assert not holds_answer([hit("other", f"It is {question.answer}."), hit(source, "nothing")], question)


def test_a_reader_that_repeats_its_passages_is_right_at_least_where_search_is():
    questions = draw_readable(COMPANY, 12)
    model = RuleModel(lambda prompt: prompt[-1]["content"])
    rows = list(measure_sizes(model, WordEmbedder(), COMPANY, questions, sizes=(48, 120), counts=(1, 3)))
    assert [(row["max_tokens"], row["k"]) for row in rows] == [(48, 1), (48, 3), (120, 1), (120, 3)]
    assert rows[0]["chunks"] > rows[2]["chunks"]
    assert rows[1]["hit"] >= rows[0]["hit"]
    for row in rows:
        assert row["low"] <= row["accuracy"] <= row["high"]
        assert row["accuracy"] >= row["hit"]
    assert rows[1]["prompt_tokens"] > rows[0]["prompt_tokens"]
    assert any(contains_value(prompt[-1]["content"], questions[0].answer) for prompt in model.prompts)
