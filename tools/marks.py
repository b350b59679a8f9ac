"""Text between two marks of a page, such as ``<!-- lessons -->`` and ``<!-- /lessons -->``, that a tool keeps."""

from course_lib.errors import CourseError


def has_marks(text: str, name: str) -> bool:
    """Return whether either mark of ``name`` stands in the text."""
    return f"<!-- {name} -->" in text or f"<!-- /{name} -->" in text


def fill_between(text: str, name: str, body: str, page: str) -> str:
    """Return the text with ``body`` between the marks of ``name``.

    Raises
    ------
    CourseError
        If the marks are not one pair, in their order.

    Examples
    --------
    >>> print(fill_between("<!-- sum --> old <!-- /sum -->", "sum", "2 + 2", "page.md"))
    <!-- sum -->
    2 + 2
    <!-- /sum -->
    """
    opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = text.partition(opening)
    _, closed, after = rest.partition(closing)
    if not (found and closed) or opening in rest or closing in after:
        raise CourseError(f"{page} needs {opening} and, below it, {closing}, each once")
    return f"{before}{opening}\n{body}\n{closing}{after}"
