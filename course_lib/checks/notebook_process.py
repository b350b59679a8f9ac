"""The process of ``course check``: runs cells of a notebook, checks each exercise as soon as its cell has run.

``python -m course_lib.checks.notebook_process NOTEBOOK OUT all|exercises`` writes one JSON object a line to OUT, so
that a cell which ends the process loses nothing that was known before.
"""

from __future__ import annotations

import ast
import json
import linecache
import sys
from pathlib import Path
from types import CodeType
from typing import Any, TextIO

from course_lib.checks.catalogue import find_exercise
from course_lib.checks.core import Exercise
from course_lib.checks.handles import describe_error
from course_lib.checks.notebook import read_code_cells
from course_lib.checks.practice import practise
from course_lib.errors import CourseError

_DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def main(arguments: list[str]) -> None:
    """Run the notebook that the arguments name."""
    notebook, out, which = arguments
    cells = read_code_cells(Path(notebook))
    names: dict[str, Any] = {"__name__": "__main__"}
    with Path(out).open("w", encoding="utf-8") as file:
        for cell in cells:
            if "exercise" in cell["tags"]:
                _tell(file, _check_cell(cell, names))
            elif "check" not in cell["tags"]:
                problem = run_cell(cell, names, whole=which == "all")
                if problem:
                    _tell(file, {"problem": f"cell {cell['number']} {problem}"})


def _tell(file: TextIO, content: dict[str, Any]) -> None:
    file.write(json.dumps(content) + "\n")
    file.flush()


def _check_cell(cell: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    """Run the cell of an exercise and check what it defines."""
    try:
        exercise = find_exercise(cell["name"])
    except CourseError as error:
        return {"problem": f"cell {cell['number']}: {error}"}
    for function in exercise.functions:
        names.pop(function, None)  # one of that name from a cell above is not the answer
    if problem := run_cell(cell, names, whole=True):
        return {"result": exercise.not_run("error", f"its cell {problem}").as_dict()}
    return {"result": _check_functions(exercise, names).as_dict()}


def _check_functions(exercise: Exercise, names: dict[str, Any]) -> Any:
    missing = [function for function in exercise.functions if function not in names]
    if missing:
        return exercise.not_run(
            "error", f"its cell defines no function {' and no '.join(missing)}: keep the stub's name"
        )
    try:
        return practise(exercise, [names[function] for function in exercise.functions])
    except CourseError as error:
        return exercise.not_run("error", str(error))


def run_cell(cell: dict[str, Any], names: dict[str, Any], whole: bool) -> str:
    """Run a cell, or only its imports, definitions and constants; return what it raised, empty if nothing."""
    file = f"<cell {cell['number']}>"
    # With this, errors can show the line of the cell.
    linecache.cache[file] = (len(cell["source"]), None, cell["source"].splitlines(keepends=True), file)
    try:
        exec(_compile(cell["source"], file, names) if whole else keep_definitions(cell["source"], file), names)
    except BaseException as error:  # a cell may also exit, or be interrupted by itself
        return describe_error(error).got
    return ""


def _compile(source: str, file: str, names: dict[str, Any]) -> CodeType:
    """Return the code of a cell; IPython is loaded only where Python cannot read it."""
    try:
        return compile(source, file, "exec", dont_inherit=True)
    except SyntaxError:
        from IPython.core.history import HistoryManager
        from IPython.core.interactiveshell import InteractiveShell

        HistoryManager.enabled = False
        shell = InteractiveShell.instance(user_ns=names)
        return compile(shell.transform_cell(source), file, "exec", dont_inherit=True)


def keep_definitions(source: str, file: str = "<cell>") -> CodeType:
    r"""Return the code of the imports, definitions and plain constants of a cell; none of one with magics.

    Examples
    --------
    >>> names = {}
    >>> exec(keep_definitions("import math\nK = [1, 2]\nprint(math.pi)\nS = slow()"), names)
    >>> sorted(name for name in names if not name.startswith("__"))
    ['K', 'math']
    """
    try:
        module = ast.parse(source)
    except SyntaxError:
        module = ast.parse("")
    module.body = [node for node in module.body if isinstance(node, _DEFINITIONS) or _is_constant(node)]
    return compile(module, file, "exec", dont_inherit=True)


def _is_constant(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return False
    try:
        ast.literal_eval(node.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1:])
