"""Who is in the class: the list that a learning platform gives, and whose submission is whose."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.files import explained
from course_lib.grading.results import SubmissionResult

# Headings of Canvas, Moodle, GitHub Classroom and nbgrader, in small letters, for each field of `Person`.
HEADINGS = {
    "name": ("student", "full name", "name"),
    "first": ("first name", "firstname"),
    "last": ("last name", "lastname", "surname"),
    "id": ("id", "identifier", "student id"),
    "number": ("sis user id", "id number", "idnumber"),
    "login": ("sis login id", "username", "login", "github username"),
    "email": ("email", "email address"),
    "section": ("section",),
}
NO_PERSON = ("", "points possible", "student, test")  # what Canvas has besides students in the column of names
PARTICIPANT = re.compile(r"Participant (\d+)")  # Moodle's identifier; names of folders have the number alone
BY_ID = ("id", "number", "login", "email")


@dataclass(frozen=True)
class Person:
    """One line of the list.

    Parameters
    ----------
    name
        As the platform writes it.
    id
        The platform's own: ``ID`` of Canvas, the number of Moodle's ``Identifier``.
    first, last, number, login, email, section
        Empty where the list has none; ``number`` is the institution's, ``SIS User ID`` or ``ID number``.
    """

    name: str
    id: str = ""
    first: str = ""
    last: str = ""
    number: str = ""
    login: str = ""
    email: str = ""
    section: str = ""


@dataclass(frozen=True)
class Matched:
    """Who has handed in what.

    Parameters
    ----------
    people
        Author of each submission, by its label: of the list, else as the name of the submission says.
    missing
        People of the list without a submission.
    strangers
        Labels of submissions of nobody on the list.
    doubled
        Labels of submissions of somebody who has another one.
    """

    people: Mapping[str, Person]
    missing: tuple[Person, ...] = ()
    strangers: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()


def read_roster(path: Path) -> list[Person]:
    """Return the people of a comma-separated list with headings.

    Raises
    ------
    CourseError
        It cannot be read, no column has names, or nobody is in it.
    """
    with explained(path, "give the list of the class that your platform exports, as --roster"):
        data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
        first = text.partition("\n")[0]
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise CourseError(f"{path} is no table in UTF-8 ({error}): export it again as CSV") from None
    columns = find_columns(rows[0] if rows else [])
    if "name" not in columns and not {"first", "last"} <= columns.keys():
        raise CourseError(
            f"{path} has no column of names: expected a heading such as {', '.join(HEADINGS['name'])}, got "
            f"{', '.join(rows[0]) if rows else 'an empty file'}"
        )
    people = [make_person(row, columns) for row in rows[1:]]
    if not (people := [person for person in people if person.name.casefold() not in NO_PERSON]):
        raise CourseError(f"nobody is in {path}: export the list of the class again")
    return people


def find_columns(heads: Sequence[str]) -> dict[str, int]:
    """Return the place of each field that the headings name.

    Examples
    --------
    >>> find_columns(["Student", "ID", "SIS Login ID", "Homework 1"])
    {'name': 0, 'id': 1, 'login': 2}
    """
    known = [" ".join(head.replace("_", " ").split()).casefold() for head in heads]
    places = {field: [known.index(name) for name in names if name in known] for field, names in HEADINGS.items()}
    return {field: found[0] for field, found in places.items() if found}


def make_person(row: Sequence[str], columns: Mapping[str, int]) -> Person:
    """Return the person of a row; short rows have empty ends."""
    parts = {field: row[place].strip() if place < len(row) else "" for field, place in columns.items()}
    parts["name"] = parts.get("name") or f"{parts.get('first', '')} {parts.get('last', '')}".strip()
    if found := PARTICIPANT.fullmatch(parts.get("id", "")):
        parts["id"] = found[1]
    return Person(**{field.name: parts.get(field.name, "") for field in fields(Person)})


def match(results: Sequence[SubmissionResult], roster: Sequence[Person] | None) -> Matched:
    """Find the author of each submission, by a number first, then by a name that only one person has."""
    own = {one.submission: Person(one.student, one.student_id) for one in results}
    if roster is None:
        return Matched(own)
    ids, names = index_ids(roster), index_names(roster)
    found = {one.submission: find_person(one, ids, names) for one in results}
    counts = [person for person in found.values() if person]
    return Matched(
        {label: person or own[label] for label, person in found.items()},
        tuple(person for person in roster if person not in counts),
        tuple(label for label, person in found.items() if person is None),
        tuple(label for label, person in found.items() if counts.count(person) > 1),
    )


def index_ids(roster: Iterable[Person]) -> list[dict[str, Person | None]]:
    """Return, for each kind of number, who has it; None where several have."""
    tables: list[dict[str, Person | None]] = []
    for field in BY_ID:
        table: dict[str, Person | None] = {}
        for person in roster:
            key = getattr(person, field).casefold()
            table[key] = None if key in table else person
        tables.append({key: person for key, person in table.items() if key})
    return tables


def index_names(roster: Iterable[Person]) -> dict[str, Person | None]:
    """Return who has a name, in the ways in which platforms write it; None where several have."""
    table: dict[str, Person | None] = {}
    for person in roster:
        last, comma, first = person.name.partition(",")
        ways = [person.name, f"{first}{last}" if comma else "", f"{person.first}{person.last}"]
        ways += [f"{person.last}{person.first}", " ".join(person.name.split()[-1:] + person.name.split()[:-1])]
        for key in {bare(way) for way in ways} - {""}:
            table[key] = None if key in table else person
    return table


def find_person(
    result: SubmissionResult, ids: Sequence[Mapping[str, Person | None]], names: Mapping[str, Person | None]
) -> Person | None:
    """Return whose submission it is; None if that is not certain."""
    keys = [key.casefold() for key in (result.student_id, result.student) if key]
    by_id = (table[key] for key in keys for table in ids if table.get(key))
    return next(by_id, None) or names.get(bare(result.student))


def bare(name: str) -> str:
    """Return the letters and digits of a name, without accents and capitals.

    Examples
    --------
    >>> bare("Brontë, Anne-Marie")
    'bronteannemarie'
    """
    return "".join(letter for letter in unicodedata.normalize("NFKD", name).casefold() if letter.isalnum())
