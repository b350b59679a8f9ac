import asyncio
import sys
import types

import numpy as np
import pytest

from course_lib.checks.failures import AnswerError, NotPlain, NotStarted, OutOfTime
from course_lib.checks.handles import LocalHandle
from course_lib.errors import CourseError


def error_of(function, *args):
    with pytest.raises(AnswerError) as caught:
        LocalHandle("answer", function)(*args)
    return caught.value


def test_value_is_a_copy_and_so_are_the_arguments():
    kept = []

    def answer(items):
        kept.append(items)
        items.append(9)
        return items

    items = [1]
    handle = LocalHandle("answer", answer)
    value = handle(items)
    assert (items, value) == ([1], [1, 9])
    kept[0].append(10)
    assert value == [1, 9]


def test_each_call_gets_its_own_arguments():
    shared = np.zeros(2)

    def answer(array):
        array += 1
        return array

    handle = LocalHandle("answer", answer)
    assert [handle(shared).tolist() for _ in range(2)] == [[1, 1], [1, 1]]


def test_arguments_after_the_call_are_told():
    def answer(items, *, more):
        items.sort()
        more["n"] = 1
        return object()  # the result is not asked for

    assert LocalHandle("answer", answer).arguments_after([2, 1], more={}) == (([1, 2],), {"more": {"n": 1}})


def test_arguments_that_are_left_as_something_else_are_not_plain():
    with pytest.raises(NotPlain, match="arguments"):
        LocalHandle("answer", lambda items: items.append(object())).arguments_after([])


def test_result_counts_though_the_arguments_are_left_as_something_else():
    assert LocalHandle("answer", lambda items: items.append(object()))([]) is None


def test_name_is_that_of_the_lesson_and_not_that_of_the_function():
    def boom(k):
        raise ValueError

    boom.__name__ = "something else"
    with pytest.raises(AnswerError) as caught:
        LocalHandle("top_k", boom)([1, 2], k=3)
    assert caught.value.call == "top_k([1, 2], k=3)"


def test_stub_is_not_started():
    def stub():
        raise NotImplementedError("ex_03_4: write your code here")

    with pytest.raises(NotStarted) as caught:
        LocalHandle("stub", stub)()
    assert caught.value.call == "stub()"


def test_error_tells_kind_message_line_and_source():
    def answer(scores):
        return scores["k"]

    error = error_of(answer, {})
    assert error.kinds[:2] == ("KeyError", "LookupError")
    assert error.message == "'k'"
    assert error.source == 'return scores["k"]'
    assert error.got == f"raised KeyError: 'k' (line {error.line}: return scores[\"k\"])"


def test_line_is_the_innermost_one_of_the_answers_own_file():
    def inner():
        return int("x")  # the line that is told

    def answer():
        return np.vectorize(lambda _: inner())([1])

    assert error_of(answer).source.endswith("# the line that is told")


def test_wrong_parameters_are_told_with_advice():
    error = error_of(lambda: 1, 2)
    assert "takes 0 positional arguments but 1 was given" in error.message
    assert "parameters of the stub" in error.help


def test_argument_that_cannot_be_sent_is_a_fault_of_the_check():
    with pytest.raises(CourseError, match="the check calls f with arguments.*object") as caught:
        LocalHandle("f", len)(object())
    assert not isinstance(caught.value, NotPlain)


def test_what_cannot_be_called_is_refused_with_advice():
    with pytest.raises(CourseError, match="expected the function top_k, got an object of type int.*without brackets"):
        LocalHandle("top_k", 42)


def test_time_limit_says_what_to_look_for():
    assert "longer than 2 s" in str(OutOfTime(2.0))


# Answers that attack


@pytest.mark.parametrize("raised", [SystemExit(0), GeneratorExit(), StopIteration(), asyncio.CancelledError()])
def test_exit_of_an_answer_is_an_error_of_the_answer(raised):
    def answer():
        raise raised

    assert error_of(answer).kind == type(raised).__name__


def test_exit_by_sys_and_by_the_builtin_do_not_end_the_check():
    assert error_of(sys.exit).kind == "SystemExit"
    assert error_of(lambda: exit(3)).message == "3"


def test_stop_button_stops():
    def answer():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        LocalHandle("answer", answer)()


class Hostile(Exception):
    def __str__(self):
        raise SystemExit

    @property
    def __traceback__(self):
        raise SystemExit

    @property
    def __class__(self):
        return KeyboardInterrupt


class Flood(Exception):
    def __str__(self):
        return "\x1b[2J\u202e" + "x" * 10_000_000


class NoText(Exception):
    def __str__(self):
        return 42


class LyingText(str):
    def __len__(self):
        return 3

    def split(self, *args):
        raise SystemExit


class LyingMessage(Exception):
    def __str__(self):
        return LyingText("words")


@pytest.mark.parametrize(
    ("kind", "message"), [(Hostile, ""), (NoText, ""), (LyingMessage, "words"), (Flood, None)], ids=lambda v: str(v)
)
def test_exception_with_a_hostile_text_is_told_all_the_same(kind, message):
    def answer():
        raise kind

    error = error_of(answer)
    assert error.kind == kind.__name__
    assert error.source == "raise kind"
    if message is not None:
        assert error.message == message
    assert len(error.message) <= 300
    assert error.message.isprintable()


def test_answer_cannot_speak_for_the_check_by_its_own_exceptions():
    def answer():
        raise NotPlain("result", "right", "")

    assert error_of(answer).kind == "NotPlain"


def test_endless_recursion_is_told_in_words_that_do_not_depend_on_the_version():
    def answer(n):
        return answer(n + 1)

    error = error_of(answer, 0)
    assert (error.kind, error.message) == ("RecursionError", "the function calls itself without an end")


def test_class_in_place_of_a_function_gives_no_plain_data():
    with pytest.raises(NotPlain, match="an object of type Answer"):
        LocalHandle("answer", type("Answer", (), {"__init__": lambda self, items: None}))([1])


def test_class_of_lists_in_place_of_a_function_gives_a_list():
    made = LocalHandle("answer", type("Answer", (list,), {"__len__": lambda self: 99}))([1])
    assert type(made) is list
    assert made == [1]


def test_object_that_can_be_called_is_a_function_like_any_other():
    assert LocalHandle("answer", types.SimpleNamespace(f=lambda x: x + 1).f)(1) == 2


def test_prints_are_counted_and_not_shown(capsys):
    def answer():
        print("line\n" * 100_000)
        print("more", file=sys.stderr)
        return 1

    handle = LocalHandle("answer", answer)
    assert handle() == 1
    assert handle.printed_lines == 100_002
    assert capsys.readouterr() == ("", "")


def test_output_that_an_answer_takes_away_is_there_again_after_the_call(capsys):
    def answer():
        sys.stdout = None

    LocalHandle("answer", answer)()
    print("still here")
    assert capsys.readouterr().out == "still here\n"


def test_print_of_something_else_than_text_is_an_error_as_everywhere():
    assert error_of(lambda: sys.stdout.write(b"x")).kind == "TypeError"


def test_error_with_an_address_reads_the_same_each_time():
    def answer():
        raise ValueError(f"no {object()}")

    assert error_of(answer).message == "no <object object>"
