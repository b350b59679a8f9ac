"""Runs cells in one namespace, as the kernel of a notebook would."""

import ast
import inspect
import linecache
import re
import sys
import types
from collections.abc import Callable
from typing import Any

from course_lib.checks.failures import AnswerError

# A line that is no Python: a magic, a command of the shell, a question; or a magic behind an equals sign.
MAGIC = re.compile(r"^\s*(%|!|\?)|^[^#\"']*=\s*[%!]|\?\s*$", re.MULTILINE)


class Notebook:
    """The namespace of one submission.

    IPython is loaded only for a cell that Python cannot read without it.
    """

    def __init__(self) -> None:
        self._module = types.ModuleType("__main__")
        self._shell: Any = None
        self.names = self._module.__dict__
        self.names.update(display=display, get_ipython=self.shell)
        sys.modules["__main__"] = self._module

    def run(self, source: str, name: str) -> None:
        """Run one cell; what it raises is raised here.

        Parameters
        ----------
        source
            Its text.
        name
            What its lines are counted in, by errors.
        """
        file = f"<{name}>"
        code = self._compile(source, file)
        if code.co_flags & inspect.CO_COROUTINE:  # a cell may await at its top
            import asyncio

            asyncio.run(eval(code, self.names))
        else:
            exec(code, self.names)

    def find(self, name: str) -> Callable[..., Any]:
        """Return the function called ``name``.

        Raises
        ------
        AnswerError
            No cell has made one.
        """
        function = self.names.get(name)
        if not callable(function):
            raise AnswerError(("NameError", "Exception"), f"the cells make no function {name}")
        return function

    def shell(self) -> Any:
        """Return IPython's shell on this namespace, without history and without programs of the system."""
        if self._shell is None:
            self._shell = start_shell(self._module)
        return self._shell

    def _compile(self, source: str, file: str) -> types.CodeType:
        try:
            text, code = source, compile_cell(source, file)
        except SyntaxError:
            if not MAGIC.search(source):
                raise
            text = self.shell().transform_cell(source)
            code = compile_cell(text, file)
        # With this, errors and inspect.getsource show the lines of the cell.
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        return code


def compile_cell(source: str, file: str) -> types.CodeType:
    """Return the code of a cell; unlike in a module, ``await`` may stand outside functions."""
    return compile(source, file, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)


def display(*values: Any, **_options: Any) -> None:
    """Print what a notebook would show."""
    for value in values:
        print(repr(value))


def start_shell(module: types.ModuleType) -> Any:
    """Start IPython on the namespace of ``module``."""
    from IPython.core.history import HistoryManager
    from IPython.core.interactiveshell import InteractiveShell

    HistoryManager.enabled = False
    kept = dict(module.__dict__)
    shell = InteractiveShell.instance(user_module=module, user_ns=module.__dict__)
    module.__dict__.update(kept)  # the shell puts functions of its own there
    shell.system = shell.getoutput = refuse_program
    for magic in ("matplotlib", "pylab"):  # no picture is looked at here, and to load the library takes seconds
        shell.register_magic_function(ignore, magic_name=magic)
    return shell


def ignore(_line: str) -> None:
    """Do nothing."""


def refuse_program(command: object, *_arguments: object, **_options: object) -> list[str]:
    """Say that ``!command`` does nothing here; a cell that only installs a package need not fail for it."""
    print(f"not run here: !{command}")
    return []
