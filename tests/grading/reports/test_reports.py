import base64
import csv
import io
import json
from html.parser import HTMLParser

import pytest

from course_lib.errors import CourseError
from course_lib.grading.reports.exports import EXPORTS, NBGRADER
from course_lib.grading.reports.page import preformatted
from course_lib.grading.reports.similar import find_alike
from course_lib.grading.reports.writing import refuse_unknown, write_reports
from course_lib.grading.results import CheckLine, ExerciseResult
from course_lib.grading.store import Store
from tests.grading.test_store import make_result

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'"


def make_exercise(status="passed", earned=2, answer="def f(x):\n    return x", **changed):
    line = CheckLine(
        name="doubles",
        says="doubles",
        state="yes" if status == "passed" else "no",
        after=None,
        call="f(7)",
        got="returned 8",
        expected="14",
        help=None,
        hidden=True,
    )
    parts = {
        "exercise": "ex_98_1",
        "title": "double",
        "status": status,
        "points": 2,
        "earned": earned,
        "checks": [line],
        "words": "",
        "feedback": "ex_98_1  double   2 of 2 points",
        "printed": "",
        "answer": answer,
        "cells": [1],
        "cpu_s": 0.1,
        "wall_s": 0.2,
        "peak_mb": 1.0,
        "hints_used": None,
    }
    return ExerciseResult(**parts | changed)


@pytest.fixture
def results():
    """Return a right, a hostile and two wrong submissions, and one without a mark."""
    wrong = make_exercise("failed", 0)
    evil = make_exercise(answer=EVIL, printed=EVIL, words=EVIL, feedback=EVIL, title=EVIL)
    return [
        make_result("class/ada", exercises=[make_exercise()], student_id="17"),
        make_result(f"class/{EVIL}", "k2", student=EVIL, exercises=[evil], notes=[EVIL], reason=EVIL, file=EVIL),
        make_result("class/bob", "k3", "failed", 0, student="bob", exercises=[wrong]),
        make_result("class/cyd", "k4", "failed", 0, student="cyd", exercises=[wrong]),
        make_result("class/dan", "k5", "refused", None, student="=dan", reason="it is no notebook"),
    ]


@pytest.fixture
def written(results, tmp_path):
    store = Store(tmp_path / "grades", "98")
    for result in results:
        store.keep(result)
    write_reports(store, EXPORTS)
    return store


class Tags(HTMLParser):
    """Collects the tags of a page and their attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.links = set(), set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]


def test_no_page_holds_a_script_or_a_tag_of_a_students(written):
    pages = list(written.folder.rglob("*.html"))
    assert len(pages) == 1 + 2 * 5
    for page in pages:
        found = Tags(page.read_text(encoding="utf-8"))
        assert not {"script", "img", "iframe", "b"} & found.tags
        assert not {name for name in found.attributes if name.startswith("on")}
        assert "default-src 'none'" in page.read_text(encoding="utf-8")


def test_the_overview_leads_to_every_submission(written):
    index = written.folder / "report" / "index.html"
    links = Tags(index.read_text(encoding="utf-8")).links
    assert len(links) == 5
    assert all((index.parent / link).is_file() for link in links)


def test_a_page_of_a_submission_leads_back_and_shows_only_columns_that_are_filled(written):
    page = written.folder / "report" / "submissions" / f"{written.path_of('class/ada').stem}.html"
    text = page.read_text(encoding="utf-8")
    assert [(page.parent / link).resolve() for link in Tags(text).links] == [written.folder / "report" / "index.html"]
    assert "<td>double</td><td>passed</td><td>2 of 2</td>" in text
    assert {">call<", ">got<", ">expected<"} == {word for word in (">call<", ">got<", ">expected<") if word in text}
    assert ">help<" not in text


def test_no_time_is_told_to_platforms_that_show_it_to_students(written):
    files = [path for path in (written.folder / "exports").rglob("*") if path.is_file()]
    texts = [path.read_bytes() for path in files]
    texts += [
        base64.b64decode(text) for path, text in zip(files, texts, strict=True) if path.parent.name == "classroom"
    ]
    assert files
    assert not [text for text in texts if b"0.2s" in text or b'"execution_time": 0' in text]


def test_the_overview_says_where_the_class_is_stuck(written):
    text = (written.folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "2 failed, 2 passed, 1 refused. Mean of those with a mark: 5.0 points." in text
    assert "f(7) returned 8, expected 14</td><td>2</td>" in text
    assert "Nothing was isolated" not in text


def test_a_page_for_a_student_holds_no_hidden_input(written):
    page = written.folder / "students" / f"{written.path_of('class/bob').stem}.html"
    assert "f(7)" not in page.read_text(encoding="utf-8")
    own = written.folder / "report" / "submissions" / page.name
    assert "f(7)" in own.read_text(encoding="utf-8")


def test_grades_that_were_not_isolated_say_so(tmp_path):
    store = Store(tmp_path, "98")
    store.keep(make_result(isolated=False))
    write_reports(store)
    assert "Nothing was isolated" in (tmp_path / "report" / "index.html").read_text(encoding="utf-8")


def test_text_keeps_its_lines_and_nothing_that_a_browser_obeys():
    assert preformatted("a\n\t<b>\u202e") == "<pre>a\n    &lt;b&gt;\\u202e</pre>"
    assert "9,600" not in preformatted("x\n" * 10_000)
    assert preformatted("x\n" * 10_000).endswith("9600 more lines</pre>")


def rows(store, name):
    with (store.folder / "exports" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_tables_for_platforms_leave_out_what_has_no_mark(written):
    canvas, moodle, nbgrader = (rows(written, f"{name}.csv") for name in ("canvas", "moodle", "nbgrader"))
    assert canvas[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lesson 98"]
    assert canvas[1][0].strip() == "Points Possible"
    assert {row[0]: row[-1] for row in canvas[2:]}["'=dan"] == ""
    assert moodle[0] == ["Identifier", "Full name", "Grade", "Maximum Grade", "Feedback comments"]
    assert ["Participant 17", "ada", "10", "10"] == next(row for row in moodle if row[1] == "ada")[:4]
    assert tuple(nbgrader[0]) == NBGRADER
    assert next(row for row in nbgrader if row[3] == "17")[7:] == ["10", "0", "10", "10"]


def test_results_for_gradescope_and_classroom(written):
    name = written.path_of("class/ada").stem
    gradescope = json.loads((written.folder / "exports" / "gradescope" / name / "results.json").read_text())
    assert (gradescope["score"], gradescope["stdout_visibility"]) == (10, "hidden")
    assert gradescope["tests"][0]["status"] == "passed"
    classroom = json.loads(base64.b64decode((written.folder / "exports" / "classroom" / f"{name}.txt").read_text()))
    assert (classroom["version"], classroom["status"], classroom["tests"][0]["status"]) == (1, "pass", "pass")
    assert len(list((written.folder / "exports" / "classroom").iterdir())) == 4


def test_an_unknown_format_is_said():
    with pytest.raises(CourseError, match="no format 'excel': give --export one of canvas, moodle"):
        refuse_unknown(["canvas", "excel"])


def make_long(word, n=20):
    return "\n".join(f"{word}_{number} = {word}_{number - 1} * {number} + len({word})" for number in range(n))


def test_copies_are_listed_and_short_answers_are_not():
    texts = {"a": make_long("x"), "b": make_long("x") + "\n# mine\ny = 1", "c": make_long("z"), "d": "x", "e": "x"}
    works = [make_result(name, exercises=[make_exercise(answer=text)]) for name, text in texts.items()]
    (pair,) = find_alike(works)
    assert (pair.first, pair.second) == ("a", "b")
    assert 0.9 < pair.share < 1


def test_what_many_have_is_nobodys_own():
    works = [make_result(str(n), exercises=[make_exercise(answer=make_long("x"))]) for n in range(10)]
    assert find_alike(works) == []


def test_tables_open_in_a_spreadsheet_without_formulas(written):
    text = (written.folder / "grades.csv").read_text(encoding="utf-8-sig")
    assert "'=dan" in [row[0] for row in csv.reader(io.StringIO(text))]
