"""Metrics of judged answers, each as a score and a weight per question, so that all are resampled alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from course_lib.evaluation.judging import Result
from course_lib.metrics import answer_f1
from course_lib.text import normalise, strip_citations

Scored = tuple[float, float]
"""Score of one question and its weight; the metric is sum(weight x score) / sum(weight)."""


def _match(result: Result, measure: Callable[[str, str], float]) -> Scored:
    """Return how the stated value, or else the whole text, matches the gold value."""
    if result.gold is None:
        return 0.0, 0.0
    stated = result.answer.value if result.answer.value is not None else strip_citations(result.answer.text)
    return measure(normalise(stated), normalise(result.gold)), 1.0


def _cited_share(result: Result, whole: tuple[str, ...]) -> Scored:
    """Return the share of `whole` that is both cited and a gold document, weighted by the size of `whole`."""
    n_right = len(set(result.answer.citations) & set(result.documents))
    n_whole = len(set(whole))
    return n_right / max(n_whole, 1), n_whole


METRICS: Mapping[str, Callable[[Result], Scored]] = MappingProxyType(
    {
        "accuracy": lambda r: (r.is_right, 1.0),
        "halluc": lambda r: (r.outcome == "wrong", 1.0),
        "empty": lambda r: (r.outcome == "empty", 1.0),
        "exact_match": lambda r: _match(r, lambda stated, gold: float(stated == gold)),
        "answer_f1": lambda r: _match(r, answer_f1),
        "abstain_precision": lambda r: (r.gold is None, r.outcome == "abstained"),
        "abstain_recall": lambda r: (r.outcome == "abstained", r.gold is None),
        "citation_precision": lambda r: _cited_share(r, r.answer.citations),
        "citation_recall": lambda r: _cited_share(r, r.documents),
        "prompt_tokens": lambda r: (r.answer.prompt_tokens, 1.0),
        "output_tokens": lambda r: (r.answer.output_tokens, 1.0),
        "seconds": lambda r: (r.answer.seconds, 1.0),
    }
)
"""Metric -> score and weight of one result. `halluc` is asserted and wrong / N."""

SHARES = ("accuracy", "halluc", "empty", "exact_match", "abstain_precision", "abstain_recall")
TABLE = ("accuracy", "halluc", "answer_f1", "prompt_tokens", "output_tokens", "citation_precision", "citation_recall")
TABLE_ALL_SETS = ("abstain_precision", "abstain_recall")  # of one set, they would be 0 or 1 by construction
