import ast
import sys

from course_lib.grading.box.runtime import LET_IN, LIBRARY

ON_DEMAND = {"IPython", "course_lib.models"}  # for cells with magics, and for the warm process
PURE = {"course_lib", "course_lib.errors"}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def is_there(module):
    """Tell whether a box has a module of the course, or the standard library has it."""
    if module.split(".")[0] in sys.stdlib_module_names or module in PURE:
        return True
    inside = module.removeprefix("course_lib.").replace(".", "/")
    return inside == "checks" or any(
        inside == name.removesuffix(".py") or inside.startswith(f"{name}/") for name in LET_IN
    )


def test_what_runs_in_a_box_imports_only_what_a_box_has():
    paths = [
        file
        for name in LET_IN
        for file in ([LIBRARY / name] if name.endswith(".py") else (LIBRARY / name).glob("*.py"))
    ]
    wrong = [
        f"{path.relative_to(LIBRARY)} imports {module}"
        for path in paths
        for module in imported(path)
        if module != "numpy" and not is_there(module) and not module.startswith(tuple(ON_DEMAND))
    ]
    assert len(paths) > 8
    assert not wrong, "\n".join(wrong)
