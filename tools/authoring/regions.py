"""The part of an exercise that is taken away: the lines between two marks."""

import ast
import re
from collections.abc import Iterator

BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
LIKE_A_MARK = re.compile(r"\s*#+\s*(begin|end)\b.*\bsolution\b.*", re.IGNORECASE)


def find_marks(source: str) -> list[tuple[int, str]]:
    """Return (number from 0, line) of each line of ``source`` that is, or looks like, a mark."""
    return [(number, line.strip()) for number, line in enumerate(source.splitlines()) if LIKE_A_MARK.fullmatch(line)]


def find_regions(source: str) -> list[tuple[int, int]]:
    """Return the lines, from 0, of the opening and the closing mark of each region of a faultless ``source``."""
    numbers = [number for number, _ in find_marks(source)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def find_faults(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line from 0, sentence) of what is wrong with the marks of an exercise."""
    marks = find_marks(source)
    if not marks:
        yield 0, f"the exercise has no region: put {BEGIN} and {END} around the lines that the learner writes"
    for place, (number, mark) in enumerate(marks):
        expected = (BEGIN, END)[place % 2]
        if mark != expected:
            yield number, f"expected {expected} here, found {mark}: marks come in pairs, spelled just so"
            return
    if len(marks) % 2:
        yield marks[-1][0], f"this region is not closed: add {END}"
        return
    for first, last in find_regions(source):
        if not any(line.strip() and not line.strip().startswith("#") for line in source.splitlines()[first + 1 : last]):
            yield first, "this region holds no code: the source of a lesson is solved, so write the solution here"


def solve(source: str) -> str:
    r"""Return an exercise as the solved edition shows it, without the marks.

    Examples
    --------
    >>> print(solve("def f(x):\n    # BEGIN SOLUTION\n    return x\n    # END SOLUTION"))
    def f(x):
        return x
    """
    return "\n".join(line for line in source.splitlines() if line.strip() not in (BEGIN, END))


def strip(source: str, name: str) -> str:
    r"""Return an exercise as the student edition shows it: each region gives way to one line.

    Examples
    --------
    >>> print(strip("def f(x):\n    # BEGIN SOLUTION\n    return x\n    # END SOLUTION", "ex_04_1"))
    def f(x):
        raise NotImplementedError("ex_04_1: write your code here")
    """
    lines = source.splitlines()
    for first, last in reversed(find_regions(source)):
        indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
        lines[first : last + 1] = [f'{indent}raise NotImplementedError("{name}: write your code here")']
    return "\n".join(lines)


def solution_lines(source: str) -> list[list[tuple[int, str]]]:
    """Return, region by region, the (number from 0, line) of the lines that are taken away."""
    lines = source.splitlines()
    return [[(n, lines[n]) for n in range(first + 1, last)] for first, last in find_regions(source)]


def find_unguarded(stub: str) -> Iterator[int]:
    """Yield the lines, from 0, of a student's exercise where a region stood outside of every function.

    Such a line would raise when the cell runs, not when the function is called.

    Raises
    ------
    SyntaxError
        If ``stub`` is no Python.
    """
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = [node for node in ast.walk(ast.parse(stub)) if isinstance(node, kinds)]
    for number, line in enumerate(stub.splitlines()):
        if line.lstrip().startswith("raise NotImplementedError(") and "write your code here" in line:
            if not any(node.body[0].lineno - 1 <= number < node.end_lineno for node in functions):
                yield number


def defined_names(source: str) -> set[str]:
    """Return the names of the functions that ``source`` defines at its top."""
    return {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
