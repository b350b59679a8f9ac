import pytest

from course_lib.checks.answers import collect, find_shortcomings, make_table, right, try_answer, wrong
from course_lib.errors import CourseError
from tests.checks.demonstration import ex_03_4
from tools import answers_table

RIGHT = """
@right("ex_03_4")
def stable_sort(scores, k):
    return np.argsort(-scores, kind="stable")[:k].tolist()

@right("ex_03_4")
def sorted_positions(scores, k):
    return sorted(range(len(scores)), key=lambda i: -scores[i])[:k]
"""
FILE = f"""
import numpy as np
from course_lib.checks.answers import right, wrong

{RIGHT}

@wrong("ex_03_4", says="this is the right set, in rising order")
def rising(scores, k):
    return np.argsort(scores)[-k:].tolist()

@wrong("ex_03_4", says="in a numpy array: .tolist() makes a list")
def array(scores, k):
    return np.argsort(-scores)[:k]

@wrong("ex_03_4", says="is a return missing")
def nothing(scores, k):
    np.argsort(-scores)[:k].tolist()
"""


@pytest.fixture
def answers(tmp_path):
    """Return the path of a file with three wrong and two right answers."""
    path = tmp_path / "lessons" / "answers" / "03_retrieval.py"
    path.parent.mkdir(parents=True)
    path.write_text(FILE, encoding="utf-8")
    return path


def trial_of(answer):
    (marked,) = answer.answers_to
    return try_answer(marked, ex_03_4)


def test_answers_are_collected_in_order(answers):
    found = collect(answers)
    assert [answer.name for answer in found] == ["stable_sort", "sorted_positions", "rising", "array", "nothing"]
    assert [answer.kind for answer in found] == ["right"] * 2 + ["wrong"] * 3
    assert collect(answers.with_name("none.py")) == []


def test_answer_may_be_wrong_for_two_exercises():
    @wrong("ex_03_4", says="a")
    @wrong("ex_03_5", says="b")
    def same(scores, k):
        return None

    assert [answer.exercise for answer in same.answers_to] == ["ex_03_5", "ex_03_4"]


def test_wrong_answer_needs_words():
    with pytest.raises(CourseError, match="words that the learner must read"):
        wrong("ex_03_4", says=" ")


def test_good_checks_have_no_shortcomings(answers):
    trials = [try_answer(answer, ex_03_4) for answer in collect(answers)]
    assert find_shortcomings([ex_03_4], trials) == []


def test_wrong_answer_that_is_accepted_is_a_fault():
    @wrong("ex_03_4", says="order")
    def is_right(scores, k):
        return sorted(range(len(scores)), key=lambda i: -scores[i])[:k]

    assert trial_of(is_right).fault.startswith("is wrong, but passed")


def test_wrong_answer_that_is_rejected_with_other_words_is_a_fault():
    @wrong("ex_03_4", says="the scores are not sorted")
    def rising(scores, k):
        return [2, 1]

    assert "is rejected without the words 'the scores are not sorted'" in trial_of(rising).fault


def test_wrong_answer_that_is_not_started_is_a_fault():
    @wrong("ex_03_4", says="not started")
    def stub(scores, k):
        raise NotImplementedError

    assert "is wrong, but not started" in trial_of(stub).fault


def test_right_answer_that_is_rejected_is_a_fault():
    @right("ex_03_4")
    def is_wrong(scores, k):
        return [1, 2]

    assert trial_of(is_wrong).fault.startswith("is right, but rejected")


def test_answer_that_is_wrong_on_the_practice_seed_only_is_a_fault():
    calls = []

    @wrong("ex_03_4", says="expected")
    def wrong_once(scores, k):
        calls.append(1)
        return sorted(range(len(scores)), key=lambda i: -scores[i])[:k] if len(calls) > 9 else [0] * k

    assert "is wrong, but passed (seed" in trial_of(wrong_once).fault


def test_too_few_answers_are_a_shortcoming():
    assert find_shortcomings([ex_03_4], []) == [
        "ex_03_4: 0 wrong answers, at least 3 are needed",
        "ex_03_4: 0 right answers, at least 2 are needed",
    ]


def test_table_counts_what_was_tried(answers):
    trials = [try_answer(answer, ex_03_4) for answer in collect(answers)]
    rows = make_table([ex_03_4], trials).splitlines()
    assert rows[2] == "| ex_03_4 | keep the k best chunks | rising, array, nothing | 3 of 3 | 2 of 2 |"
    assert rows[3] == "| **1 exercises** | | | **3 of 3** | **2 of 2** |"


# The command


@pytest.mark.usefixtures("demonstration")
def test_command_writes_the_page_and_proves_it(answers, capsys):
    root = answers.parents[2]
    assert answers_table.main(["--check"], root) == 1
    assert "docs/answers.md is old" in capsys.readouterr().err
    assert answers_table.main([], root) == 0
    assert "5 answers to 1 exercises tried, 0 to mend" in capsys.readouterr().out
    assert answers_table.main(["--check"], root) == 0


@pytest.mark.usefixtures("demonstration")
def test_command_names_the_answer_that_is_judged_wrongly(answers, capsys):
    answers.write_text(FILE.replace("[-k:]", "[-k:][::-1]"))
    assert answers_table.main([], answers.parents[2]) == 1
    assert "ex_03_4: rising is" in capsys.readouterr().err


@pytest.mark.usefixtures("demonstration")
def test_command_names_an_exercise_that_is_not_there(answers, capsys):
    answers.write_text(FILE.replace("ex_03_4", "ex_03_9"))
    assert answers_table.main([], answers.parents[2]) == 2
    assert "there is no exercise ex_03_9" in capsys.readouterr().err
