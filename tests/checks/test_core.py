import itertools
import math
import sys

import numpy as np
import pytest

from course_lib.checks.cases import Cases
from course_lib.checks.core import Exercise
from course_lib.checks.expect import expect_equal
from course_lib.checks.failures import OutOfTime
from course_lib.checks.practice import practise
from course_lib.errors import CourseError
from tests.checks.demonstration import HINTS, ex_03_4


def top_k(scores, k):
    return np.argsort(-scores, kind="stable")[:k].tolist()


def run(function, exercise=ex_03_4):
    return practise(exercise, [function])


def states(function):
    return [line.state for line in run(function).checks]


@pytest.fixture
def exercise():
    """Return an exercise without checks."""
    return Exercise("ex_09_1", "do it", hints=HINTS, points=3)


# The demonstration


def test_right_answer_passes_with_all_points():
    result = run(top_k)
    assert (result.status, result.earned, result.next) == ("passed", 2, None)


def test_other_right_answer_passes():
    assert run(lambda scores, k: sorted(range(len(scores)), key=lambda i: -scores[i])[:k]).status == "passed"


def test_wrong_answer_gets_part_of_the_points_and_the_words():
    result = run(lambda scores, k: np.argsort(scores)[-k:].tolist())
    assert (result.status, result.earned) == ("partly", 1)
    line = result.checks[1]
    assert (line.state, line.call) == ("no", "top_k(np.array([0.1, 0.9, 0.5]), 2)")
    assert (line.got, line.expected) == ("returned [2, 1]", "[1, 2]")
    assert line.help == "this is the right set, in rising order"


def test_check_waits_for_the_one_that_it_builds_on():
    assert states(lambda scores, k: [0]) == ["no", "waits", "waits", "waits"]
    assert states(lambda scores, k: [2, 1]) == ["yes", "no", "waits", "yes"]


def test_stub_is_not_started_and_nothing_is_wrong():
    def stub(scores, k):
        raise NotImplementedError("ex_03_4: write your code here")

    result = run(stub)
    assert (result.status, result.earned) == ("not started", 0)
    assert {line.state for line in result.checks} == {"waits"}


def test_answer_that_is_written_in_part_is_started():
    def half(scores, k):
        if len(scores) > 3:
            raise NotImplementedError
        return [1, 2]

    result = run(half)
    assert result.status == "partly"
    assert result.checks[2].got == "is not written yet"


def test_ties_in_another_order_fail_on_the_unseen_cases():
    result = run(lambda scores, k: sorted(range(len(scores)), key=lambda i: (-scores[i], -i))[:k])
    assert [line.state for line in result.checks] == ["yes", "yes", "no", "yes"]


def test_same_answer_gives_the_same_result_each_time():
    assert run(lambda scores, k: [1, 0]) == run(lambda scores, k: [1, 0])


def test_other_seed_gives_other_cases_and_the_same_verdict():
    texts = {practise(ex_03_4, [lambda s, k: [1, 2]], Cases(seed)).checks[2].call for seed in range(3)}
    assert len(texts) == 3


# Answers that attack: none gets more than its honest points


class EqualsAll:
    def __eq__(self, other):
        return True

    def __len__(self):
        return 2

    def __iter__(self):
        return iter([1, 2])

    def __float__(self):
        return 1.0

    def __repr__(self):
        return "[1, 2]"

    __hash__ = None


class ListOfLies(list):
    __eq__ = EqualsAll.__eq__
    __len__ = EqualsAll.__len__
    __iter__ = EqualsAll.__iter__
    __repr__ = EqualsAll.__repr__
    __hash__ = None


class IntOfLies(int):
    __eq__ = EqualsAll.__eq__
    __hash__ = int.__hash__


def endless(scores, k):
    while True:
        yield 1


def cyclic(scores, k):
    loop = []
    loop.append(loop)
    return loop


def flood(scores, k):
    print("right\n" * 1000)
    return ["x" * 1_000_000] * 100


def spoil(scores, k):
    scores[:] = 0
    return [0] * k


def recurse(scores, k):
    return recurse(scores, k)


def leave(scores, k):
    sys.exit(0)


@pytest.mark.parametrize(
    "answer",
    [
        lambda scores, k: EqualsAll(),
        lambda scores, k: [EqualsAll(), EqualsAll()],
        lambda scores, k: ListOfLies([7, 8, 9]),
        lambda scores, k: np.array([[math.nan] * k]),
        lambda scores, k: [10**5000, 1],
        lambda scores, k: (10**5000).bit_length(),
        lambda scores, k: range(k),
        lambda scores, k: type("Right", (), {"__eq__": lambda *a: True}),
        EqualsAll,
        type("Scores", (list,), {"__init__": lambda self, scores, k: None}),
        endless,
        cyclic,
        flood,
        recurse,
        leave,
    ],
)
def test_attack_fails_with_a_reason_that_can_be_read(answer):
    result = run(answer)
    assert result.status == "failed"
    line = result.checks[0]
    assert line.got
    assert len(line.got) < 600
    assert line.got.isprintable()


@pytest.mark.parametrize(
    "answer",
    [
        lambda scores, k: [math.nan] * k,
        lambda scores, k: [IntOfLies(7)] * k,
        lambda scores, k: [True, 2][:k],
        spoil,
        lambda scores, k: "12",
    ],
)
def test_attack_on_the_values_gets_the_points_of_the_length_only(answer):
    result = run(answer)
    assert (result.status, result.earned) in {("partly", 1), ("partly", 0)}
    assert result.checks[1].state == "no"


def test_answer_that_knows_the_first_call_fails_on_the_others():
    seen = itertools.count()

    def replay(scores, k):
        return [1, 2] if next(seen) < 2 else list(range(k))

    assert run(replay).status == "partly"


def test_answer_cannot_reach_the_inputs_of_the_check_through_its_arguments():
    run(spoil)
    assert run(top_k).status == "passed"


def test_prints_are_told_in_a_note():
    def chatty(scores, k):
        print("one")
        return top_k(scores, k)

    (note,) = run(chatty).notes
    assert note.startswith("your code printed 9 lines while it was checked")


# States and points


def test_check_that_fails_itself_cannot_tell_and_says_so(exercise):
    @exercise.check
    def breaks(answer):
        """does it"""
        raise ZeroDivisionError("in the check")

    result = run(lambda: 1, exercise)
    assert (result.status, result.earned, result.checks[0].state) == ("error", 0, "unknown")
    assert "ZeroDivisionError: in the check" in result.checks[0].got
    assert "fault of the course" in result.checks[0].help


def test_check_that_sends_what_cannot_be_sent_cannot_tell(exercise):
    @exercise.check
    def sends_an_object(answer):
        """does it"""
        expect_equal(answer, args=(object(),), expected=1)

    assert run(lambda x: 1, exercise).status == "error"


def test_check_that_calls_the_answer_itself_turns_its_errors_into_a_no(exercise):
    @exercise.check
    def calls(answer):
        """does it"""
        answer(1)

    result = run(lambda x: [][0], exercise)
    assert result.status == "failed"
    assert result.checks[0].call == "answer(1)"


def test_time_limit_of_a_handle_is_a_no(exercise):
    @exercise.check
    def ends(answer):
        """ends"""
        expect_equal(answer, expected=1)

    def out_of_time():
        error = OutOfTime(2)
        error.call = "answer()"
        raise error

    out_of_time.name = "answer"
    (line,) = exercise.run(out_of_time, cases=Cases()).checks
    assert (line.state, line.got) == ("no", "took longer than 2 s")


@pytest.mark.parametrize(("n_right", "earned"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3)])
def test_points_follow_the_share_of_yes_and_all_need_all(exercise, n_right, earned):
    def add_check(number):
        def passes(answer):
            """does it"""
            expect_equal(answer, args=(number,), expected=True)

        passes.__name__ = f"passes_{number}"
        exercise.check(passes)

    for number in range(4):
        add_check(number)
    assert run(lambda number: number < n_right, exercise).earned == earned


def test_exercise_of_several_functions_takes_them_in_order(exercise):
    @exercise.check
    def undoes(pack, unpack):
        """unpacks what it packed"""
        expect_equal(unpack, args=(pack([1]),), expected=[1])

    result = practise(exercise, [lambda items: {"items": items}, lambda packed: packed["items"]])
    assert exercise.functions == ("pack", "unpack")
    assert result.status == "passed"
    with pytest.raises(CourseError, match=r'needs 2 functions, got 1: write check\("ex_09_1", pack, unpack\)'):
        practise(exercise, [len])
    with pytest.raises(CourseError, match="pack, unpack"):
        exercise.run(cases=Cases())


def test_exercise_without_checks_is_refused_when_it_runs(exercise):
    with pytest.raises(CourseError, match="has no checks"):
        exercise.run(cases=Cases())


# What an author may write


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "ex_3_4"}, "an id such as ex_03_4"),
        ({"title": " "}, "a title"),
        ({"hints": ("a", "b")}, "3 hints, none empty"),
        ({"hints": ("a", "b", " ")}, "3 hints, none empty"),
        ({"points": 0}, "1 or more points"),
        ({"level": "hard"}, "a level of core or stretch"),
        ({"minutes": 0}, "1 or more minutes"),
    ],
)
def test_malformed_exercise_is_refused_when_it_is_written(change, words):
    given = {"id": "ex_09_1", "title": "do it", "hints": HINTS} | change
    with pytest.raises(CourseError, match=words):
        Exercise(given.pop("id"), given.pop("title"), **given)


def test_malformed_check_is_refused_when_it_is_written(exercise):
    def silent(answer):
        pass

    def lost(answer):
        """does it"""

    def without():
        """does it"""

    with pytest.raises(CourseError, match="silent of ex_09_1 needs a docstring"):
        exercise.check(silent)
    with pytest.raises(CourseError, match="after=, a check above"):
        exercise.check(after=silent)(lost)
    with pytest.raises(CourseError, match="a parameter named after the learner's function"):
        exercise.check(without)
    exercise.check(lost)
    with pytest.raises(CourseError, match="a name that no other check has"):
        exercise.check(lost)


def test_checks_of_one_exercise_share_their_parameters(exercise):
    @exercise.check
    def first(pack, cases):
        """does it"""

    with pytest.raises(CourseError, match="the parameters of the checks above, pack"):

        @exercise.check
        def second(unpack):
            """does it"""


def test_lesson_of_an_exercise_is_in_its_name(exercise):
    assert exercise.lesson == "09"
