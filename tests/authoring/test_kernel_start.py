"""The guard is tried in a process of its own: it replaces methods of sockets for good."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.authoring.environment import prepare_environment

ROOT = Path(__file__).parents[2]


def run_guarded(tmp_path, code, network=False):
    environment = prepare_environment(tmp_path / "run", tmp_path, network)
    code = f"from tools.authoring.kernel_start import start\nimport socket, os\nstart()\n{code}"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    return done.stdout.strip(), done.stderr


@pytest.mark.parametrize(
    "code",
    [
        "socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "socket.getaddrinfo('example.invalid', 80)",
        "socket.socket().connect_ex(('192.0.2.1', 80))",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "import urllib.request; urllib.request.urlopen('http://example.invalid')",
        "try:\n    socket.getaddrinfo('example.invalid', 80)\nexcept OSError:\n    pass",
    ],
)
def test_way_out_of_this_computer_is_refused(tmp_path, code):
    assert "NoNetworkError: a cell asked for" in run_guarded(tmp_path, code)[1]


@pytest.mark.parametrize(
    "code",
    [
        "s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname()).close()",
        "a, b = socket.socketpair(); a.send(b'x'); assert b.recv(1) == b'x'",
        "import asyncio; asyncio.run(asyncio.sleep(0))",
        "socket.getaddrinfo(None, 0); socket.getaddrinfo(b'localhost', 0)",
    ],
)
def test_this_computer_can_be_reached(tmp_path, code):
    assert run_guarded(tmp_path, f"{code}\nprint('reached')")[0] == "reached"


def test_slow_run_is_not_guarded(tmp_path):
    code = "print(socket.socket.connect.__qualname__)"
    assert "guarded" in run_guarded(tmp_path / "a", code)[0]
    assert "guarded" not in run_guarded(tmp_path / "b", code, network=True)[0]


def test_kernel_works_in_the_folder_of_the_learner(tmp_path):
    assert run_guarded(tmp_path, "print(os.getcwd())")[0] == str((tmp_path / "run" / "home").resolve())


def test_choice_of_the_user_does_not_reach_an_edition(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_MODEL", "another")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    environment = prepare_environment(tmp_path / "run", tmp_path)
    assert "COURSE_MODEL" not in environment
    assert "elsewhere" not in environment["PYTHONPATH"]
    assert environment["PATH"]
