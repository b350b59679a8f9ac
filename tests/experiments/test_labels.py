from random import Random

import numpy as np
import pytest
from sklearn.metrics import f1_score

from course_lib.errors import CourseError
from course_lib.experiments.labels import (
    f1_difference,
    f1_interval,
    flip_labels,
    held_out_losses,
    plant_faults,
    predict_words,
    take_balanced,
)
from course_lib.world.tasks.tickets import build_tickets

LABELS = ("a", "b", "c")


@pytest.fixture(scope="module")
def task():
    return build_tickets(0)


def draw_outputs(seed, n=60):
    rng = Random(seed)
    gold = [rng.choice(LABELS) for _ in range(n)]
    return gold, [label if rng.random() < 0.6 else rng.choice([*LABELS, "no label"]) for label in gold]


def test_balanced_items_have_every_class_alike(task):
    items = take_balanced(task.train, task.labels, 24)
    assert [sum(item.target == label for item in items) for label in task.labels] == [4] * 6
    assert items[:6] == take_balanced(task.train, task.labels, 6)


def test_more_items_than_there_are_is_refused(task):
    with pytest.raises(CourseError, match="of each class"):
        take_balanced(task.train, task.labels, 600)


def test_flipped_labels_are_wrong_and_the_others_right():
    labels = ["a", "b", "c"] * 10
    flipped, wrong = flip_labels(labels, 0.2, Random(0))
    assert len(wrong) == 6
    assert [at for at in range(30) if flipped[at] != labels[at]] == wrong
    assert labels == ["a", "b", "c"] * 10


def test_macro_f1_is_that_of_scikit_learn_and_other_outputs_are_no_class():
    for seed in range(5):
        gold, said = draw_outputs(seed)
        expected = f1_score(gold, said, labels=LABELS, average="macro", zero_division=0)
        assert f1_interval(said, gold, LABELS).value == pytest.approx(expected)


def test_difference_is_signed_and_paired():
    gold, said = draw_outputs(1)
    assert f1_difference(gold, said, gold, LABELS).low > 0
    assert f1_difference(said, said, gold, LABELS).high == 0
    forth, back = f1_difference(gold, said, gold, LABELS), f1_difference(said, gold, gold, LABELS)
    assert forth.value == pytest.approx(-back.value)


def test_baseline_learns_topics(task):
    said = predict_words(take_balanced(task.train, task.labels, 120), task.dev)
    assert f1_interval(said, [item.target for item in task.dev], task.labels).value > 0.4


def test_wrong_labels_have_the_higher_losses(task):
    given, wrong = flip_labels([item.target for item in task.train], 0.2, Random(0))
    losses = held_out_losses([item.input for item in task.train], given)
    assert losses.shape == (len(given),)
    assert losses[wrong].mean() > np.delete(losses, wrong).mean()


def test_planted_faults_are_what_their_names_say(task):
    faults = plant_faults(task, 120, seed=0)
    assert list(faults) == ["clean", "wrong labels", "narrow", "class missing", "leaked"]
    clean, wrong = faults["clean"], faults["wrong labels"]
    assert sum(a != b for a, b in zip(clean.labels, wrong.labels, strict=True)) == 24
    assert {item.slice for item in faults["narrow"].train + faults["narrow"].dev} == {"plain", "short"}
    assert task.labels[-1] not in faults["class missing"].labels + faults["class missing"].dev_labels
    assert set(faults["leaked"].dev) <= set(faults["leaked"].train)
    assert len(faults["leaked"].train) == 120
