import json

import pytest

from course_lib.errors import CourseError
from course_lib.grading import batch
from course_lib.grading.collecting import collect
from course_lib.grading.gate import Gate
from course_lib.grading.marking import Marker
from course_lib.grading.regrading import Again
from course_lib.grading.store import Store
from tests.grading.reports.test_reports import make_exercise
from tests.grading.test_store import journal, make_result
from tests.grading.tiny_lesson import ANSWERS, STEM, make_assignment, notebook, right

SECOND = {"exercise": "ex_98_2", "title": "square"}


def both(first=2, second=2):
    """Return a pair of exercises with their points."""
    status = {2: "passed", 1: "partly", 0: "failed"}
    return [make_exercise(status[first], first), make_exercise(status[second], second, **SECOND)]


def test_the_mark_of_one_exercise_is_replaced_and_all_else_stays():
    before = make_result(key="old", earned=2, status="partly", exercises=both(0, 2), notes=["a BOM"])
    now = make_result(key="new", earned=3, status="partly", exercises=both(2, 1))
    stands = Again(exercises=("ex_98_1",)).replace(before, now)
    assert [one.earned for one in stands.exercises] == [2, 2]
    assert (stands.earned, stands.status, stands.key) == (4, "passed", "old")
    assert stands.notes == ["a BOM", "graded again alone: ex_98_1"]
    other = Again(exercises=("ex_98_1",)).replace(before, now.model_copy(update={"sha256": "other"}))
    assert other.notes[-1].endswith("from a file that had changed")


def test_without_exercises_or_without_a_mark_before_all_is_new():
    before, now = make_result(exercises=both(0, 0)), make_result(key="k2", exercises=both())
    assert Again(("ada",)).replace(before, now) is now
    assert Again(exercises=("ex_98_1",)).replace(None, now) is now
    assert Again(exercises=("ex_98_1",)).replace(make_result(status="refused", earned=None), now) is now


def test_a_fault_of_the_grader_or_a_refusal_takes_no_mark_away():
    before = make_result(exercises=both(1, 1))
    fault = make_result(key="k2", status="grader error", earned=None)
    assert Again(("ada",)).replace(before, fault) is before
    assert Again(exercises=("ex_98_1",)).replace(before, fault) is before
    refused = make_result(key="k2", status="refused", earned=None)
    assert Again(exercises=("ex_98_1",)).replace(before, refused) is before
    assert Again(("ada",)).replace(before, refused) is refused


def test_a_check_that_fails_itself_gives_no_mark_when_it_alone_is_run_again():
    broken = [make_exercise("grader error", None), make_exercise(**SECOND)]
    now = make_result(key="k2", status="grader error", earned=None, exercises=broken)
    before = make_result(status="grader error", earned=None, exercises=broken)
    stands = Again(exercises=("ex_98_1",)).replace(before, now)
    assert (stands.status, stands.earned) == ("grader error", None)
    assert "report it" in stands.reason


@pytest.fixture
def handed(tmp_path):
    """Return a folder of three submissions, two of them by people of one name, collected."""
    folder = tmp_path / "class"
    folder.mkdir()
    names = ("Ada Byron_17_assignsubmission_file_", "Ada Byron_18_assignsubmission_file_", "bob")
    for name, data in zip(names, (right(), notebook(), notebook(ex_98_1="value + 2")), strict=True):
        (folder / name).mkdir()
        (folder / name / "work.ipynb").write_bytes(data)
    return collect([folder], STEM)


def test_students_are_chosen_by_name_number_or_label(handed):
    assert [one.student_id for one in Again(("18", "bob")).choose(handed)] == ["18", ""]
    assert Again((handed[0].label,)).choose(handed) == handed[:1]
    assert Again().choose(handed) == handed
    with pytest.raises(CourseError, match="'Ada Byron' stands for 2 submissions: give --only 'class/Ada Byron_17_"):
        Again(("Ada Byron",)).choose(handed)
    with pytest.raises(CourseError, match="nothing was handed in by 'cyd': give --only a student such as Ada Byron"):
        Again(("cyd",)).choose(handed)


def test_an_exercise_of_another_lesson_is_refused():
    Again(exercises=("ex_98_1",)).refuse_unknown(make_assignment())
    with pytest.raises(CourseError, match="lesson 98 has no ex_97_1: give --exercise one of .'ex_98_1'"):
        Again(exercises=("ex_97_1",)).refuse_unknown(make_assignment())


@pytest.fixture
def grade(handed, sandbox, hasty, tmp_path):
    """Return a function that grades and returns the store."""

    def grade_some(again, checks=b"1"):
        store = Store(tmp_path / "grades", "98")
        marker = Marker(make_assignment(checks), sandbox, "autumn", hasty, hasty, Gate())
        counts = batch.grade_batch(marker, again.choose(handed), store, 1, lambda *_: None, again)
        return counts, store

    return grade_some


def test_an_appeal_touches_no_other_mark_and_is_in_the_journal(grade, handed):
    _, store = grade(Again())
    before = {result.submission: result for result in store.results()}
    counts, _ = grade(Again(("18",)), checks=b"mended")
    after = {result.submission: result for result in store.results()}
    assert (counts.n_submissions, counts.n_graded_now) == (1, 1)
    assert [label for label in before if after[label] != before[label]] == [handed[1].label]
    assert after[handed[1].label].key != before[handed[1].label].key
    assert len(list((store.folder / "earlier").iterdir())) == 1
    (line,) = journal(store)[3:]
    assert (line["submission"], line["again"]) == (handed[1].label, "all")


def test_one_exercise_of_one_student_leaves_the_key_so_that_a_later_run_sees_what_is_out_of_date(grade, handed):
    _, store = grade(Again())
    again = Again(("17",), ("ex_98_2",))
    grade(again, checks=b"mended")
    grade(again, checks=b"mended")
    assert [line.get("again") for line in journal(store)] == [None, None, None, ["ex_98_2"], ["ex_98_2"]]
    assert len(list((store.folder / "earlier").iterdir())) == 2
    stands = store.read(store.path_of(handed[0].label))
    assert (stands.earned, stands.notes) == (2 * len(ANSWERS), ["graded again alone: ex_98_2"])
    assert grade(Again())[0].n_graded_now == 0
    assert grade(Again(), checks=b"mended")[0].n_graded_now == 3


def test_a_regrade_that_was_killed_before_its_line_of_the_journal_is_noted(grade, handed):
    _, store = grade(Again())
    grade(Again(("17",), ("ex_98_2",)))
    path = store.folder / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3]))
    with store.held():
        pass
    assert [json.loads(line)["submission"] for line in path.read_bytes().splitlines()][3:] == [handed[0].label]
