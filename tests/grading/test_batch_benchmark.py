import doctest
import sys
from collections import Counter

import pytest

from benchmarks import grading_batch
from benchmarks.grading_batch import KINDS, find_faults, grade, make_class, read_answers
from course_lib.checks.answers import collect
from course_lib.errors import CourseError
from course_lib.grading.assignment import load_assignment
from course_lib.grading.results import write_result
from course_lib.grading.store import Store
from tests.grading.test_store import make_result
from tests.grading.tiny_lesson import make_assignment
from tests.test_architecture import ROOT

LESSON = load_assignment("00")
TINY_COMMAND = """
from course_lib.cli import app
from course_lib.grading import assignment
from tests.grading.tiny_lesson import STEM, make_assignment
assignment.load_assignment = lambda _lesson: make_assignment()
assignment.released_names = lambda: [STEM]
app()
"""


def test_examples_in_docstrings_hold():
    assert doctest.testmod(grading_batch).failed == 0


def test_a_class_has_all_kinds_is_the_same_each_time_and_no_two_files_are_alike(tmp_path):
    counts = make_class(LESSON, 100, tmp_path / "a")
    assert counts == Counter(KINDS)
    assert set(make_class(LESSON, 20, tmp_path / "b")) == set(KINDS)
    make_class(LESSON, 20, tmp_path / "c")
    files = [path.read_bytes() for path in sorted(tmp_path.glob("a/*/*.ipynb"))]
    assert len(set(files)) == 100
    again = [[path.read_bytes() for path in sorted(tmp_path.glob(f"{name}/*/*.ipynb"))] for name in "bc"]
    assert again[0] == again[1]


def test_every_known_answer_becomes_a_cell_that_defines_what_the_lesson_asks_for():
    texts = read_answers(LESSON)
    answers = collect(ROOT / "lessons" / "answers" / f"{LESSON.name}.py")
    assert Counter({name: len(found) for name, found in texts.items()}) == Counter(a.exercise for a in answers)
    for exercise in LESSON.exercises:
        names = {"__name__": "cell"}
        exec(texts[exercise.id][0], names)
        assert all(callable(names[function]) for function in exercise.functions)


@pytest.fixture
def two(tmp_path):
    """Return the folders of two gradings of two submissions that came out alike, but for the times."""
    folders = []
    for name, seconds in (("killed", 0.1), ("whole", 0.9)):
        folders.append(tmp_path / name)
        store = Store(folders[-1], "98")
        for label in ("class/ada", "class/bob"):
            store.keep(make_result(label, seconds=seconds))
    return folders


def test_batches_that_came_out_alike_have_no_fault(two):
    assert list(find_faults(*two, 2)) == []


def test_what_is_lost_otherwise_or_twice_is_found(two):
    killed, _ = two
    store = Store(killed, "98")
    path = store.path_of("class/ada")
    path.write_bytes(write_result(make_result("class/ada", earned=9)))
    assert list(find_faults(*two, 2)) == ["class/ada has another result"]
    path.unlink()
    assert list(find_faults(*two, 2)) == ["the killed batch has 1 results of 2 submissions"]
    lines = (killed / "journal.jsonl").read_text().splitlines(keepends=True)
    (killed / "journal.jsonl").write_text(2 * lines[0])
    assert list(find_faults(*two, 2))[1:] == [
        "class/ada is 2 times in the journal",
        "class/bob is not in the journal",
    ]


def test_a_command_that_fails_or_ends_too_soon_is_no_measurement(tmp_path):
    with pytest.raises(CourseError, match="exit code 2: course: there is no .*nothing"):
        grade("00", tmp_path / "nothing", tmp_path / "out", 1)
    (tmp_path / "out" / "results").mkdir(parents=True)
    with pytest.raises(CourseError, match="exit code 2"):
        grade("00", tmp_path / "nothing", tmp_path / "out", 1, kill_at=1)


@pytest.mark.usefixtures("sandbox")
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_batch_is_completed_and_measured(monkeypatch, capsys):
    monkeypatch.setattr(grading_batch, "COMMAND", (sys.executable, "-c", TINY_COMMAND))
    monkeypatch.setattr(grading_batch, "load_assignment", lambda _lesson: make_assignment())
    monkeypatch.setattr(grading_batch, "read_answers", lambda _assignment: {})
    monkeypatch.setattr(grading_batch, "KINDS", {"solved": 2, "not begun": 2, "broken": 1})
    monkeypatch.setattr(sys, "argv", ["grading_batch.py", "--lesson", "98", "--n", "10", "--kills", "1", "--jobs", "1"])
    assert grading_batch.main() == 0
    said = capsys.readouterr().out
    assert "10 submissions, 4 not begun, 4 solved, 2 broken" in said
    assert "results: 4 not started, 4 passed, 2 refused" in said
    assert "killed after [5] results and started again: complete, the same, nothing twice" in said
    assert float(said.rpartition("in one go: ")[2].split()[0]) > 0
