import time

import pytest

from course_lib.grading.intake import Slot, defines, find_answers, take_in
from course_lib.grading.notebook_file import CellText, NotebookFile

SLOT = Slot("ex_04_1", ("pack",))
STUB = 'def pack(x):\n    raise NotImplementedError("ex_04_1: write your code here")'
OLD, NEW = "def pack(x):\n    return 0", "def pack(x):\n    return x"
CHECK = 'check("ex_04_1", pack)'


def find(*cells, slots=(SLOT,)):
    """Return the intake of cells given as source, or as (source, how it is called)."""
    parts = [(cell, "") if isinstance(cell, str) else cell for cell in cells]
    made = [
        CellText(number, not source.startswith("#md"), source, name if name.startswith("ex") else "", "", ())
        for number, (source, name) in enumerate(parts, 1)
    ]
    return find_answers(NotebookFile(tuple(made)), slots)


def answer(*cells):
    """Return the source that is taken for the exercise."""
    found = find(*cells).found
    return found["ex_04_1"].source if found else None


def test_an_answer_is_found_by_the_name_of_its_cell():
    assert answer("x = 1", (NEW, "ex_04_1"), CHECK) == NEW


def test_an_answer_is_found_by_its_function_when_its_cell_has_lost_its_name():
    assert answer("x = 1", NEW, CHECK) == NEW
    assert answer("pack = lambda x: x") == "pack = lambda x: x"
    assert answer("%%time\nasync def pack(x): ...") == "%%time\nasync def pack(x): ..."


def test_a_named_cell_without_the_function_is_taken_when_nothing_else_is_there():
    assert answer(("from solution import pack", "ex_04_1")) == "from solution import pack"


def test_the_function_counts_more_than_the_name():
    assert answer(("x = 1", "ex_04_1"), NEW) == NEW


def test_of_two_answers_the_last_before_the_check_is_taken():
    intake = find(OLD, (NEW, "ex_04_1"), CHECK, "def pack(x):\n    return 'scratch'")
    assert intake.found["ex_04_1"].cells == (2,)
    assert [item.cell for item in intake.ignored] == [1, 4]
    assert "cell 2 is what running all cells would check" in intake.ignored[0].why


def test_a_copied_stub_is_no_answer_when_there_is_one():
    assert answer((NEW, "ex_04_1"), (STUB, "ex_04_1"), CHECK) == NEW


def test_an_answer_below_the_check_is_better_than_a_stub_above_it():
    assert answer((STUB, "ex_04_1"), CHECK, NEW) == NEW


def test_a_stub_alone_is_taken():
    assert answer((STUB, "ex_04_1"), CHECK) == STUB


def test_a_cell_that_is_text_now_is_said_to_be():
    intake = find((f"#md\n{NEW}", "ex_04_1"))
    assert (intake.missing, intake.ignored[0].why) == (("ex_04_1",), "ex_04_1 is no code cell any more")


def test_an_answer_in_two_cells_is_put_together():
    slot = Slot("ex_04_1", ("pack", "unpack"))
    intake = find("def unpack(x): ...", "y = 1", (NEW, "ex_04_1"), slots=[slot])
    assert intake.found["ex_04_1"].source == f"def unpack(x): ...\n\n{NEW}"
    assert intake.found["ex_04_1"].cells == (1, 3)


def test_exercises_keep_the_order_of_the_lesson_and_missing_ones_are_listed():
    slots = [Slot("ex_04_1", ("pack",)), Slot("ex_04_2", ("other",)), Slot("ex_04_3", ("third",))]
    intake = find("def third(): ...", NEW, slots=slots)
    assert (list(intake.found), intake.missing) == (["ex_04_1", "ex_04_3"], ("ex_04_2",))


@pytest.mark.parametrize(("source", "is_noted"), [(CHECK, False), (f"{CHECK}\n", False), ("print('10 points')", True)])
def test_a_changed_check_is_noted(source, is_noted):
    cell = CellText(1, True, source, "check_ex_04_1", "", ("check",))
    assert bool(find_answers(NotebookFile((cell,)), [SLOT]).ignored) is is_noted


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "a.ipynb").write_bytes(b"\xff\xfe\x00")
    intake = take_in(tmp_path / "a.ipynb", [SLOT])
    assert (intake.status, intake.missing) == ("refused", ("ex_04_1",))
    assert intake.file.reason


@pytest.mark.parametrize(
    ("source", "is_defined"),
    [
        ("def pack(x): ...", True),
        ("async  def\tpack(x): ...", True),
        ("pack = 1", True),
        ("pack: Callable = other", True),
        ("    def pack(x): ...", False),
        ("def packing(x): ...", False),
        ("pack == 1", False),
        ("# def pack", False),
    ],
)
def test_only_what_stands_at_the_margin_defines(source, is_defined):
    assert defines(source, "pack") is is_defined


@pytest.mark.parametrize("text", ["\n", " ", "pack ", "def ", "check(", "pack:\n", "check(\n", "import (", "\tcheck( "])
def test_no_text_takes_long(text):
    cells = [text * (1_900_000 // len(text)), (text * (1_900_000 // len(text)), "ex_04_1")]
    start = time.process_time()
    find(*cells)
    assert time.process_time() - start < 5
