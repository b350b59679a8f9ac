"""The guard is tried in a process of its own: nothing can take it away again."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BEGIN = "from course_lib.learning.offline import go_offline\nimport socket\ngo_offline()\n"


def run_offline(code):
    command = [sys.executable, "-c", BEGIN + code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "code",
    [
        "socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "socket.socket().connect_ex(('192.0.2.1', 80))",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('192.0.2.1', 53))",
        "socket.getaddrinfo('127.0.0.1.example', 80)",
        "socket.gethostbyname('example.invalid')",
        "import urllib.request; urllib.request.urlopen('http://example.invalid')",
        "try:\n    socket.getaddrinfo(b'example.invalid', 80)\nexcept OSError:\n    pass",
    ],
)
def test_way_out_of_this_computer_is_refused(code):
    assert "NoNetworkError: a cell asked for" in run_offline(code).stderr


@pytest.mark.parametrize(
    "code",
    [
        "s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname()).close()",
        "a, b = socket.socketpair(); a.send(b'x'); assert b.recv(1) == b'x'",
        "import asyncio; asyncio.run(asyncio.sleep(0))",
        "socket.getaddrinfo(None, 0); socket.getaddrinfo('localhost', 0)",
    ],
)
def test_this_computer_can_be_reached(code):
    done = run_offline(f"{code}\nprint('reached')")
    assert (done.stdout, done.stderr) == ("reached\n", "")
