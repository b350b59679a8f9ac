import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from course_lib.checks.record import changing
from course_lib.cli import app, learning
from course_lib.errors import CourseError
from course_lib.learning import certificate, kernels, ports, server

URL = "http://127.0.0.1:9000/lab/tree/97_doubling.ipynb?token=abc"


class FakeServer:
    """Stands for JupyterLab: tells its address and is stopped at once."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def __call__(self, words, tell):
        self.words = words
        tell(URL)


@pytest.fixture
def lab(monkeypatch, root, tmp_path):
    """Put a small course and a server that only listens in the place of the real ones."""
    fake = FakeServer()
    monkeypatch.setattr(learning, "ROOT", root)
    monkeypatch.setattr(server, "serve", fake)
    monkeypatch.setattr(kernels, "find_trouble", lambda: None)
    monkeypatch.setattr(ports, "is_free", lambda port: True)
    for name in ("COURSE_HOME", "PYTHONPATH"):
        monkeypatch.setenv(name, "")  # the command sets them, the test takes them back
    monkeypatch.chdir(root)
    return fake


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_learn_copies_the_lessons_and_opens_the_first(lab):
    ended = run("learn")
    assert ended.exit_code == 0
    assert (Path("my_course") / "97_doubling.ipynb").exists()
    assert {"--LabApp.default_url=/lab/tree/97_doubling.ipynb", "--ServerApp.open_browser=True"} <= set(lab.words)
    assert "2 lessons in " in ended.stdout
    assert URL in ended.stdout
    assert ended.stdout.splitlines()[-1].startswith("stopped; your notebooks and your record are in ")


def test_learn_opens_the_lesson_that_is_asked_for(lab):
    assert run("learn", "98", "--no-browser", "--port", "9000", "--folder", "mine").exit_code == 0
    wanted = {
        "--LabApp.default_url=/lab/tree/98_words.ipynb",
        "--ServerApp.open_browser=False",
        "--ServerApp.port=9000",
    }
    assert wanted <= set(lab.words)
    assert f"--ServerApp.root_dir={Path('mine').absolute()}" in lab.words


def test_learn_as_json_prints_one_value_before_it_serves(lab):
    ended = run("learn", "--json")
    told = json.loads(ended.stdout)
    assert (told["url"], told["port"], told["lesson"]) == (URL, 8888, "97_doubling.ipynb")
    assert told["notebooks"][0] == {"name": "97_doubling.ipynb", "state": "new", "beside": ""}
    assert told["record"] == str(Path("my_course/.course").absolute())


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_copy_only_starts_nothing(lab, words, monkeypatch):
    monkeypatch.setattr(kernels, "find_trouble", lambda: ("no kernel", "make one"))
    ended = run("learn", "--copy-only", *words)
    assert (ended.exit_code, lab.words) == (0, [])
    assert (Path("my_course") / "98_words.ipynb").exists()
    if words:
        assert json.loads(ended.stdout)["url"] is None


def test_another_port_than_the_usual_one_is_said(lab, monkeypatch):
    monkeypatch.setattr(ports, "is_free", lambda port: port > 8889)
    assert "port 8888 is taken, so this is at 8890" in run("learn").stdout
    assert "--ServerApp.port=8890" in lab.words


def test_port_that_is_asked_for_and_taken_is_refused(lab, monkeypatch):
    monkeypatch.setattr(ports, "is_free", lambda port: False)
    ended = run("learn", "--port", "9000")
    assert (ended.exit_code, ended.stdout, lab.words) == (2, "", [])
    assert "port 9000 is taken" in ended.stderr


def test_missing_kernel_is_one_sentence(lab, monkeypatch):
    monkeypatch.setattr(kernels, "find_trouble", lambda: ("no notebook kernel python3", "delete .venv"))
    ended = run("learn")
    assert (ended.exit_code, ended.stderr) == (2, "course: no notebook kernel python3: delete .venv\n")


def test_lesson_that_is_none_is_one_sentence(lab):
    assert "there is no lesson '05': the lessons are 97, 98" in run("learn", "05").stderr


def test_lesson_that_has_changed_is_said_once(lab, root):
    run("learn")
    Path("my_course/97_doubling.ipynb").write_text("mine")
    (root / "notebooks" / "97_doubling.ipynb").write_text("second")
    (root / "notebooks" / "98_words.ipynb").write_text("second")
    said = run("learn").stdout
    assert "97_doubling.ipynb has changed in the course and you have changed yours: yours stays" in said
    assert "brought up to date, you had not changed them: 98_words.ipynb" in said
    assert "has changed" not in run("learn").stdout


def test_record_of_a_newer_course_is_refused_before_anything_starts(lab):
    run("learn", "--copy-only")
    with changing(Path("my_course/.course")) as record:
        record["schema"] = 99
    ended = run("learn")
    assert (ended.exit_code, lab.words) == (2, [])
    assert "written by a newer version of the course" in ended.stderr


def test_damaged_record_is_set_aside_and_said(lab):
    run("learn", "--copy-only")
    Path("my_course/.course/record.json").write_text("{")
    ended = run("learn")
    assert ended.exit_code == 0
    assert "kept as record.json.broken-1" in ended.stderr


def test_record_that_was_elsewhere_is_said(lab, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", "elsewhere")
    assert "COURSE_HOME names elsewhere; in these notebooks the record is in " in run("learn").stdout


@pytest.mark.parametrize(("user", "said"), [(0, True), (1000, False)])
def test_root_is_told_that_it_is_root(lab, monkeypatch, user, said):
    monkeypatch.setattr(learning.os, "geteuid", lambda: user, raising=False)
    assert ("you are root" in run("learn").stdout) is said


# verify


def make_lesson(**parts):
    lesson = {"number": "97", "name": "97_doubling", "title": "Doubling", "state": "ran", "points": 2, "earned": 1}
    return lesson | {"exercises": [], "sha256": "f" * 64, "seconds": 1.5, "problems": []} | parts


@pytest.fixture
def verified(lab, monkeypatch):
    """Return a function that verifies lessons without a kernel."""
    run("learn", "--copy-only")

    def verify_these(*lessons, words=()):
        made = {"earned": 1, "points": 2, "says": "practice", "lessons": list(lessons)}

        def fake(folder, released, root, tell):
            print("a library's noise")
            for lesson in lessons:
                tell(lesson)
            return made

        monkeypatch.setattr(certificate, "verify", fake)
        monkeypatch.setattr(certificate, "render_certificate", lambda made: "<p>page</p>")
        return run("verify", *words)

    return verify_these


def test_verify_tells_each_lesson_and_where_the_certificate_is(verified):
    missing = make_lesson(number="98", title="Words", state="missing", seconds=None)
    ended = verified(make_lesson(), missing)
    assert ended.exit_code == 0
    assert "97 Doubling  1 of 2 points  2 s\n98 Words  not in your folder\n" in ended.stdout
    assert "1 of 2 points\npractice\n" in ended.stdout
    assert Path("my_course/certificate.html").read_text() == "<p>page</p>"
    assert json.loads(Path("my_course/certificate.json").read_text())["earned"] == 1


def test_verify_as_json_prints_the_certificate_and_nothing_else(verified):
    ended = verified(make_lesson(), words=["--json"])
    assert json.loads(ended.stdout)["lessons"][0]["title"] == "Doubling"
    assert "noise" in ended.stderr


def test_verify_fails_when_a_notebook_has_problems(verified):
    ended = verified(make_lesson(state="problems", problems=["cell 3 raised NameError: x"]))
    assert ended.exit_code == 1
    assert "cell 3 raised NameError: x" in ended.stdout
    assert Path("my_course/certificate.html").exists()


def test_verify_without_a_folder_is_one_sentence(lab):
    ended = run("verify", "--folder", "none")
    assert ended.exit_code == 2
    assert "there is no folder none: python3 course.py learn makes it" in ended.stderr


def test_verify_that_is_refused_writes_nothing(lab, monkeypatch):
    run("learn", "--copy-only")

    def refuse(*arguments, **options):
        raise CourseError("the weights are damaged: restore them")

    monkeypatch.setattr(certificate, "verify", refuse)
    assert run("verify").exit_code == 2
    assert not list(Path("my_course").glob("certificate*"))
