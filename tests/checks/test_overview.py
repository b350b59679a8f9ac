import pytest

from course_lib.checks.core import Exercise
from course_lib.checks.overview import (
    calibration_words,
    progress,
    read_progress,
    render_progress,
    render_progress_html,
    sum_up,
)
from course_lib.checks.record import empty_record
from course_lib.errors import CourseError
from tests.checks.demonstration import HINTS

EXERCISES = {
    "03": [
        Exercise("ex_03_1", "first", hints=HINTS, points=2),
        Exercise("ex_03_2", "second", hints=HINTS, points=3, level="stretch"),
    ],
    "04": [Exercise("ex_04_1", "third", hints=HINTS)],
}


def record(**parts):
    return empty_record() | parts


def passed(points):
    return {"status": "passed", "earned": points, "points": points, "best": points, "passed": True, "tries": 1}


def test_beginner_has_everything_before_them():
    shown = sum_up(empty_record(), EXERCISES)
    assert [(lesson["done"], lesson["earned"], lesson["points"]) for lesson in shown["lessons"]] == [
        (0, 0, 5),
        (0, 0, 1),
    ]
    assert shown["next"]["exercise"] == "ex_03_1"


def test_what_is_done_and_open_is_counted_by_lesson():
    results = {"ex_03_1": passed(2), "ex_03_2": {"best": 1, "passed": False}}
    shown = sum_up(record(results=results, hints={"ex_03_2": 2, "ex_77_1": 3}), EXERCISES)
    assert shown["lessons"][0] == {
        "number": "03", "exercises": 2, "done": 1, "points": 5, "earned": 3, "hints": 2, "open": ["ex_03_2"],
    }  # fmt: skip


def test_next_is_a_core_exercise_while_there_is_one_then_a_stretch_one_then_nothing():
    results = {"ex_03_1": passed(2)}
    assert sum_up(record(results=results), EXERCISES)["next"]["exercise"] == "ex_04_1"
    results["ex_04_1"] = passed(1)
    assert sum_up(record(results=results), EXERCISES)["next"]["exercise"] == "ex_03_2"
    results["ex_03_2"] = passed(3)
    assert sum_up(record(results=results), EXERCISES)["next"] is None


def test_points_of_an_older_form_of_an_exercise_do_not_exceed_its_points_now():
    assert sum_up(record(results={"ex_04_1": passed(9)}), EXERCISES)["lessons"][1]["earned"] == 1


def test_text_shows_done_open_next_and_calibration():
    predictions = {"01.a": {"confidence": 0.9, "right": False, "value": 1}}
    claims = {"C-frozen": {"verdict": "supported", "why": ""}, "C-cite": {"verdict": "depends", "why": ""}}
    text = render_progress(
        sum_up(record(results={"ex_03_1": passed(2)}, predictions=predictions, claims=claims), EXERCISES)
    )
    assert text.splitlines()[:3] == [
        "lesson  done    points  hints  open",
        "03      1 of 2  2 of 5  0      ex_03_2",
        "04      0 of 1  0 of 1  0      ex_04_1",
    ]
    assert "1 of 1 predictions revealed: 0% right at 90% confidence, too sure so far" in text
    assert "claims judged: 1 supported, 1 depends; rows on your scoreboard: 0" in text
    assert text.endswith("next: ex_04_1, third")


@pytest.mark.parametrize(
    ("confidence", "right", "words"),
    [(0.9, 0.5, "too sure"), (0.5, 0.9, "not sure enough"), (0.8, 0.75, "well judged")],
)
def test_calibration_is_put_into_words(confidence, right, words):
    found = {"written": 9, "revealed": 8, "brier": 0.2, "confidence": confidence, "right": right}
    assert f"{words} so far" in calibration_words(found)


def test_html_is_a_table_with_headings_that_say_what_they_head():
    html = render_progress_html(sum_up(empty_record(), EXERCISES))
    assert html.count('scope="col"') == 5
    assert html.count('scope="row"') == 2
    assert "<caption" in html
    assert 'aria-label="Your progress"' in html


@pytest.mark.usefixtures("demonstration", "home")
def test_progress_shows_the_lessons_that_there_are(capsys):
    progress()
    assert "next: ex_03_4, keep the k best chunks" in capsys.readouterr().out
    assert read_progress("03")["lessons"][0]["number"] == "03"
    with pytest.raises(CourseError, match="no exercises of lesson '05'"):
        progress("05")
