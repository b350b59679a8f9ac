"""Vector indexes: building, and searching at equal recall.

The course uses exact search. This is the benchmark that says up to which size that is right.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import faiss
import numpy as np
import psutil

from benchmarks.measuring import Row, compare, interleave
from course_lib.errors import CourseError
from course_lib.retrieval.dense import DenseIndex

WIDTH = 384
K = 10
FLAT, COURSE, INVERTED, GRAPH = "faiss flat", "course, DenseIndex (flat)", "faiss IVF", "faiss HNSW"
WANTED_RECALL = 0.95
EFFORTS = tuple(2**power for power in range(10))
"""Tried in this order: lists visited (IVF), candidates kept (HNSW)."""
BUILT_ONCE_FROM = 1_000_000
_LATENT = 48


def measure_indexing(sizes: Sequence[int], *, n_queries: int, repeats: int) -> list[Row]:
    """Return seconds to build and milliseconds a query for each size.

    Raises
    ------
    CourseError
        The largest size does not fit the memory that is free.
    """
    check_memory(max(sizes))
    rows = []
    with one_thread():
        for size in sizes:
            rows += measure_size(size, n_queries, repeats)
    return rows


def measure_size(size: int, n_queries: int, repeats: int) -> list[Row]:
    """Return the rows for one size: builds take turns, then queries take turns on the indexes built last."""
    rng = np.random.default_rng(size)
    data = make_vectors(size + 2 * n_queries, rng)
    vectors, tuning, queries = np.split(data, [size, size + n_queries])
    makers = {FLAT: build_flat, COURSE: build_course, INVERTED: build_inverted, GRAPH: build_graph}
    built: dict[str, Any] = {}
    variants = {
        name: lambda name=name, make=make: time_build(built, name, make, vectors) for name, make in makers.items()
    }
    values = interleave(variants, 1 if size >= BUILT_ONCE_FROM else repeats, warm_up=False)
    details: dict[str, dict[str, float | str]] = {name: {} for name in makers}
    rows = compare(
        "index", f"build, {size:,} vectors", values, unit="s", better="lower", reference=FLAT, details=details
    )
    searches = {FLAT: search_faiss, COURSE: search_course, INVERTED: search_faiss, GRAPH: search_faiss}
    for name in (INVERTED, GRAPH):
        details[name] |= {"effort": choose_effort(built[name], tuning, find_exact(built[FLAT], tuning))}
    exact = find_exact(built[FLAT], queries)
    for name, search in searches.items():
        found = [search(built[name], query) for query in queries[:, None]]
        details[name] |= {f"recall@{K}": round(recall(found, exact), 3)}
    timed = {
        name: lambda name=name, s=search: time_queries(built[name], s, queries) for name, search in searches.items()
    }
    values = interleave(timed, repeats)
    case = f"query, {size:,} vectors"
    return rows + compare("index", case, values, unit="ms", better="lower", reference=FLAT, details=details)


def make_vectors(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return unit rows in clusters of about 100, shape (n, 384).

    Sentence embeddings fill few of their directions, so clusters and their scatter live in a space of 48 and only a
    little noise in all 384; without that, neighbours would hardly differ in distance and no index could find them.
    """
    centres = rng.standard_normal((max(n // 100, 1), _LATENT), dtype=np.float32)
    spread = rng.standard_normal((_LATENT, WIDTH), dtype=np.float32) / np.sqrt(WIDTH)
    vectors = np.empty((n, WIDTH), dtype=np.float32)
    for start in range(0, n, 50_000):  # in parts: the noise of all rows at once would double the memory
        stop = min(start + 50_000, n)
        chosen = centres[rng.integers(len(centres), size=stop - start)]
        latent = chosen + 0.7 * rng.standard_normal(chosen.shape, dtype=np.float32)
        part = latent @ spread + 0.1 * rng.standard_normal((stop - start, WIDTH), dtype=np.float32)
        vectors[start:stop] = part / np.linalg.norm(part, axis=1, keepdims=True)
    return vectors


def build_flat(vectors: np.ndarray) -> faiss.Index:
    """Return an index that compares a query with every vector."""
    index = faiss.IndexFlatIP(WIDTH)
    index.add(vectors)
    return index


def build_course(vectors: np.ndarray) -> DenseIndex:
    """Return the index of `course_lib.retrieval`: flat, with ids that can be deleted."""
    index = DenseIndex(WIDTH)
    index.add(np.arange(len(vectors)), vectors)
    return index


def build_inverted(vectors: np.ndarray) -> faiss.Index:
    """Return an index of 4 sqrt(n) lists, fewer where a list would have less than the 39 points faiss asks for."""
    n_lists = max(1, min(int(4 * len(vectors) ** 0.5), len(vectors) // 39))
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(WIDTH), WIDTH, n_lists, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add(vectors)
    return index


def build_graph(vectors: np.ndarray) -> faiss.Index:
    """Return a navigable graph with 32 neighbours a vector, the size faiss's own examples use."""
    index = faiss.IndexHNSWFlat(WIDTH, 32, faiss.METRIC_INNER_PRODUCT)
    index.add(vectors)
    return index


def time_build(built: dict[str, Any], name: str, make: Callable[[np.ndarray], Any], vectors: np.ndarray) -> float:
    """Put a new index into ``built`` and return the seconds it took."""
    built.pop(name, None)  # before, and not after: else both would be in memory
    start = time.perf_counter()
    built[name] = make(vectors)
    return time.perf_counter() - start


def search_faiss(index: faiss.Index, query: np.ndarray) -> np.ndarray:
    """Return the ids found for a query of shape (1, 384)."""
    return index.search(query, K)[1][0]


def search_course(index: DenseIndex, query: np.ndarray) -> np.ndarray:
    """Return the ids found by the course's index when nothing is filtered."""
    everything = np.arange(len(index))
    return index.search(query, K, everything, position_of=everything)[0][0]


def find_exact(flat: faiss.Index, queries: np.ndarray) -> list[np.ndarray]:
    """Return the true nearest ids."""
    return [search_faiss(flat, query) for query in queries[:, None]]


def choose_effort(index: faiss.Index, queries: np.ndarray, exact: Sequence[np.ndarray]) -> int:
    """Set the least effort that reaches the wanted recall on queries kept for this purpose, and return it.

    Time at unequal recall would compare nothing. The most effort stays set if none reaches it.
    """
    for effort in EFFORTS:
        if isinstance(index, faiss.IndexIVF):
            index.nprobe = effort
        else:
            index.hnsw.efSearch = effort
        if recall(find_exact(index, queries), exact) >= WANTED_RECALL:
            break
    return effort


def recall(found: Sequence[np.ndarray], exact: Sequence[np.ndarray]) -> float:
    """Return the share of the true nearest ids that were found.

    >>> recall([np.array([1, 2])], [np.array([2, 3])])
    0.5
    """
    shares = [len(np.intersect1d(a, b)) / len(b) for a, b in zip(found, exact, strict=True)]
    return float(np.mean(shares))


def time_queries(index: Any, search: Callable[[Any, np.ndarray], np.ndarray], queries: np.ndarray) -> float:
    """Return milliseconds a query when they come one by one, as people ask."""
    start = time.perf_counter()
    for query in queries[:, None]:
        search(index, query)
    return 1000 * (time.perf_counter() - start) / len(queries)


def check_memory(size: int) -> None:
    """Refuse a size whose four indexes and vectors do not fit.

    Raises
    ------
    CourseError
        Says what is free and what is needed.
    """
    needed, free = 5.5 * size * WIDTH * 4 / 1e9, psutil.virtual_memory().available / 1e9
    if needed > free:
        raise CourseError(
            f"{size:,} vectors need {needed:.1f} GB of memory and {free:.1f} GB are free: "
            "close other programs or leave --full out"
        )


@contextmanager
def one_thread() -> Iterator[None]:
    """Let faiss use one thread, as the course does; afterwards it has those it had."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
