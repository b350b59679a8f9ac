import sys
from types import SimpleNamespace

import pytest
from jupyter_client import kernelspec

from course_lib.errors import CourseError
from course_lib.learning import kernels


def let_kernel_be(monkeypatch, find):
    monkeypatch.setattr(kernelspec.KernelSpecManager, "get_kernel_spec", lambda self, name: find(name))


def raise_error(error):
    raise error


@pytest.mark.parametrize("command", ["python", sys.executable])
def test_kernel_of_this_python_is_in_order(monkeypatch, command):
    let_kernel_be(monkeypatch, lambda name: SimpleNamespace(argv=[command]))
    assert kernels.find_trouble() is None
    kernels.refuse_trouble()


@pytest.mark.parametrize(
    ("find", "words"),
    [
        (lambda name: raise_error(kernelspec.NoSuchKernel(name)), "no notebook kernel python3: delete .venv"),
        (lambda name: raise_error(ValueError("no JSON")), "cannot be read .*kernelspec remove python3"),
        (lambda name: SimpleNamespace(argv=[]), "cannot be read"),
        (lambda name: SimpleNamespace(argv=["/other/python"]), "starts /other/python, not .*kernelspec remove python3"),
    ],
)
def test_any_other_kernel_is_refused_with_what_to_do(monkeypatch, find, words):
    let_kernel_be(monkeypatch, find)
    with pytest.raises(CourseError, match=words):
        kernels.refuse_trouble()


@pytest.mark.parametrize(("has_curve", "policy"), [(True, "auto"), (False, "disabled")])
def test_kernels_are_talked_to_in_secret_where_that_can_be_had(monkeypatch, has_curve, policy):
    monkeypatch.setattr("zmq.has", lambda what: has_curve)
    assert kernels.encryption() == policy
