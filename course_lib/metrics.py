"""Metrics as pure functions of lists: answers, labels, abstentions, citations, rankings, stability.

Texts are compared as they come: put both through `course_lib.text.normalise` first. A share of nothing (such as the
precision of abstaining when nothing abstained) is undefined and comes back as nan; an empty list is an error.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence

import numpy as np

from course_lib.errors import CourseError


def _same_length(name: str, *lists: Collection) -> int:
    """Return the common length of `lists`; refuse different lengths and empty lists."""
    lengths = sorted({len(items) for items in lists})
    if len(lengths) != 1 or lengths == [0]:
        raise CourseError(
            f"{name} expects lists of one length, not empty, but got lengths {[len(items) for items in lists]}: "
            "give one entry per question in each list"
        )
    return lengths[0]


def _share(part: float, whole: float) -> float:
    """Return part / whole, nan where the whole is nothing."""
    return part / whole if whole else math.nan


def exact_match(predictions: Sequence[Hashable], golds: Sequence[Hashable]) -> np.ndarray:
    """Return for each prediction whether it equals its gold answer, shape (n,), bool.

    >>> exact_match(["24 euros", "red"], ["24 euros", "blue"]).tolist()
    [True, False]
    """
    _same_length("exact_match", predictions, golds)
    return np.array([prediction == gold for prediction, gold in zip(predictions, golds, strict=True)])


def accuracy(right: Sequence[bool] | np.ndarray) -> float:
    """Return the share of right answers, in [0, 1]."""
    _same_length("accuracy", right)
    return float(np.mean(right))


def answer_f1(prediction: str, gold: str) -> float:
    """Return the F1 of the words that two answers share, counted with their repeats.

    >>> answer_f1("it costs 24 euros", "24 euros")
    0.6666666666666666
    """
    predicted, wanted = prediction.split(), gold.split()
    if not predicted or not wanted:
        return float(predicted == wanted)
    n_shared = (Counter(predicted) & Counter(wanted)).total()
    return 2 * n_shared / (len(predicted) + len(wanted))


def macro_f1(predictions: Sequence[str], golds: Sequence[str]) -> float:
    """Return the mean over classes of each class's F1; a class counts if it was predicted or is a gold label.

    >>> macro_f1(["a", "a", "b"], ["a", "b", "b"])
    0.6666666666666666
    """
    _same_length("macro_f1", predictions, golds)
    n_predicted, n_gold = Counter(predictions), Counter(golds)
    n_right = Counter(gold for prediction, gold in zip(predictions, golds, strict=True) if prediction == gold)
    classes = n_predicted.keys() | n_gold.keys()
    return math.fsum(2 * n_right[label] / (n_predicted[label] + n_gold[label]) for label in classes) / len(classes)


def field_f1(predicted: Mapping[str, Hashable] | None, gold: Mapping[str, Hashable]) -> float:
    """Return the F1 of extracted fields: a field counts as right when its name and its value are right.

    Parameters
    ----------
    predicted
        What the system extracted; None when its answer could not be parsed, which scores 0.
    gold
        The fields wanted.

    Examples
    --------
    >>> field_f1({"name": "Ann", "city": "Rome"}, {"name": "Ann", "city": "Oslo"})
    0.5
    """
    if predicted is None:
        return 0.0
    if not predicted and not gold:
        return 1.0
    n_right = sum(name in gold and gold[name] == value for name, value in predicted.items())
    return 2 * n_right / (len(predicted) + len(gold))


def hallucination_rate(asserted: Sequence[bool], right: Sequence[bool]) -> float:
    """Return asserted and wrong / N: of all questions, the share that got a false statement for an answer.

    Parameters
    ----------
    asserted
        Whether the system stated something (it neither abstained nor stayed silent).
    right
        Whether its answer was right.

    Examples
    --------
    >>> hallucination_rate(asserted=[True, True, False, False], right=[True, False, False, True])
    0.25
    """
    n = _same_length("hallucination_rate", asserted, right)
    return sum(bool(says) and not ok for says, ok in zip(asserted, right, strict=True)) / n


def abstention_precision_recall(abstained: Sequence[bool], answerable: Sequence[bool]) -> tuple[float, float]:
    """Return how often abstaining was right, and how often the system abstained where it had to.

    Returns
    -------
    tuple[float, float]
        Precision: of the abstentions, the share on unanswerable questions (nan without abstentions). Recall: of the
        unanswerable questions, the share on which the system abstained (nan without unanswerable questions).

    Examples
    --------
    >>> abstention_precision_recall(abstained=[True, True, False, False], answerable=[False, True, True, True])
    (0.5, 1.0)
    """
    _same_length("abstention_precision_recall", abstained, answerable)
    n_right = sum(bool(silent) and not possible for silent, possible in zip(abstained, answerable, strict=True))
    n_abstained, n_unanswerable = sum(map(bool, abstained)), sum(not possible for possible in answerable)
    return _share(n_right, n_abstained), _share(n_right, n_unanswerable)


def citation_precision_recall(cited: Sequence[Collection[str]], gold: Sequence[Collection[str]]) -> tuple[float, float]:
    """Return the share of citations that name a gold document, and the share of gold documents that are cited.

    Parameters
    ----------
    cited, gold
        Document ids for each question; a repeated id counts once. Both shares are over all questions together.

    Examples
    --------
    >>> citation_precision_recall([["d1", "d2"], []], [["d1"], ["d3"]])
    (0.5, 0.5)
    """
    _same_length("citation_precision_recall", cited, gold)
    pairs = [(set(named), set(wanted)) for named, wanted in zip(cited, gold, strict=True)]
    n_right = sum(len(named & wanted) for named, wanted in pairs)
    return _share(n_right, sum(len(named) for named, _ in pairs)), _share(n_right, sum(len(want) for _, want in pairs))


def _check_ranking(relevant: Collection[str], k: int | None) -> None:
    """Refuse a ranking metric that nothing could score on."""
    if not relevant or (k is not None and k < 1):
        raise CourseError(
            f"a ranking metric expects at least one relevant id and k >= 1, but got {len(relevant)} relevant ids and "
            f"k = {k}: leave questions without relevant documents out"
        )


def hit_at_k(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Return 1.0 if one of the first `k` ids of `ranked` is relevant, else 0.0.

    >>> hit_at_k(["d3", "d1"], {"d1"}, k=1), hit_at_k(["d3", "d1"], {"d1"}, k=2)
    (0.0, 1.0)
    """
    _check_ranking(relevant, k)
    return float(any(item in relevant for item in ranked[:k]))


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str], k: int | None = None) -> float:
    """Return 1 / rank of the first relevant id among the first `k` (None: all), 0.0 if there is none.

    >>> reciprocal_rank(["d3", "d1"], {"d1"})
    0.5
    """
    _check_ranking(relevant, k)
    return next((1 / rank for rank, item in enumerate(ranked[:k], 1) if item in relevant), 0.0)


def ndcg_at_k(ranked: Sequence[str], relevant: Mapping[str, float] | Collection[str], k: int) -> float:
    """Return the normalised discounted cumulative gain of the first `k` ids (linear gain, discount log2(rank + 1)).

    Parameters
    ----------
    ranked
        Ids, best first. A repeated id takes a place, but gains only the first time.
    relevant
        Gain of each relevant id, > 0; or ids, which gain 1 each.
    k
        Depth, >= 1.

    Examples
    --------
    >>> round(ndcg_at_k(["d3", "d1"], {"d1"}, k=2), 3)
    0.631
    """
    _check_ranking(relevant, k)
    gains = dict(relevant) if isinstance(relevant, Mapping) else dict.fromkeys(relevant, 1.0)
    ideal = math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(sorted(gains.values())[::-1][:k], 1))
    won = math.fsum(gains.pop(item, 0.0) / math.log2(rank + 1) for rank, item in enumerate(ranked[:k], 1))
    return won / ideal


def flip_rate(outcomes: Sequence[Hashable]) -> float:
    """Return the chance that two different wordings of one request come out differently, in [0, 1].

    Parameters
    ----------
    outcomes
        What came out for each wording of one request (at least two): right or wrong, valid or not, a label.

    Examples
    --------
    >>> flip_rate(["valid", "valid", "valid", "valid"]), flip_rate([True, True, True, False])
    (0.0, 0.5)
    """
    n = len(outcomes)
    if n < 2:
        raise CourseError(f"flip_rate expects the outcomes of at least 2 wordings, but got {n}")
    return 1 - sum(count * (count - 1) for count in Counter(outcomes).values()) / (n * (n - 1))


def recovery(prompt: float, base: float, tuned: float) -> float:
    """Return the part of fine-tuning's gain that prompting alone gets: (prompt - base) / (tuned - base).

    0 is no gain, 1 is all of it; nan when fine-tuning gained nothing.

    >>> recovery(prompt=0.5, base=0.25, tuned=0.75)
    0.5
    """
    return _share(prompt - base, tuned - base)


def milliseconds_p50_p95(seconds: Sequence[float]) -> tuple[float, float]:
    """Return the median and the 95th percentile of times given in seconds, in milliseconds."""
    _same_length("milliseconds_p50_p95", seconds)
    p50, p95 = np.percentile(np.asarray(seconds, dtype=float) * 1000, [50, 95])
    return float(p50), float(p95)
