import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from course_lib.checks.answers import Answer, Trial
from course_lib.cli import app
from course_lib.grading import box as boxes
from course_lib.grading.assignment import number_of
from course_lib.grading.proving import find_solution_lines, prove_assignment
from tests.authoring.tiny import EXERCISES
from tests.grading.tiny_lesson import ANSWERS, make_assignment, notebook

SEEDS = ("one", "two")


def make_answers(wrong="value + 3"):
    """Return a right and a wrong answer to each exercise."""
    answers = []
    for number, (_, right, _) in enumerate(EXERCISES.values(), 1):
        for kind, expression in (("right", right[0]), ("wrong", wrong)):
            function = eval(f"lambda value: {expression}")
            answers.append(Answer(f"ex_98_{number}", kind, f"{kind}_{number}", function, "expected 4"))
    return answers


@pytest.fixture
def prove(sandbox, quick):
    """Return a function that gives what holds of a changed assignment, by name."""

    def prove_changed(answers=None, **changed):
        assignment = replace(make_assignment(), **changed)
        facts = prove_assignment(assignment, make_answers() if answers is None else answers, sandbox, quick, SEEDS)
        return {fact.name: fact for fact in facts}

    return prove_changed


def broken(facts):
    return [name for name, fact in facts.items() if not fact.holds]


def test_all_holds_of_a_finished_lesson(prove):
    facts = prove()
    assert broken(facts) == []
    assert list(facts) == [
        "own answers",
        "released stubs",
        "known answers",
        "two runs",
        "released notebook",
        "box",
    ]


def test_own_answers_that_do_not_pass_are_named(prove):
    facts = prove(solved=notebook(**ANSWERS | {"ex_98_2": "7"}))
    assert broken(facts) == ["own answers"]
    assert facts["own answers"].found.startswith("ex_98_2 failed with the seed 'one'")
    assert "build it with" in prove(solved=b"")["own answers"].found


def test_a_stub_that_gives_an_answer_is_named(prove):
    facts = prove(released=notebook(ex_98_1="value + value"))
    assert facts["released stubs"].found == "ex_98_1 passed"


def test_a_wrong_answer_that_passes_is_named_and_one_that_is_missing(prove):
    accepted = [replace(answer, function=lambda value: value * 2) for answer in make_answers()[1:2]]
    facts = prove(answers=accepted)
    assert "ex_98_1: wrong_1 is wrong, but passed" in facts["known answers"].found
    assert "there are no wrong answers to ex_98_2" in facts["known answers"].found


def test_a_line_of_a_solution_in_the_released_notebook_is_named(prove):
    line = "return sum(sorted([value, value]))"
    solved = notebook(**ANSWERS | {"ex_98_1": line.removeprefix("return ")})
    cells = json.loads(make_assignment().released)
    cells["cells"][0]["source"] = f"# Lesson\n{line}"
    facts = prove(solved=solved, released=json.dumps(cells).encode())
    assert find_solution_lines(replace(make_assignment(), solved=solved)) == [line]
    assert facts["released notebook"].found == line


def test_the_command_says_what_holds(sandbox, monkeypatch):
    monkeypatch.setattr("course_lib.grading.assignment.load_assignment", lambda _lesson: make_assignment())
    monkeypatch.setattr("course_lib.grading.proving.SEEDS", SEEDS)
    monkeypatch.setattr("course_lib.checks.answers.collect", lambda _path: make_answers())
    monkeypatch.setattr(sandbox.__class__, "close", lambda _box: None)
    monkeypatch.setattr(boxes, "choose_box", lambda **_options: sandbox)
    ended = CliRunner().invoke(app, ["grade", "--verify", "98", "--json"])
    report = json.loads(ended.stdout)
    assert (ended.exit_code, report["ok"], report["lesson"]) == (0, True, "98")
    monkeypatch.setattr("course_lib.checks.answers.collect", lambda _path: [])
    ended = CliRunner().invoke(app, ["grade", "--verify", "98"])
    assert ended.exit_code == 1
    assert "no  known answers" in ended.stdout
    assert "lesson 98 must be mended before anybody is graded" in ended.stdout


def test_what_a_solution_imports_is_no_part_of_it():
    solution = "0\n    from collections.abc import Mapping, Sequence\n    return sum([value, value, 0])"
    changed = replace(make_assignment(), solved=notebook(**ANSWERS | {"ex_98_1": solution}))
    assert find_solution_lines(changed) == ["return sum([value, value, 0])"]


def test_a_wrong_answer_that_passes_with_a_later_seed_is_named_once(prove, monkeypatch):
    def passes_with_the_second(answer, exercise, seeds, *, verdicts_only):
        assert verdicts_only  # words are tried in CI
        fault = f"passes with {seeds}" if answer.kind == "wrong" and seeds == [number_of(SEEDS[1])] else ""
        return Trial(answer, fault)

    monkeypatch.setattr("course_lib.grading.proving.try_answer", passes_with_the_second)
    found = prove()["known answers"].found
    assert found.startswith(f"ex_98_1: wrong_1 passes with [{number_of(SEEDS[1])}]; ex_98_2: ")
    assert found.endswith("and 2 more")
