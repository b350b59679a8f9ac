import sys
from pathlib import Path

import pytest

from course_lib.grading.box import runtime
from course_lib.grading.box.base import BoxError
from course_lib.grading.box.runtime import COURSE, LIBRARY, course_binds, find_runtime


def test_a_box_has_the_library_without_checks_and_grader():
    inside = {name for _, name in course_binds(COURSE)}
    assert "/course/course_lib/errors.py" in inside
    assert "/course/course_lib/checks/codec" in inside
    assert not {"/course/course_lib/checks", "/course/course_lib/grading", "/course/course_lib/cli"} & inside
    assert "/course/embedded_model" in inside


def test_what_is_let_in_from_the_checks_holds_no_exercise():
    for name in runtime.LET_IN:
        path = LIBRARY / name
        files = path.rglob("*.py") if path.is_dir() else [path]
        for file in files:
            assert "Exercise(" not in file.read_text(encoding="utf-8"), file


def test_nothing_that_a_box_reads_is_above_the_course_or_in_its_secret_parts():
    binds = find_runtime().binds
    for path, _ in binds:
        assert not COURSE.is_relative_to(path)
        for secret in ("lessons", "solutions", "notebooks", "tests", ".git", "course_lib/checks/core.py"):
            assert not (COURSE / secret).is_relative_to(path)


def test_no_bind_lies_in_another_one():
    paths = [path for path, _ in find_runtime().binds]
    inner = [path for path in paths for other in paths if path != other and path.is_relative_to(other)]
    assert not inner


def test_the_interpreter_is_no_link_of_the_virtual_environment():
    found = find_runtime()
    assert found.python == found.python.resolve()
    assert found.python in {path for path, _ in found.binds} or any(
        found.python.is_relative_to(p) for p, _ in found.binds
    )


def test_a_course_inside_of_what_boxes_read_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(runtime, "OF_THE_SYSTEM", (str(tmp_path),))
    with pytest.raises(BoxError, match="move it to a folder of its own"):
        find_runtime(tmp_path / "course")


def test_a_course_installed_among_packages_is_masked(tmp_path, monkeypatch):
    (tmp_path / "course_lib" / "grading").mkdir(parents=True)
    monkeypatch.setattr(runtime, "package_folders", lambda: [tmp_path])
    assert find_runtime().masked == ("/packages/0/course_lib",)


def test_without_a_virtual_environment_the_interpreter_finds_packages_itself(monkeypatch):
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    assert find_runtime().packages == ()


def test_the_command_keeps_variables_and_user_folders_out():
    command = find_runtime().command("nursery")
    assert command[1:3] == ["-I", "-B"]
    assert Path(command[0]).is_absolute()
