import errno
import json
import os
import runpy
import shutil
import subprocess
import sys
import threading
import time
from collections import namedtuple
from pathlib import Path

import pytest

from course_lib import launcher
from course_lib.errors import CourseError
from course_lib.launcher import environment as environment_module
from course_lib.launcher import install, packages, processes
from course_lib.launcher.environment import Environment, fingerprint, look, read_stamp
from course_lib.launcher.lock import locked
from course_lib.launcher.processes import run_quiet

ROOT = Path(__file__).resolve().parents[1]
VERSION = "3.11"
ABSENT = "ERROR: No matching distribution found for torch==2.13.0+cpu\n"


class FakeTools:
    """Stands for ``python -m venv``, pip and the imports; writes what they write and counts what was asked."""

    def __init__(self, root: Path) -> None:
        self.calls: list[str] = []
        self.venv = (0, "")
        self.pip_failures: dict[str, str] = {}  # a word of the call: what pip writes when it fails
        self.failing_imports = 0  # how many of the next imports fail
        self.import_status = 1
        self.version = VERSION
        self.environment = Environment(root, self.shown, self.quiet)

    def quiet(self, command: list[str]) -> tuple[int, str]:
        if "venv" in command:
            self.calls.append("venv")
            if self.venv[0] == 0:
                self.make_venv()
            return self.venv
        self.calls.append("import all" if "torch" in command[-1] else "import")
        if self.failing_imports:
            self.failing_imports -= 1
            return self.import_status, "Traceback\nImportError: numpy has no core"
        return 0, f"{self.version}\n"

    def make_venv(self) -> None:
        self.environment.python.parent.mkdir(parents=True)
        self.environment.python.touch()
        site = "Lib/site-packages" if os.name == "nt" else f"lib/python{VERSION}/site-packages"
        (self.environment.folder / site).mkdir(parents=True)
        (self.environment.folder / "pyvenv.cfg").write_text(f"home = x\nversion = {VERSION}.7\n")

    def shown(self, command: list[str]) -> tuple[int, str]:
        words = [Path(word).name for word in command[command.index("install") + 1 :] if not word.startswith("-")]
        assert words.pop(0) == "constraints.txt"
        self.calls.append(f"pip {' '.join(words)}")
        for word, errors in self.pip_failures.items():
            if word in words:
                return 1, errors
        return 0, ""


@pytest.fixture
def tools(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    set_free_gb(monkeypatch, 100)
    (tmp_path / "requirements.txt").write_text("# first\ntorch==2.13.0\nnumpy==2.4.6\n")
    (tmp_path / "requirements-dev.txt").write_text("pytest==9.2.0\n")
    (tmp_path / "constraints.txt").write_text("torch==2.13.0\n")
    return FakeTools(tmp_path)


@pytest.fixture
def made(tools):
    """Return tools with a finished environment and nothing counted yet."""
    install.prepare(tools.environment, dev=False)
    tools.calls.clear()
    return tools


def set_free_gb(monkeypatch, free):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(packages.shutil, "disk_usage", lambda path: usage(10**12, 0, int(free * 1e9)))


def start(tools, monkeypatch, *arguments):
    """Run the launcher; return its exit code, with the command that it handed over to in ``tools.calls``."""

    def hand_over(command):
        tools.calls.append(" ".join(["hand over", *command[1:]]))
        return 7

    monkeypatch.setattr(launcher, "hand_over", hand_over)
    return launcher.main(list(arguments), tools.environment)


def sentence(tools, monkeypatch, capsys, *arguments):
    """Return the last line of a start that must end with exit code 2."""
    assert start(tools, monkeypatch, *(arguments or ("run",))) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert "Traceback (most recent call last)" not in output.err.splitlines()[-1]
    return output.err.splitlines()[-1]


# The first start


def test_first_start_makes_the_environment_then_torch_alone_then_the_rest_then_hands_over(tools, monkeypatch, capsys):
    assert start(tools, monkeypatch, "run", "--seed", "7") == 7
    assert tools.calls == [
        "venv",
        "pip torch==2.13.0+cpu",
        "pip requirements.txt",
        "import all",
        "hand over -m course_lib.cli run --seed 7",
    ]
    shown = capsys.readouterr()
    assert [line[:5] for line in shown.err.splitlines()[:3]] == ["[1/3]", "[2/3]", "[3/3]"]
    assert shown.out == ""


def test_test_command_installs_the_development_packages_too(tools, monkeypatch):
    start(tools, monkeypatch, "test")
    assert "pip requirements.txt requirements-dev.txt" in tools.calls


def test_setup_installs_and_does_not_hand_over(tools, monkeypatch):
    assert start(tools, monkeypatch, "setup") == 0
    assert tools.calls[-1] == "import all"


def test_notebooks_find_the_course_by_a_relative_path(made):
    line = (made.environment.packages / "course_lib.pth").read_text().strip()
    assert not Path(line).is_absolute()
    assert (made.environment.packages / line).resolve() == made.environment.root.resolve()


def test_default_build_of_torch_is_taken_where_no_cpu_build_is_offered(tools, monkeypatch):
    tools.pip_failures = {"torch==2.13.0+cpu": ABSENT}
    assert start(tools, monkeypatch, "run") == 7
    assert tools.calls[1:3] == ["pip torch==2.13.0+cpu", "pip torch==2.13.0"]


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_plain_torch_is_the_cpu_build_outside_linux(tools, monkeypatch, system):
    monkeypatch.setattr(sys, "platform", system)
    start(tools, monkeypatch, "run")
    assert tools.calls[1] == "pip torch==2.13.0"


# Later starts


def test_second_start_only_tries_an_import(made, monkeypatch, capsys):
    assert start(made, monkeypatch, "run") == 7
    assert made.calls == ["import", "hand over -m course_lib.cli run"]
    assert capsys.readouterr().err == ""


def test_test_after_a_first_start_adds_the_development_packages(made, monkeypatch):
    start(made, monkeypatch, "test")
    assert made.calls[:2] == ["pip torch==2.13.0+cpu", "pip requirements.txt requirements-dev.txt"]
    made.calls.clear()
    start(made, monkeypatch, "test")
    assert made.calls[0] == "import"


@pytest.mark.parametrize("name", ["requirements.txt", "constraints.txt"])
def test_changed_requirements_are_installed_without_starting_anew(made, monkeypatch, name):
    with (made.environment.root / name).open("a") as file:
        file.write("rich==15.0.0\n")
    assert start(made, monkeypatch, "run") == 7
    assert made.calls[:2] == ["pip torch==2.13.0+cpu", "pip requirements.txt"]


def test_comments_and_line_ends_do_not_count_as_a_change(tools):
    path = tools.environment.root / "requirements.txt"
    before = fingerprint(tools.environment.root, path.name)
    path.write_bytes(b"# another comment\r\ntorch==2.13.0  # why\r\n\r\nnumpy==2.4.6\r\n")
    assert fingerprint(tools.environment.root, path.name) == before
    path.write_text("torch==2.13.1\nnumpy==2.4.6\n")
    assert fingerprint(tools.environment.root, path.name) != before


def test_another_python_at_the_start_is_no_reason_to_install_again(made, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 14, 0, "final", 0))
    start(made, monkeypatch, "run")
    assert made.calls[0] == "import"
    assert made.calls[1].startswith("hand over")


# A broken environment


def break_interpreter(tools):
    tools.environment.python.unlink()


def break_config(tools):
    (tools.environment.folder / "pyvenv.cfg").unlink()


def make_python_too_old(tools):
    (tools.environment.folder / "pyvenv.cfg").write_text("version = 3.9.2\n")


def change_python_below_the_packages(tools):
    stamp = read_stamp(tools.environment) | {"python": "3.13"}
    tools.environment.stamp.write_text(json.dumps(stamp))


def break_imports(tools):
    tools.failing_imports = 2  # before the lock and after it


def kill_pip_inside_a_package(tools):
    tools.environment.stamp.unlink()
    (tools.environment.packages / "numpy-2.4.6.dist-info").mkdir()


@pytest.mark.parametrize(
    "harm",
    [
        break_interpreter,
        break_config,
        make_python_too_old,
        change_python_below_the_packages,
        break_imports,
        kill_pip_inside_a_package,
    ],
)
def test_broken_environment_is_made_anew(made, monkeypatch, capsys, harm):
    leftover = made.environment.folder / "leftover"
    leftover.touch()
    harm(made)
    assert start(made, monkeypatch, "run") == 7
    installed = [call for call in made.calls if call != "import"]
    assert installed[:3] == ["venv", "pip torch==2.13.0+cpu", "pip requirements.txt"]
    assert not leftover.exists()
    assert "broken or half-made" in capsys.readouterr().err
    assert look(made.environment, dev=False) == "ready"


@pytest.mark.parametrize("text", [None, "", "{", "[1]", '{"learner": "old"}'])
def test_half_made_environment_is_completed_by_pip(made, monkeypatch, text):
    made.environment.stamp.unlink()
    if text is not None:
        made.environment.stamp.write_text(text)
    assert start(made, monkeypatch, "run") == 7
    assert made.calls[0] == "pip torch==2.13.0+cpu"
    assert look(made.environment, dev=False) == "ready"


@pytest.mark.parametrize("errors", ["/x/python: No module named pip\n", "Traceback (most recent call last):\n  x\n"])
def test_half_made_environment_with_a_damaged_pip_is_made_anew(made, monkeypatch, errors):
    made.environment.stamp.unlink()
    made.pip_failures = {"requirements.txt": errors}
    make_venv = made.make_venv

    def make_good_venv():
        made.pip_failures = {}
        make_venv()

    made.make_venv = make_good_venv
    assert start(made, monkeypatch, "run") == 7
    assert made.calls.count("venv") == 1


def test_packages_that_never_import_end_in_a_sentence_after_one_new_try(made, monkeypatch, capsys):
    made.environment.stamp.unlink()
    made.failing_imports = 10
    assert "ImportError: numpy has no core" in sentence(made, monkeypatch, capsys)
    assert made.calls.count("venv") == 1
    assert look(made.environment, dev=False) == "incomplete"


def test_import_that_a_signal_stopped_says_nothing_about_the_environment(made):
    made.failing_imports, made.import_status = 1, -15
    assert look(made.environment, dev=False) == "ready"


def test_environment_is_incomplete_until_the_stamp_is_written(tools, monkeypatch):
    tools.pip_failures = {"requirements.txt": "ERROR: something odd\n"}
    assert start(tools, monkeypatch, "run") == 2
    assert look(tools.environment, dev=False) == "incomplete"


def test_unknown_failure_of_pip_deletes_nothing(made, monkeypatch, capsys):
    made.environment.stamp.unlink()
    made.pip_failures = {"requirements.txt": "WARNING: x\nERROR: ResolutionImpossible: a needs b\nnote\n"}
    assert "ResolutionImpossible: a needs b" in sentence(made, monkeypatch, capsys)
    assert "venv" not in made.calls


# What a person must mend: one sentence, exit code 2


@pytest.mark.parametrize(
    ("errors", "words"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device\n", "no disk space"),
        ("OSError: [WinError 112] There is not enough space on the disk\n", "no disk space"),
        ("WARNING: Retrying: NewConnectionError('<...>: x')\n" + ABSENT, "no network"),
        ("WARNING: Retrying: Temporary failure in name resolution\n" + ABSENT, "no network"),
        ("SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] x')\n", "no network"),
        ("pip._vendor.urllib3.exceptions.ReadTimeoutError: timed out\n", "no network"),
    ],
)
@pytest.mark.parametrize("call", ["torch==2.13.0+cpu", "requirements.txt"])
def test_failure_of_disk_or_network_is_one_sentence_and_deletes_nothing(made, monkeypatch, capsys, errors, words, call):
    made.environment.stamp.unlink()
    made.pip_failures = {call: errors}
    assert words in sentence(made, monkeypatch, capsys)
    assert made.calls[-1] == f"pip {call}"
    assert made.environment.python.exists()


def test_no_build_for_this_computer_is_one_sentence(tools, monkeypatch, capsys):
    tools.pip_failures = {"torch==2.13.0+cpu": ABSENT, "torch==2.13.0": ABSENT.replace("+cpu", "")}
    assert "there is no torch==2.13.0 for Python" in sentence(tools, monkeypatch, capsys)


def test_little_disk_space_is_noticed_before_anything_is_made(tools, monkeypatch, capsys):
    set_free_gb(monkeypatch, 1.2)
    assert "1.2 GB are free" in sentence(tools, monkeypatch, capsys)
    assert tools.calls == []


def test_default_build_of_torch_needs_more_disk(tools, monkeypatch, capsys):
    set_free_gb(monkeypatch, 5)
    tools.pip_failures = {"torch==2.13.0+cpu": ABSENT}
    assert "9 GB" in sentence(tools, monkeypatch, capsys)


def test_full_disk_while_writing_is_one_sentence(tools, monkeypatch, capsys):
    def fail(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(install, "write_stamp", fail)
    assert "the disk is full" in sentence(tools, monkeypatch, capsys)


def test_folder_without_permission_is_one_sentence(tools, monkeypatch, capsys):
    def fail(*arguments, **options):
        raise PermissionError(errno.EACCES, "Permission denied", "/course/.venv.lock")

    monkeypatch.setattr(launcher, "prepare", fail)
    assert "no permission for /course/.venv.lock" in sentence(tools, monkeypatch, capsys)


def test_python_without_ensurepip_is_one_sentence(tools, monkeypatch, capsys):
    tools.venv = (1, "The virtual environment was not created because ensurepip is not available.\n")
    assert "install python3-venv" in sentence(tools, monkeypatch, capsys)


def test_newer_python_than_the_pins_is_one_sentence(tools, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 99, 0, "final", 0))
    assert "Python 3.99 is newer" in sentence(tools, monkeypatch, capsys)
    assert tools.calls == []


def test_older_python_is_one_sentence(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 8, 18, "final", 0))
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(ROOT / "course.py"), run_name="__main__")
    assert stopped.value.code == 2
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "3.8.18" in message
    assert "3.11 or newer" in message


def test_environment_that_is_a_link_is_left_alone(tools, monkeypatch, capsys, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "precious").touch()
    try:
        tools.environment.folder.symlink_to(elsewhere, target_is_directory=True)
    except OSError:
        pytest.skip("this system lets no one make links")
    assert "not a folder of its own" in sentence(tools, monkeypatch, capsys)
    assert (elsewhere / "precious").exists()


def test_incomplete_copy_of_the_course_is_one_sentence(tools, monkeypatch, capsys):
    tools.make_venv()
    (tools.environment.root / "constraints.txt").unlink()
    assert "constraints.txt is missing" in sentence(tools, monkeypatch, capsys)


def test_unpinned_torch_is_refused(tools, monkeypatch, capsys):
    (tools.environment.root / "requirements.txt").write_text("torch\n")
    assert "must pin torch==VERSION" in sentence(tools, monkeypatch, capsys)


def test_interruption_ends_with_its_own_exit_code(tools, monkeypatch, capsys):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(launcher, "prepare", interrupt)
    assert start(tools, monkeypatch, "run") == 130
    assert "goes on from here" in capsys.readouterr().err


# Without an environment


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",), ("help",)])
def test_overview_lists_every_command_and_makes_nothing(tools, monkeypatch, capsys, arguments):
    assert start(tools, monkeypatch, *arguments) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in launcher.COMMANDS)
    assert tools.calls == []
    assert not tools.environment.folder.exists()


def test_unknown_command_is_refused_before_anything_is_made(tools, monkeypatch, capsys):
    assert "no command 'rnu'" in sentence(tools, monkeypatch, capsys, "rnu")
    assert tools.calls == []


def test_overview_and_command_line_have_the_same_commands():
    import typer

    from course_lib.cli import app

    assert set(launcher.COMMANDS) - {"setup"} == set(typer.main.get_command(app).commands)


def test_course_without_arguments_makes_no_environment(tmp_path):
    shutil.copytree(ROOT / "course_lib" / "launcher", tmp_path / "course_lib" / "launcher")
    for name in ("course.py", "course_lib/__init__.py", "course_lib/errors.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    # -S: no installed package can be what makes it work
    command = [sys.executable, "-S", str(tmp_path / "course.py")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "usage: python3 course.py" in done.stdout
    assert not (tmp_path / ".venv").exists()


# Two starts at the same time


def test_second_start_waits_for_the_first_and_then_installs_nothing(tools):
    inside, release = threading.Event(), threading.Event()
    shown = tools.shown

    def slow(command):
        inside.set()
        assert release.wait(20)
        return shown(command)

    first = Environment(tools.environment.root, slow, tools.quiet)
    threads = [threading.Thread(target=install.prepare, args=(first, False))]
    threads[0].start()
    assert inside.wait(20)
    threads.append(threading.Thread(target=install.prepare, args=(tools.environment, False)))
    threads[1].start()
    time.sleep(0.2)
    assert threads[1].is_alive()
    release.set()
    for thread in threads:
        thread.join(20)
    assert tools.calls.count("venv") == 1
    assert tools.calls.count("pip requirements.txt") == 1


def test_waiting_for_the_lock_ends_in_a_sentence(tmp_path):
    lock = tmp_path / "lock"
    with locked(lock):
        with pytest.raises(CourseError, match="still installing"), locked(lock, patience_s=0.05, pause_s=0.01):
            pytest.fail("the lock was taken twice")
    with locked(lock, patience_s=0):  # free again
        pass


def test_lock_of_a_killed_process_is_free(tmp_path):
    lock = tmp_path / "lock"
    code = (
        "import sys, time; from pathlib import Path; from course_lib.launcher.lock import locked\n"
        "with locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(lock)], cwd=ROOT, stdout=subprocess.PIPE)
    assert holder.stdout.readline().strip() == b"held"
    with pytest.raises(CourseError), locked(lock, patience_s=0):
        pytest.fail("the lock was taken twice")
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with locked(lock, patience_s=5, pause_s=0.01):
        pass


# Real processes


@pytest.mark.parametrize("code", [0, 1, 7])
def test_exit_code_of_the_command_is_passed_on(code):
    program = (
        "import sys; from course_lib.launcher import hand_over; "
        f"sys.exit(hand_over([sys.executable, '-c', 'raise SystemExit({code})']))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == code


def test_output_of_shown_tools_goes_to_standard_error_and_errors_are_kept():
    tool = "import sys; print('progress'); print('ERROR: No matching distribution found', file=sys.stderr)"
    program = (
        "import sys; from course_lib.launcher.processes import run_shown; "
        f"print(run_shown([sys.executable, '-c', {tool!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "progress"  # what the launcher says better is not shown twice
    assert eval(done.stdout) == (0, "ERROR: No matching distribution found\n")


def test_quiet_tools_return_errors_only_when_they_fail():
    tool = "import sys; print('out'); print('err', file=sys.stderr); sys.exit({})"
    assert run_quiet([sys.executable, "-c", tool.format(0)]) == (0, "out\n")
    assert run_quiet([sys.executable, "-c", tool.format(3)]) == (3, "out\nerr\n")


def test_settings_that_would_install_elsewhere_are_not_passed_on(monkeypatch):
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    monkeypatch.setenv("PIP_RETRIES", "9")
    status, text = run_quiet([sys.executable, "-c", "import os; print(os.environ.get('PIP_TARGET'))"])
    assert (status, text.strip()) == (0, "None")
    assert processes._environment()["PIP_RETRIES"] == "9"


def test_real_environment_is_found_incomplete_and_its_python_runs(tmp_path):
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
        (tmp_path / name).write_text("torch==2.13.0\n")
    environment = Environment(tmp_path)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment.folder)], check=True)
    assert look(environment, dev=False) == "incomplete"
    assert environment.packages.name == "site-packages"
    code = f"import sys{environment_module.TELL_VERSION}"
    assert run_quiet([str(environment.python), "-I", "-c", code]) == (
        0,
        f"{sys.version_info[0]}.{sys.version_info[1]}\n",
    )


def test_run_shown_returns_the_status():
    program = "import sys; from course_lib.launcher.processes import run_shown; print(run_shown(sys.argv[1:])[0])"
    command = [sys.executable, "-c", program, sys.executable, "-c", "raise SystemExit(5)"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip() == "5"
