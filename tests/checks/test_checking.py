import json

import pytest
from IPython.core.interactiveshell import InteractiveShell

from course_lib.checks import checking
from course_lib.checks.checking import CheckFailed, check, hint
from course_lib.checks.display import CHECK_MEDIA_TYPE, View
from course_lib.checks.record import read_record
from course_lib.errors import CourseError

pytestmark = pytest.mark.usefixtures("demonstration", "home")


def right(scores, k):
    return sorted(range(len(scores)), key=lambda i: -scores[i])[:k]


def wrong(scores, k):
    return [2, 1]


def stub(scores, k):
    raise NotImplementedError


def test_right_answer_is_shown_kept_and_raises_nothing(capsys):
    check("ex_03_4", right)
    assert capsys.readouterr().out.startswith("ex_03_4  keep the k best chunks")
    assert read_record()["results"]["ex_03_4"] == {
        "status": "passed", "earned": 2, "points": 2, "best": 2, "passed": True, "tries": 1,
    }  # fmt: skip


def test_wrong_answer_is_shown_kept_and_marks_the_cell(capsys):
    with pytest.raises(CheckFailed, match="ex_03_4 partly: 2 of 4 checks say yes, 1 of 2 points"):
        check("ex_03_4", wrong)
    assert "this is the right set, in rising order" in capsys.readouterr().out
    assert read_record()["results"]["ex_03_4"]["status"] == "partly"


def test_stub_says_what_to_do_and_is_no_try():
    with pytest.raises(CheckFailed, match="ex_03_4 is not started: write your code in its cell"):
        check("ex_03_4", stub)
    assert read_record()["results"]["ex_03_4"]["tries"] == 0


def test_exercise_that_was_passed_once_stays_passed():
    check("ex_03_4", right)
    with pytest.raises(CheckFailed):
        check("ex_03_4", wrong)
    entry = read_record()["results"]["ex_03_4"]
    assert (entry["status"], entry["passed"], entry["best"], entry["tries"]) == ("partly", True, 2, 2)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("ex_03_9", right), "there is no exercise ex_03_9: lesson 03 has ex_03_4"),
        (("ex_77_1", right), "no exercises of lesson '77': the lessons with exercises are 03"),
        (("top_k", right), "expected the name of an exercise"),
        ((right,), "expected the name of an exercise"),
        (("ex_03_4",), r'write check\("ex_03_4", top_k\)'),
        (("ex_03_4", [1, 2]), "write its name without brackets"),
    ],
)
def test_wrong_call_says_how_to_call(words, message):
    with pytest.raises(CheckFailed, match=message):
        check(*words)


def test_record_that_cannot_be_written_costs_no_check(monkeypatch, capsys, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "file"))
    check("ex_03_4", right)
    shown = capsys.readouterr().out
    assert "2 of 2 points" in shown
    assert "not kept: your record in" in shown


def test_failure_has_a_short_traceback_in_a_notebook():
    assert CheckFailed("one line")._render_traceback_() == ["CheckFailed: one line"]


def test_notebook_gets_text_html_and_data(monkeypatch):
    shown = []
    monkeypatch.setattr(checking, "show_view", shown.append)
    check("ex_03_4", right)
    bundle = shown[0]._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", CHECK_MEDIA_TYPE}
    assert json.loads(json.dumps(bundle[CHECK_MEDIA_TYPE]))["status"] == "passed"


def test_ipython_shows_a_view_and_a_failure_as_they_are_meant():
    shell = InteractiveShell()
    formatted, _ = shell.display_formatter.format(View("text", "<p>html</p>", {"application/vnd.x+json": {"a": 1}}))
    assert formatted == {"text/plain": "text", "text/html": "<p>html</p>", "application/vnd.x+json": {"a": 1}}


# Hints


def test_hints_come_one_by_one_and_are_counted(capsys):
    for step in (1, 2, 3, 3):
        hint("ex_03_4")
        assert read_record()["hints"] == {"ex_03_4": step}
    shown = capsys.readouterr().out.split("ex_03_4  keep")[1:]
    assert "nudge: Which numpy function" in shown[0]
    assert "a plan" not in shown[0]
    assert '2 more: hint("ex_03_4")' in shown[0]
    assert "nearly the code: np.argsort sorts upward" in shown[2]
    assert "these are all the hints" in shown[2]
    assert shown[3] == shown[2]


def test_hint_of_a_step_shows_those_before_it_and_counts_no_fewer(capsys):
    hint("ex_03_4", 3)
    hint("ex_03_4", 1)
    assert read_record()["hints"] == {"ex_03_4": 3}


@pytest.mark.parametrize("step", [0, 4, "x"])
def test_hint_that_is_not_there_is_refused(step):
    with pytest.raises(CourseError, match="has 3 hints"):
        hint("ex_03_4", step)


def test_hints_are_shown_without_a_record(monkeypatch, capsys, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "file"))
    hint("ex_03_4")
    assert "nearly the code" in capsys.readouterr().out


def test_hints_look_the_same_in_html():
    data = {"exercise": "ex_03_4", "title": "<t>", "hints": ["a < b"], "of": 3}
    html = checking.render_hints_html(data)
    assert "&lt;t&gt;" in html
    assert "<li><em>a nudge</em>: a &lt; b</li>" in html
    assert 'aria-label="Hints to ex_03_4"' in html
