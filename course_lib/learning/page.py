"""The certificate as a page: one file without scripts, readable by eye, by ear, in the dark and on paper."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from course_lib.checks.markup import element, plain
from course_lib.checks.overview import calibration_words

STATES = {
    "ran": "ran to its end",
    "problems": "had problems, told below",
    "missing": "not in the folder",
}
STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; margin: 1rem 0; width: 100%; }
caption { text-align: left; font-weight: bold; padding: .3rem 0; }
th, td { border: 1px solid GrayText; padding: .3rem .6rem; text-align: left; vertical-align: top; }
code { overflow-wrap: anywhere; }
.note { border-left: .3rem solid GrayText; padding-left: 1rem; }
@media print { section { break-inside: avoid; } }
"""
SAFE = "default-src 'none'; style-src 'unsafe-inline'"  # a browser loads nothing for this page, whatever is in it


def render_certificate(certificate: Mapping[str, Any]) -> str:
    """Return the page; every word of it that is not this module's is escaped."""
    title = "Practice certificate"
    head = (
        '<meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{SAFE}">'
        f"{element('title', title)}{element('style', STYLE)}"
    )
    main = "".join(
        (
            element("h1", title),
            element("p", plain(certificate["says"]), **{"class": "note"}),
            element("p", plain(f"{_points(certificate)}, made {certificate['made']}.")),
            _overview(certificate["lessons"]),
            element("h2", "Exercises"),
            *map(_lesson, certificate["lessons"]),
            element("h2", "Predictions, claims and scoreboard"),
            *(element("p", plain(words)) for words in _sentences(certificate)),
            element("h2", "What it was made with"),
            _made_with(certificate),
        )
    )
    body = element("body", element("main", main))
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>{body}</html>\n'


def _points(part: Mapping[str, Any]) -> str:
    return f"{part['earned']} of {part['points']} points"


def _table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table with headings of columns and rows; the last cell of a row may be a hash."""
    headings = "".join(element("th", plain(cell), scope="col") for cell in head)
    body = ""
    for first, *others in rows:
        body += element("tr", element("th", plain(first), scope="row") + "".join(map(_cell, others)))
    return element("table", element("caption", plain(caption)) + element("tr", headings) + body)


def _cell(text: str) -> str:
    return element("td", element("code", plain(text)) if len(text) == 64 else plain(text))


def _overview(lessons: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (
            f"{lesson['number']} {lesson['title']}",
            _points(lesson),
            STATES[lesson["state"]],
            lesson["sha256"] or "none",
        )
        for lesson in lessons
    ]
    return _table("Lessons", ("lesson", "points", "run", "hash of code and repeatable outputs"), rows)


def _lesson(lesson: Mapping[str, Any]) -> str:
    name = f"{lesson['number']} {lesson['title']}"
    parts = [element("h3", plain(name))]
    if lesson["exercises"]:
        rows = [
            (exercise["id"], exercise["title"], exercise["level"], _points(exercise), exercise["status"])
            for exercise in lesson["exercises"]
        ]
        head = ("exercise", "what to do", "level", "points", "result")
        parts.append(_table(f"Exercises of lesson {lesson['number']}", head, rows))
    else:
        parts.append(element("p", "This lesson has no exercises."))
    if lesson["problems"]:
        items = "".join(element("li", plain(problem)) for problem in lesson["problems"])
        parts.append(element("p", "Problems:") + element("ul", items))
    return element("section", "".join(parts))


def _sentences(certificate: Mapping[str, Any]) -> list[str]:
    counts = Counter(str(judged.get("verdict")) for judged in certificate["claims"].values())
    verdicts = ", ".join(f"{n} {verdict}" for verdict, n in sorted(counts.items())) or "none"
    return [
        f"Predictions, as they stand in the record: {calibration_words(certificate['predictions'])}.",
        f"Claims judged in this run: {verdicts}.",
        f"Rows that this run put on the scoreboard: {len(certificate['rows'])}.",
    ]


def _made_with(certificate: Mapping[str, Any]) -> str:
    facts = [
        ("course", certificate["course"]["version"]),
        ("model", certificate["model"]["name"]),
        ("weights of the embedded model", certificate["model"]["weights_sha256"]),
        ("Python", certificate["python"]),
        ("computer", certificate["system"]),
        ("packages", "as pinned" if certificate["as_pinned"] else "not as pinned"),
    ]
    packages = [(name, version or "not installed") for name, version in certificate["packages"].items()]
    released = list(certificate["course"]["lessons"].items())
    return (
        _table("Course and computer", ("what", "which"), facts)
        + _table("Lessons as the course hands them out", ("lesson", "hash of the notebook"), released)
        + _table("Packages", ("package", "version"), packages)
    )
