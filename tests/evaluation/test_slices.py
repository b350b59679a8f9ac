import pytest

from course_lib.evaluation import Answer, evaluate
from course_lib.evaluation.slices import count_failures, describer, name_failure, slice_results, write_slices
from course_lib.text import ABSTAIN
from course_lib.world import world


def run(questions, **texts):
    """Return the results of a system that gives the right answer, or what `texts` say for a set."""
    return evaluate(lambda asked: [Answer(texts.get(q.set, q.answer or ABSTAIN)) for q in asked], questions).results


@pytest.fixture(scope="module")
def company():
    return world(3, 3)


def test_the_worst_slice_comes_first(company):
    questions = [*company.questions["inkb"], *company.questions["added"]]
    worst, *others = slice_results(run(questions, added="24 euros"), describer(company))
    assert (worst.trait, worst.value) == ("set", "added")
    assert all(cut.interval.value >= worst.interval.value for cut in others)


def test_small_slices_are_left_out_and_one_trait_may_be_chosen(company):
    results, describe = run(company.questions["inkb"]), describer(company)
    assert all(len(cut.results) >= 20 for cut in slice_results(results, describe, fewest=20))
    assert {cut.trait for cut in slice_results(results, describe, fewest=1, trait="about")} == {"about"}


def test_every_result_is_in_one_slice_of_each_of_its_traits(company):
    results = run(company.questions["inkb"])
    for trait in ("set", "about", "asks for", "gold answer"):
        cuts = slice_results(results, describer(company), fewest=1, trait=trait)
        assert sorted(result.id for cut in cuts for result in cut.results) == sorted(r.id for r in results)


def test_a_question_without_a_fact_has_its_set_only(company):
    (result, *_) = run(company.questions["unanswerable"])
    assert describer(company)(result) == {"set": "unanswerable"}


@pytest.mark.parametrize(
    ("name", "answer", "failure"),
    [
        ("inkb", None, "right"),
        ("unanswerable", None, "right"),
        ("inkb", Answer(ABSTAIN), "declined"),
        ("inkb", Answer(""), "misshaped"),
        ("inkb", Answer("word " * 40), "misshaped"),
        ("inkb", Answer("$@@@", output_tokens=64), "misshaped"),
        ("inkb", Answer("nothing of the kind"), "made up"),
        ("unanswerable", Answer("24 euros"), "made up"),
    ],
)
def test_each_failure_has_a_name(company, name, answer, failure):
    question = company.questions[name][0]
    answer = answer or Answer(question.answer or ABSTAIN)
    (result,) = evaluate(lambda asked: [answer], [question]).results
    assert name_failure(result) == failure


def test_a_rejected_value_is_out_of_date_or_an_echo_of_the_question(company):
    changed = next(question for question in company.questions["changed"] if question.rejected)
    (false,) = company.questions["falsepremise"][:1]
    results = evaluate(lambda asked: [Answer(q.rejected[0]) for q in asked], [changed, false]).results
    assert [name_failure(result) for result in results] == ["out of date", "echoed"]


def test_slices_are_written_with_share_interval_size_and_failures(company):
    results = run(company.questions["added"], added="24 euros")
    assert count_failures(results) == {"made up": len(results)}
    (line,) = write_slices(slice_results(results, describer(company), trait="set")).splitlines()
    assert line.startswith("set = added")
    assert f"n = {len(results)}" in line
    assert line.endswith(f"{len(results)} made up")
