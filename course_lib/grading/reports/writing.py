"""Writes all that is made of results into the folder of a grading."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.files import write_whole
from course_lib.grading.reports.exports import EXPORTS, Files
from course_lib.grading.reports.one import render_for_instructor, render_for_student
from course_lib.grading.reports.overview import render_overview
from course_lib.grading.reports.roster import Matched, Person, match
from course_lib.grading.reports.similar import find_alike
from course_lib.grading.reports.tables import make_grades
from course_lib.grading.results import SubmissionResult
from course_lib.grading.store import JOURNAL, RESULTS, Store, explained

GRADES, REPORT, STUDENTS, PUBLISHED = "grades.csv", "report", "students", "exports"
WITH_MARK = "utf-8-sig"  # spreadsheets know UTF-8 by it


def write_reports(
    store: Store, formats: Iterable[str] = (), roster: Sequence[Person] | None = None
) -> tuple[dict[str, str], Matched]:
    """Write tables and pages about all results of a folder; return where everything is, and whose is whose.

    Parameters
    ----------
    store
        With the results.
    formats
        Of `EXPORTS`.
    roster
        The class, if its list is at hand.

    Raises
    ------
    CourseError
        There is no such format, or the file system refuses.
    """
    formats = list(formats)
    refuse_unknown(formats)
    results = store.results()
    names = {result.submission: store.path_of(result.submission).stem for result in results}
    matched = match(results, roster)
    files = {GRADES: make_grades(results, matched), **make_pages(results, names)}
    for form in formats:
        files |= {f"{PUBLISHED}/{name}": text for name, text in EXPORTS[form](results, names, matched.people).items()}
    with explained(store.folder):
        write_all(store.folder, files)
    places = {"grades": GRADES, "report": f"{REPORT}/index.html", "results": RESULTS, "journal": JOURNAL}
    places |= {"exports": PUBLISHED} if formats else {}
    return {what: str(store.folder / name) for what, name in places.items()}, matched


def refuse_unknown(formats: Iterable[str]) -> None:
    """Raise `CourseError` for a format that there is not."""
    if unknown := [form for form in formats if form not in EXPORTS]:
        raise CourseError(f"there is no format {unknown[0]!r}: give --export one of {', '.join(EXPORTS)}")


def make_pages(results: Sequence[SubmissionResult], names: dict[str, str]) -> Files:
    """Return all pages by their place."""
    addresses = {label: f"submissions/{name}.html" for label, name in names.items()}
    pages = {f"{REPORT}/index.html": render_overview(results, find_alike(results), addresses)}
    for result in results:
        name = names[result.submission]
        pages[f"{REPORT}/submissions/{name}.html"] = render_for_instructor(result)
        pages[f"{STUDENTS}/{name}.html"] = render_for_student(result)
    return pages


def write_all(folder: Path, files: Files) -> None:
    """Write files, each whole, and the folders that they are in."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        encoding = WITH_MARK if path.suffix == ".csv" else "utf-8"
        write_whole(path, text.encode(encoding, "backslashreplace"))
