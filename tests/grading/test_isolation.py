import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from course_lib.grading import isolation
from course_lib.grading.box.base import BoxError
from course_lib.grading.box.runtime import COURSE, INSIDE, LIBRARY, find_runtime
from course_lib.grading.box.unisolated import Unisolated
from course_lib.grading.isolation import attack, prove_isolation, set_traps, try_probe
from course_lib.grading.probes import list_probes
from course_lib.grading.worker import Worker

pytestmark = pytest.mark.loopback  # a trap listens on this computer


def test_the_attacks_never_run_where_nothing_is_isolated(monkeypatch):
    monkeypatch.setattr(Unisolated, "start", lambda *_: pytest.fail("an attack was started"))
    with pytest.raises(BoxError, match="in a sandbox only"):
        next(prove_isolation(Unisolated()))


def test_every_fact_holds(sandbox):
    facts = list(prove_isolation(sandbox))
    assert len({fact.name for fact in facts}) == len(facts) > 15
    assert [fact for fact in facts if not fact.holds] == []


def test_traps_are_taken_away():
    with set_traps() as traps:
        assert os.environ[isolation.CANARY]
        assert Path(traps.secret).exists()
    assert isolation.CANARY not in os.environ
    assert not Path(traps.secret).exists()


# A proof that cannot fail proves nothing: each of these boxes has one wall less.


class Leaky:
    """Makes boxes of bubblewrap with other words or another runner in them."""

    isolated, name = True, "leaky"

    def __init__(self, monkeypatch, words=None, runner=None, binds=()):
        from course_lib.grading.box import bubblewrap

        runtime = find_runtime()
        kept = [(path, inside) for path, inside in runtime.binds if not (runner and inside.endswith("grading/runner"))]
        more = [(runner, f"{INSIDE}/course_lib/grading/runner")] if runner else []
        self.box = bubblewrap.Bubblewrap(runtime=replace(runtime, binds=(*kept, *more, *binds)))
        if words:
            real = bubblewrap.build_command
            monkeypatch.setattr(bubblewrap, "build_command", lambda found: words(real(found)))

    def start(self, limits):
        return self.box.start(limits)

    def close(self):
        self.box.close()


@pytest.fixture
def leaky(sandbox, monkeypatch):
    """Return a function that says which facts do not hold in a box with one wall less."""
    made = []

    def find_broken(*names, **options):
        made.append(Leaky(monkeypatch, **options))
        with set_traps() as traps:
            probes = [probe for probe in list_probes(traps) if probe.name in names]
            assert len(probes) == len(names)
            return [probe.name for probe in probes if not try_probe(made[-1], probe).holds]

    yield find_broken
    for box in made:
        box.close()


@pytest.fixture
def change_runner(tmp_path):
    """Return a function that gives a copy of the runner with some words of it replaced."""

    def change(file, old, new):
        folder = tmp_path / "runner"
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(LIBRARY / "grading" / "runner", folder, ignore=ignored)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        return folder

    return change


def without(*options):
    """Return a change of a command: these options are left out, with what follows them."""

    def change(command):
        kept, skipped = [], 0
        for word in command:
            if skipped:
                skipped -= 1
            elif word in options:
                skipped = 0 if word.startswith("--unshare") else 1
            else:
                kept.append(word)
        return kept

    return change


@pytest.mark.skipif(
    COURSE.is_relative_to("/tmp"), reason="the box has a /tmp of its own, which hides what lies in /tmp"
)
def test_a_file_of_the_course_in_the_box_is_noticed(leaky):
    binds = [(COURSE / "tests", str(COURSE / "tests")), (LIBRARY / "checks", f"{INSIDE}/solutions")]
    assert leaky("files", "answers", binds=binds) == ["files", "answers"]


def test_folders_that_can_be_written_to_are_noticed(leaky):
    assert leaky("read only", words=without("--remount-ro")) == ["read only"]


def test_a_missing_filter_is_noticed(leaky, change_runner):
    runner = change_runner("nursery.py", "confine.filter_system_calls()", "pass")
    assert leaky("processes", "system calls", runner=runner) == ["processes", "system calls"]


def test_a_network_is_noticed(leaky, tmp_path):
    # Three walls keep it out: bubblewrap's namespace, that of each box, and the filter.
    runner = tmp_path / "runner"
    shutil.copytree(LIBRARY / "grading" / "runner", runner)
    for file, old in (("nursery.py", "confine.filter_system_calls()"), ("confine.py", " | NEW_NETWORK)")):
        text = (runner / file).read_text(encoding="utf-8")
        (runner / file).write_text(text.replace(old, "pass" if old[0] != " " else ")"), encoding="utf-8")

    def share_network(command):
        return [*command[: command.index("--dev")], "--share-net", *command[command.index("--dev") :]]

    assert leaky("network", runner=runner, words=share_network) == ["network"]


def test_capabilities_that_were_kept_are_noticed(leaky, change_runner):
    assert leaky("privileges", runner=change_runner("nursery.py", "confine.drop_capabilities()", "pass")) == [
        "privileges"
    ]


def test_folders_without_limit_are_noticed(leaky, change_runner):
    runner = change_runner("confine.py", "size={size_mb}m,", "")
    assert leaky("disk", "shared disk", runner=runner) == ["disk", "shared disk"]


def test_files_without_limit_are_noticed(leaky, change_runner):
    runner = change_runner("confine.py", "resource.RLIMIT_FSIZE: limits", "resource.RLIMIT_MEMLOCK: limits")
    assert leaky("file size", runner=runner) == ["file size"]


def test_descriptors_that_were_left_open_are_noticed(leaky, change_runner):
    runner = change_runner("nursery.py", "close_others({requests", "os.open('/', 0) or ({requests")
    assert leaky("descriptors", runner=runner) == ["descriptors"]


def test_a_variable_of_the_caller_is_noticed(leaky):
    def add_variable(command):
        place = command.index("--setenv")
        return [*command[:place], "--setenv", "COURSE_CANARY", "secret", *command[place:]]

    assert leaky("variables", words=add_variable) == ["variables"]


def test_memory_without_limit_is_noticed(sandbox, monkeypatch):
    monkeypatch.setattr("course_lib.grading.box.bubblewrap.Forked._limit_memory", lambda *_: None)
    monkeypatch.setattr(Worker, "_watch", lambda self: None)
    with set_traps() as traps:
        probes = [probe for probe in list_probes(traps) if probe.name in ("memory", "many threads")]
        assert [try_probe(sandbox, probe).holds for probe in probes] == [False] * 2


def test_an_attack_that_could_not_run_proves_nothing(sandbox):
    with set_traps() as traps:
        for probe in list_probes(traps):
            broken = replace(probe, source="def attack(**arguments):\n    raise ValueError")
            assert not try_probe(sandbox, broken).holds, probe.name


def test_an_attack_returns_what_it_got(sandbox):
    assert attack(sandbox, "def attack(x):\n    return [x]", {"x": 3}) == [3]
