import json

import pytest

from tests.authoring.tiny import STEM, replace
from tools.authoring.building import build, check
from tools.authoring.sync import find_strays


def refusals_of(tree):
    return [str(refusal) for refusal in check(tree, [])]


def edit(path, change):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def cell_of(notebook, name):
    return next(cell for cell in notebook["cells"] if cell["id"] == name)


def state_of(tree):
    return {path: path.read_bytes() for path in tree.root.rglob("*") if path.is_file()}


def test_built_course_is_in_sync(built):
    assert refusals_of(built) == []


def test_check_writes_nothing_in_sync_or_not(built):
    replace(built.lessons / f"{STEM}.py", "A function takes", "Each function takes")
    before = state_of(built)
    assert refusals_of(built)
    assert state_of(built) == before


@pytest.mark.parametrize(
    ("old", "new", "editions"),
    [
        ("A function takes", "Each function takes", ["notebooks", "solutions"]),
        ("return value * 2", "return value + value", ["solutions"]),
        ("These solutions", "They", ["solutions"]),
        ('tags=["slow"]', 'tags=["slow", "expect-output"]', ["notebooks", "solutions"]),
        ("60 minutes", "61 minutes", ["notebooks", "solutions"]),
    ],
)
def test_change_in_the_source_is_seen_in_the_editions_it_concerns(built, old, new, editions):
    replace(built.lessons / f"{STEM}.py", old, new)
    found = [refusal.partition("/")[0] for refusal in refusals_of(built) if "differs from its source" in refusal]
    assert found == editions


@pytest.mark.parametrize("folder", ["notebooks", "solutions"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda notebook: notebook["cells"][1].update(source=["by hand"]), "cell 2"),
        (lambda notebook: notebook["cells"][1].update(metadata={"tags": ["x"]}), "its metadata"),
        (lambda notebook: notebook["cells"][1].update(id="by-hand"), "its id"),
        (lambda notebook: notebook["cells"].pop(), "cells instead of"),
        (lambda notebook: notebook["metadata"].update(author="me"), "its metadata"),
        (lambda notebook: notebook["metadata"]["language_info"].update(version="3.11.7"), "its metadata"),
    ],
    ids=["text", "tags", "id", "cell lost", "metadata", "version"],
)
def test_hand_edit_of_an_edition_is_seen(built, folder, change, words):
    edit(built.root / folder / f"{STEM}.ipynb", change)
    found = [refusal for refusal in refusals_of(built) if refusal.startswith(f"{folder}/{STEM}.ipynb")]
    assert words in found[0]
    assert f"edit only lessons/{STEM}.py and run tools/build_notebooks.py 98" in found[0]


@pytest.mark.parametrize(
    ("folder", "words"), [("notebooks", "its execution count"), ("solutions", "not all of its cells were run")]
)
def test_hand_edit_of_the_order_of_the_run_is_seen(built, folder, words):
    path = built.root / folder / f"{STEM}.ipynb"
    edit(path, lambda notebook: cell_of(notebook, "ex_98_1").update(execution_count=77))
    assert [refusal for refusal in refusals_of(built) if words in refusal]


def test_hand_edit_of_an_output_is_seen(built):
    edit(built.solved(STEM), lambda notebook: cell_of(notebook, "ex_98_1")["outputs"][0].update(text=["better\n"]))
    assert [refusal for refusal in refusals_of(built) if "not those of its last run" in refusal]


@pytest.mark.parametrize("folder", ["notebooks", "solutions"])
def test_other_spelling_of_the_same_notebook_is_seen(built, folder):
    path = built.root / folder / f"{STEM}.ipynb"
    path.write_text(json.dumps(json.loads(path.read_text())))
    assert [refusal for refusal in refusals_of(built) if "the way the file is written" in refusal]


@pytest.mark.parametrize("folder", ["notebooks", "solutions"])
@pytest.mark.parametrize(("text", "words"), [(None, "is missing"), ("{", "is no notebook"), ("{}", "is no notebook")])
def test_edition_that_is_missing_or_broken_is_told(built, folder, text, words):
    path = built.root / folder / f"{STEM}.ipynb"
    path.unlink()
    if text:
        path.write_text(text)
    assert [refusal for refusal in refusals_of(built) if refusal.startswith(f"{folder}/{STEM}.ipynb: {words}")]


def test_solved_edition_that_did_not_run_is_told(course):
    build(course, [], run=False, say=lambda line: None)
    assert [refusal for refusal in refusals_of(course) if "not all of its cells were run" in refusal]


def test_run_that_was_not_measured_is_told(built):
    built.budgets.write_text("{}\n")
    assert [refusal for refusal in refusals_of(built) if "was not measured" in refusal]


def test_budget_in_the_header_that_is_not_true_is_told(built):
    replace(built.budgets, '"memory_mb": 400', '"memory_mb": 600')
    assert [refusal for refusal in refusals_of(built) if "uses 600 MB, its header promises 500" in refusal]


def test_edition_that_is_too_large_is_told(built, monkeypatch):
    monkeypatch.setattr("tools.authoring.sync.MOST_BYTES", 3000)
    assert [refusal for refusal in refusals_of(built) if "at most 3: show fewer" in refusal and "solutions/" in refusal]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("notebooks/98_other.ipynb", "belongs to no source"),
        ("notebooks/notes.txt", "belongs to no source"),
        ("notebooks/deep/98_small_numbers.ipynb", "belongs to no source"),
        ("solutions/data.csv", "belongs to no source"),
        ("lessons/answers/97_gone.py", "belongs to no source"),
        ("lessons/notes.md", "is no lesson"),
        ("lessons/draft.py", "is no lesson"),
        ("lessons/98_second.py", "98_second.py has the number 98 already"),
    ],
)
def test_stray_file_is_told(built, name, words):
    path = built.root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    assert [refusal for refusal in map(str, find_strays(built)) if words in refusal]


def test_what_tools_leave_behind_is_no_stray(built):
    for name in ("notebooks/.ipynb_checkpoints", "lessons/__pycache__", "lessons/answers/__pycache__"):
        (built.root / name).mkdir(parents=True)
    assert list(find_strays(built)) == []


def test_solution_planted_in_any_student_edition_is_found(built):
    (built.lessons / "97_other.py").write_text("# %% [markdown]\n# # 97 Other\n")
    built.student("97_other").write_text(
        json.dumps(
            {
                "cells": [
                    {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "Say `return value * value` there."}
                ],
                "metadata": {},
                "nbformat": 4,
                "nbformat_minor": 5,
            }
        )
    )
    assert [refusal for refusal in refusals_of(built) if "notebooks/97_other.ipynb shows this line" in refusal]


def test_table_in_the_readme_that_is_old_is_told(built):
    replace(built.readme, "Small numbers", "Numbers")
    assert [refusal for refusal in refusals_of(built) if refusal.startswith("README.md: its table of lessons is old")]
