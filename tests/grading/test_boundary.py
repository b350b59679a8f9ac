import json

import pytest

from course_lib.checks.failures import AnswerError, NotPlain, NotStarted, NoValue
from course_lib.checks.handles import LocalHandle
from course_lib.grading.boundary import BoxEnded, RemoteHandle, clean_print, read_reply, write_request
from course_lib.grading.strict_json import BrokenProtocolError

ERROR = {"kinds": ["KeyError", "LookupError", "Exception"], "message": "'a'", "line": 2, "source": "x['a']"}


def reply(**content):
    return json.dumps({"id": "ab", **content}).encode()


def test_requests_have_numbers_that_cannot_be_guessed():
    numbers = {write_request({"do": "start"})[0] for _ in range(100)}
    assert len(numbers) == 100
    assert {len(number) for number in numbers} == {32}


@pytest.mark.parametrize(
    "line",
    [
        reply(),
        reply(value=1, error=ERROR),
        reply(values=1),
        reply(value=1).replace(b"ab", b"ac"),
        reply(error="KeyError"),
        reply(error=ERROR | {"more": 1}),
        reply(error=ERROR | {"line": True}),
        reply(error=ERROR | {"line": 1.5}),
        reply(error=ERROR | {"message": 3}),
        reply(error=ERROR | {"kinds": []}),
        reply(error=ERROR | {"kinds": [3]}),
        reply(error=ERROR | {"kinds": ["E"] * 99}),
        reply(not_plain={"where": "result", "found": "a list"}),
        reply(not_plain=True),
        reply(not_started=1),
        reply(not_started={}),
        b"[]",
        b"3",
        b'{"id": ["ab"], "value": 1}',
        b'{"id": "ab", "value": 1',
    ],
)
def test_what_is_no_reply_is_refused(line):
    with pytest.raises(BrokenProtocolError):
        read_reply(line, "ab")


def test_an_error_in_a_reply_is_raised_with_its_words_cleaned():
    hostile = {"kinds": ["Key\x1b[2JError\u202e"], "message": "a\n<b>\u202e", "line": 2, "source": "s" * 500}
    with pytest.raises(AnswerError) as caught:
        read_reply(reply(error=hostile), "ab")
    assert "\x1b" not in caught.value.kind
    assert "\u202e" not in str(caught.value)
    assert len(caught.value.source) <= 80


def test_advice_never_comes_from_the_box():
    with pytest.raises(AnswerError) as caught:
        read_reply(reply(error=ERROR | {"kinds": ["TypeError"], "line": None, "source": ""}), "ab")
    assert caught.value.help == "keep the name and the parameters of the stub"


def test_the_same_advice_is_given_in_the_notebook():
    with pytest.raises(AnswerError) as local:
        LocalHandle("f", lambda: 1)(1)
    with pytest.raises(AnswerError) as remote:
        read_reply(reply(error=ERROR | {"kinds": list(local.value.kinds), "line": None, "source": ""}), "ab")
    assert remote.value.help == local.value.help


@pytest.mark.parametrize(
    ("content", "kind"),
    [({"not_started": True}, NotStarted), ({"not_plain": dict.fromkeys(("where", "found", "advice"), "x")}, NotPlain)],
)
def test_other_replies_without_a_value_are_raised(content, kind):
    with pytest.raises(kind):
        read_reply(reply(**content), "ab")


def test_prints_lose_what_a_terminal_or_reader_would_obey():
    assert clean_print("a\x00\x1b]0;x\x07\tb\u202e\ufeff\u200b\r\n".encode() + b"\xff", 100) == "a]0;x\tb\n\ufffd"
    assert clean_print(b"abc", 2) == "ab"


def test_a_handle_sends_plain_data_and_returns_plain_data():
    seen = []
    handle = RemoteHandle("pack", lambda request: seen.append(request) or {"$tuple": [1, 2]})
    assert handle([1], limit=(2,)) == (1, 2)
    assert seen == [
        {
            "do": "call",
            "function": "pack",
            "arguments": {"$tuple": [{"$tuple": [[1]]}, {"limit": {"$tuple": [2]}}]},
            "give": "value",
        }
    ]


@pytest.mark.parametrize("value", [3, {"$tuple": [1]}, {"$tuple": [{"$tuple": []}, []]}, {"$tuple": [[], {}]}])
def test_arguments_that_are_none_are_refused(value):
    with pytest.raises(NotPlain):
        RemoteHandle("f", lambda request: value).arguments_after(1)


@pytest.mark.parametrize("value", [{"$array": {"dtype": "O", "shape": [1], "data": ""}}, {"$pickle": "x"}, {"$set": 3}])
def test_a_value_that_the_codec_does_not_write_is_not_plain(value):
    with pytest.raises(NotPlain) as caught:
        RemoteHandle("f", lambda request: value)(1)
    assert caught.value.call == "f(1)"


def test_the_end_of_the_box_is_an_answer_without_a_value():
    def ask(request):
        raise BoxEnded("timeout", "took longer than 1 s")

    with pytest.raises(NoValue, match="took longer than 1 s") as caught:
        RemoteHandle("f", ask)([1])
    assert caught.value.call == "f([1])"
