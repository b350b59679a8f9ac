import json
import os
import sys
from pathlib import Path

import pytest

from course_lib.checks.failures import AnswerError
from course_lib.grading.allowance import Allowance
from course_lib.grading.boundary import BoxEnded
from course_lib.grading.box.base import BoxError
from course_lib.grading.box.container import Container, build_command
from course_lib.grading.box.runtime import LIBRARY
from course_lib.grading.limits import Limits
from course_lib.grading.worker import Worker

# Stands in for an engine: notes its words, lays out the mounted folders as links, and runs the program with them.
ENGINE = """#!{python}
import json, os, signal, sys
from pathlib import Path

home, words = Path({home!r}), sys.argv[1:]
with open(home / "log", "a") as log:
    log.write(json.dumps(words) + "\\n")
if words[0] == "info":
    sys.exit((home / "stopped").exists())
if words[0] == "image":
    sys.exit((home / "no image").exists())
if words[0] == "rm":
    os.kill(int((home / words[-1]).read_text()), signal.SIGKILL)
    sys.exit()
(home / words[words.index("--name") + 1]).write_text(str(os.getpid()))
for word, following in zip(words, words[1:]):
    if word == "--volume":
        source, inside, _ = following.split(":")
        place = home / inside.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            place.symlink_to(source)
program = words[words.index("course-box") + 1 :]
program[program.index("/course")] = str(home / "course")
os.execv({python!r}, [{python!r}, *program[1:]])
"""


@pytest.fixture
def engine(tmp_path):
    """Return the path of a stand-in for docker."""
    if not sys.platform.startswith("linux"):
        pytest.skip("what the runner locks, it locks on Linux only")
    path = tmp_path / "docker"
    path.write_text(ENGINE.format(python=sys.executable, home=str(tmp_path)), encoding="utf-8")
    path.chmod(0o755)
    return path


def words_of(engine):
    return [json.loads(line) for line in (engine.parent / "log").read_text().splitlines()]


def value_of(command, option):
    return command[command.index(option) + 1]


def test_the_command_cuts_everything_off():
    command = build_command("docker", "course-box", "box-1", Limits(memory_mb=1000, tmp_mb=8, files=9, threads=7))
    for option in ("--rm", "--interactive", "--read-only"):
        assert option in command
    assert value_of(command, "--network") == "none"
    assert value_of(command, "--cap-drop") == "ALL"
    assert value_of(command, "--security-opt") == "no-new-privileges"
    assert value_of(command, "--user") == "65534:65534"
    assert value_of(command, "--memory") == value_of(command, "--memory-swap") == "1700m"
    assert value_of(command, "--pids-limit") == "7"
    assert "size=8m,nr_inodes=9" in value_of(command, "--tmpfs")
    assert not {"--privileged", "--publish", "-v", "--mount", "--pid", "--tty", "-t"} & set(command)


def test_every_mounted_folder_is_read_only_and_none_is_secret():
    command = build_command("podman", "course-box", "box-1", Limits())
    volumes = [following for word, following in zip(command, command[1:], strict=False) if word == "--volume"]
    assert all(volume.endswith(":ro") for volume in volumes)
    sources = {Path(volume.split(":")[0]) for volume in volumes}
    assert LIBRARY / "grading" / "runner" in sources
    assert not {LIBRARY.parent, LIBRARY, LIBRARY / "checks", LIBRARY / "grading"} & sources


def test_a_container_answers(engine, quick):
    with Worker(Container(str(engine)), Allowance(quick)) as worker:
        assert worker.run_cell("print('x')\ndef f(x):\n    return x + 1", "a") is None
        assert worker.handle("f")(1) == 2
        assert worker.take_prints() == "x\n"


def test_the_runner_locks_itself(engine, quick):
    with Worker(Container(str(engine)), Allowance(quick)) as worker:
        worker.run_cell("import os, socket\ndef fork():\n    os.fork()\ndef dial():\n    socket.socket()", "a")
        for function in ("fork", "dial"):
            with pytest.raises(AnswerError, match="PermissionError"):
                worker.handle(function)()


def test_a_loop_is_ended_by_the_engine(engine, hasty):
    with Worker(Container(str(engine)), Allowance(hasty)) as worker:
        worker.run_cell("def f():\n    while True: pass", "a")
        with pytest.raises(BoxEnded) as caught:
            worker.handle("f")()
    assert caught.value.status == "timeout"
    name = value_of(words_of(engine)[0], "--name")
    assert words_of(engine)[-1] == ["rm", "--force", name]


def test_each_container_has_a_name_of_its_own(engine, quick):
    for _ in range(2):
        Worker(Container(str(engine)), Allowance(quick)).close()
    names = [value_of(words, "--name") for words in words_of(engine) if words[0] == "run"]
    assert len(set(names)) == 2


def test_memory_that_the_engine_ended_is_told(engine, quick):
    # 137 is how an engine says that its kernel killed the program.
    with Worker(Container(str(engine)), Allowance(quick)) as worker:
        worker.run_cell("import os\ndef f():\n    os._exit(137)", "a")
        with pytest.raises(BoxEnded) as caught:
            worker.handle("f")()
    assert caught.value.status == "out of memory"


def test_a_container_that_does_not_start_is_no_fault_of_a_submission(tmp_path, quick):
    path = tmp_path / "docker"
    path.write_text("#!/bin/sh\necho 'no such image' >&2\nexit 125\n", encoding="utf-8")
    path.chmod(0o755)
    if os.name == "nt":
        pytest.skip("a script of the shell")
    with pytest.raises(BoxError, match="no such image"):
        Worker(Container(str(path)), Allowance(quick))


@pytest.mark.parametrize(("mark", "words"), [("stopped", "does not run"), ("no image", "build it once: docker build")])
def test_what_is_missing_is_said(engine, mark, words):
    assert Container(str(engine)).find_fault() == ""
    (engine.parent / mark).touch()
    assert words in Container(str(engine)).find_fault()


def test_a_missing_engine_is_said():
    assert "does not run" in Container("no-such-engine").find_fault()
    with pytest.raises(BoxError, match="install Docker or Podman"):
        Container("no-such-engine").start(Limits())


def test_the_file_for_the_image_is_where_the_words_say():
    assert (LIBRARY / "grading" / "box" / "Containerfile").exists()
