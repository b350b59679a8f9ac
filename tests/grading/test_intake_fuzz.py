"""Damaged notebooks by the thousand: COURSE_FUZZ says how many."""

import json
import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_lib.grading.intake import Slot, find_answers
from course_lib.grading.notebook_file import parse_notebook
from course_lib.grading.runner.names import NOTHING
from course_lib.grading.transplant import build_program, take_apart

N_NOTEBOOKS = int(os.environ.get("COURSE_FUZZ", "300"))
SLOTS = (Slot("ex_04_1", ("pack",)), Slot("ex_04_2", ("rank", "order")))
FAULTS = {"empty", "no JSON", "too deep", "no notebook", "too large"}


def code(source, **more):
    return {"cell_type": "code", "metadata": {}, "outputs": [], "source": source, **more}


CELLS = [
    {"cell_type": "markdown", "id": "a1", "metadata": {}, "source": ["# Lesson\n", "text"]},
    code("import numpy as np\nLIMIT = 3", id="b2"),
    code(["def pack(x):\n", "    return x"], id="ex_04_1", metadata={"tags": ["exercise"]}),
    code('check("ex_04_1", pack)', id="check_ex_04_1", metadata={"tags": ["check"]}),
    code("def rank(x):\n    return order(x, LIMIT)", metadata={"name": "ex_04_2"}, outputs=[{"text": "x"}]),
]
NOTEBOOKS = [
    {"cells": CELLS, "metadata": {"kernelspec": {"name": "python3"}}, "nbformat": 4, "nbformat_minor": 5},
    {
        "nbformat": 3,
        "worksheets": [{"cells": [{"cell_type": "code", "input": "def pack(x): ...", "language": "python"}]}],
    },
]
LESSON = take_apart(parse_notebook(json.dumps(NOTEBOOKS[0]).encode()).cells, [slot.exercise for slot in SLOTS])
ODD = st.sampled_from(
    ["", "\ud800", "\x00", "\u202e", "NaN", "def pack(", "ex_04_1", "ex_04_2", "code", "(" * 300, "%%x\n!y"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | ODD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9) | ODD, inner, max_size=4),
    max_leaves=8,
)


def places(part, path=()):
    """Yield the path to each part of a JSON value but the whole."""
    items = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


@st.composite
def damaged_trees(draw):
    """Return a notebook some parts of which were replaced, deleted, doubled or renamed."""
    tree = json.loads(json.dumps(draw(st.sampled_from(NOTEBOOKS))))
    for _ in range(draw(st.integers(1, 4))):
        paths = list(places(tree))
        if not paths:
            break
        *above, key = draw(st.sampled_from(paths))
        parent = tree
        for step in above:
            parent = parent[step]
        damage = draw(st.sampled_from(["replace", "delete", "double", "rename"]))
        if damage == "replace":
            parent[key] = draw(JSON)
        elif damage == "delete":
            del parent[key]
        elif isinstance(parent, list):
            parent.insert(key, parent[key])
        else:
            parent[draw(st.text(max_size=9))] = parent.pop(key) if damage == "rename" else parent[key]
    return json.dumps(tree, ensure_ascii=draw(st.booleans()))


@st.composite
def damaged_files(draw):
    """Return the bytes of a damaged tree, encoded somehow, with some of them cut, changed or added."""
    text = draw(damaged_trees())
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]))
    data = bytearray(text.encode(encoding, "replace" if encoding == "latin-1" else "surrogatepass"))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(data)))
        damage = draw(st.sampled_from(["cut", "change", "add", "crlf", "nest"]))
        if damage == "cut":
            data = data[:place]
        elif damage == "crlf":
            data = data.replace(b"\n", b"\r\n")
        elif damage == "nest":
            data[place:place] = b"[" * draw(st.sampled_from([10, 2_000]))
        else:
            data[place : place + (damage == "change")] = draw(st.binary(max_size=8))
    return bytes(data)


@settings(max_examples=N_NOTEBOOKS, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(damaged_files())
def test_every_damaged_notebook_gets_a_status(data):
    intake = find_answers(parse_notebook(data), SLOTS)
    names = [slot.exercise for slot in SLOTS]
    assert sorted([*intake.found, *intake.missing]) == names
    if intake.status == "refused":
        assert intake.file.fault in FAULTS
        assert intake.file.reason
        assert not intake.found
    else:
        assert intake.status == "read"
        assert intake.file.cells or intake.file.notes
    for found in intake.found.values():
        found.source.encode("utf-8")
        assert found.cells
    program = build_program(LESSON, intake, lambda texts: [NOTHING] * len(texts))
    assert [cell.exercise for cell in program.cells if cell.exercise] == names
