from pathlib import Path

import pytest

from course_lib.checks.record import changing, read_record
from course_lib.checks.record import find_folder as find_record
from course_lib.errors import CourseError
from course_lib.learning.copies import bring_lessons
from course_lib.learning.folder import (
    choose_folder,
    choose_lesson,
    choose_record,
    find_folder,
    open_folder,
    released_lessons,
)


def test_released_lessons_are_the_numbered_notebooks_in_order(root):
    (root / "notebooks" / "scratch.ipynb").touch()
    (root / "notebooks" / "97_doubling.new-12345678.ipynb").touch()
    assert [path.name for path in released_lessons(root)] == ["97_doubling.ipynb", "98_words.ipynb"]


def test_course_without_lessons_says_how_to_get_them(tmp_path):
    with pytest.raises(CourseError, match="there is no lesson in .*tools/build_notebooks.py"):
        released_lessons(tmp_path)


def test_lesson_is_chosen_by_its_number(root):
    assert choose_lesson(released_lessons(root), "98").name == "98_words.ipynb"


def test_one_digit_is_enough(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "04_rag.ipynb").touch()
    assert choose_lesson(released_lessons(tmp_path), "4").name == "04_rag.ipynb"


@pytest.mark.parametrize("number", ["05", "x", ""])
def test_lesson_that_is_none_is_refused_with_those_there_are(root, number):
    with pytest.raises(CourseError, match="the lessons are 97, 98"):
        choose_lesson(released_lessons(root), number)


def test_record_is_found_from_the_folder_without_any_setting(tmp_path, root, monkeypatch):
    monkeypatch.delenv("COURSE_HOME", raising=False)
    work = open_folder(tmp_path / "a" / "b", root)
    monkeypatch.chdir(work.path)
    assert find_record() == work.home
    with changing() as record:
        record["hints"]["ex_97_1"] = 1
    assert read_record(work.home)["hints"] == {"ex_97_1": 1}


@pytest.mark.parametrize("name", ["", "notebooks", "solutions", "notebooks/../lessons"])
def test_folder_of_the_course_is_not_to_work_in(root, name):
    with pytest.raises(CourseError, match="belongs to the course"):
        open_folder(root / name, root)


def test_file_in_the_place_of_the_folder_is_a_sentence(tmp_path, root):
    (tmp_path / "file").touch()
    with pytest.raises(CourseError, match="cannot be used .*--folder"):
        open_folder(tmp_path / "file", root)


def test_folder_that_nobody_has_made_is_a_sentence(tmp_path):
    with pytest.raises(CourseError, match="there is no folder .*course.py learn makes it"):
        find_folder(tmp_path / "none")


# Which folder a command is about


@pytest.fixture
def worked_in(tmp_path, root, monkeypatch):
    """Return a folder of lessons with a record, somewhere else than beside course.py."""
    monkeypatch.delenv("COURSE_HOME", raising=False)
    work = open_folder(tmp_path / "elsewhere" / "mine", root)
    bring_lessons(released_lessons(root), work)
    return work.path


def test_folder_is_beside_course_py_wherever_a_command_is_started(tmp_path, root, worked_in, monkeypatch):
    for place in (root, root / "notebooks", tmp_path):
        monkeypatch.chdir(place)
        assert choose_folder(root=root) == root / "my_course"
        assert choose_record(root=root) == root / "my_course" / ".course"


def test_folder_is_the_one_that_the_learner_stands_in_or_under(root, worked_in, monkeypatch):
    (worked_in / "deep").mkdir()
    for place in (worked_in, worked_in / "deep"):
        monkeypatch.chdir(place)
        assert choose_folder(root=root) == worked_in
        assert choose_record(root=root) == worked_in / ".course"


def test_record_alone_does_not_make_a_folder_of_lessons(tmp_path, root, monkeypatch):
    (tmp_path / ".course").mkdir()
    monkeypatch.chdir(tmp_path)
    assert choose_folder(root=root) == root / "my_course"


def test_folder_that_is_named_wins(tmp_path, root, worked_in, monkeypatch):
    monkeypatch.chdir(worked_in)
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    assert choose_folder(Path("named"), root) == Path("named")
    with pytest.raises(CourseError, match="there is no folder named"):
        choose_record(Path("named"), root)
    (worked_in / "named").mkdir()
    assert choose_record(Path("named"), root) == worked_in / "named" / ".course"


def test_record_is_where_course_home_says_and_the_folder_is_not(tmp_path, root, worked_in, monkeypatch):
    monkeypatch.chdir(worked_in)
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    assert choose_record(root=root) == tmp_path / "home"
    assert choose_folder(root=root) == worked_in
