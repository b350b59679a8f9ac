"""BM25 against its formula."""

import math

import pytest

from course_lib.retrieval.lexical import LexicalIndex, tokenise

TEXTS = ["The lamp costs nine euros.", "Lamps, lamps and a hub.", "A hub hums.", "", "of the"]


def bm25(query, texts, k1=1.5, b=0.75):
    """The Lucene form, written from its definition."""
    stems = [tokenise(text) for text in texts]
    mean = sum(map(len, stems)) / len(stems)
    scores = []
    for words in stems:
        score = 0.0
        for term in tokenise(query):
            n_with = sum(term in other for other in stems)
            weight = math.log(1 + (len(stems) - n_with + 0.5) / (n_with + 0.5))
            count = words.count(term)
            score += weight * count / (count + k1 * (1 - b + b * len(words) / mean))
        scores.append(score)
    return scores


@pytest.mark.parametrize("query", ["lamp", "Which hubs hum?", "euros for a hub, and lamps", "lamp lamp"])
def test_scores_follow_the_formula(query):
    index = LexicalIndex([tokenise(text) for text in TEXTS])
    assert index.scores(query) == pytest.approx(bm25(query, TEXTS), abs=1e-5)


@pytest.mark.parametrize("query", ["", "the of", "unheard", "???"])
def test_a_query_without_known_words_scores_zero(query):
    assert LexicalIndex([tokenise(text) for text in TEXTS]).scores(query).tolist() == [0.0] * len(TEXTS)


@pytest.mark.parametrize("texts", [[], [""], ["the", "of the"]])
def test_texts_without_words_can_be_searched(texts):
    assert LexicalIndex([tokenise(text) for text in texts]).scores("lamp").tolist() == [0.0] * len(texts)


def test_marks_split_words_and_single_digits_count():
    assert tokenise("_KX-4821_ (room 5)") == ["kx", "4821", "room", "5"]
