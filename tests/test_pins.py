import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
FILES = ("requirements.txt", "requirements-dev.txt", "constraints.txt", "benchmarks/peers.txt")


def read(name: str) -> list[Requirement]:
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line]


@pytest.mark.parametrize("name", FILES)
def test_every_line_is_an_exact_pin(name):
    pins = read(name)
    assert pins
    for pin in pins:
        assert re.fullmatch(r"==[0-9][0-9a-z.]*", str(pin.specifier)), f"{name}: {pin} must be NAME==VERSION"


@pytest.mark.parametrize("name", FILES[:2])
def test_constraints_hold_the_version_that_is_asked_for(name):
    held = {canonicalize_name(pin.name): pin.specifier for pin in read("constraints.txt") if pin.marker is None}
    for pin in read(name):
        assert held.get(canonicalize_name(pin.name)) == pin.specifier, f"{pin} differs from constraints.txt"


def test_no_package_is_asked_for_twice():
    names = [canonicalize_name(pin.name) for name in FILES[:2] for pin in read(name)]
    assert len(names) == len(set(names))


def test_who_grades_on_a_cluster_installs_what_the_tests_run_with():
    (cluster,) = read("requirements-dask.txt")
    assert cluster in read("requirements-dev.txt")


def test_other_graders_bring_only_what_the_course_does_not_have():
    held, brought = ({canonicalize_name(pin.name) for pin in read(name)} for name in FILES[2:])
    assert {"nbgrader", "otter-grader"} <= brought
    assert not held & brought


def test_torch_is_the_first_line():
    assert read("requirements.txt")[0].name == "torch"


def test_hooks_use_the_pinned_ruff():
    pinned = next(str(pin) for pin in read("requirements-dev.txt") if pin.name == "ruff")
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"ruff==[0-9.]+", hooks)) == {pinned}


def test_oldest_and_newest_python_are_the_ones_of_the_launcher():
    from course_lib.launcher.environment import NEWEST_PYTHON

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f">=3.11,<3.{NEWEST_PYTHON[1] + 1}"


def test_ci_calls_the_same_command_as_everybody():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    calls = [line for line in script.splitlines() if line and not line.startswith(("#", "set ", "cd "))]
    assert calls == [".ci/packages", "python3 course.py test"]
    assert ".ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_make_alone_prints_every_target():
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1].split()
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [line.split()[0] for line in shown.splitlines()] == targets


@pytest.mark.skipif(os.name == "nt", reason="a script for bash")
def test_ci_goes_on_where_system_packages_cannot_be_had(tmp_path):
    tools = ("bash", "env", "id", "cat")  # no apt-get, no sudo, no bwrap, no browser
    for name in tools:
        (tmp_path / name).symlink_to(shutil.which(name))
    script = ROOT / ".ci" / "packages"
    ended = subprocess.run([script], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "no apt-get: without bubblewrap chromium\n")
