import pytest

from course_lib.checks.predictions import calibrate, predict, reveal
from course_lib.checks.record import read_record
from course_lib.errors import CourseError

pytestmark = pytest.mark.usefixtures("home")


def stored():
    return read_record()["predictions"]


def test_prediction_is_kept_with_its_confidence(capsys):
    predict("01.a", 0.3, confidence=0.9)
    assert stored() == {"01.a": {"value": 0.3, "confidence": 0.9}}
    assert capsys.readouterr().out == "01.a  you predict 0.3, 90% sure\n"


def test_prediction_may_change_until_it_is_revealed(capsys):
    predict("01.a", "RAG")
    predict("01.a", "LoRA", confidence=0.6)
    assert stored()["01.a"]["value"] == "LoRA"
    reveal("01.a", "RAG")
    predict("01.a", "RAG", confidence=1.0)
    assert stored()["01.a"] == {"value": "LoRA", "confidence": 0.6, "truth": "RAG", "right": False}
    assert "it is known now, so it stays" in capsys.readouterr().out


def test_same_cells_may_run_again(capsys):
    for _ in range(2):
        predict("01.a", True)
        reveal("01.a", True)
    first, second, third, fourth = capsys.readouterr().out.splitlines()
    assert second == fourth == "01.a  you predicted True, 80% sure; it is True: right, Brier 0.04 (0 is best)"
    assert third == "01.a  you predict True, 80% sure, as before the run"


def test_prediction_that_is_not_decided_is_none_yet(capsys):
    predict("01.a", None)
    reveal("01.a", 0.5)
    assert stored() == {}
    shown = capsys.readouterr().out
    assert "no prediction yet: put what you expect in the place of None" in shown
    assert "no prediction was written; it is 0.5" in shown


@pytest.mark.parametrize(
    ("value", "truth", "options", "right"),
    [
        (1, 1.0, {}, True),
        ([1, 2], (1, 2), {}, True),
        (True, 1, {}, False),
        (0.31, 0.3, {"tolerance": 0.05}, True),
        (0.41, 0.3, {"tolerance": 0.05}, False),
        ("up", "down", {"right": True}, True),
        ("up", "up", {"right": False}, False),
        ("x", 0.3, {"tolerance": 0.05}, False),
    ],
)
def test_prediction_is_right_or_wrong(value, truth, options, right):
    predict("02.b", value)
    reveal("02.b", truth, **options)
    assert stored()["02.b"]["right"] is right


def test_prediction_of_more_than_a_number_is_kept_as_it_is():
    predict("02.b", {"RAG": (0.8, 0.9)})
    reveal("02.b", {"RAG": (0.8, 0.9)})
    assert stored()["02.b"]["right"] is True


@pytest.mark.parametrize("id", ["a", "1.a", "01.A", "01", None, "01." + "x" * 99])
def test_malformed_name_is_refused(id):
    with pytest.raises(CourseError, match='such as "01.a"'):
        predict(id, 1)
    with pytest.raises(CourseError, match='such as "01.a"'):
        reveal(id, 1)


@pytest.mark.parametrize("confidence", [-0.1, 1.1, 80, True, "high", float("nan")])
def test_confidence_is_a_chance(confidence):
    with pytest.raises(CourseError, match="between 0 and 1"):
        predict("01.a", 1, confidence=confidence)


def test_value_that_is_not_plain_is_refused():
    with pytest.raises(CourseError, match="prediction is an object"):
        predict("01.a", object())


def test_predictions_are_shown_without_a_record(monkeypatch, capsys, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "file"))
    predict("01.a", 0.3)
    reveal("01.a", 0.3)
    shown = capsys.readouterr().out
    assert shown.count("not kept") == 2
    assert "you predict 0.3" in shown


# Calibration


def entry(confidence, right=None):
    return {"confidence": confidence} | ({} if right is None else {"right": right})


def test_brier_score_is_the_mean_square_of_what_was_missed():
    found = calibrate({"a": entry(1.0, True), "b": entry(0.5, False), "c": entry(0.8)})
    assert (found["written"], found["revealed"]) == (3, 2)
    assert found["brier"] == pytest.approx(0.125)
    assert (found["confidence"], found["right"]) == (0.75, 0.5)


def test_nothing_revealed_has_no_score():
    assert calibrate({}) == {"written": 0, "revealed": 0, "brier": None, "confidence": None, "right": None, "bins": []}


def test_every_confidence_falls_into_one_bin():
    confidences = [0.0, 0.3, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0]
    found = calibrate({str(n): entry(confidence, True) for n, confidence in enumerate(confidences)})
    assert [(part["from"], part["n"]) for part in found["bins"]] == [
        (0.0, 2),
        (0.5, 2),
        (0.6, 1),
        (0.7, 1),
        (0.8, 1),
        (0.9, 3),
    ]
