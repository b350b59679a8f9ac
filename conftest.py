"""How nbval runs the notebooks: each in a learner's folder of its own, without network, pictures not compared."""

import os
import tempfile
from collections.abc import Generator
from pathlib import Path
from unittest import mock

import pytest

# Kinds of output that may differ between computers though they show the same; what is printed is compared.
NOT_COMPARED = ("text/html", "image/svg+xml", "stderr")


def is_notebook(node: object) -> bool:
    """Return whether ``node`` is what nbval makes of a notebook."""
    return isinstance(node, pytest.File) and node.path.suffix == ".ipynb"


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Tell nbval what not to compare."""
    if is_notebook(collector):
        collector.skip_compare = (*collector.skip_compare, *NOT_COMPARED)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Start the kernel of a notebook, before its first cell, in the environment in which the builder ran it."""
    if not is_notebook(item.parent) or item.parent.kernel is not None:
        return (yield)
    from tools.authoring.environment import prepare_environment

    folder = tempfile.TemporaryDirectory(prefix="lesson-", ignore_cleanup_errors=True)
    item.config.add_cleanup(folder.cleanup)  # the kernel works there until its last cell
    with mock.patch.dict(os.environ, prepare_environment(Path(folder.name), item.config.rootpath), clear=True):
        return (yield)
