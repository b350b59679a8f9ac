"""Files that are hard to read, and notebooks in which something else was changed than the answers."""

import io
import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.grading.attacks.attack import FILE, Attack, by_file
from tests.grading.tiny_lesson import ANSWERS, POINTS, make_assignment, notebook, right, zip_of

FULL = ("passed", POINTS)
NOTHING = ("not started", 0)
SCRIPT = "<script>document.title='reached:'</script><img src=x onerror=\"document.title='reached:'\">"


def edited(change: Callable[[list[dict]], object], data: bytes | None = None, **top: object) -> bytes:
    """Return the rightly answered notebook after ``change`` of its cells, with other fields at its top."""
    content = json.loads(data or right())
    change(content["cells"])
    return json.dumps(content | top).encode()


def of_kind(cells: list[dict], begin: str) -> list[dict]:
    """Return the cells whose id begins so."""
    return [cell for cell in cells if cell["id"].startswith(begin)]


def each(begin: str, **changes: object) -> Callable[[list[dict]], object]:
    """Return a change of all cells whose id begins so."""
    return lambda cells: [cell.update(changes) for cell in of_kind(cells, begin)]


def drop(begin: str) -> Callable[[list[dict]], object]:
    """Return a change that deletes cells."""
    return lambda cells: [cells.remove(cell) for cell in of_kind(cells, begin)]


def add(**cell: object) -> Callable[[list[dict]], object]:
    """Return a change that adds a cell at the end."""
    return lambda cells: cells.append({"cell_type": "code", "metadata": {}, "outputs": [], **cell})


def bomb(n_bytes: int) -> bytes:
    """Return an archive that is small and holds a notebook of so many bytes."""
    return zip_of({FILE: bytes(n_bytes)})


def linked() -> bytes:
    """Return an archive with a link in the place of the notebook."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        member = zipfile.ZipInfo(FILE)
        member.create_system, member.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    return data.getvalue()


def locked() -> bytes:
    """Return an archive that says that it is locked."""
    data = bytearray(zip_of({FILE: right()}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


def link_to(target: str) -> Callable[[Path], object]:
    """Return what makes a link."""
    return lambda path: path.symlink_to(target)


# Edited notebooks: what they try, the notebook, and what it must get.
EDITED = {
    "checks edited": ("check cells that only say passed", edited(each("check_", source="print('passed')")), *FULL),
    "checks deleted": ("no check cells", edited(drop("check_")), *FULL),
    "checks doubled": (
        "check cells twice, with other exercises' names",
        edited(
            lambda cells: cells.extend(
                dict(cell, source='check("ex_98_1", add_two)') for cell in of_kind(cells, "check_")
            )
        ),
        *FULL,
    ),
    "checks renamed": ("check cells under the names of exercises", edited(each("check_ex_98_1", id="ex_98_1")), *FULL),
    "points in metadata": (
        "a hundred points in the metadata of a blank exercise",
        edited(
            each("ex_98_1", metadata={"points": 100, "grade": True, "nbgrader": {"points": 100, "grade": True}}),
            notebook(),
            metadata={"points": 100, "grade": 100, "status": "passed"},
        ),
        *NOTHING,
    ),
    "saved outputs": (
        "outputs that say passed, without an answer",
        edited(
            each("check_", outputs=[{"output_type": "stream", "text": "passed 2 of 2 points", "name": "stdout"}]),
            notebook(),
        ),
        *NOTHING,
    ),
    "answers as text": ("answers in cells of text", edited(each("ex_98", cell_type="markdown")), *NOTHING),
    "names lost": ("exercises without their names", edited(lambda cells: [cell.pop("id") for cell in cells]), *FULL),
    "names exchanged": (
        "exercises under each other's names",
        edited(
            lambda cells: [
                cell.update(id="ex_98_2" if cell["id"] == "ex_98_1" else "ex_98_1")
                for cell in of_kind(cells, "ex_98_1") + of_kind(cells, "ex_98_2")
            ]
        ),
        *FULL,
    ),
    "own check in a cell": (
        "a cell of its own that replaces checks and builtins",
        edited(
            lambda cells: cells.insert(
                0,
                {
                    "cell_type": "code",
                    "metadata": {},
                    "outputs": [],
                    "source": "def check(*a): pass\nimport builtins\nbuiltins.int = str",
                },
            ),
            notebook(),
        ),
        *NOTHING,
    ),
    "scripts": (
        "scripts in outputs, texts, names and metadata",
        edited(
            add(
                source=f"# {SCRIPT}",
                id=SCRIPT,
                outputs=[{"output_type": "display_data", "data": {"text/html": SCRIPT}}],
            ),
            metadata={"title": SCRIPT},
        ),
        *FULL,
    ),
    "kernel": (
        "a kernel and extensions of its own",
        edited(
            lambda cells: None,
            metadata={"kernelspec": {"name": "x", "argv": ["rm", "-rf", "/"]}, "widgets": {"state": SCRIPT}},
        ),
        *FULL,
    ),
    "attachments": (
        "attachments that lead elsewhere",
        edited(add(source="", attachments={"../../x": {"image/png": "AA=="}})),
        *FULL,
    ),
}
NESTED = b'{"cells":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
FORMAT_3 = json.dumps(
    {
        "nbformat": 3,
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "code", "input": cell["source"], "metadata": cell["metadata"], "language": "python"}
                    for cell in json.loads(right())["cells"]
                    if cell["cell_type"] == "code"
                ]
            }
        ],
    }
).encode()
# Files: what they are, content, what they must get (nothing: refused), and where they lie.
FILES = {
    "empty file": ("an empty file", b""),
    "spaces": ("a file of spaces", b" \n" * 1000),
    "half a file": ("the first half of a notebook", right()[: len(right()) // 2]),
    "no object": ("JSON that is no notebook", b"[1, 2]"),
    "no cells": ("a notebook without cells", b'{"cells": [], "nbformat": 4}'),
    "no list": ("a notebook whose cells are no list", b'{"cells": {"0": {}}}'),
    "deep file": ("JSON nested 200,000 deep", NESTED),
    "long number": ("a number of a million digits", b'{"cells": ' + b"9" * 1_000_000 + b"}"),
    "binary": ("a picture under the name of a notebook", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9),
    "oversized file": ("a notebook of 25 MB", edited(add(source="x" * 25_000_000))),
    "many cells": ("5,000 cells", edited(lambda cells: cells.extend([{"cell_type": "code", "source": "x"}] * 5000))),
    "link": ("a link to a file of this computer", link_to("/etc/passwd")),
    "link to others": ("a link to another submission", link_to("../b honest/98_small_numbers.ipynb")),
    "endless link": ("a link to itself", link_to(FILE)),
    "folder": ("a folder under the name of a notebook", Path.mkdir),
    "pipe": ("a pipe that nobody writes to", lambda path: os.mkfifo(path)),
    "link beside": ("a link beside a notebook, to the folder of all", link_to(".."), None, "x/notes", right()),
    "bomb": ("an archive that grows to 200 MB", bomb(200_000_000), None, "w.zip"),
    "bomb in bomb": ("archives in archives", zip_of({"a.zip": zip_of({"b.zip": bomb(10**6)})}), None, "w.zip"),
    "slip": ("a name that leads out of the archive", zip_of({f"../../{FILE}": right()}), None, "w.zip"),
    "root slip": ("a name that begins at the root", zip_of({f"/etc/{FILE}": right()}), None, "w.zip"),
    "other slip": (
        "a name that leads out in the other system's way",
        zip_of({f"..\\..\\{FILE}": right()}),
        None,
        "w.zip",
    ),
    "link in archive": ("a link in an archive", linked(), None, "w.zip"),
    "locked": ("an archive with a password", locked(), None, "w.zip"),
    "cut archive": ("half an archive", zip_of({FILE: right()})[:900], None, "w.zip"),
    "other format": ("an archive that is none", b"Rar!\x1a\x07" + bytes(500), None, "w.zip"),
    "huge cell": ("a cell of 3 MB beside the answers", edited(add(source="x = 1\n" * 500_000)), FULL),
    "no numbers": ("numbers that JSON does not have", right().replace(b'"nbformat": 4', b'"nbformat": NaN'), FULL),
    "format 99": ("a format of the future", right().replace(b'"nbformat": 4', b'"nbformat": 99'), FULL),
    "format 3": ("a format of the past", FORMAT_3, FULL),
    "mark": ("a mark of its encoding before it", b"\xef\xbb\xbf" + right(), FULL),
    "line breaks": ("line breaks of another system", right().replace(b"\\n", b"\\r\\n").replace(b"\n", b"\r\n"), FULL),
    "wide": ("an encoding of two bytes a letter", right().decode().encode("utf-16"), FULL),
    "broken letters": ("bytes that are no letters", right().replace(b"Small", b"Sm\xe4ll"), FULL),
    "half characters in cells": (
        "half characters and null bytes",
        edited(add(source="x = '\ud800\x00\x1b[2J\u202e'")),
        FULL,
    ),
    "broken cells": ("cells that are none", edited(lambda cells: cells.extend([None, 7, [], {"source": 5}, {}])), FULL),
    "doubled names": ("every cell twice", edited(lambda cells: cells.extend(list(cells))), FULL),
    "other name": ("a notebook under another name", right(), FULL, "final FINAL (2).ipynb"),
    "in an archive": ("a notebook deep in an archive", zip_of({f"a/b/c/{FILE}": right()}), FULL, "w.zip"),
}


NAMES = {
    '=1+1,"<b>&': "a name that a spreadsheet would take for a formula",
    f"{SCRIPT.split('/')[0]}": "a name that a browser would run",
    "\u202egnp.x": "a name that reads backwards",
    "a\nb\x1b[2J": "a name with a line break and an order to a terminal",
    "-rf --help": "a name that a command would take for options",
    "n" * 240: "a name as long as the file system takes",
    "ADA": "a name that differs from the next one in its letters' size only",
    "ada": "the same, in small letters",
    "~": "a name that a shell would replace",
    "%s{0}": "a name with places to fill in",
}


def list_reading() -> list[Attack]:
    """Return the attacks by files and by edited notebooks, and those by their names."""
    assert make_assignment().points == POINTS == 2 * len(ANSWERS)
    edits = [by_file(name, tries, data, status, earned) for name, (tries, data, status, earned) in EDITED.items()]
    files = []
    for name, (tries, content, *rest) in FILES.items():
        status, earned = rest[0] if rest and rest[0] else ("refused", None)
        beside = {FILE: rest[2]} if len(rest) > 2 else {}
        files.append(by_file(name, tries, content, status, earned, rest[1] if len(rest) > 1 else FILE, **beside))
    traps = dict.fromkeys(("conftest.py", "sitecustomize.py", "json.py", "course_lib/__init__.py"), b"raise SystemExit")
    files.append(by_file("traps beside", "files that Python or a test runner would load", right(), *FULL, **traps))
    return [*edits, *files, *(by_file(name, tries, right(), *FULL) for name, tries in NAMES.items())]
