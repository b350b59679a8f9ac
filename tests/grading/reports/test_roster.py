import csv

import pytest

from course_lib.errors import CourseError
from course_lib.grading.reports.exports import EXPORTS
from course_lib.grading.reports.roster import Person, bare, match, read_roster
from course_lib.grading.reports.writing import write_reports
from course_lib.grading.store import Store
from tests.grading.test_store import make_result

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Homework (7)
    Points Possible,,,,,10
"Byron, Ada",4711,S-17,ada,Group A,
"Noyce, Bob",4712,S-18,bob,Group A,
"Brontë, Anne Marie",4713,S-19,anne,Group B,
"Student, Test",4799,,f00,Group A,
"""
MOODLE = """Identifier,Full name,Email address,Status,Grade,Maximum Grade,Feedback comments
Participant 17,Ada Byron,ada@school.test,,,10.00,
Participant 18,Bob Noyce,bob@school.test,,,10.00,
"""


@pytest.fixture
def roster(tmp_path):
    """Return a function that reads a list from a file."""

    def read(text, encoding="utf-8-sig"):
        path = tmp_path / "students.csv"
        path.write_text(text, encoding=encoding)
        return read_roster(path)

    return read


def test_lists_of_canvas_moodle_and_others_are_read(roster):
    assert [person.name for person in roster(CANVAS)] == ["Byron, Ada", "Noyce, Bob", "Brontë, Anne Marie"]
    assert roster(CANVAS)[0] == Person("Byron, Ada", "4711", number="S-17", login="ada", section="Group A")
    assert roster(MOODLE)[0] == Person("Ada Byron", "17", email="ada@school.test")
    plain = roster("first_name;last_name;email\nAda;Byron;a@b.test\n", "utf-8")
    assert plain == [Person("Ada Byron", first="Ada", last="Byron", email="a@b.test")]
    assert roster("identifier,github_username,github_id,name\n17,adab,1,Ada\n")[0].login == "adab"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no column of names: expected a heading such as student, full name, name, got an empty file"),
        ("points,grade\n1,2\n", "no column of names.*got points, grade"),
        ("Student,ID\n    Points Possible,\n", "nobody is in"),
        ('Student\n"a\n', "is no table in UTF-8"),
    ],
)
def test_what_is_no_list_of_a_class_is_said(roster, text, words):
    with pytest.raises(CourseError, match=words):
        roster(text)


def test_a_list_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CourseError, match="none.csv cannot be used .*: give the list of the class"):
        read_roster(tmp_path / "none.csv")


def owners(results, people):
    matched = match(results, people)
    return {label: person.id for label, person in matched.people.items()}, matched


def test_submissions_find_their_authors_by_number_or_name(roster):
    results = [
        make_result("a", student="byronada", student_id="4711"),
        make_result("b", student="noycebob"),  # as Canvas writes names, without a number
        make_result("c", student="Anne-Marie Bronte"),
        make_result("d", student="eve", student_id="1"),
    ]
    found, matched = owners(results, roster(CANVAS))
    assert found == {"a": "4711", "b": "4712", "c": "4713", "d": "1"}
    assert (matched.missing, matched.strangers, matched.doubled) == ((), ("d",), ())


def test_a_number_counts_more_than_a_name_and_a_name_of_two_people_nothing(roster):
    people = roster("name,id,login\nAda,1,x\nAda,2,y\nBob,3,z\n")
    found, matched = owners(
        [make_result("a", student="Bob", student_id="2"), make_result("b"), make_result("c", student="Z")], people
    )
    assert found == {"a": "2", "b": "", "c": "3"}
    assert matched.strangers == ("b",)
    assert [person.id for person in matched.missing] == ["1"]


def test_two_submissions_of_one_person_are_said(roster):
    _, matched = owners([make_result("a", student="adab"), make_result("b", student="Ada Byron")], roster(MOODLE))
    assert matched.strangers == ("a",)
    _, matched = owners([make_result("a", student="byron ada"), make_result("b", student="ADA BYRON")], roster(MOODLE))
    assert matched.doubled == ("a", "b")


def test_without_a_list_nobody_is_missing_or_strange():
    matched = match([make_result(student_id="9")], None)
    assert matched.people == {"class/ada": Person("ada", "9")}
    assert (matched.missing, matched.strangers, matched.doubled) == ((), (), ())


def test_names_are_compared_by_letters_alone():
    assert bare("O'Néill,  Zoë ") == "oneillzoe"


def test_exports_have_the_ids_of_the_list_and_grades_say_who_is_missing(roster, tmp_path):
    store = Store(tmp_path / "grades", "98")
    store.keep(make_result("a", student="byronada", student_id="4711"))
    store.keep(make_result("b", "k2", student="noycebob", status="refused", earned=None, reason="it is <b>empty</b>"))
    files, matched = write_reports(store, EXPORTS, roster(CANVAS))
    assert [person.name for person in matched.missing] == ["Brontë, Anne Marie"]

    def rows(name):
        with (store.folder / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))

    assert rows("exports/canvas.csv")[2:] == [
        ["Byron, Ada", "4711", "S-17", "ada", "Group A", "10"],
        ["Noyce, Bob", "4712", "S-18", "bob", "Group A", ""],
    ]
    grades = {row[0]: row for row in rows("grades.csv")}
    assert grades["Brontë, Anne Marie"][1:5] == ["4713", "", "", "missing"]
    assert grades["Byron, Ada"][4:6] == ["passed", "10"]
    moodle = rows("exports/moodle.csv")
    assert moodle[2][-1] == "<pre>it is &lt;b&gt;empty&lt;/b&gt;</pre>"
    write_reports(store, ["nbgrader"], roster("id,last_name,first_name,email\n4711,Byron,Ada,a@b.test\n"))
    nbgrader = rows("exports/nbgrader.csv")
    assert nbgrader[1][3:7] == ["4711", "Byron", "Ada", "a@b.test"]
