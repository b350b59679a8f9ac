"""Which global names a piece of code uses and which it makes.

The grader asks this of the lesson's own cells; of student code only a box does, because hostile text may harm a parser.
"""

import ast
import symtable
from collections.abc import Iterator
from typing import NamedTuple

OF_NOTEBOOKS = ("%", "!", "?")  # lines that begin so are no Python


class Names(NamedTuple):
    """Global names of a piece of code.

    Parameters
    ----------
    uses
        What it reads and does not make itself, builtins included.
    makes
        What it binds at its top, and what it changes there: ``rows`` in ``rows.append(1)`` and in ``rows[0] = 1``.
    """

    uses: frozenset[str]
    makes: frozenset[str]


NOTHING = Names(frozenset(), frozenset())


def names_of(source: str) -> Names:
    r"""Return the names of a cell or a statement; what is no Python has none.

    Examples
    --------
    >>> found = names_of("import numpy as np\ndef pack(rows: list) -> int:\n    n = len(rows)\n    return LIMIT - n")
    >>> sorted(found.uses), sorted(found.makes)
    (['LIMIT', 'int', 'len', 'list'], ['np', 'pack'])
    """
    text = drop_magics(source)
    try:
        tree = ast.parse(text)
        table = symtable.symtable(text, "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return NOTHING
    bound = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    return Names(frozenset(set(find_used(table)) - bound), frozenset(bound | set(find_changed(tree.body))))


def drop_magics(source: str) -> str:
    """Return a cell without the lines that only a notebook understands, as many lines as before."""
    lines = source.split("\n")
    return "\n".join("" if line.lstrip().startswith(OF_NOTEBOOKS) else line for line in lines)


def find_used(table: symtable.SymbolTable) -> Iterator[str]:
    """Yield the global names that a scope or one in it reads."""
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from find_used(child)


def find_changed(statements: list[ast.stmt]) -> Iterator[str]:
    """Yield the names of the objects whose parts are set, or that are told to do something, outside of functions."""
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for node in ast.walk(statement):
            is_set = isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load)
            is_told = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
            target = node if is_set else node.value.func if is_told else None
            if isinstance(target, ast.Attribute | ast.Subscript):
                yield from base_name(target)


def base_name(node: ast.expr) -> Iterator[str]:
    """Yield ``a`` for ``a.b[c].d``, nothing for what does not begin with a name."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def split_statements(source: str) -> list[str]:
    r"""Return the top statements of a cell as text, nothing of one that is no Python.

    Examples
    --------
    >>> split_statements("a = 1  # one\nb = 2; c = 3\n\n@d\ndef e():\n    pass")
    ['a = 1', 'b = 2', 'c = 3', '@d\ndef e():\n    pass']
    """
    try:
        tree = ast.parse(drop_magics(source))
    except SyntaxError:
        return []
    return [ast.unparse(statement) for statement in tree.body]
