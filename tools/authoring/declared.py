"""What the checks module and the answers file of a lesson declare, read without running them."""

import ast
from dataclasses import dataclass
from pathlib import Path

from tools.authoring.tree import Tree

# What `Exercise` takes where nothing is given; a test compares the two.
DEFAULTS = {"points": 1, "level": "core", "minutes": 10, "pattern": "G1"}


@dataclass(frozen=True)
class Declared:
    """An ``Exercise(...)`` of a checks module.

    Parameters
    ----------
    id, title
        The first two arguments.
    points, level, minutes, pattern, hints
        As given by keyword, or their defaults; None where it is no plain value.
    n_checks
        Functions decorated as its checks.
    path, line
        Where it stands.
    """

    id: str
    title: str
    points: int | None
    level: str | None
    minutes: int | None
    pattern: str | None
    hints: tuple[str, ...] | None
    n_checks: int
    path: Path
    line: int


def parse_file(path: Path) -> ast.Module:
    """Parse a Python file; a missing one is empty, and what is no Python is left to ruff."""
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, SyntaxError):
        return ast.Module(body=[], type_ignores=[])


def plain_value(node: ast.expr | None) -> object:
    """Return the value of a literal; None of anything else."""
    try:
        return None if node is None else ast.literal_eval(node)
    except ValueError:
        return None


def read_exercises(tree: Tree, number: str) -> dict[str, Declared]:
    """Return the exercises that the checks modules of lesson ``number`` declare, by id.

    A long lesson may have several modules: ``lesson_04.py``, ``lesson_04_citing.py``.
    """
    found = {}
    for path in sorted(tree.checks(number).parent.glob(f"lesson_{number}*.py")):
        module = parse_file(path)
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Exercise":
                exercise = read_call(node, module, path)
                found[exercise.id] = exercise
    return found


def read_call(call: ast.Call, module: ast.Module, path: Path) -> Declared:
    """Return what one ``Exercise(...)`` declares."""
    words = [*map(plain_value, call.args), None, None][:2]
    given = DEFAULTS | {keyword.arg: plain_value(keyword.value) for keyword in call.keywords}
    names = {
        target.id
        for node in module.body
        if isinstance(node, ast.Assign) and node.value is call
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    hints = given.get("hints")
    return Declared(
        id=str(words[0]),
        title=str(words[1] or given.get("title") or ""),
        **{key: given[key] for key in DEFAULTS},
        hints=tuple(hints) if isinstance(hints, tuple | list) else None,
        n_checks=sum(is_check_of(decorator, names) for decorator in decorators(module)),
        path=path,
        line=call.lineno,
    )


def decorators(module: ast.Module) -> list[ast.expr]:
    """Return the decorators of the functions at the top of ``module``."""
    return [decorator for node in module.body if isinstance(node, ast.FunctionDef) for decorator in node.decorator_list]


def is_check_of(decorator: ast.expr, names: set[str]) -> bool:
    """Return whether ``decorator`` is ``@name.check`` or ``@name.check(...)`` of one of ``names``."""
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (
        isinstance(target, ast.Attribute)
        and target.attr == "check"
        and isinstance(target.value, ast.Name)
        and target.value.id in names
    )


def count_answers(path: Path, kind: str) -> dict[str, int]:
    """Return how many ``@right("ex_04_1")`` or ``@wrong("ex_04_1", ...)`` an answers file has, by exercise."""
    counts: dict[str, int] = {}
    for decorator in decorators(parse_file(path)):
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == kind:
            name = str(plain_value(decorator.args[0])) if decorator.args else ""
            counts[name] = counts.get(name, 0) + 1
    return counts


def check_calls(source: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return (exercise, names of the functions) of each ``check("ex_04_1", pack)`` in the code of a cell.

    Examples
    --------
    >>> check_calls('check("ex_04_1", pack)')
    [('ex_04_1', ('pack',))]
    """
    try:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except SyntaxError:  # a magic command: no check stands there
        return []
    return [
        (str(plain_value(call.args[0])), tuple(ast.unparse(function) for function in call.args[1:]))
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "check" and call.args
    ]
