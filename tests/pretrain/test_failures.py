from random import Random

from course_lib.contract_items import reading, reading_case
from tests.scripted import RuleModel
from tools.pretrain.failures import KINDS, classify, count_kinds, find_failures

PASSAGES = ["The Tarvo Lamp costs 24 euros. The Tarvo Lamp is red.", "The Belmo Hub costs 30 euros."]


def test_each_kind_of_failure_is_told_from_the_others():
    said = dict(zip(("I don't know.", "red.", "30 euros", "4 euros"), KINDS, strict=True))
    for output, kind in said.items():
        assert classify(output, "Tarvo Lamp", PASSAGES) == kind


def test_a_model_that_never_answers_fails_at_once_and_always_abstains():
    failures, n_asked = find_failures(RuleModel(lambda prompt: "I don't know."), n=5)
    assert n_asked == len(failures) == 5
    assert count_kinds(failures) == {"abstains": 5, "other attribute": 0, "other entity": 0, "no passage": 0}
    assert all(failure.gold in failure.sentence for failure in failures)


def test_a_model_that_repeats_everything_never_fails():
    failures, n_asked = find_failures(RuleModel(lambda prompt: prompt[-1]["content"]), n=1)
    assert failures == []
    assert n_asked == 600


def test_the_cases_are_those_of_the_contract():
    assert reading(Random("c1d-0-3"), 6).prompt == reading_case(Random("c1d-0-3"), 6).prompt
