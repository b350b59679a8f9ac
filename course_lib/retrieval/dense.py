"""Exact search among unit vectors with FAISS."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_SMALLEST_FETCH = 32
_TIE = 2e-6  # scores nearer than this may swap places between one way of summing and another


class DenseIndex:
    """Vectors under ids, searched by inner product, which is the cosine for unit rows.

    A flat index compares with every vector: exact, and below 10^5 chunks a matter of a millisecond or so.

    Parameters
    ----------
    dimension
        Length of a vector.
    """

    def __init__(self, dimension: int) -> None:
        import faiss

        faiss.omp_set_num_threads(1)  # its threads and those of torch would fight for the same cores
        self._faiss = faiss
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    def __len__(self) -> int:
        return self._index.ntotal

    def add(self, ids: Sequence[int], vectors: np.ndarray) -> None:
        """Add vectors, shape (n, dimension), under new ids."""
        if len(ids):
            self._index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), np.asarray(ids, dtype=np.int64))

    def remove(self, ids: Sequence[int]) -> None:
        """Remove vectors by their ids."""
        if len(ids):
            self._index.remove_ids(np.asarray(ids, dtype=np.int64))

    def vectors(self, ids: Sequence[int]) -> np.ndarray:
        """Return the vectors of ids, shape (n, dimension)."""
        if not len(ids):
            return np.empty((0, self._index.d), dtype=np.float32)
        return self._index.reconstruct_batch(np.asarray(ids, dtype=np.int64))

    def search(
        self, queries: np.ndarray, k: int, allowed: np.ndarray, *, position_of: np.ndarray
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return for each query the k best of the allowed vectors.

        Parameters
        ----------
        queries
            Unit rows, shape (q, dimension).
        allowed
            Ids among which to search, shape (a,): the others are left out before anything is ranked.
        position_of
            Position of each id in the order that decides between equal scores, shape (largest id + 1,).

        Returns
        -------
        list
            Ids and cosines, best first; each of length min(k, a).
        """
        k = min(k, len(allowed))
        if not k or not len(queries):
            return [(np.empty(0, np.int64), np.empty(0)) for _ in queries]
        options = None
        if len(allowed) < len(self):
            options = self._faiss.SearchParameters(sel=self._faiss.IDSelectorBatch(allowed))
        n_fetched = max(_SMALLEST_FETCH, 2 * k)
        while True:
            n_fetched = min(n_fetched, len(allowed))
            _, ids = self._index.search(queries, n_fetched, params=options)
            scores = self._exact_scores(queries, ids)
            order = np.lexsort((position_of[ids], -scores), axis=1)
            ids, scores = np.take_along_axis(ids, order, axis=1), np.take_along_axis(scores, order, axis=1)
            # Texts that occur many times tie: go on until everything that ties with the k-th has been fetched.
            if n_fetched == len(allowed) or np.all(scores[:, k - 1] - scores[:, -1] > _TIE):
                return list(zip(ids[:, :k], scores[:, :k], strict=True))
            n_fetched *= 4

    def _exact_scores(self, queries: np.ndarray, ids: np.ndarray) -> np.ndarray:
        """Return inner products that depend on nothing but the two vectors, shape of ``ids``.

        FAISS sums in another order for many queries at once, so equal texts could differ in the last digit.
        """
        unique, inverse = np.unique(ids, return_inverse=True)
        rows = self.vectors(unique).astype(np.float64)  # (u, d)
        inverse = inverse.reshape(ids.shape)
        scores = [(rows[found] * query).sum(axis=1) for query, found in zip(queries, inverse, strict=True)]
        return np.round(np.stack(scores), 6)
