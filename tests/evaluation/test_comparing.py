from dataclasses import replace

import pytest

from course_lib.errors import CourseError
from course_lib.evaluation import Answer, Evaluation, compare, evaluate, interaction
from course_lib.text import ABSTAIN


def knows(*things):
    """Return a system that knows the prices of some things and states another price for all else."""

    def system(questions):
        return [Answer(q.answer if q.answer and q.id.split()[0] in things else "7 euros") for q in questions]

    return system


def test_the_difference_is_of_the_two_metrics(questions):
    much, little = evaluate(knows("lamp", "hub"), questions), evaluate(knows("lamp"), questions)
    interval = compare(much, little)
    assert interval.value == pytest.approx(8 / 32)
    assert interval.sign == 1
    assert interval.n == 32


def test_swapping_changes_only_the_sign(questions):
    a, b = evaluate(knows("lamp"), questions), evaluate(knows("desk", "hub"), questions)
    for metric in ("accuracy", "halluc"):
        forth, back = compare(a, b, metric), compare(b, a, metric)
        assert (forth.value, forth.low, forth.high) == pytest.approx((-back.value, -back.high, -back.low))


def test_the_order_of_questions_does_not_matter(questions):
    a, b = evaluate(knows("lamp"), questions), evaluate(knows("hub"), questions)
    assert compare(a, evaluate(knows("hub"), questions[::-1])) == compare(a, b)


def test_metrics_over_some_questions_are_compared_over_those(questions):
    shy = evaluate(lambda asked: [Answer(ABSTAIN)] * len(asked), questions)
    careful = evaluate(lambda asked: [Answer(q.answer or ABSTAIN) for q in asked], questions)
    assert compare(careful, shy, "abstain_precision").value == pytest.approx(1 - 8 / 32)
    assert compare(careful, shy, "abstain_recall").value == 0


def test_a_metric_without_questions_is_refused(questions):
    bold = evaluate(knows("lamp"), questions)
    with pytest.raises(CourseError, match="nothing to compare"):
        compare(bold, bold, "abstain_precision")


def test_different_questions_are_refused(questions):
    all_of_them, fewer = evaluate(knows("lamp"), questions), evaluate(knows("lamp"), questions[2:])
    for pair in ((all_of_them, fewer), (fewer, all_of_them)):
        with pytest.raises(CourseError, match="2 have no partner .*lamp 0 0"):
            compare(*pair)


def test_answers_about_different_worlds_are_refused(questions):
    a = evaluate(knows("lamp"), questions)
    other = Evaluation("B", 1, (replace(a.results[0], gold="99 euros"), *a.results[1:]))
    with pytest.raises(CourseError, match="one seed and version"):
        compare(a, other)


def test_the_interaction_of_arms_that_only_help_together(questions):
    base, ft, rag, hyb = (evaluate(knows(*things), questions) for things in ((), ("lamp",), (), ("lamp", "hub")))
    assert interaction(hyb, rag, ft, base).value == pytest.approx(8 / 32)
    assert interaction(hyb, hyb, ft, ft).value == 0
