import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass, replace
from types import ModuleType, SimpleNamespace

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from course_lib.cli import app, doctor, output, quality
from course_lib.cli import world as world_commands
from course_lib.cli.doctor import Finding
from course_lib.errors import CourseError

LEAVES = [
    [*parents, name]
    for parents, group in (([], get_command(app)), (["world"], get_command(app).commands["world"]))
    for name in group.commands
    if name != "world"
]


@pytest.fixture
def course():
    """Return a function that runs ``course WORDS``."""
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def provide(monkeypatch, name, **content):
    """Put a module ``name`` with ``content`` in the place of the real one."""
    module = ModuleType(name)
    vars(module).update(content)
    monkeypatch.setitem(sys.modules, name, module)


# All commands


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_command_takes_help_and_json(course, words):
    shown = course(*words, "--help")
    assert shown.exit_code == 0
    assert "--json" in shown.stdout


@pytest.mark.parametrize("words", [["nonsense"], ["run", "--nonsense"], ["world", "show", "--version", "4"]])
def test_wrong_words_do_not_exit_with_success(course, words):
    assert course(*words).exit_code == 2


@pytest.mark.parametrize("words", [["world", "show", "--json"], ["world", "show"]])
def test_error_of_the_course_is_one_sentence_on_standard_error(course, monkeypatch, words):
    def fail(*arguments):
        raise CourseError("expected a world, got none: make one")

    monkeypatch.setattr(world_commands, "make_world", fail)
    ended = course(*words)
    assert (ended.exit_code, ended.stdout, ended.stderr) == (2, "", "course: expected a world, got none: make one\n")


def test_package_runs_as_a_module():
    command = [sys.executable, "-m", "course_lib.cli", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: course ")


def test_what_a_library_prints_goes_to_standard_error(capsys):
    with output.keep_stdout_clean(True):
        print("noise")
    with output.keep_stdout_clean(False):
        print("result")
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("result\n", "noise\n")


# test


def fake_tools(monkeypatch, **exit_codes):
    """Let ruff and pytest end with the given codes; return the commands that were run."""
    commands = []

    def run(command, **options):
        commands.append(command[2:])
        return SimpleNamespace(returncode=exit_codes.get(command[2], 0))

    monkeypatch.setattr(quality.subprocess, "run", run)
    return commands


@pytest.fixture
def lessons(monkeypatch, tmp_path):
    """Return the folder of the lessons of an empty course."""
    monkeypatch.setattr(quality, "ROOT", tmp_path)
    (tmp_path / "lessons").mkdir()
    return tmp_path / "lessons"


def test_test_runs_the_tools_and_passes_words_on_to_pytest(course, monkeypatch, lessons):
    commands = fake_tools(monkeypatch)
    ended = course("test", "--", "-k", "chunk")
    assert commands == [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["pytest", "-k", "chunk"]]
    assert ended.exit_code == 0
    assert ended.stdout.splitlines()[-1] == "all passed"
    assert "no lesson in lessons/ yet" in ended.stderr


def test_test_checks_and_runs_the_lessons_once_there_are_some(course, monkeypatch, lessons):
    (lessons / "98_words.py").touch()
    commands = fake_tools(monkeypatch, **{"tools.build_notebooks": 1})
    ended = course("test")
    assert commands[3:] == [["tools.build_notebooks", "--check"], ["pytest", "--nbval-lax", "notebooks", "solutions"]]
    assert ended.exit_code == 1
    assert ended.stdout.splitlines()[-1] == "1 of 5 failed"


@pytest.mark.parametrize("exit_codes", [{"ruff": 1}, {"pytest": 1}, {"pytest": 5}, {"pytest": -9}])
def test_test_fails_when_any_tool_fails_and_runs_the_others(course, monkeypatch, lessons, exit_codes):
    commands = fake_tools(monkeypatch, **exit_codes)
    ended = course("test")
    assert ended.exit_code == 1
    assert len(commands) == 3
    assert "FAILED" in ended.stdout
    assert ended.stdout.splitlines()[-1].endswith("of 3 failed")


def test_test_prints_only_json_on_request(course, monkeypatch, lessons):
    fake_tools(monkeypatch, pytest=5)
    ended = course("test", "--json")
    result = json.loads(ended.stdout)
    assert result["ok"] is False
    assert [step["ok"] for step in result["steps"]] == [True, True, False]
    assert ended.exit_code == 1


def test_test_names_what_is_not_installed(course, monkeypatch):
    monkeypatch.setattr(quality.importlib.util, "find_spec", lambda name: None)
    assert "ruff and pytest not installed" in course("test").stderr


def test_step_runs_a_real_tool():
    step = quality.run_step(["ruff", "--version"], quiet=True)
    assert step.ok
    assert step.seconds > 0
    assert not quality.run_step(["ruff", "nonsense"], quiet=True).ok


# run, contract, scoreboard


@pytest.mark.parametrize(
    ("words", "seeds", "only", "workers"),
    [
        ([], [0], [], 3),
        (["--seed", 7], [7], [], 3),
        (["--seeds", 3], [0, 1, 2], [], 3),
        (["--only", "E30", "--only", "E03", "--workers", 1], [0], ["E30", "E03"], 1),
    ],
)
def test_run_hands_its_options_over(course, monkeypatch, words, seeds, only, workers):
    asked = {}

    def run_course(**options):
        asked.update(options)
        print("a bar")
        return {"rows": []}

    provide(monkeypatch, "course_lib.running.run", run_course=run_course)
    provide(monkeypatch, "course_lib.running.workers", choose_workers=lambda: 3)
    ended = course("run", *words, "--json")
    assert ended.exit_code == 0
    assert json.loads(ended.stdout) == {"rows": []}
    assert (asked["seeds"], asked["only"], asked["model"], asked["fresh"]) == (seeds, only, None, False)
    assert asked["workers"] == workers


def test_run_refuses_two_ways_to_say_the_seeds(course, monkeypatch):
    ended = course("run", "--seed", 7, "--seeds", 3)
    assert ended.exit_code == 2
    assert "both given" in ended.stderr


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
@pytest.mark.parametrize("words", [[], ["--json"]])
def test_contract_exits_1_when_a_band_is_missed(course, monkeypatch, ok, code, words):
    entry = {"value": 0.93, "low": 0.9, "high": 0.96, "n": 300, "band": [0.9, None], "ok": True}
    measured = {"c1": entry, "c2": entry | {"ok": ok}}
    provide(monkeypatch, "course_lib.contract", measure_contract=lambda model: measured)
    ended = course("contract", *words)
    assert ended.exit_code == code
    if words:
        assert json.loads(ended.stdout) == measured
    else:
        assert "0.930" in ended.stdout
        assert "0.9 ..." in ended.stdout


@pytest.fixture
def scoreboard_file(tmp_path):
    row = {"arm": "RAG", "set": "inkb", "metric": "accuracy", "value": 0.9, "low": 0.8, "high": 0.95, "n": 9, "seed": 0}
    figure = {"name": "HYB - RAG", "seed": 0, "predicted": "+", "sign": "+", "value": 0.3, "low": 0.1, "high": 0.5}
    verdict = {"experiment": "E30", "title": "2x2", "claims": ["A1", "B2"], "predicted": "+", "verdict": "depends"}
    verdict |= {"figures": [figure]}
    stored = {"model": "embedded", "seeds": [0], "versions": {}, "hashes": {}}
    stored |= {"rows": [row, row | {"arm": "BASE", "value": 0.02}], "verdicts": [verdict]}
    file = tmp_path / "scoreboard.json"
    file.write_text(json.dumps(stored))
    return file


def test_scoreboard_prints_rows_and_verdicts(course, scoreboard_file):
    shown = course("scoreboard", "--file", scoreboard_file).stdout
    for word in ("RAG", "BASE", "0.02", "E30 2x2: depends", "A1, B2", "HYB - RAG: 0.30 [0.10, 0.50], expected +"):
        assert word in shown
    assert "0.020" in course("scoreboard", "--file", scoreboard_file, "--set", "inkb").stdout


def test_scoreboard_keeps_the_rows_asked_for(course, scoreboard_file):
    stored = json.loads(course("scoreboard", "--file", scoreboard_file, "--arm", "RAG", "--json").stdout)
    assert [row["arm"] for row in stored["rows"]] == ["RAG"]
    assert "the arms are BASE, RAG" in course("scoreboard", "--file", scoreboard_file, "--arm", "X").stderr


@pytest.mark.parametrize(("text", "words"), [(None, "there is no"), ("{", "cannot be read"), ("[]", "no scoreboard")])
def test_scoreboard_refuses_what_is_none(course, tmp_path, text, words):
    file = tmp_path / "x.json"
    if text is not None:
        file.write_text(text)
    ended = course("scoreboard", "--file", file)
    assert ended.exit_code == 2
    assert words in ended.stderr


# world


@dataclass(frozen=True)
class Document:
    id: str
    title: str
    genre: str
    access: str
    date: str
    text: str


@dataclass(frozen=True)
class Fact:
    entity: str
    attribute: str
    value: str


@dataclass(frozen=True)
class Question:
    set: str
    text: str
    answer: str | None
    documents: tuple[str, ...]


@pytest.fixture
def small_world(monkeypatch):
    """Let the commands see a world of one document, with facts that differ by version."""
    facts = {
        1: (Fact("kiln", "price", "24 euros"), Fact("kiln", "weight", "3 kg"), Fact("lathe", "price", "9 euros")),
        2: (Fact("kiln", "price", "26 euros"), Fact("kiln", "weight", "3 kg"), Fact("saw", "price", "5 euros")),
    }
    questions = {
        "inkb": (Question("inkb", "What does the kiln cost?", "24 euros", ("d1",)),),
        "unanswerable": (Question("unanswerable", "Who painted the kiln?", None, ()),),
    }
    document = Document("d1", "Kilns", "product sheet", "public", "2025-01-01", "# Kilns\n\nThe kiln costs [24] euros.")
    monkeypatch.setattr(
        world_commands,
        "make_world",
        lambda seed, version: SimpleNamespace(documents=(document,), facts=facts[version], questions=questions),
    )


def test_world_show_lists_documents_and_counts(course, small_world):
    assert "1 documents, 3 facts" in course("world", "show").stdout
    listed = json.loads(course("world", "show", "--json").stdout)
    assert listed["questions"] == {"inkb": 1, "unanswerable": 1}


def test_world_show_prints_a_document_as_it_is(course, small_world):
    assert course("world", "show", "d1").stdout.endswith("# Kilns\n\nThe kiln costs [24] euros.\n")
    assert json.loads(course("world", "show", "d1", "--json").stdout)["genre"] == "product sheet"
    assert "no document 'd9'" in course("world", "show", "d9").stderr


def test_world_ask_finds_questions_by_all_words(course, small_world):
    found = json.loads(course("world", "ask", "KILN cost", "--json").stdout)
    assert [question["answer"] for question in found] == ["24 euros"]
    assert len(json.loads(course("world", "ask", "kiln", "--json").stdout)) == 2
    assert len(json.loads(course("world", "ask", "kiln", "--limit", "1", "--json").stdout)) == 1
    assert "(abstain)" in course("world", "ask", "kiln", "--set", "unanswerable").stdout


@pytest.mark.parametrize("words", [["zebra"], ["kiln", "--set", "nonsense"]])
def test_world_ask_without_a_find_is_an_error(course, small_world, words):
    assert course("world", "ask", *words).exit_code == 2


def test_world_diff_names_each_kind_of_change(course, small_world):
    changes = json.loads(course("world", "diff", "1", "2", "--json").stdout)
    assert [(change["kind"], change["entity"], change["old"], change["new"]) for change in changes] == [
        ("changed", "kiln", "24 euros", "26 euros"),
        ("deleted", "lathe", "9 euros", None),
        ("added", "saw", None, "5 euros"),
    ]
    assert "1 changed, 1 deleted, 1 added" in course("world", "diff", "1", "2").stdout
    assert json.loads(course("world", "diff", "1", "1", "--json").stdout) == []


# index, search, ask


@dataclass(frozen=True)
class Chunk:
    id: str
    document_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Hit:
    chunk: Chunk
    score: float
    rank: int
    retriever: str


@pytest.fixture
def retrieval(monkeypatch):
    """Put a retriever that finds one passage, and a model that says one thing, in the place of the real ones."""
    chunk = Chunk("c1", "d1", 0, 9, "[bold] is text here")
    asked = {}

    class Index:
        chunks = (chunk, replace(chunk, id="c2"))

        @classmethod
        def load(cls, folder, embedder):
            return cls()

        def search(self, query, **options):
            asked.update(options, query=query)
            return [Hit(chunk, 0.5, 1, options["retriever"])]

    class Rag:
        def __init__(self, index, model, **options):
            asked.update(options, model=model)

        def answer(self, questions):
            return [SimpleNamespace(text="24 euros [1]", citations=["c1"], hits=[Hit(chunk, 0.5, 1, "hybrid")])]

    provide(monkeypatch, "course_lib.retrieval", Index=Index, index_folder=lambda folder, out: Index())
    provide(monkeypatch, "course_lib.rag", Rag=Rag)
    provide(monkeypatch, "course_lib.models", Embedder=lambda: None, load_model=lambda spec: f"model {spec}")
    return asked


def test_index_says_what_it_made(course, retrieval, tmp_path):
    assert "1 documents in 2 chunks" in course("index", tmp_path, "--out", tmp_path / "i").stdout
    assert json.loads(course("index", tmp_path, "--json").stdout)["chunks"] == 2
    assert "there is no folder" in course("index", tmp_path / "none").stderr


def test_search_prints_passages_with_their_place(course, retrieval, tmp_path):
    shown = course("search", "price", "--index", tmp_path, "-k", "2", "--retriever", "bm25").stdout
    assert "d1 [0:9]" in shown
    assert "[bold] is text here" in shown
    assert retrieval == {"query": "price", "k": 2, "retriever": "bm25", "access": None}
    hits = json.loads(course("search", "price", "--index", tmp_path, "--access", "public", "--json").stdout)
    assert hits[0]["chunk"]["id"] == "c1"
    assert retrieval["access"] == {"public"}


def test_ask_prints_the_answer_and_marks_what_it_cites(course, retrieval, tmp_path):
    shown = course("ask", "How much?", "--index", tmp_path, "--model", "m").stdout
    assert shown.startswith("24 euros [1]\n")
    assert "yes" in shown
    assert retrieval == {"k": 3, "retriever": "hybrid", "model": "model m"}


@pytest.mark.parametrize("command", ["search", "ask"])
def test_missing_index_is_a_sentence(course, tmp_path, command):
    ended = course(command, "words", "--index", tmp_path / "none")
    assert ended.exit_code == 2
    assert "make one with course index FOLDER" in ended.stderr


# doctor


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
def test_doctor_fails_when_one_check_fails(course, monkeypatch, ok, code):
    findings = [Finding("python", True, "3.11"), Finding("disk", ok, "0 GB", "" if ok else "make room")]
    monkeypatch.setattr(doctor, "CHECKS", tuple(lambda finding=finding: finding for finding in findings))
    ended = course("doctor")
    assert ended.exit_code == code
    assert ("make room" in ended.stdout) is not ok
    result = json.loads(course("doctor", "--json").stdout)
    assert result["ok"] is ok
    assert result["findings"][1]["check"] == "disk"


def test_doctor_compares_packages_with_pins(tmp_path):
    from importlib.metadata import version

    pins = tmp_path / "requirements.txt"
    pins.write_text(f"numpy=={version('numpy')}  # why\n\n# a comment\n")
    assert doctor.check_packages(pins).ok
    pins.write_text("numpy==0.1\nno-such-package==1\n")
    finding = doctor.check_packages(pins)
    assert not finding.ok
    assert "numpy is" in finding.found
    assert "no-such-package is missing" in finding.found


def test_doctor_takes_a_build_tag_for_the_pinned_version(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.metadata.version", lambda name: "2.13.0+cpu")
    (tmp_path / "pins").write_text("torch==2.13.0\n")
    assert doctor.check_packages(tmp_path / "pins").ok


def test_doctor_notices_changed_weights(tmp_path):
    assert not doctor.check_weights(tmp_path).ok
    lines = []
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes(name.encode())
        lines.append(f"{hashlib.sha256(name.encode()).hexdigest()}  {name}\n")
    (tmp_path / "SHA256SUMS").write_text("".join(lines))
    assert doctor.check_weights(tmp_path).ok
    (tmp_path / "model.safetensors").write_bytes(b"other")
    finding = doctor.check_weights(tmp_path)
    assert not finding.ok
    assert "model.safetensors" in finding.found
    assert "restore" in finding.advice


def test_doctor_notices_little_memory_and_disk(monkeypatch):
    import psutil

    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1e9))
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: SimpleNamespace(free=0.1e9))
    for finding in (doctor.check_memory(), doctor.check_disk()):
        assert not finding.ok
        assert finding.advice
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=9e9))
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: SimpleNamespace(free=9e9))
    assert doctor.check_memory().ok
    assert doctor.check_disk().ok


def test_doctor_notices_an_unsupported_python(monkeypatch):
    assert doctor.check_python().ok
    monkeypatch.setattr(doctor.sys, "version_info", (3, 15, 0, "final", 0))
    assert not doctor.check_python().ok


def test_doctor_notices_a_kernel_of_another_python(monkeypatch):
    from jupyter_client import kernelspec

    for command, ok in (("python", True), (sys.executable, True), ("/other/bin/python", False)):
        spec = SimpleNamespace(argv=[command])
        monkeypatch.setattr(kernelspec.KernelSpecManager, "get_kernel_spec", lambda self, name, spec=spec: spec)
        assert doctor.check_kernel().ok is ok

    def none(self, name):
        raise kernelspec.NoSuchKernel(name)

    monkeypatch.setattr(kernelspec.KernelSpecManager, "get_kernel_spec", none)
    assert not doctor.check_kernel().ok
    assert "delete .venv" in doctor.check_kernel().advice


@pytest.mark.parametrize(("first_free", "words"), [(8888, "8888 is free"), (8890, "learn goes to 8890")])
def test_doctor_says_where_jupyterlab_would_listen(monkeypatch, first_free, words):
    monkeypatch.setattr("course_lib.learning.ports.is_free", lambda port: port >= first_free)
    finding = doctor.check_port()
    assert finding.ok
    assert words in finding.found


def test_doctor_notices_that_no_port_is_free(monkeypatch):
    monkeypatch.setattr("course_lib.learning.ports.is_free", lambda port: False)
    finding = doctor.check_port()
    assert not finding.ok
    assert "all taken" in finding.found
    assert "--port" in finding.advice


def test_doctor_tries_to_write_where_the_course_writes(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "new" / "folder"))
    assert doctor.check_write().ok
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "file" / "folder"))
    finding = doctor.check_write()
    assert not finding.ok
    assert "no permission for" in finding.found
    assert "--folder" in finding.advice


def test_doctor_names_no_folder_in_what_it_advises(monkeypatch, tmp_path):
    # Lesson 00 shows the advice; its output must be the same on every computer.
    monkeypatch.setattr("course_lib.learning.ports.is_free", lambda port: False)
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "file" / "folder"))
    (tmp_path / "file").touch()
    for check in doctor.CHECKS:
        assert str(tmp_path) not in check().advice


# claims


@pytest.fixture
def judged_file(tmp_path):
    """Return the file of a scoreboard that decides the claims on invention."""
    figures = [{"name": "halluc on traps, RAG - BASE", "seed": 0, "sign": "-"}]
    verdict = {"experiment": "E02", "claims": [], "predicted": "", "verdict": "depends", "figures": figures}
    file = tmp_path / "judged.json"
    file.write_text(json.dumps({"model": "m", "seeds": [0], "rows": [], "verdicts": [verdict]}))
    return file


def test_claims_are_listed_with_verdicts_and_conflicts(course, judged_file):
    shown = course("claims", "--lesson", "04", "--file", judged_file).stdout
    for word in ("A-less-halluc", "supported", "K10", "not tried yet"):
        assert word in shown
    assert "C-m-80" not in shown


def test_claims_as_json_hold_the_reason_and_the_evidence(course, judged_file):
    printed = json.loads(course("claims", "--lesson", "4", "--file", judged_file, "--json").stdout)
    found = {entry["id"]: entry for entry in printed["claims"]}
    assert {entry["verdict"] for entry in found.values()} == {"supported", "not tried yet"}
    assert found["A-less-halluc"]["why"] == "for: E02 halluc on traps, RAG - BASE"
    assert found["A-less-halluc"]["evidence"][0]["figure"]["holds_if"] == "-"
    assert found["A-less-halluc"]["untried"] == ["E09"]
    assert {conflict["id"] for conflict in printed["conflicts"]} == {"K2", "K10", "K13"}


def test_claims_without_a_scoreboard_are_not_tried_yet(course, monkeypatch, tmp_path):
    monkeypatch.setattr("course_lib.cli.claims.SCOREBOARD", tmp_path / "none.json")
    shown = course("claims").stdout
    assert shown.splitlines()[-1] == "162 claims: 162 not tried yet"


def test_claims_of_a_lesson_that_tries_none_say_so(course):
    assert course("claims", "--lesson", "12").stdout.splitlines()[-1] == "no claims"


@pytest.mark.parametrize("words", [["--lesson", "13"], ["--file", "no-such-file.json"]])
def test_claims_of_what_does_not_exist_are_an_error(course, words):
    ended = course("claims", *words)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "there is no" in ended.stderr
