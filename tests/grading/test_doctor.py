import json

import pytest
from typer.testing import CliRunner

from course_lib.cli import app, grading_doctor
from course_lib.grading import box as boxes
from course_lib.grading.box.base import BoxError
from course_lib.grading.isolation import Fact

FACTS = [Fact("network", "no connection", True, "[]"), Fact("files", "no file", False, "['/etc/passwd']")]


class Fake:
    name = "fake"
    closed = False

    def close(self):
        self.closed = True


@pytest.fixture
def doctor(monkeypatch):
    """Return a function that runs the command with a fake box in which ``facts`` were found."""

    def run(facts, *options):
        box = Fake()
        monkeypatch.setattr(boxes, "choose_box", lambda: box)
        monkeypatch.setattr("course_lib.grading.isolation.prove_isolation", lambda _: iter(facts))
        monkeypatch.setattr(grading_doctor, "measure_start", lambda _: 0.025)
        ended = CliRunner().invoke(app, ["doctor", "--grading", *options])
        assert box.closed
        return ended

    return run


def test_each_fact_is_true_or_false_in_the_json(doctor):
    ended = doctor(FACTS, "--json")
    report = json.loads(ended.stdout)
    assert ended.exit_code == 1
    assert (report["ok"], report["box"], report["start_ms"]) == (False, "fake", 25)
    assert report["facts"] == {"network": True, "files": False}
    assert report["findings"][1]["found"] == "['/etc/passwd']"


def test_a_person_reads_what_an_attack_got(doctor):
    ended = doctor(FACTS)
    assert " yes network" in ended.stdout
    assert "the attack: ['/etc/passwd']" in ended.stdout
    assert "do not grade work of others here" in ended.stdout


def test_when_all_facts_hold_the_exit_code_says_so(doctor):
    ended = doctor(FACTS[:1])
    assert ended.exit_code == 0
    assert "sandbox: fake, 25 ms for a box\nwork of others can be graded here" in ended.stdout


def test_without_a_sandbox_the_reason_is_given(monkeypatch):
    def refuse():
        raise BoxError("none works here")

    monkeypatch.setattr(boxes, "choose_box", refuse)
    ended = CliRunner().invoke(app, ["doctor", "--grading", "--json"])
    report = json.loads(ended.stdout)
    assert ended.exit_code == 1
    assert (report["ok"], report["box"], report["reason"], report["facts"]) == (False, None, "none works here", {})
    assert "none works here" in CliRunner().invoke(app, ["doctor", "--grading"]).stdout


def test_a_start_is_measured(sandbox):
    assert 0 < grading_doctor.measure_start(sandbox, n=2) < 60
