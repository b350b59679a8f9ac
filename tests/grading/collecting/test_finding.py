import os
import sys
import zipfile

import pytest

from course_lib.errors import CourseError
from course_lib.grading.collecting import collect
from course_lib.grading.notebook_file import RefusedError
from tests.grading.tiny_lesson import make_assignment, notebook, right, zip_of

NAME, FILE = "98_small_numbers", "98_small_numbers.ipynb"
OTHERS = ("97_other", NAME)
not_on_windows = pytest.mark.skipif(
    sys.platform == "win32", reason="its files have no such names, and links need rights"
)


@pytest.fixture
def find(tmp_path):
    """Return a function that writes files into a folder called class and collects what is in it."""

    def write_and_collect(files, path="class"):
        for name, content in files.items():
            place = tmp_path / "class" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.mkdir() if content is None else place.write_bytes(content)
        return collect([tmp_path / path], NAME, OTHERS)

    return write_and_collect


def seen(handed):
    return [(one.student, one.student_id, len(one.notebooks)) for one in handed]


def test_a_folder_for_each_student(find):
    handed = find({f"ada/{FILE}": b"1", "bob/deep/in/it.ipynb": b"2", "cyd": None, "notes.txt": b""})
    assert seen(handed) == [("ada", "", 1), ("bob", "", 1), ("cyd", "", 0)]
    assert [one.label for one in handed] == ["class/ada", "class/bob", "class/cyd"]


def test_a_file_for_each_student_as_canvas_delivers_them(find):
    handed = find({f"adalove_17_99_{FILE}": b"1", f"bobby_LATE_18_98_{FILE}": b"2", "cyd_19_97_report.pdf": b"3"})
    assert seen(handed) == [("adalove", "17", 1), ("bobby", "18", 1), ("cyd", "19", 0)]
    assert [one.is_late for one in handed] == [False, True, False]


def test_an_archive_with_a_folder_for_each_student_as_moodle_delivers_them(find):
    moodle = zip_of({f"Ada Löve_17_assignsubmission_file/{FILE}": "1", "Bob_18_assignsubmission_file/b.ipynb": "2"})
    handed = find({"class.zip": moodle}, "class/class.zip")
    assert seen(handed) == [("Ada Löve", "17", 1), ("Bob", "18", 1)]
    assert handed[0].notebooks[0].read() == b"1"


def test_repositories_as_github_classroom_delivers_them(find):
    work = {f"rag-submissions/rag-{name}/notebooks/{FILE}": b"1" for name in ("ada", "bob")}
    solved = {f"rag-submissions/rag-ada/solutions/{FILE}": b"2", "rag-submissions/rag-ada/.git/x.ipynb": b""}
    assert seen(find(work | solved)) == [("ada", "", 1), ("bob", "", 1)]


def test_one_notebook_and_one_students_folder(find, tmp_path):
    handed = find({f"ada/{FILE}": b"1", "ada/97_other.ipynb": b"2", "ada/.course/record.json": b"{}"}, "class/ada")
    assert seen(handed) == [("ada", "", 2)]
    assert handed[0].record.read() == b"{}"
    (one,) = collect([tmp_path / "class" / "ada" / FILE], NAME)
    assert (one.label, one.notebooks[0].read()) == (FILE, b"1")


def test_notebooks_of_other_lessons_beside_this_one_are_no_submissions(find):
    assert seen(find({"ada.ipynb": b"1", "97_other.ipynb": b"2"})) == [("ada", "", 1)]


def test_a_folder_around_all_submissions_is_entered(find):
    archive = zip_of({"all/ada.ipynb": "1", "all/bob.ipynb": "2", "__MACOSX/all/._ada.ipynb": "x"})
    assert seen(find({"x.zip": archive}, "class/x.zip")) == [("ada", "", 1), ("bob", "", 1)]


def test_an_archive_of_one_student_is_opened_once(find):
    inner = zip_of({"work/it.ipynb": "1"})
    handed = find({"ada.zip": inner, "bob/work.zip": inner, "cyd/work.zip": zip_of({"more.zip": inner})})
    assert seen(handed) == [("ada", "", 1), ("bob", "", 1), ("cyd", "", 0)]


@pytest.mark.parametrize("name", ["../../ada.ipynb", "/etc/ada.ipynb", "C:\\ada.ipynb", "a\\..\\..\\ada.ipynb"])
def test_a_name_that_leads_out_of_an_archive_is_refused_alone(find, name):
    handed = find({"bad.zip": zip_of({name: "1"}), "good.zip": zip_of({"a.ipynb": "1"})})
    assert "leads out of the archive" in handed[0].reason
    assert handed[1].reason == ""


@not_on_windows
def test_a_link_is_refused_alone(find, tmp_path):
    (tmp_path / "class" / "ada").mkdir(parents=True)
    os.symlink("/etc/passwd", tmp_path / "class" / "ada" / "it.ipynb")
    os.symlink(tmp_path, tmp_path / "class" / "eve")
    link = zipfile.ZipInfo("it.ipynb")
    link.external_attr = 0o120777 << 16
    handed = find({"bob.ipynb": b"1", "cyd.zip": zip_of({link: "/etc/passwd"})})
    linked = [(one.student, "link" in one.reason) for one in handed]
    assert linked == [("ada", True), ("bob", False), ("cyd", True), ("eve", True)]


def test_a_bomb_is_not_unpacked(find):
    (one,) = find({"ada.zip": zip_of({"a.ipynb": b"0" * (21 * 2**20)})})
    with pytest.raises(RefusedError, match="more than 20 MB"):
        one.notebooks[0].read()


def test_a_damaged_archive_is_refused_alone_and_one_that_was_given_is_said(find, tmp_path):
    handed = find({"ada.zip": b"PK\x03\x04 no", "bob.ipynb": b"1"})
    assert "cannot be read" in handed[0].reason
    with pytest.raises(CourseError, match=r"ada.zip cannot be used: the zip archive cannot be read"):
        collect([tmp_path / "class" / "ada.zip"], NAME)


def test_two_files_of_one_name_are_refused(find):
    with pytest.warns(UserWarning, match="Duplicate"):
        data = zip_of([("a.ipynb", "1"), ("a.ipynb", "2")])
    (one,) = find({"ada.zip": data})
    assert "two files in its archive have one name" in one.reason


@not_on_windows
def test_odd_names_become_labels_that_can_be_shown(find):
    handed = find({'=1+1,"<b>x.ipynb': b"1", "\u202eada.ipynb": b"2", f"{'x' * 240}.ipynb": b"3"})
    assert [one.label for one in handed[:2]] == ['class/=1+1,"<b>x.ipynb', "class/\\u202eada.ipynb"]
    assert handed[2].label.startswith(f"class/{'x' * 194}~")


@pytest.mark.parametrize(("path", "words"), [("nowhere", "there is no"), ("class/empty", "holds no submission")])
def test_a_path_without_submissions_is_said(find, path, words):
    with pytest.raises(CourseError, match=words):
        find({"empty": None}, path)


def test_the_same_folder_twice_is_said(tmp_path):
    (tmp_path / "ada.ipynb").write_bytes(b"1")
    with pytest.raises(CourseError, match=r"two submissions 'ada.ipynb'"):
        collect([tmp_path / "ada.ipynb"] * 2, NAME)


def test_of_several_notebooks_the_one_with_most_answers_is_graded(find):
    work = {"ada/draft.ipynb": notebook(ex_98_1="1"), "ada/final.ipynb": right(), "ada/x.ipynb": b"{"}
    picked = find(work | {"bob.ipynb": b""})[0].pick(make_assignment())
    assert picked.name == "final.ipynb"
    assert "draft.ipynb is another notebook, with fewer answers" in picked.notes


def test_the_notebook_under_its_own_name_is_graded_without_opening_others(find):
    (one,) = find({f"ada/notebooks/{FILE}": notebook(), "ada/final.ipynb": right()}, "class/ada")
    assert one.pick(make_assignment()).name == f"notebooks/{FILE}"


def test_a_notebook_that_cannot_be_read_does_not_hide_another_one(find):
    (one, _) = find({"ada/big.ipynb": b" " * (20 * 2**20 + 1), "ada/final.ipynb": right(), "bob.ipynb": b""})
    picked = one.pick(make_assignment())
    assert picked.name == "final.ipynb"
    assert "not read: more than 20 MB" in picked.notes[0]
