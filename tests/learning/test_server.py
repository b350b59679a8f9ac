import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest

from course_lib.learning import server
from course_lib.learning.folder import WorkFolder
from tests.learning.serving import find_port, read_json

ROOT = Path(__file__).resolve().parents[2]
# The command as a learner gives it, with the small course in the place of the real one.
COURSE = """
import pathlib, sys
from course_lib.cli import app, learning
learning.ROOT = pathlib.Path(sys.argv[1])
app(sys.argv[2:], prog_name="course")
"""
PATIENCE_S = 240


def get(url):
    """Return status and content of what a server answers."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


@pytest.fixture
def learn(tmp_path, root, monkeypatch):
    """Return a function that starts ``course learn``; what was started ends with the test."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("JUPYTER_TOKEN", raising=False)
    started = []

    def start(*words):
        command = [sys.executable, "-c", COURSE, str(root), "learn", "--folder", str(tmp_path / "mine"), *words]
        process = subprocess.Popen(
            command, cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.loopback
@pytest.mark.skipif(os.name == "nt", reason="there a signal cannot be sent to one process alone")
def test_learn_serves_the_folder_with_a_token_and_stops_cleanly(learn, tmp_path):
    port = find_port()
    process = learn("98", "--no-browser", "--port", str(port), "--json")
    told = read_json(process.stdout)
    assert (told["port"], told["lesson"]) == (port, "98_words.ipynb")
    base, _, query = told["url"].partition("/lab/tree/98_words.ipynb?")
    assert base == f"http://127.0.0.1:{port}"
    assert len(query) > len("token=") + 20

    assert get(f"{base}/api?{query}")[0] == 200
    assert get(f"{base}/api/contents")[0] == 403
    status, listed = get(f"{base}/api/contents?{query}")
    assert status == 200
    assert {"97_doubling.ipynb", "98_words.ipynb"} == {entry["name"] for entry in json.loads(listed)["content"]}

    second = learn("--no-browser", "--port", str(port))
    assert second.wait(PATIENCE_S) == 2
    assert f"port {port} is taken" in second.stderr.read()

    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert out == ""
    assert "Traceback" not in errors
    assert not list((tmp_path / "runtime").glob("jpserver-*"))


@pytest.fixture
def folder(tmp_path):
    return WorkFolder(tmp_path / "my folder")


def test_server_listens_to_this_computer_only_and_keeps_its_token(folder):
    words = server.server_words(folder, "04_rag.ipynb", 9000, open_browser=False)
    assert "--ServerApp.ip=127.0.0.1" in words
    assert f"--ServerApp.root_dir={folder.path}" in words
    assert "--LabApp.default_url=/lab/tree/04_rag.ipynb" in words
    assert "--ServerApp.open_browser=False" in words
    assert not [word for word in words if "token" in word or "password" in word]


def test_every_setting_is_one_that_jupyterlab_knows(folder):
    from jupyter_client import KernelManager
    from jupyter_server.serverapp import ServerApp
    from jupyterlab.labapp import LabApp

    known = {"ServerApp": ServerApp, "LabApp": LabApp, "KernelManager": KernelManager, "Application": ServerApp}
    for word in server.server_words(folder, "04_rag.ipynb", 9000, open_browser=True):
        owner, _, name = word.removeprefix("--").partition("=")[0].partition(".")
        assert known[owner].class_traits(config=True).get(name) is not None, word


@pytest.mark.parametrize("disabled", [{}, {"disabledExtensions": ["theirs"]}, {"disabledExtensions": {"theirs": True}}])
def test_no_question_is_laid_over_the_first_lesson(disabled):
    page = {"appName": "JupyterLab", **disabled}
    asked = server.ask_nothing(None, page)
    assert asked == {"appName": "JupyterLab", "disabledExtensions": [*(["theirs"] if disabled else []), server.ASKS]}
    assert page == {"appName": "JupyterLab", **disabled}  # the next page begins with the same settings


def test_kernels_find_the_record_and_the_course(folder, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", "elsewhere")
    monkeypatch.setenv("PYTHONPATH", "mine")
    server.prepare_kernels(folder)
    assert os.environ["COURSE_HOME"] == str(folder.home)
    assert os.environ["PYTHONPATH"].split(os.pathsep) == [str(ROOT), "mine"]


def test_second_ctrl_c_does_not_wait():
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    handlers = {name: signal.getsignal(getattr(signal, name)) for name in names}
    stopped = []
    try:
        server.stop_when_told(SimpleNamespace(stop=lambda from_signal: stopped.append(from_signal)))
        signal.raise_signal(signal.SIGINT)
        assert stopped == [True]
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    finally:
        for name, handler in handlers.items():
            signal.signal(getattr(signal, name), handler)
