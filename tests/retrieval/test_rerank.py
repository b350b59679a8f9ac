"""Reranking, and learning it from questions."""

from types import SimpleNamespace

import numpy as np
import pytest

from course_lib.errors import CourseError
from course_lib.retrieval import ChunkSettings, Index, LearntReranker, TextDocument, rerank
from course_lib.retrieval.rerank import FEATURES, _fit_pairs

NAMES = ["Tarvo", "Ulmo", "Krik", "Besa", "Orrin", "Metom", "Fenn", "Dapo"]


def make_question(text, answer, *documents):
    return SimpleNamespace(text=text, answer=answer, documents=documents)


@pytest.fixture
def index(word_embedder):
    """Prices stand in lists; short notes repeat the words of every question, and no price."""
    documents = []
    for at in range(8):
        lines = [f"- {name} price {10 * at + n} euros\n" for n, name in enumerate((NAMES[at:] + NAMES[:at])[:4])]
        documents.append(TextDocument(f"list{at}", "List", "".join(lines)))
    notes = [TextDocument(f"note{name}", "Price price price", f"The {name} price.") for name in NAMES]
    hidden = TextDocument("hidden", "Margin", "Tarvo price 3 euros.", "restricted")
    return Index.build([*documents, *notes, hidden], embedder=word_embedder, settings=ChunkSettings(60))


QUESTIONS = [make_question(f"{name} price", f"{n} euros", "list0") for n, name in enumerate(NAMES[:4])]


class ByLength:
    """Prefers long passages."""

    def score(self, query, hits):
        return np.array([len(hit.chunk.passage) for hit in hits])


def test_the_reranker_decides_the_order(index):
    queries = ["Tarvo", "Ulmo price"]
    results = rerank(queries, [index.search(query, 6) for query in queries], ByLength(), 2)
    for hits in results:
        assert [hit.score for hit in hits] == sorted((len(hit.chunk.passage) for hit in hits), reverse=True)
        assert [(hit.rank, hit.retriever) for hit in hits] == [(1, "hybrid+rerank"), (2, "hybrid+rerank")]


def test_no_hits_stay_no_hits(index):
    assert rerank(["x"], [[]], LearntReranker.train(index, QUESTIONS), 3) == [[]]


def test_pair_fitting_finds_the_minimum_of_its_loss():
    rng = np.random.default_rng(0)
    differences = rng.standard_normal((200, 3)) + [1.0, 0.0, -0.5]
    weights = _fit_pairs(differences, 1.0)

    def loss(w):
        return np.log1p(np.exp(-differences @ w)).sum() + w @ w / 2

    for step in np.vstack([np.eye(3), -np.eye(3)]) * 1e-3:
        assert loss(weights) < loss(weights + step)
    assert weights[0] > 0.5
    assert weights[2] < -0.2


def test_what_is_learnt_ranks_unseen_questions_better(index):
    reranker = LearntReranker.train(index, QUESTIONS)
    assert set(reranker.weights) == set(FEATURES)
    unseen = [f"{name} price" for name in NAMES[4:]]
    found = [index.search(query, 12) for query in unseen]
    assert {hits[0].chunk.document_id[:4] for hits in found} == {"note"}
    assert {hits[0].chunk.document_id[:4] for hits in rerank(unseen, found, reranker, 1)} == {"list"}


def test_learning_needs_questions_with_a_right_and_a_wrong_hit(index):
    hidden = make_question("Tarvo price", "3 euros", "hidden")
    with pytest.raises(CourseError, match="none of 1 has a right and a wrong passage"):
        LearntReranker.train(index, [hidden, make_question("Who?", None)])
    assert LearntReranker.train(index, [hidden], access=None).weights


def test_hits_that_hold_the_answer_by_chance_count_neither_way(index):
    reranker = LearntReranker(dict.fromkeys(FEATURES, 0.0), index)
    hits = index.search("Tarvo price euros", 12)
    differences = reranker.compare(make_question("Tarvo price euros", "euros", "list0"), hits)
    n_without = sum("euros" not in hit.chunk.text for hit in hits)
    assert differences.shape == (n_without, len(FEATURES))
