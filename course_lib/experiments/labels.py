"""E21 and E24 without a language model: word counts as a baseline, labels with planted faults, macro-F1 with intervals.

The baseline is TF-IDF with logistic regression: a word weighs more the oftener it stands in a text and the fewer texts
have it, and each class learns which words speak for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from course_lib.errors import CourseError
from course_lib.statistics import Interval, contrast_interval
from course_lib.world import Item, Task

EASY = ("plain", "short")
"""Slices in which a message has one topic and no chatter."""


def take_balanced(items: Sequence[Item], labels: Sequence[str], n: int) -> list[Item]:
    """Return the first ``n`` items in which every class is as frequent as every other, give or take one.

    Raises
    ------
    CourseError
        There are not enough items of a class.
    """
    by_class = [[item for item in items if item.target == label] for label in labels]
    n_each = -(-n // len(labels))
    if min(map(len, by_class)) < n_each:
        raise CourseError(f"{n} items need {n_each} of each class, but one has {min(map(len, by_class))}")
    return [
        item for one_round in zip(*(of_class[:n_each] for of_class in by_class), strict=True) for item in one_round
    ][:n]


def flip_labels(labels: Sequence[str], share: float, rng: Random) -> tuple[list[str], list[int]]:
    """Return the labels with a share of them replaced by another class, and the positions of those.

    >>> flip_labels(["a", "b", "a", "b"], 0.5, Random(1))
    (['a', 'a', 'b', 'b'], [1, 2])
    """
    classes = sorted(set(labels))
    wrong = sorted(rng.sample(range(len(labels)), round(share * len(labels))))
    flipped = list(labels)
    for at in wrong:
        flipped[at] = rng.choice([label for label in classes if label != labels[at]])
    return flipped, wrong


def make_baseline() -> Any:
    """Return the baseline, not fitted yet: a pipeline of scikit-learn."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(TfidfVectorizer(sublinear_tf=True), LogisticRegression(C=10, max_iter=500))


def predict_words(train: Sequence[Item], asked: Sequence[Item], labels: Sequence[str] | None = None) -> list[str]:
    """Return what the baseline says to ``asked`` after ``train``; ``labels`` replace those of ``train``."""
    known = [item.target for item in train] if labels is None else labels
    fitted = make_baseline().fit([item.input for item in train], list(known))
    return fitted.predict([item.input for item in asked]).tolist()


def f1_interval(predicted: Sequence[str], gold: Sequence[str], labels: Sequence[str]) -> Interval:
    """Return the macro-F1 over ``labels`` with its interval; an output that is no label is a miss and no class."""
    return contrast_interval(_columns(predicted, gold, labels), _macro_f1)


def f1_difference(a: Sequence[str], b: Sequence[str], gold: Sequence[str], labels: Sequence[str]) -> Interval:
    """Return macro-F1 of a minus that of b on the same items, with its paired interval."""
    columns = [*_columns(a, gold, labels), *_columns(b, gold, labels)]
    half = len(columns) // 2
    return contrast_interval(columns, lambda means: _macro_f1(means[:half]) - _macro_f1(means[half:]))


def _columns(predicted: Sequence[str], gold: Sequence[str], labels: Sequence[str]) -> list[np.ndarray]:
    """Return for each class what is right, predicted and gold, each of shape (n,): 3 columns a class."""
    said, wanted = np.array([text.strip() for text in predicted]), np.array(gold)
    found = []
    for label in labels:
        found += [(said == label) & (wanted == label), said == label, wanted == label]
    return [column.astype(float) for column in found]


def _macro_f1(means: np.ndarray) -> np.ndarray:
    """Return the mean F1 over classes for means of shape (3 x classes, m), shape (m,)."""
    right, said, wanted = means[0::3], means[1::3], means[2::3]
    return (2 * right / np.maximum(said + wanted, 1e-12)).mean(axis=0)


def held_out_losses(texts: Sequence[str], labels: Sequence[str], n_folds: int = 5) -> np.ndarray:
    """Return minus the log of the probability that each label gets from a baseline that has not seen it, shape (n,)."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(n_folds, shuffle=True, random_state=0)
    chances = cross_val_predict(make_baseline(), list(texts), list(labels), cv=folds, method="predict_proba")
    columns = np.searchsorted(np.unique(labels), labels)
    return -np.log(chances[np.arange(len(labels)), columns] + 1e-12)


@dataclass(frozen=True)
class Fault:
    """A training set with a planted fault, and the dev set that a team with this fault would have.

    Parameters
    ----------
    train, labels
        Messages, and the labels that they were given.
    dev, dev_labels
        The same for evaluation.
    """

    train: tuple[Item, ...]
    labels: tuple[str, ...]
    dev: tuple[Item, ...]
    dev_labels: tuple[str, ...]


def plant_faults(task: Task, n: int, seed: int, share: float = 0.2) -> dict[str, Fault]:
    """Return a clean training set of ``n`` messages and four faulty ones, by name.

    ``"wrong labels"`` has ``share`` of them in train and dev, ``"narrow"`` messages on a single topic only,
    ``"class missing"`` has the last class nowhere, ``"leaked"`` has the dev set in the place of the first messages.
    """
    rng = Random(f"faults-{seed}")
    train = take_balanced(task.train, task.labels, n)
    narrow = take_balanced([item for item in task.train if item.slice in EASY], task.labels, n)
    known = task.labels[:-1]

    def make(items: Sequence[Item], dev: Sequence[Item]) -> Fault:
        return Fault(tuple(items), tuple(i.target for i in items), tuple(dev), tuple(i.target for i in dev))

    clean = make(train, task.dev)
    wrong = [tuple(flip_labels(labels, share, rng)[0]) for labels in (clean.labels, clean.dev_labels)]
    return {
        "clean": clean,
        "wrong labels": Fault(clean.train, wrong[0], clean.dev, wrong[1]),
        "narrow": make(narrow, [item for item in task.dev if item.slice in EASY]),
        "class missing": make(*([i for i in items if i.target in known] for items in (train, task.dev))),
        "leaked": make([*task.dev, *train[len(task.dev) :]], task.dev),
    }
