"""Checks of lesson 07: macro-F1, and labels that are probably wrong."""

from random import Random

from course_lib.checks import Exercise, Rules, SaysNo, expect_close, expect_same
from course_lib.checks.showing import show
from course_lib.world.tasks.tickets import build_tickets

CLOSE = Rules(numbers_mix=True, tolerance=1e-9)

ex_07_4 = Exercise(
    "ex_07_4",
    "macro-F1 from scratch",
    points=2,
    minutes=12,
    pattern="G2 G7",
    hints=(
        "A class has two ways to go wrong: messages that it misses, and messages that it takes from others.",
        "For each label count right, predicted and gold; F1 = 2 right / (predicted + gold); then the mean over labels.",
        "sum(2 * right[label] / (said[label] + wanted[label]) for label in labels) / len(labels), all from Counter.",
    ),
)
CLASSES = ("billing", "delivery", "returns", "account")


def draw_predictions(rng: Random) -> tuple[list[str], list[str], list[str]]:
    """Return gold labels with a rare class, predictions with an output that is no label, and the labels."""
    labels = rng.sample(CLASSES, 3)
    gold = [labels[0]] * rng.randint(4, 6) + [labels[1]] * rng.randint(2, 3) + [labels[2]]
    said = [label if rng.random() < 0.6 else rng.choice([*labels[:2], "Your parcel"]) for label in gold]
    said[0], said[1], said[2] = gold[0], "I think it is about a bill", gold[2].capitalize()
    return gold, said, labels


def true_f1(gold: list[str], said: list[str], labels: list[str]) -> float:
    """Return what scikit-learn gives."""
    from sklearn.metrics import f1_score

    return float(f1_score(gold, said, labels=labels, average="macro", zero_division=0))


def famous_f1(gold: list[str], said: list[str], labels: list[str]) -> list[tuple[float, str]]:
    """Return wrong values with the words for them."""
    from sklearn.metrics import f1_score, precision_score, recall_score

    wanted = {"labels": labels, "average": "macro", "zero_division": 0}
    precision, recall = precision_score(gold, said, **wanted), recall_score(gold, said, **wanted)
    right = true_f1(gold, said, labels)
    n_seen = sum(label in said for label in labels) or 1
    words = [
        (
            sum(g == s for g, s in zip(gold, said, strict=True)) / len(gold),
            "this is accuracy, in which a rare class hardly counts",
        ),
        (2 * precision * recall / (precision + recall or 1), "F1 of each class first, then the mean: not of the means"),
        (
            f1_score(gold, said, average="macro", zero_division=0),
            "an output that is no label is no class: average over labels only",
        ),
        (
            true_f1(gold, [text.lower() for text in said], labels),
            "an output counts as it stands: 'Billing' is no label",
        ),
        (
            f1_score(gold, said, labels=sorted(set(gold)), average="macro", zero_division=0),
            "the mean is over labels, also where gold has other classes",
        ),
        (right * len(labels) / n_seen, "a class that is never predicted counts, with 0"),
        (recall, "this is mean recall: predictions that a class takes from others must count too"),
        (
            f1_score(gold, said, labels=labels, average="weighted", zero_division=0),
            "each class counts alike, however rare",
        ),
    ]
    return [(float(value), text) for value, text in words if abs(value - right) > 1e-6]


@ex_07_4.check
def perfect_is_one(macro_f1):
    """all right gives 1.0, all wrong 0.0"""
    labels = ["billing", "returns"]
    expect_close(macro_f1, (labels, labels, labels), expected=1.0, tolerance=1e-9)
    expect_close(macro_f1, (labels, labels[::-1], labels), expected=0.0, tolerance=1e-9)


@ex_07_4.check(after=perfect_is_one)
def all_classes_count_alike(macro_f1):
    """a class that is never predicted pulls the mean down"""
    case = (["billing"] * 8 + ["returns"] * 2, ["billing"] * 10, ["billing", "returns"])
    expect_close(macro_f1, case, expected=true_f1(*case), tolerance=1e-9, help_if=famous_f1(*case))


@ex_07_4.check(after=perfect_is_one)
def same_as_scikit_learn(macro_f1, cases):
    """gives what scikit-learn gives, also where an output is no label at all"""
    for case in cases.draw(draw_predictions, n=4):
        expect_close(macro_f1, case, expected=true_f1(*case), tolerance=1e-9, help_if=famous_f1(*case))


@ex_07_4.check(after=perfect_is_one)
def labels_choose_the_classes(macro_f1, cases):
    """labels may name only some of the classes: the mean is over those"""
    for gold, said, labels in cases.draw(draw_predictions, n=2):
        case = (gold, said, labels[:2])
        expect_close(macro_f1, case, expected=true_f1(*case), tolerance=1e-9, help_if=famous_f1(*case))


@ex_07_4.check(after=perfect_is_one)
def names_do_not_count(macro_f1, cases):
    """neither the names of the classes nor the order of the messages count"""
    for gold, said, labels in cases.draw(draw_predictions, n=2):
        names = dict(zip(labels, ("x", "y", "z"), strict=True))
        renamed = ([names[g] for g in gold][::-1], [names.get(s, "?") for s in said][::-1], list(names.values()))
        expect_same(macro_f1, (gold, said, labels), renamed, why="renamed classes, messages in reverse", rules=CLOSE)


ex_07_5 = Exercise(
    "ex_07_5",
    "find the labels that are probably wrong",
    points=3,
    minutes=15,
    pattern="G2 G8",
    hints=(
        "What would a classifier that has never seen this message and its label say to the label?",
        "Split into folds; fit on all folds but one; a held-out label has the loss -log of its probability. Sort.",
        "p = cross_val_predict(model, texts, labels, method='predict_proba'); column sorted(set(labels)).index(label).",
    ),
)
N_TICKETS, NOISE, K, BAND = 400, 0.2, 30, 0.7
"""Messages, share of wrong labels among them, how many are to be named, share of these that must be wrong."""


CALL = f"suspects(texts, labels, {K})"


def draw_noisy(rng: Random) -> tuple[list[str], list[str], list[int]]:
    """Return messages of another company, their labels with planted errors, and the positions of those."""
    task = build_tickets(rng.randint(1_000, 9_999))
    items = task.train[:N_TICKETS]
    labels = [item.target for item in items]
    wrong = sorted(rng.sample(range(len(items)), round(NOISE * len(items))))
    for at in wrong:
        labels[at] = rng.choice([label for label in task.labels if label != labels[at]])
    return [item.input for item in items], labels, wrong


@ex_07_5.check
def names_k_positions(suspects, cases):
    """names exactly k positions, each once"""
    texts, labels, _ = next(cases.draw(draw_noisy, n=1))
    got = suspects(texts, labels, K)
    is_list = isinstance(got, list | tuple) and all(type(at) is int and 0 <= at < len(texts) for at in got)
    if not is_list or len(set(got)) != K or len(got) != K:
        words = "positions are Python integers, counted from 0: int(at), or .tolist() of a numpy array"
        wanted = f"{K} different positions, 0 to {len(texts) - 1}"
        raise SaysNo(CALL, f"returned {show(got)}", wanted, words)


CHANCE = (
    "no better than naming any: is it the GIVEN label whose probability you look at, "
    "and has the classifier not seen that label?"
)
UNRANKED = "better than chance: rank by how improbable the given label is, do not only ask whether it differs"


@ex_07_5.check(after=names_k_positions)
def finds_wrong_labels(suspects, cases):
    """at least 7 in 10 of the 30 named labels are wrong, where 2 in 10 of all are"""
    for texts, labels, wrong in cases.draw(draw_noisy, n=2):
        precision = len(set(suspects(texts, labels, K)) & set(wrong)) / K
        if precision < BAND:
            words = CHANCE if precision < 1.75 * NOISE else UNRANKED
            raise SaysNo(CALL, f"{precision:.2f} of the named labels are wrong", f"{BAND} or more", words)


@ex_07_5.check(after=names_k_positions)
def worst_come_first(suspects, cases):
    """the worst come first: ten are the beginning of thirty"""
    texts, labels, _ = next(cases.draw(draw_noisy, n=1))
    first, more = list(suspects(texts, labels, 10)), list(suspects(texts, labels, K))
    if first != more[:10]:
        words = "k only says where the ranking is cut; give the folds a seed if they are drawn"
        raise SaysNo(
            f"{CALL}, then with k = 10,", f"began {show(more[:10])}, then {show(first)}", "the same ten", words
        )
