"""Dev container, Binder and Colab: nothing is started here, but the files must fit the course."""

import ast
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from course_lib import launcher
from course_lib.learning import ports

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "elsewhere.md").read_text(encoding="utf-8")
FILES = [
    ".devcontainer/devcontainer.json",
    "binder/requirements.txt",
    "binder/runtime.txt",
    "binder/postBuild",
    "docs/elsewhere.md",
]


def test_dev_container_installs_as_the_launcher_does_and_passes_the_port_on():
    settings = json.loads((ROOT / FILES[0]).read_text(encoding="utf-8"))
    assert settings["postCreateCommand"] == "python3 course.py setup"
    assert settings["forwardPorts"] == [ports.FIRST]
    assert settings["portsAttributes"].keys() == {str(ports.FIRST)}


def test_binder_takes_the_same_pins_by_reference():
    lines = (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    references = [line.split() for line in lines if not line.startswith("#")]
    assert references == [["-r", "../requirements.txt"], ["-c", "../constraints.txt"]]
    for _, name in references:
        assert (ROOT / "binder" / name).is_file()


@pytest.mark.parametrize(
    "version",
    [
        (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-"),
        json.loads((ROOT / FILES[0]).read_text(encoding="utf-8"))["image"].removeprefix("python:").split("-")[0],
    ],
)
def test_python_is_one_that_the_pins_are_made_for(version):
    from course_lib.launcher.environment import NEWEST_PYTHON

    assert (3, 11) <= tuple(map(int, version.split("."))) <= NEWEST_PYTHON


@pytest.mark.skipif(os.name == "nt", reason="there is no bash, and no file is executable")
def test_binder_can_run_its_script():
    script = ROOT / "binder" / "postBuild"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)


def test_commands_that_are_named_exist():
    text = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in FILES)
    named = set(re.findall(r"(?:course\.py|course_lib\.cli) (\w+)", text))
    assert "learn" in named
    assert named <= set(launcher.COMMANDS)


def test_cell_for_colab_is_python_and_takes_the_same_pins():
    (source,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    words = {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)}
    assert {"requirements.txt", "constraints.txt", "COURSE_HOME"} <= words


@pytest.mark.parametrize("name", FILES)
def test_no_package_registry_is_named(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"pypi|pythonhosted|conda\.|anaconda|mcr\.|ghcr|quay\.io|docker\.io|download\.pytorch", text)
