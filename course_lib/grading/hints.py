"""How many hints a student has read, as the record says that was handed in with the notebook."""

from course_lib.grading.notebook_file import RefusedError, parse_json

MOST_HINTS = 9


def read_hints(data: bytes) -> dict[str, int]:
    """Return the number of hints by exercise; nothing for a record that is none.

    Examples
    --------
    >>> read_hints(b'{"hints": {"ex_04_1": 2, "ex_04_2": "all"}}')
    {'ex_04_1': 2}
    """
    try:
        hints = parse_json(data.decode("utf-8-sig", "replace")).get("hints")
    except RefusedError:
        return {}
    if not isinstance(hints, dict):
        return {}
    return {name: n for name, n in hints.items() if type(n) is int and 0 <= n <= MOST_HINTS}
