"""Retrievers for experiments."""

from types import SimpleNamespace

import pytest

from course_lib.retrieval import ChunkSettings, Index, TextDocument, no_retrieval, oracle_retrieval, wrong_retrieval

DOCUMENTS = [
    TextDocument("lamp", "Lamp", "It costs 24 euros. " * 2 + "\n\n## Care\n" + "Wipe it every week with a cloth. " * 3),
    TextDocument("hub", "Hub", "It costs 80 euros."),
    TextDocument("list", "List", "Lamp: 24 euros."),
    TextDocument("pay", "Pay", "Vale earns 4,800 euros.", "restricted"),
    *[TextDocument(f"more{number}", "More", f"Nothing to see in part {number}.") for number in range(5)],
]
PRICE = SimpleNamespace(text="What does the lamp cost?", answer="24 euros", documents=("lamp",))
STEPS = SimpleNamespace(text="What does the dearer one cost?", answer="80 euros", documents=("list", "hub"))
UNKNOWN = SimpleNamespace(text="What does the pump cost?", answer=None, documents=())
SECRET = SimpleNamespace(text="What does Vale earn?", answer="4,800 euros", documents=("pay",))


@pytest.fixture
def index(word_embedder):
    return Index.build(DOCUMENTS, embedder=word_embedder, settings=ChunkSettings(24))


def found(results):
    return [[hit.chunk.document_id for hit in hits] for hits in results]


def test_none_finds_nothing():
    assert no_retrieval([PRICE, UNKNOWN]) == [[], []]


def test_the_oracle_gives_the_chunk_with_the_answer_and_the_steps_before(index):
    results = oracle_retrieval(index)([PRICE, STEPS, UNKNOWN, SECRET])
    assert found(results) == [["lamp"], ["hub", "list"], [], []]
    assert "24 euros" in results[0][0].chunk.text
    assert [hit.rank for hit in results[1]] == [1, 2]


def test_the_oracle_keeps_to_access_unless_told(index):
    assert found(oracle_retrieval(index, access={"restricted"})([SECRET])) == [["pay"]]


def test_wrong_chunks_never_hold_the_answer_and_do_not_depend_on_company(index):
    retrieve = wrong_retrieval(index, k=4, seed=1)
    alone, together = retrieve([PRICE]), retrieve([STEPS, PRICE])
    assert found(alone)[0] == found(together)[1]
    assert len(alone[0]) == 4
    assert not {"lamp", "list", "pay"} & set(found(alone)[0])
    assert found(wrong_retrieval(index, k=4, seed=2)([PRICE])) != found(alone)
