import json
import re
from pathlib import Path

import pytest

from course_lib.checks.record import changing, read_record
from course_lib.errors import CourseError, DataError
from course_lib.learning import certificate as certificate_module
from course_lib.learning import kernels
from course_lib.learning.certificate import verify, write_certificate
from course_lib.learning.copies import bring_lessons
from course_lib.learning.folder import released_lessons
from course_lib.learning.rerun import Rerun
from course_lib.models.checksums import hash_file

PAGE = Path(__file__).resolve().parents[2] / "docs" / "certificate.md"


class FakeRunner:
    """Stands for the kernels: puts results into the record of the run, as checks do."""

    def __init__(self, **results) -> None:
        self.results = results
        self.problems: tuple[str, ...] = ()
        self.ran: list[str] = []
        self.seen: dict = {}

    def __call__(self, path, environment):
        self.ran.append(path.name)
        with changing(Path(environment["COURSE_HOME"])) as record:
            self.seen = json.loads(json.dumps(record))
            record["results"] |= self.results
            record["rows"].append({"arm": "RAG"})
            record["claims"]["C-frozen"] = {"verdict": "supported", "why": ""}
        return Rerun("f" * 64, 1.5, self.problems)


@pytest.fixture
def course(root, monkeypatch):
    """Return the folder of a course that has all that a certificate tells of."""
    monkeypatch.setattr(kernels, "find_trouble", lambda: None)
    for name in ("COURSE_MODEL", "COURSE_BASE_URL", "COURSE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    (root / "requirements.txt").write_text("typer==0.0.1\nno-such-package==1.0\n")
    (root / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    weights = root / "embedded_model"
    weights.mkdir()
    (weights / "config.json").write_text("{}")
    (weights / "SHA256SUMS").write_text(f"{hash_file(weights / 'config.json')}  config.json\n")
    return root


@pytest.fixture
def make(course, work, lesson_97):
    """Return a function that verifies the learner's folder with a runner."""
    bring_lessons(released_lessons(course), work)
    return lambda runner: verify(work, released_lessons(course), course, runner=runner)


def passed(points):
    return {"status": "passed", "earned": points, "points": points}


def test_points_are_those_of_this_run_by_exercise_and_lesson(make):
    made = make(FakeRunner(ex_97_1=passed(2), ex_97_2={"status": "partly", "earned": 1}))
    assert (made["earned"], made["points"]) == (3, 5)
    first, second = made["lessons"]
    assert [(e["id"], e["earned"], e["points"], e["status"]) for e in first["exercises"]] == [
        ("ex_97_1", 2, 2, "passed"),
        ("ex_97_2", 1, 3, "partly"),
    ]
    assert (first["number"], first["title"], first["state"]) == ("97", "Doubling & halving", "ran")
    assert (first["earned"], first["points"], first["sha256"], first["seconds"]) == (3, 5, "f" * 64, 1.5)
    assert (second["exercises"], second["points"]) == ([], 0)


@pytest.mark.parametrize(("earned", "given"), [(99, 2), (-5, 0)])
def test_no_exercise_gives_more_or_less_than_it_has(make, earned, given):
    made = make(FakeRunner(ex_97_1=passed(2) | {"earned": earned}))
    assert made["lessons"][0]["exercises"][0]["earned"] == given


def test_exercise_without_a_result_was_not_checked(make):
    exercises = make(FakeRunner())["lessons"][0]["exercises"]
    assert [(e["status"], e["earned"]) for e in exercises] == [("not checked", 0)] * 2


def test_results_in_the_record_count_nothing_and_predictions_are_taken_from_it(make, work):
    predictions = {"97.a": {"value": 1, "confidence": 0.9, "truth": 1, "right": True}}
    with changing(work.home) as record:
        record.update(results={"ex_97_1": passed(2)}, predictions=predictions, rows=[{"arm": "old"}])
    before = read_record(work.home)
    runner = FakeRunner()
    made = make(runner)
    assert made["earned"] == 0
    assert (runner.seen["predictions"], made["rows"]) == (predictions, [{"arm": "RAG"}] * 2)
    assert made["predictions"]["revealed"] == 1
    assert made["predictions"]["brier"] == pytest.approx(0.01)
    assert made["claims"]["C-frozen"]["verdict"] == "supported"
    assert read_record(work.home) == before


def test_lesson_that_is_not_in_the_folder_counts_with_no_points(make, work):
    (work.path / "97_doubling.ipynb").unlink()
    runner = FakeRunner()
    made = make(runner)
    assert runner.ran == ["98_words.ipynb"]
    assert (made["lessons"][0]["state"], made["lessons"][0]["sha256"], made["points"]) == ("missing", None, 5)


def test_other_notebooks_of_the_learner_are_not_run(make, work):
    (work.path / "97_doubling.new-12345678.ipynb").touch()
    (work.path / "scratch.ipynb").touch()
    runner = FakeRunner()
    make(runner)
    assert runner.ran == ["97_doubling.ipynb", "98_words.ipynb"]


def test_problems_of_a_run_are_told(make):
    runner = FakeRunner()
    runner.problems = ("cell 3 raised NameError: x",)
    assert [lesson["state"] for lesson in make(runner)["lessons"]] == ["problems", "problems"]


def test_course_model_and_packages_are_named(make, course):
    made = make(FakeRunner())
    assert made["course"]["version"] == "1.2.3"
    released = (course / "notebooks" / "97_doubling.ipynb").read_bytes()
    assert made["course"]["lessons"]["97_doubling"] == certificate_module.hash_content(released)
    assert made["model"] == {
        "name": "embedded",
        "weights_sha256": hash_file(course / "embedded_model" / "SHA256SUMS"),
    }
    assert made["packages"]["no-such-package"] is None
    assert made["packages"]["typer"]
    assert made["as_pinned"] is False


def test_another_model_is_named_and_its_key_is_not(make, monkeypatch):
    monkeypatch.setenv("COURSE_MODEL", "my/model")
    monkeypatch.setenv("COURSE_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("COURSE_API_KEY", "a-secret")
    made = make(FakeRunner())
    assert made["model"]["name"] == "my/model"
    assert "a-secret" not in json.dumps(made)


def test_damaged_weights_are_no_basis_of_a_certificate(make, course):
    (course / "embedded_model" / "config.json").write_text("[]")
    with pytest.raises(DataError, match="restore or reinstall"):
        make(FakeRunner())


def test_folder_without_lessons_is_a_sentence(course, work):
    with pytest.raises(CourseError, match="holds no lesson: python3 course.py learn"):
        verify(work, released_lessons(course), course, runner=FakeRunner())


def test_missing_kernel_is_said_before_anything_runs(make, monkeypatch):
    monkeypatch.setattr(kernels, "find_trouble", lambda: ("no kernel", "make one"))
    runner = FakeRunner()
    with pytest.raises(CourseError, match="no kernel: make one"):
        make(runner)
    assert runner.ran == []


def test_both_files_are_written_whole_or_not_at_all(make, work, monkeypatch):
    made = make(FakeRunner())
    files = write_certificate(made, work)
    assert [path.name for path in files] == ["certificate.json", "certificate.html"]
    assert json.loads(files[0].read_text(encoding="utf-8")) == made
    before = [path.read_bytes() for path in files]

    def stop(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr("course_lib.files.os.fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        write_certificate(made | {"earned": 5}, work)
    assert [path.read_bytes() for path in files] == before


def test_character_that_no_file_can_hold_stops_nothing(make, work):
    runner = FakeRunner()
    runner.problems = ("cell 3 raised ValueError: \ud800",)
    files = write_certificate(make(runner), work)
    assert "ValueError" in files[1].read_text(encoding="utf-8")
    assert json.loads(files[0].read_text(encoding="utf-8"))["lessons"][0]["problems"]


def test_page_of_the_documentation_names_every_field(make):
    made = make(FakeRunner())
    page = PAGE.read_text(encoding="utf-8")
    table = "\n".join(line for line in page.splitlines() if line.startswith("| `"))
    named = set(re.findall(r"`(\w+)`", table))
    lesson = made["lessons"][0]
    assert set(made) | set(lesson) | set(lesson["exercises"][0]) | set(made["model"]) <= named


def test_certificate_says_what_it_is_worth(make):
    assert "proves nothing to others" in make(FakeRunner())["says"]
