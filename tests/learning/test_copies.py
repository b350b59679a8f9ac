import pytest

from course_lib import files
from course_lib.errors import CourseError
from course_lib.learning.copies import NOTES, bring_lessons
from course_lib.learning.folder import released_lessons

NAME = "97_doubling.ipynb"


@pytest.fixture
def bring(root, work):
    """Return a function that brings the lessons and returns what became of the first."""
    return lambda: bring_lessons(released_lessons(root), work)[0]


@pytest.fixture
def release(root):
    """Return a function that changes the released lesson."""
    return lambda content: (root / "notebooks" / NAME).write_text(content)


def names_in(work):
    return sorted(path.name for path in work.path.glob("*"))


def test_first_start_copies_every_lesson(root, work):
    copies = bring_lessons(released_lessons(root), work)
    assert [(copy.name, copy.state) for copy in copies] == [(NAME, "new"), ("98_words.ipynb", "new")]
    for path in released_lessons(root):
        assert (work.path / path.name).read_bytes() == path.read_bytes()


def test_second_start_changes_nothing(bring, work):
    bring()
    before = {path: path.stat().st_mtime_ns for path in work.path.rglob("*") if path.is_file()}
    assert bring().state == "as released"
    assert {path: path.stat().st_mtime_ns for path in work.path.rglob("*") if path.is_file()} == before


def test_changed_copy_stays_as_it_is(bring, work):
    bring()
    (work.path / NAME).write_text("mine")
    assert bring().state == "yours"
    assert (work.path / NAME).read_text() == "mine"
    assert names_in(work) == [".course", NAME, "98_words.ipynb"]


def test_untouched_copy_follows_a_new_release(bring, work, release):
    bring()
    release("second")
    assert bring().state == "updated"
    assert (work.path / NAME).read_text() == "second"
    assert bring().state == "as released"


def test_new_release_is_put_beside_a_changed_copy_and_said_once(bring, work, release):
    bring()
    (work.path / NAME).write_text("mine")
    release("second")
    copy = bring()
    assert copy.state == "beside"
    assert copy.beside.startswith("97_doubling.new-")
    assert copy.beside.endswith(".ipynb")
    assert ((work.path / NAME).read_text(), (work.path / copy.beside).read_text()) == ("mine", "second")
    assert bring().state == "yours"


def test_new_release_that_was_deleted_does_not_come_back(bring, work, release):
    bring()
    (work.path / NAME).write_text("mine")
    release("second")
    (work.path / bring().beside).unlink()
    assert bring().state == "yours"
    assert names_in(work) == [".course", NAME, "98_words.ipynb"]


def test_each_release_is_put_beside_under_a_name_of_its_own(bring, work, release):
    bring()
    (work.path / NAME).write_text("mine")
    release("second")
    second = bring().beside
    (work.path / second).write_text("second, with my notes")
    release("third")
    third = bring().beside
    assert third != second
    assert (work.path / second).read_text() == "second, with my notes"
    assert (work.path / third).read_text() == "third"


def test_learner_who_takes_the_new_one_follows_releases_again(bring, work, release):
    bring()
    (work.path / NAME).write_text("mine")
    release("second")
    (work.path / bring().beside).rename(work.path / NAME)
    assert bring().state == "as released"
    release("third")
    assert bring().state == "updated"


def test_deleted_copy_is_handed_out_anew(bring, work):
    bring()
    (work.path / NAME).unlink()
    assert bring().state == "new"
    assert (work.path / NAME).exists()


@pytest.mark.parametrize("notes", [None, "{", "[]", '{"taken": 1, "offered": {}}', '{"taken": {}}'])
def test_without_usable_notes_a_differing_copy_counts_as_the_learners(bring, work, release, notes):
    bring()
    release("second")
    (work.home / NOTES).unlink()
    if notes is not None:
        (work.home / NOTES).write_text(notes)
    first = (work.path / NAME).read_bytes()
    assert bring().state == "beside"
    assert (work.path / NAME).read_bytes() == first


def test_own_notebooks_are_left_alone(bring, work):
    (work.path / "97_experiments.ipynb").write_text("mine")
    bring()
    assert (work.path / "97_experiments.ipynb").read_text() == "mine"


def test_stopped_copy_leaves_the_old_notebook(bring, work, release, monkeypatch):
    bring()
    before = (work.path / NAME).read_bytes()
    release("second")

    def stop(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        bring()
    assert (work.path / NAME).read_bytes() == before
    monkeypatch.undo()
    assert bring().state == "updated"


def test_what_the_file_system_refuses_is_a_sentence(bring, work):
    (work.path / NAME).mkdir()
    with pytest.raises(CourseError, match=f"{NAME} cannot be used"):
        bring()
