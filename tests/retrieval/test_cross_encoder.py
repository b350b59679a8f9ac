"""Reranking with the embedder's network."""

import copy
import shutil
from types import SimpleNamespace

import pytest

from course_lib.errors import CourseError, RerankerMismatchError
from course_lib.retrieval import CrossEncoderReranker, Hit, Index, TextDocument, rerank
from course_lib.retrieval.chunks import Chunk
from course_lib.retrieval.cross_encoder import draw_pairs
from course_lib.retrieval.rerank import find_candidates

PRICES = {"Tarvo": "3 euros", "Ulmo": "14 euros", "Krik": "25 euros"}
QUESTIONS = [
    SimpleNamespace(text=f"{name} price", answer=price, documents=(f"list{name}",)) for name, price in PRICES.items()
]
DOCUMENTS = [
    *(TextDocument(f"list{name}", "List", f"One {name} for {price}.") for name, price in PRICES.items()),
    *(
        TextDocument(f"note{name}{n}", "Price", f"The {name} price {word}.")
        for name in PRICES
        for n, word in enumerate(("list", "page", "sheet"))
    ),
]


@pytest.fixture(scope="module")
def index(embedder):
    """Three notes repeat the words of each question and have no price."""
    return Index.build(DOCUMENTS, embedder=embedder)


@pytest.fixture(scope="module")
def trained(index):
    return train(index)


def train(index, **options):
    return CrossEncoderReranker.train(index, QUESTIONS, n_pairs=16, batch_size=8, learning_rate=2e-4, **options)


def ranks_of_right(results):
    return [
        next(hit.rank for hit in hits if hit.chunk.document_id in question.documents)
        for question, hits in zip(QUESTIONS, results, strict=True)
    ]


def test_training_ranks_the_right_passages_higher_than_before(index, trained):
    queries = [question.text for question in QUESTIONS]
    found = [index.search(query, 12) for query in queries]
    before = ranks_of_right(found)
    assert min(before) > 3
    assert sum(ranks_of_right(rerank(queries, found, trained, 12))) < sum(before)


def test_no_hits_stay_no_hits(trained):
    assert rerank(["x"], [[]], trained, 3) == [[]]


def test_the_same_seed_gives_the_same_scores(index, trained):
    hits = index.search("Ulmo price", 6)
    scores = trained.score("Ulmo price", hits)
    assert scores.shape == (6,)
    assert (train(index).score("Ulmo price", hits) == scores).all()


def test_a_loaded_reranker_scores_like_the_saved_one_and_another_embedder_is_refused(index, trained, tmp_path):
    hits = index.search("Ulmo price", 6)
    trained.save(tmp_path)
    loaded = CrossEncoderReranker.load(tmp_path, index.embedder)
    assert (loaded.score("Ulmo price", hits) == trained.score("Ulmo price", hits)).all()
    other = copy.copy(index.embedder)
    other.fingerprint = "0" * 64
    with pytest.raises(RerankerMismatchError, match="train it again"):
        CrossEncoderReranker.load(tmp_path, other)
    shutil.rmtree(tmp_path)  # 90 MB, and pytest would keep those of three runs


def make_hits(*texts):
    chunks = [Chunk(f"d{at}#0", f"d{at}", "", 0, len(text), text, "public") for at, text in enumerate(texts)]
    return [Hit(chunk, 1.0, rank, "test") for rank, chunk in enumerate(chunks, start=1)]


def make_candidates():
    """Of each question the third hit is right, the last one holds the answer by chance."""
    return [
        (
            SimpleNamespace(text=f"q{n}", answer=f"{n} euros", documents=("d2",)),
            make_hits(*(f"w{n}{at}" for at in range(2)), f"It is {n} euros.", f"w{n}2", f"Not {n} euros."),
        )
        for n in range(5)
    ]


def test_pairs_compare_a_right_passage_with_wrong_ones_and_never_with_one_that_holds_the_answer_by_chance():
    for query, right, wrong in draw_pairs(make_candidates(), 40, seed=0):
        assert right == f"It is {query[1]} euros."
        assert wrong in {f"w{query[1]}{at}" for at in range(3)}


def test_all_questions_have_had_their_turn_before_pairs_repeat():
    pairs = draw_pairs(make_candidates(), 17, seed=0)
    assert len(pairs) == 17
    assert len(set(pairs[:15])) == 15
    assert [pair[0] for pair in pairs[:3]] == [pairs[0][0]] * 3


def test_the_seed_decides_which_pairs_are_drawn():
    assert draw_pairs(make_candidates(), 9, seed=0) == draw_pairs(make_candidates(), 9, seed=0)
    assert draw_pairs(make_candidates(), 9, seed=0) != draw_pairs(make_candidates(), 9, seed=1)


def test_pairs_are_at_least_one():
    with pytest.raises(CourseError, match="n_pairs must be at least 1, got 0"):
        draw_pairs(make_candidates(), 0, seed=0)


def test_both_rerankers_leave_out_questions_that_teach_nothing(index):
    hidden = SimpleNamespace(text="Tarvo price", answer="3 euros", documents=("elsewhere",))
    asked = [hidden, SimpleNamespace(text="Who?", answer=None, documents=()), *QUESTIONS]
    candidates = find_candidates(index, asked, 12, None)
    assert [question for question, _ in candidates] == QUESTIONS
    assert {len(hits) for _, hits in candidates} == {12}
    with pytest.raises(CourseError, match="none of 1 has a right and a wrong passage"):
        CrossEncoderReranker.train(index, [hidden], n_pairs=1)


def test_an_embedder_without_weights_is_refused(word_embedder):
    index = Index.build(DOCUMENTS, embedder=word_embedder)
    with pytest.raises(CourseError, match="build the index with an Embedder"):
        CrossEncoderReranker.train(index, QUESTIONS)
