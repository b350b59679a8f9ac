"""The real nbgrader and the real otter take our packages and give the points that the course gives."""

import csv
import json
import os
from functools import partial

import pytest

from benchmarks import grading_peers
from benchmarks.measuring import interleave
from benchmarks.peers import make_peers
from benchmarks.small_lesson import ANSWERS, NAME, POINTS, fill_in, make_assignment
from course_lib.checks.cases import PRACTICE_SEED, Cases
from course_lib.errors import CourseError
from course_lib.grading.box.unisolated import Unisolated
from course_lib.grading.editions import make_for_nbgrader, make_for_otter
from course_lib.grading.limits import Limits
from course_lib.grading.submission import grade_intake


@pytest.fixture(scope="module")
def peers():
    """Return both tools; where pip cannot fetch them these tests are skipped, unless COURSE_NEEDS_PEERS says not to."""
    try:
        return make_peers()
    except CourseError as error:
        if os.environ.get("COURSE_NEEDS_PEERS"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def points():
    """Return what the course gives to each of the submissions, on the public inputs that the others have, too."""
    assignment = make_assignment()
    known = {exercise.id: exercise for exercise in assignment.exercises}

    def examine(exercise, handle):
        return known[exercise].run(*map(handle, known[exercise].functions), cases=Cases(PRACTICE_SEED))

    def grade(answers):
        intake = assignment.take_in(fill_in(assignment.released, answers))
        outcomes = grade_intake(Unisolated(), assignment.parts, intake, examine, Limits()).outcomes
        return {outcome.exercise: outcome.earned for outcome in outcomes}

    return {who: grade(answers) for who, answers in ANSWERS.items()}


def unpack(files, folder):
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def test_the_submissions_tell_graders_apart(points):
    assert sum(points["right"].values()) == POINTS
    assert 0 < sum(points["begun"].values()) < sum(points["almost"].values()) < POINTS
    assert sum(points["empty"].values()) == 0


def test_nbgrader_releases_validates_and_grades_the_lesson(peers, points, tmp_path):
    unpack(make_for_nbgrader(make_assignment()), tmp_path)
    peers.run("nbgrader", "generate_assignment", "lesson_97", folder=tmp_path)
    released = (tmp_path / "release" / "lesson_97" / f"{NAME}.ipynb").read_bytes()
    assert b"BEGIN SOLUTION" not in released
    for who, answers in ANSWERS.items():
        unpack({f"submitted/{who}/lesson_97/{NAME}.ipynb": fill_in(released, answers)}, tmp_path)
    said = peers.run("nbgrader", "validate", f"submitted/right/lesson_97/{NAME}.ipynb", folder=tmp_path)
    assert "Success! Your notebook passes all the tests." in said
    peers.run("nbgrader", "autograde", "lesson_97", folder=tmp_path)
    peers.run("nbgrader", "export", folder=tmp_path)
    with (tmp_path / "grades.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {who: float(row["score"]) for who, row in rows.items()} == {
        who: sum(earned.values()) for who, earned in points.items()
    }
    assert {float(row["max_score"]) for row in rows.values()} == {POINTS}


def test_otter_assigns_and_grades_the_lesson(peers, points, tmp_path):
    unpack(make_for_otter(make_assignment()), tmp_path)
    peers.run("otter", "assign", f"{NAME}.ipynb", "dist", folder=tmp_path)
    released = (tmp_path / "dist" / "student" / f"{NAME}.ipynb").read_bytes()
    assert b"BEGIN SOLUTION" not in released
    (grader,) = (tmp_path / "dist" / "autograder").glob("*.zip")
    for who in ("right", "almost"):
        (tmp_path / f"{who}.ipynb").write_bytes(fill_in(released, ANSWERS[who]))
        peers.run("otter", "run", "-a", grader, f"{who}.ipynb", folder=tmp_path)
        tests = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["tests"]
        assert {test["name"]: test["score"] for test in tests if "score" in test} == points[who]


def test_the_benchmark_compares_all_graders_on_the_same_submissions(peers, sandbox, tmp_path, monkeypatch):
    monkeypatch.setattr(grading_peers, "interleave", partial(interleave, warm_up=False))
    rows = grading_peers.measure_graders(peers, 1, 1, tmp_path)
    assert [row.ratio is None for row in rows] == [True, False, False, False]
    assert all(row.value.median > 0 for row in rows)


def test_a_grader_that_has_not_done_its_work_is_not_measured():
    with pytest.raises(CourseError, match="expected 4 marks, got 3"):
        grading_peers.must_be(4, 3)


def test_submissions_of_all_kinds_come_in_turn():
    made = grading_peers.make_submissions(5)
    assert [list(ANSWERS.values()).index(answers) for answers in made.values()] == [0, 1, 2, 3, 0]
