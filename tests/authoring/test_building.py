import json

import pytest

from course_lib.models import count_cores
from tests.authoring.tiny import STEM, make_source, pretend_to_run, replace
from tools import build_notebooks
from tools.authoring.budgets import Measured, read_budgets
from tools.authoring.building import build, check, run_slow
from tools.authoring.measuring import Run
from tools.authoring.running import RunError


def silent(line):
    return None


def cells_of(path):
    return {cell["id"]: cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]}


def test_build_writes_editions_figures_and_table(course):
    said = []
    assert build(course, [], runner=pretend_to_run, say=said.append) == []
    student, solved = cells_of(course.student(STEM)), cells_of(course.solved(STEM))
    assert "".join(student["ex_98_1"]["source"]).endswith('raise NotImplementedError("ex_98_1: write your code here")')
    assert "".join(solved["ex_98_1"]["source"]).endswith("return value * 2")
    assert solved["ex_98_1"]["outputs"][0]["text"] == ["ran ex_98_1\n"]
    assert all(not cell.get("outputs") for cell in student.values())
    assert read_budgets(course)[STEM].memory_mb == 400
    assert "| [98 Small numbers]" in course.readme.read_text()
    assert said == [
        f"built {STEM}: 22 cells, 0.50 min, 400 MB, solved {course.solved(STEM).stat().st_size / 1000:.0f} KB"
    ]


def test_header_of_both_editions_shows_what_was_measured(built):
    for path in (built.student(STEM), built.solved(STEM)):
        header = "".join(next(iter(cells_of(path).values()))["source"])
        assert (
            "**60 minutes** of your time. All cells together run in less than 1 minute and use up to 400 MB" in header
        )
        assert "<!-- budget" not in header


def test_building_twice_writes_nothing(built):
    before = {path: path.stat().st_mtime_ns for path in built.root.rglob("*") if path.is_file()}
    build(built, [], runner=pretend_to_run, say=silent)
    assert {path: path.stat().st_mtime_ns for path in built.root.rglob("*") if path.is_file()} == before


def test_edition_without_a_run_keeps_outputs_when_only_text_has_changed(built):
    replace(built.lessons / f"{STEM}.py", "A function takes", "Each function takes")
    assert build(built, ["98"], run=False, runner=None, say=silent) == []
    assert check(built, []) == []


def test_edition_without_a_run_is_not_in_sync_when_code_has_changed(built):
    replace(built.lessons / f"{STEM}.py", "return value * 2", "return value + value")
    build(built, ["98"], run=False, runner=None, say=silent)
    assert [refusal for refusal in map(str, check(built, [])) if "not all of its cells were run" in refusal]


def test_refused_lesson_keeps_its_editions_and_the_others_are_built(built):
    second = built.lessons / "97_first_numbers.py"
    second.write_text(
        "# %% [markdown]\n# # 97 First numbers\n#\n# <!-- budget: 5 minutes; run 1 minute; memory 500 MB -->\n"
    )
    replace(built.lessons / f"{STEM}.py", 'tags=["slow"]', 'tags=["fast"]')
    before = built.solved(STEM).read_bytes()
    refusals = build(built, [], runner=pretend_to_run, say=silent)
    assert ["unknown tag 'fast'" in str(refusal) for refusal in refusals] == [True]
    assert built.solved(STEM).read_bytes() == before
    assert built.solved("97_first_numbers").exists()


def test_only_the_chosen_lesson_is_built_and_refused(built):
    (built.lessons / "97_broken.py").write_text("1 + 1\n")
    replace(built.lessons / f"{STEM}.py", "A function takes", "Each function takes")
    assert build(built, ["98"], runner=pretend_to_run, say=silent) == []
    assert not [refusal for refusal in check(built, ["98"]) if "97" in str(refusal)]
    assert [refusal for refusal in check(built, []) if "97" in str(refusal)]


def test_stray_file_fails_a_build_of_all_lessons_only(built):
    (built.root / "notebooks" / "notes.txt").touch()
    assert build(built, ["98"], runner=pretend_to_run, say=silent) == []
    assert check(built, ["98"]) == []
    for refusals in (build(built, [], runner=pretend_to_run, say=silent), check(built, [])):
        assert ["belongs to no source" in str(refusal) for refusal in refusals] == [True]


def test_figures_of_a_lesson_are_kept_when_the_next_one_is_stopped(built):
    built.budgets.unlink()
    second = built.lessons / "99_last_numbers.py"
    second.write_text(make_source().split("\n\n")[0].replace("# 98 Small", "# 99 Last"))

    def stop_at_the_second(notebook, root):
        if "99" in notebook.cells[0].source:
            raise KeyboardInterrupt
        return pretend_to_run(notebook, root)

    with pytest.raises(KeyboardInterrupt):
        build(built, [], runner=stop_at_the_second, say=silent)
    assert list(read_budgets(built)) == [STEM]


def test_cell_that_fails_is_refused_at_its_line(course):
    def fail(notebook, root, slow=False):
        raise RunError("this cell raised ValueError: no", "ex_98_1")

    [refusal] = build(course, [], runner=fail, say=silent)
    assert make_source().splitlines()[refusal.line - 1].startswith("def double_value")
    assert not course.solved(STEM).exists()


def test_solution_that_the_student_edition_shows_is_refused_and_not_written(course):
    replace(course.lessons / f"{STEM}.py", "# Write `square_value`.", "# Write `square_value`: return value * value.")
    [refusal] = build(course, [], runner=pretend_to_run, say=silent)
    assert "shows this line of the solution of ex_98_2" in str(refusal)
    assert not course.student(STEM).exists()


def test_run_above_its_budget_is_refused_and_shown(course):
    def run_long(notebook, root):
        pretend_to_run(notebook, root)
        return Run(seconds=90.0, memory_mb=400)

    [refusal] = build(course, [], runner=run_long, say=silent)
    assert "runs 1.5 minutes, its header promises 1" in str(refusal)
    assert course.solved(STEM).exists()
    assert [refusal for refusal in map(str, check(course, [])) if "runs 1.5 minutes" in refusal]


def test_solved_edition_that_is_too_large_is_refused(course):
    def show_much(notebook, root):
        run = pretend_to_run(notebook, root)
        notebook.cells[2].outputs[0].text = "x" * 200_000
        return run

    [refusal] = build(course, [], runner=show_much, say=silent)
    assert "at most 200: show fewer or smaller pictures" in str(refusal)


def test_figures_that_differ_by_noise_stay(built):
    def run_again(notebook, root):
        pretend_to_run(notebook, root)
        return Run(seconds=33.0, memory_mb=440)

    build(built, [], runner=run_again, say=silent)
    figures = read_budgets(built)[STEM]
    assert figures == Measured(0.5, 400, count_cores(), figures.outputs)


def test_unfinished_lesson_is_built_and_its_steps_are_counted(course):
    course.changelog.unlink()
    said = []
    assert build(course, [], runner=pretend_to_run, say=said.append) == []
    assert said[0].endswith("; 1 step to do, --check lists them")


def test_slow_lane_runs_the_slow_cells_and_writes_nothing(built):
    calls = []
    before = {path: path.read_bytes() for path in built.root.rglob("*") if path.is_file()}

    def run(notebook, root, slow=False):
        calls.append(slow)
        return Run(seconds=100.0, memory_mb=1)

    said = []
    assert run_slow(built, [], runner=run, say=said.append) == []
    assert (calls, said) == ([True], [f"ran {STEM} with its slow cells: 100 s, 1 MB"])
    assert {path: path.read_bytes() for path in built.root.rglob("*") if path.is_file()} == before


def test_slow_lane_leaves_out_lessons_without_slow_cells(built):
    replace(built.lessons / f"{STEM}.py", ' tags=["slow"]\nraise RuntimeError("only on a large computer")', "\n1 + 1")
    assert run_slow(built, [], runner=None, say=silent) == []


# The command


def test_command_proves_a_course_in_sync(built, capsys):
    assert build_notebooks.main(["--check"], built.root) == 0
    assert capsys.readouterr().out == "lessons and editions are in sync and finished\n"


def test_command_prints_what_is_refused_and_fails(built, capsys):
    replace(built.lessons / f"{STEM}.py", "A function takes", "Each function takes")
    assert build_notebooks.main(["98", "--check"], built.root) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 3
    assert told[-1] == "2 to mend"


def test_command_builds_without_a_run(built):
    replace(built.lessons / f"{STEM}.py", "A function takes", "Each function takes")
    assert build_notebooks.main(["--no-run"], built.root) == 0
    assert build_notebooks.main(["--check"], built.root) == 0


def test_command_names_the_lessons_there_are(built, capsys):
    assert build_notebooks.main(["12"], built.root) == 2
    assert "expected numbers of lessons in lessons/ (98), got 12" in capsys.readouterr().err


def test_command_is_content_with_no_lessons(tmp_path, capsys):
    for words in (["--check"], []):
        assert build_notebooks.main(words, tmp_path) == 0
        assert capsys.readouterr().out.startswith("no lessons yet")
    assert list(tmp_path.iterdir()) == []


def test_ways_that_exclude_each_other_are_refused(built, capsys):
    with pytest.raises(SystemExit) as caught:
        build_notebooks.main(["--check", "--no-run"], built.root)
    assert caught.value.code == 2
    assert "not allowed with argument" in capsys.readouterr().err
