import json
import math
import time

import pytest

from course_lib.checks import codec
from course_lib.grading.strict_json import MOST_BYTES, BrokenProtocolError, parse, refuse_equal_hashes

MODULUS = 2**61 - 1  # of Python's hash of numbers: its multiples share a hash


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b'{"a": -1e999}',
        b"[" * 100_000,
        b"[" * 5_000 + b"]" * 5_000,
        b'{"a": ' + b"9" * 1_200 + b"}",
        b'"\\ud800"',
        b'"\\uDFFF x"',
        b'"\xff"',
        b"\xef\xbb\xbf[]",
        b"[1] [2]",
        b'"' + b"a" * MOST_BYTES + b'"',
    ],
)
def test_what_is_not_strict_json_is_refused(line):
    with pytest.raises(BrokenProtocolError):
        parse(line)


def test_pairs_of_halves_are_a_character():
    assert parse(b'"\\ud83d\\ude00"') == "\U0001f600"


def test_long_numbers_are_read_quickly_or_refused():
    assert parse(b"1" + b"0" * 1000) == 10**1000


@pytest.mark.parametrize(
    "value",
    [
        {"$set": [number * MODULUS for number in range(1, 200)]},
        {"$dict": [[number * MODULUS, 0] for number in range(1, 200)]},
        {"$set": [{"$tuple": [number * MODULUS]} for number in range(1, 200)]},
        {"$set": [{"$set": [number * MODULUS]} for number in range(1, 200)]},
        {"$set": [float(number * 2**61) * 1.0 for number in range(1)] + [number * MODULUS for number in range(1, 200)]},
        {"$tuple": [[{"a": {"$set": [number * MODULUS for number in range(1, 200)]}}]]},
    ],
)
def test_members_with_one_hash_are_refused(value):
    with pytest.raises(BrokenProtocolError, match="made to be slow"):
        refuse_equal_hashes(value)


@pytest.mark.parametrize(
    "value",
    [
        set(range(5_000)),
        {(number, str(number)): number for number in range(2_000)},
        {frozenset({number, -number}) for number in range(500)},
        {number * MODULUS for number in range(50)},
        [math.nan] * 300,
    ],
)
def test_honest_sets_and_dicts_pass(value):
    plain = codec.encode(value)
    refuse_equal_hashes(plain)
    assert len(codec.decode(plain)) == len(value)


def test_what_the_codec_refuses_is_left_to_it():
    refuse_equal_hashes({"$set": [[1]] * 300, "$dict": 3})
    refuse_equal_hashes({"$dict": [[[1], "a"]] * 300})


def test_a_set_of_megabytes_that_was_made_to_be_slow_is_refused_at_once():
    line = json.dumps({"$set": [number * MODULUS for number in range(1, 150_000)]}).encode()
    start = time.process_time()
    with pytest.raises(BrokenProtocolError):
        refuse_equal_hashes(parse(line))
    assert time.process_time() - start < 5
