import json

import nbformat
import pytest

from tests.authoring.tiny import MEASURED, golden_lesson, golden_text, lesson_of, make_source
from tools.authoring.editions import as_text, cell_id, digest_outputs, keep_outputs, make_solved, make_student


def test_student_edition_is_the_golden_one():
    assert as_text(make_student(golden_lesson(), MEASURED)) == golden_text("student.json")


def test_solved_edition_before_its_run_is_the_golden_one_without_outputs():
    expected = json.loads(golden_text("solved.json"))
    for cell in expected["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    assert json.loads(as_text(make_solved(golden_lesson(), MEASURED))) == expected


@pytest.mark.parametrize("make", [make_student, make_solved])
def test_editions_are_valid_notebooks_without_versions(make):
    notebook = make(lesson_of(make_source()), MEASURED)
    nbformat.validate(notebook)
    assert "version" not in json.dumps(notebook.metadata)


def test_both_editions_share_the_ids_of_their_cells():
    lesson = lesson_of(make_source())
    student, solved = ([cell.id for cell in make(lesson, None).cells] for make in (make_student, make_solved))
    assert [cell_id for cell_id in solved if cell_id in student] == student
    assert len(solved) - len(student) == len(lesson.tagged("solution"))


def ids_of(source: str) -> list[str]:
    return [cell.id for cell in make_solved(lesson_of(source), None).cells]


@pytest.mark.parametrize(
    ("old", "new", "n_changed"),
    [
        ("return value * 2", "return value + value", 0),
        ('check("ex_98_1", double_value)', 'check("ex_98_1", double_value)  # try it', 0),
        ("two and two make", "2 and 2 make", 1),
        ("A function takes", "Each function takes", 1),
        ("60 minutes", "70 minutes", 1),
    ],
)
def test_edit_of_a_cell_changes_no_other_id(old, new, n_changed):
    before, after = ids_of(make_source()), ids_of(make_source().replace(old, new))
    assert sum(first != second for first, second in zip(before, after, strict=True)) == n_changed


def test_new_cell_changes_no_other_id():
    before = ids_of(make_source())
    after = ids_of(
        make_source().replace("# %% [markdown]\n# ## Functions", "# %%\n1\n\n# %% [markdown]\n# ## Functions")
    )
    assert [name for name in after if name in before] == before
    assert len(after) == len(before) + 1


def test_figures_of_a_run_change_no_id():
    lesson = lesson_of(make_source())
    assert make_solved(lesson, None).cells[0].id == make_solved(lesson, MEASURED).cells[0].id
    assert "90" not in cell_id(lesson.header)


def with_outputs(notebook):
    for number, cell in enumerate(cell for cell in notebook.cells if cell.cell_type == "code"):
        cell.execution_count = number
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=f"{number}\n")]
    return notebook


def test_outputs_are_kept_where_the_code_is_the_same():
    old = with_outputs(make_solved(lesson_of(make_source()), None))
    source = make_source().replace("return value * 2", "return value + value").replace("These solutions", "They")
    new = keep_outputs(make_solved(lesson_of(source), None), old)
    lost = [cell.id for cell in new.cells if cell.cell_type == "code" and not cell.outputs]
    assert lost == ["ex_98_1"]


def test_digest_sees_code_and_outputs_and_survives_the_file():
    notebook = with_outputs(make_solved(lesson_of(make_source()), None))
    digest = digest_outputs(notebook)
    assert digest_outputs(nbformat.reads(as_text(notebook), as_version=4)) == digest
    notebook.cells[0].source += " "  # text is not run
    assert digest_outputs(notebook) == digest
    notebook.cells[2].outputs[0].text += " "
    assert digest_outputs(notebook) != digest
