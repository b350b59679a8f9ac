from course_lib.grading.intake import Slot, find_answers
from course_lib.grading.notebook_file import CellText, NotebookFile
from course_lib.grading.runner.names import names_of
from course_lib.grading.session import Cell
from course_lib.grading.transplant import build_program, take_apart

IMPORTS, HEAVY, DATA = (
    "import numpy as np\nfrom course_lib.checks import check",
    "scores = run_everything()",
    "LIMIT = 3",
)
STUB = 'def {}(x):\n    raise NotImplementedError("{}")'
LESSON = (
    CellText(1, False, "# Lesson"),
    CellText(2, True, IMPORTS),
    CellText(3, True, HEAVY),
    CellText(4, True, STUB.format("pack", "ex_04_1"), "ex_04_1"),
    CellText(5, True, 'check("ex_04_1", pack)', "check_ex_04_1"),
    CellText(6, True, DATA),
    CellText(7, True, STUB.format("rank", "ex_04_2"), "ex_04_2"),
)


def look(texts):
    return [names_of(text) for text in texts]


EXERCISES = ("ex_04_1", "ex_04_2")
SLOTS = (Slot("ex_04_1", ("pack",)), Slot("ex_04_2", ("rank",)))


def build(**changed):
    """Return the program of the lesson with some cells replaced (c4="...") or added behind others (c25=...)."""
    cells = {cell.number * 10: cell for cell in LESSON}
    for name, source in changed.items():
        place = int(name[1:]) * (10 if len(name) == 2 else 1)
        old = cells.get(place, CellText(0, True, ""))
        cells[place] = CellText(0, True, source, old.id)
    ordered = [cells[place] for place in sorted(cells)]
    ordered = [CellText(n, c.is_code, c.source, c.id) for n, c in enumerate(ordered, 1)]
    return build_program(take_apart(LESSON, EXERCISES), find_answers(NotebookFile(tuple(ordered)), SLOTS), look)


def test_an_answer_gets_the_cells_of_the_lesson_that_it_needs_and_no_others():
    pack, rank = "def pack(x):\n    return np.array(x)", "def rank(x):\n    return x[:LIMIT]"
    program = build(c4=pack, c7=rank)
    assert program.cells == (Cell("import numpy as np"), Cell(pack, "ex_04_1"), Cell(DATA), Cell(rank, "ex_04_2"))
    assert program.helpers == ()


def test_a_missing_answer_is_a_blank_cell():
    program = build(c4="", c7="def rank(x): ...")
    assert program.cells == (Cell("", "ex_04_1"), Cell("def rank(x): ...", "ex_04_2"))


def test_own_cells_are_taken_for_names_that_nothing_else_makes():
    pack, helper, scratch = "def pack(x):\n    return halve(x)", "import re\ndef halve(x): ...", "while True: y = 1"
    program = build(c4=pack, c25=helper, c26=scratch)
    assert Cell(helper, own=3) in program.cells
    assert program.helpers == (3,)
    assert program.cells.index(Cell(helper, own=3)) < program.cells.index(Cell(pack, "ex_04_1"))


def test_own_cells_bring_the_own_cells_that_they_need():
    program = build(c4="def pack(x):\n    return one(x)", c25="def one(x):\n    return two(x)", c26="def two(x): ...")
    assert program.helpers == (3, 4)


def test_a_changed_cell_of_the_lesson_does_not_replace_it():
    rank = "def rank(x):\n    return LIMIT"
    program = build(c7=rank, c6="LIMIT = 99")
    assert [cell.source for cell in program.cells if "LIMIT =" in cell.source] == [DATA]


def test_a_name_added_to_a_cell_of_the_lesson_is_found_there():
    program = build(c4="def pack(x):\n    return math.pi * np.pi", c2=f"{IMPORTS}\nimport math")
    assert [cell.source for cell in program.cells[:2]] == ["import numpy as np", f"{IMPORTS}\nimport math"]


def test_an_answer_that_makes_a_name_itself_takes_no_other_cell_for_it():
    program = build(c4="def halve(x): ...\ndef pack(x):\n    return halve(x)", c25="def halve(x): ...")
    assert program.helpers == ()


def test_a_check_cell_is_never_run():
    program = build(c4="def pack(x): ...", c5="check = print\ncheck('ex_04_1', pack)")
    assert all("check" not in cell.source for cell in program.cells)


def test_names_of_the_answer_itself_take_nothing_of_the_lesson_along():
    program = build(c4="def pack(scores):\n    LIMIT = 1\n    return scores[LIMIT]  # np")
    assert [cell for cell in program.cells if not cell.exercise] == []


def test_a_statement_that_changes_what_is_needed_is_taken_too():
    lesson = (*LESSON, CellText(8, True, "rows = []\nother = 1\nrows.append(3)"))
    intake = find_answers(NotebookFile((CellText(1, True, "def pack(x):\n    return rows"),)), SLOTS)
    program = build_program(take_apart(lesson, EXERCISES), intake, look)
    assert Cell("rows = []\nrows.append(3)") in program.cells


def test_thousands_of_cells_that_need_each_other_take_no_long():
    cells = [CellText(n, True, f"def f{n}():\n    return f{n + 1}()") for n in range(2_000)]
    cells.append(CellText(2_000, True, "def pack(x):\n    return f0()"))
    intake = find_answers(NotebookFile(tuple(cells)), SLOTS)
    program = build_program(take_apart(LESSON, EXERCISES), intake, look)
    assert len(program.helpers) == 2_000
