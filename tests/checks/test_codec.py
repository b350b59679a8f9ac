import base64
import enum
import json
import math
import subprocess
import sys
from collections import Counter, OrderedDict, defaultdict, namedtuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.checks import codec
from course_lib.checks.failures import NotPlain

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**40), max_value=10**40)
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.binary(max_size=8)
)
KEYS = st.text(max_size=4) | st.integers() | st.tuples(st.integers(), st.text(max_size=2))
PLAIN = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(KEYS, inner, max_size=3)
        | st.sets(SCALARS.filter(lambda value: value == value), max_size=3)
    ),
    max_leaves=12,
)


def same(left, right):
    """Tell whether two plain values agree in type and value all the way down."""
    if type(left) is not type(right):
        return False
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    return left == right


def refusal_of(value):
    with pytest.raises(NotPlain) as caught:
        codec.dumps(value)
    return caught.value


# There and back


@given(PLAIN)
def test_plain_data_come_back_as_they_went(value):
    assert same(codec.loads(codec.dumps(value)), value)


@given(PLAIN)
def test_text_is_the_same_each_time(value):
    assert codec.dumps(value) == codec.dumps(codec.loads(codec.dumps(value)))


@pytest.mark.parametrize("number", [math.inf, -math.inf, 0.1, -0.0, 5e-324])
def test_float_comes_back_to_the_last_bit(number):
    back = codec.loads(codec.dumps(number))
    assert math.copysign(1, back) == math.copysign(1, number)
    assert back == number


def test_nan_comes_back():
    assert math.isnan(codec.loads(codec.dumps([math.nan]))[0])


@pytest.mark.parametrize("key", ["$tuple", "$", 1, True, None, 1.5, (1, 2), b"x", frozenset({1})])
def test_dict_keeps_keys_that_json_lacks(key):
    assert same(codec.loads(codec.dumps({key: "value"})), {key: "value"})


def test_order_of_a_dict_counts_and_that_of_a_set_does_not():
    assert codec.dumps({"a": 1, "b": 2}) != codec.dumps({"b": 2, "a": 1})
    assert codec.dumps(set("abcdefgh")) == codec.dumps(set("hgfedcba"))


def test_text_of_any_characters_comes_back():
    text = "ä \ud800 \U0001f600 \x00 \u202e"
    assert codec.loads(codec.dumps(text)) == text


# Arrays


@pytest.mark.parametrize("dtype", ["?", "i1", "u1", "<i4", ">i8", "<f2", "<f4", ">f8", "<U3"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (0, 2)])
def test_array_comes_back_with_its_kind_shape_and_values(dtype, shape):
    array = np.ones(shape, dtype)
    back = codec.loads(codec.dumps(array))
    assert (back.dtype, back.shape) == (array.dtype.newbyteorder("<"), shape)
    assert np.array_equal(back, array)


def test_array_that_is_a_view_comes_back_in_its_own_order():
    array = np.arange(12).reshape(3, 4)[::2, ::-1].T
    assert np.array_equal(codec.loads(codec.dumps(array)), array)


def test_array_that_comes_back_can_be_written_to():
    back = codec.loads(codec.dumps(np.zeros(2)))
    back[0] = 1
    assert back.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("number", "plain"), [(np.int64(3), 3), (np.float32(0.5), 0.5), (np.float64(0.1), 0.1), (np.bool_(True), True)]
)
def test_number_of_numpy_becomes_pythons_own(number, plain):
    assert same(codec.loads(codec.dumps([number])), [plain])


@pytest.mark.parametrize("array", [np.array([object()]), np.array([1j]), np.array(["2026-01-01"], dtype="M8[D]")])
def test_array_of_other_things_is_refused(array):
    assert "dtype" in refusal_of(array).found


def test_endless_view_of_one_number_is_refused_before_it_is_written():
    assert "4,000,000" in refusal_of(np.broadcast_to(1.0, (10**6, 10**6))).found


# Subclasses that lie


class LyingList(list):
    def __iter__(self):
        return iter([1, 2, 3])

    def __len__(self):
        return 3

    def __eq__(self, other):
        return True

    __hash__ = None


class LyingInt(int):
    def __eq__(self, other):
        return True

    def __index__(self):
        return 42

    def __repr__(self):
        return "42"

    __hash__ = int.__hash__


class LyingFloat(float):
    def __float__(self):
        return 1.0

    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


class LyingText(str):
    def __str__(self):
        return "right"

    def __eq__(self, other):
        return True

    def startswith(self, *args):
        raise SystemExit

    __hash__ = str.__hash__


class LyingDict(dict):
    def items(self):
        return {"right": 1}.items()

    def __iter__(self):
        raise SystemExit


class LyingArray(np.ndarray):
    @property
    def shape(self):
        return (1,)

    def tobytes(self, *args):
        return b"\0" * 8

    def __array_finalize__(self, other):
        self.secret = "kept"


@pytest.mark.parametrize(
    ("value", "truth"),
    [
        (LyingList([9]), [9]),
        (LyingInt(7), 7),
        (LyingFloat(0.5), 0.5),
        (LyingText("wrong"), "wrong"),
        (LyingDict(a=9), {"a": 9}),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (defaultdict(list, {"a": [1]}), {"a": [1]}),
        (namedtuple("Pair", "left right")(1, 2), (1, 2)),
        (enum.IntEnum("Kind", "one two").two, 2),
        (frozenset({1}), {1}),
    ],
)
def test_subclass_becomes_its_base_and_its_own_methods_are_not_asked(value, truth):
    back = codec.loads(codec.dumps([value]))[0]
    assert same(back, truth)


def test_array_that_lies_about_itself_is_read_as_it_is():
    back = codec.loads(codec.dumps(np.arange(3.0).view(LyingArray)))
    assert type(back) is np.ndarray
    assert back.tolist() == [0.0, 1.0, 2.0]


def test_keys_that_are_equal_without_their_lies_are_refused():
    class Unlike(str):
        def __eq__(self, other):
            return False

        __hash__ = str.__hash__

    assert "two equal keys" in refusal_of({Unlike("a"): 1, "a": 2}).found


def test_object_that_claims_another_class_is_refused():
    class Actor:
        __class__ = int

        def __int__(self):
            return 1

    assert isinstance(Actor(), int)
    assert refusal_of(Actor()).found == "an object of type Actor"


def test_name_of_a_type_cannot_carry_anything_else():
    class Meta(type):
        @property
        def __name__(cls):
            raise SystemExit

    evil = Meta("x\x1b[31m<script>", (), {})
    assert refusal_of(evil()).found == "an object of type x31mscript"


# What is not plain


def endless():
    while True:
        yield 1


@pytest.mark.parametrize(
    ("value", "found", "advice"),
    [
        (endless(), "a generator", "return a list"),
        (range(3), "a range object", "return a list"),
        (map(str, [1]), "a map object", "return a list"),
        ({}.keys(), "a dict_keys object", "return a list"),
        (len, "a function", "call it"),
        (int, "a class", "return numbers"),
        (1j, "an object of type complex", "return numbers"),
        (object(), "an object of type object", "return numbers"),
    ],
)
def test_refusal_says_what_it_found_and_what_to_return(value, found, advice):
    error = refusal_of({"scores": [1, value]})
    assert (error.where, error.found) == ("result['scores'][1]", found)
    assert advice in error.advice


def test_coroutine_is_named():
    async def answer():
        return 1

    value = answer()
    assert refusal_of(value).advice == "write def and not async def"
    value.close()


@pytest.mark.parametrize("make", [lambda x: x.append(x), lambda x: x.append({"again": x}), lambda x: x.append((x,))])
def test_value_that_contains_itself_is_refused(make):
    value = []
    make(value)
    assert "contains itself" in refusal_of(value).found


def test_part_that_stands_in_two_places_is_no_cycle():
    part = [1]
    assert codec.loads(codec.dumps([part, part])) == [[1], [1]]


def test_depth_is_bounded():
    value = []
    for _ in range(codec.MAX_DEPTH):
        value = [value]
    assert codec.loads(codec.dumps(value)) == value
    assert "nested more than 50 deep" in refusal_of([value]).found


def test_few_lists_that_stand_for_billions_are_refused_soon():
    value = [0]
    for _ in range(45):
        value = [value, value]
    assert "4,000,000" in refusal_of(value).found


@pytest.mark.parametrize("number", [10**1000, -(10**1000)])
def test_integers_are_bounded(number):
    assert codec.loads(codec.dumps(number)) == number
    assert "1,000 digits" in refusal_of(number * 10**5000).found


@pytest.mark.parametrize("value", ["x" * 4_000_001, b"x" * 4_000_001, ["ä" * 1_000_000], np.zeros(500_001)])
def test_size_is_bounded(value):
    assert "4,000,000" in refusal_of(value).found


# Text from anybody


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "NaN",
        "Infinity",
        "1e999",
        "[1,]",
        b"\xff\xfe\xff",
        "[" * 100_000,
        "9" * 100_000,
        '{"$unknown": 1}',
        '{"$tuple": 1}',
        '{"$tuple": [], "more": 1}',
        '{"$float": 1.0}',
        '{"$float": "1.0"}',
        '{"$float": ["nan"]}',
        '{"$set": [[1]]}',
        '{"$dict": [[1]]}',
        '{"$dict": [1]}',
        '{"$dict": {"a": 1}}',
        '{"$dict": [[[1], 2]]}',
        '{"$dict": [[1, 2], [1, 3]]}',
        '{"$dict": [[1, 2], [true, 3]]}',
        '{"$bytes": "?"}',
        '{"$bytes": 1}',
        '{"$array": [1]}',
        '{"$array": {"dtype": "<f8", "shape": [1], "data": ""}}',
        '{"$array": {"dtype": "|O", "shape": [1], "data": "AAAAAAAAAAA="}}',
        '{"$array": {"dtype": "<f8", "shape": [-1], "data": ""}}',
        '{"$array": {"dtype": "<f8", "shape": [true], "data": "AAAAAAAAAAA="}}',
        '{"$array": {"dtype": 8, "shape": [0], "data": ""}}',
        '{"$array": {"dtype": "|b1", "shape": [1], "data": "Ag=="}}',
        '{"$array": {"dtype": "<U1", "shape": [1], "data": "/////w=="}}',
    ],
)
def test_text_that_no_encoder_writes_is_refused(text):
    with pytest.raises(NotPlain):
        codec.loads(text)


def test_array_with_more_dimensions_than_numpy_has_is_refused():
    content = {"dtype": "|u1", "shape": [1] * 70, "data": base64.b64encode(b"x").decode()}
    with pytest.raises(NotPlain):
        codec.loads(json.dumps({"$array": content}))


MARKS = st.sampled_from(["$tuple", "$set", "$dict", "$float", "$bytes", "$array", "dtype", "shape", "data"])
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.just("nan"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MARKS, inner, max_size=2),
)


@given(ANY_JSON)
def test_any_json_is_decoded_or_refused_and_nothing_else_happens(plain):
    try:
        value = codec.decode(plain)
    except NotPlain:
        return
    codec.dumps(value)


def test_codec_loads_no_numpy():
    code = (
        "import sys; from course_lib.checks import codec; codec.loads(codec.dumps([1])); print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
