import pytest

from course_lib.checks.findings import add_row, judge, own_rows, own_verdicts
from course_lib.errors import CourseError

pytestmark = pytest.mark.usefixtures("home")


def test_rows_are_kept_in_order_and_a_new_measurement_replaces_the_old():
    add_row("BASE", "inkb", "accuracy", 0.02, 0.0, 0.05, n=60, lesson="01")
    add_row("RAG", "inkb", "accuracy", 0.8, 0.7, 0.9, n=60, lesson="04")
    add_row("BASE", "inkb", "accuracy", 0.03, 0.0, 0.06, n=80, lesson="01")
    add_row("BASE", "inkb", "accuracy", 0.03, 0.0, 0.06, n=80, seed=1, lesson="01")
    assert [(row["arm"], row["value"], row["seed"]) for row in own_rows()] == [
        ("RAG", 0.8, 0),
        ("BASE", 0.03, 0),
        ("BASE", 0.03, 1),
    ]


@pytest.mark.parametrize(
    ("value", "low", "high", "n"),
    [
        (0.5, 0.6, 0.7, 9),
        (0.5, 0.4, 0.45, 9),
        (float("nan"), 0.1, 0.9, 9),
        (0.5, 0.4, float("inf"), 9),
        (0.5, 0.4, 0.6, 0),
    ],
)
def test_row_that_is_no_measurement_is_refused(value, low, high, n):
    with pytest.raises(CourseError, match="low <= value <= high"):
        add_row("RAG", "inkb", "accuracy", value, low, high, n=n)
    assert own_rows() == []


def test_last_verdict_on_a_claim_counts(capsys):
    judge("C-frozen", "untested")
    judge("C-frozen", "supported", "E01: the interval of the gap lies above 0")
    assert own_verdicts() == {"C-frozen": {"verdict": "supported", "why": "E01: the interval of the gap lies above 0"}}
    assert capsys.readouterr().out.splitlines()[1].startswith("C-frozen: supported, E01")


def test_verdict_that_is_none_is_refused():
    with pytest.raises(CourseError, match="expected one of supported, refuted, depends, untested.*got 'maybe'"):
        judge("C-frozen", "maybe")


def test_findings_are_shown_without_a_record(monkeypatch, capsys, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "file"))
    add_row("RAG", "inkb", "accuracy", 0.8, 0.7, 0.9, n=60)
    judge("C-frozen", "depends")
    assert capsys.readouterr().out.count("not kept") == 2
