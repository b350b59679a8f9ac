"""BM25 over stemmed words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np

_WORD = re.compile(r"[^\W_]+")


def tokenise(text: str) -> list[str]:
    """Return the stems of the words and numbers of a text, without stop words.

    Examples
    --------
    >>> tokenise("Which lamps are delivered in room 5?")
    ['lamp', 'deliv', 'room', '5']
    """
    stem, stop_words = _tools()
    return stem([word for word in _WORD.findall(text.lower()) if word not in stop_words])


@cache
def _tools() -> tuple:
    import Stemmer
    from bm25s.stopwords import STOPWORDS_EN_PLUS

    return Stemmer.Stemmer("english").stemWords, frozenset(STOPWORDS_EN_PLUS)


class LexicalIndex:
    """BM25 scores of a fixed list of texts.

    There is no update: one new text changes the weight of every word and the mean length, hence all scores. Building
    it anew from stems that are at hand takes far less than embedding a single chunk per hundred texts.

    Parameters
    ----------
    stems
        Of each text, by `tokenise`.
    """

    def __init__(self, stems: Sequence[list[str]]) -> None:
        import bm25s

        self._n_texts = len(stems)
        self._bm25 = None
        if any(stems):  # the library cannot index texts without a single word
            self._bm25 = bm25s.BM25(method="lucene", backend="numpy")
            self._bm25.index(list(stems), show_progress=False)

    def scores(self, query: str) -> np.ndarray:
        """Return the score of every text, shape (n,), float32; 0 where no word is shared."""
        known = self._bm25.get_tokens_ids(tokenise(query)) if self._bm25 else []
        if not known:
            return np.zeros(self._n_texts, dtype=np.float32)
        return self._bm25.get_scores_from_ids(known)
