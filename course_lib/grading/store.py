"""The folder of a grading: results that stand whole or not at all, and a journal that only grows."""

import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from course_lib import files
from course_lib.errors import CourseError
from course_lib.files import write_whole
from course_lib.grading.regrading import Again
from course_lib.grading.results import SubmissionResult, read_result, write_result

RESULTS, EARLIER, JOURNAL, SEED, ABOUT = "results", "earlier", "journal.jsonl", "cohort_seed.txt", "about.json"
LONGEST_SLUG = 60


class Store:
    """Keeps results in a folder.

    A file is written under another name, brought to the disk, then renamed: whenever the process is killed, each name
    stands for a whole result. Only one process at a time keeps results in a folder, and only one thread of it.

    Parameters
    ----------
    folder
        Made if it is not there.
    lesson
        What it is for.

    Raises
    ------
    CourseError
        It belongs to another lesson, or cannot be used.
    """

    def __init__(self, folder: Path, lesson: str) -> None:
        self.folder = folder
        self.lesson = lesson
        with explained(folder):
            (folder / RESULTS).mkdir(parents=True, exist_ok=True)
            self._refuse_other_lesson()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes out while the block runs; the system frees the folder when its holder is killed.

        Raises
        ------
        CourseError
            Another process holds it.
        """
        busy = CourseError(f"another course grade works in {self.folder}: wait for it, or stop it")
        with files.locked(self.folder / ".lock", 1.0, busy):
            self._mend_journal()
            yield

    def seed(self, wanted: str | None) -> str:
        """Return the seed of the class: the one that is wanted, else the one of the first run, else a new one."""
        path = self.folder / SEED
        with explained(self.folder):
            if wanted is None and path.is_file():
                return path.read_text(encoding="utf-8").strip()
            seed = wanted or secrets.token_hex(16)
            write_whole(path, f"{seed}\n".encode(), mode=0o600)
        return seed

    def earlier(self, label: str, key: str) -> SubmissionResult | None:
        """Return the result of an earlier run under a key; None if there is none, or none that is final."""
        found = self.read(self.path_of(label))
        return found if found and found.key == key and found.is_final else None

    def keep(self, result: SubmissionResult) -> bool:
        """Write a result, unless it is there already; return whether it was written.

        What another key, an older attempt, stood for is kept as well, in a folder of its own.
        """
        if self.earlier(result.submission, result.key):
            return False
        before = self.read(self.path_of(result.submission))
        self._write(result, before if before and before.key != result.key else None)
        return True

    def keep_again(self, result: SubmissionResult, again: Again) -> SubmissionResult:
        """Write what stands after a submission was graded again, whatever stood before; return it."""
        before = self.read(self.path_of(result.submission))
        result = again.replace(before, result)
        self._write(result, before, again=list(again.exercises) or "all")
        return result

    def _write(self, result: SubmissionResult, before: SubmissionResult | None, **more: Any) -> None:
        """Write a result and its line of the journal; set what stood before aside."""
        path = self.path_of(result.submission)
        with explained(self.folder):
            if before:
                (self.folder / EARLIER).mkdir(exist_ok=True)
                write_whole(self.folder / EARLIER / f"{path.stem}.{digest_of(before)[:12]}.json", path.read_bytes())
            write_whole(path, write_result(result))
            self._add_to_journal(describe(result) | more)

    def results(self) -> list[SubmissionResult]:
        """Return all results, in order of their labels."""
        found = [self.read(path) for path in (self.folder / RESULTS).glob("*.json")]
        return sorted(filter(None, found), key=lambda result: result.submission)

    def path_of(self, label: str) -> Path:
        """Return where the result of a submission is: under a name that any system takes, whatever its author chose."""
        slug = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")[:LONGEST_SLUG].strip("-")
        digest = hashlib.sha256(label.encode()).hexdigest()[:12]
        return self.folder / RESULTS / f"{slug or 'submission'}-{digest}.json"

    def read(self, path: Path) -> SubmissionResult | None:
        """Return the result in a file; None if there is none, or it was damaged or is of another form."""
        try:
            return read_result(path.read_bytes())
        except (OSError, ValidationError):
            return None

    def _refuse_other_lesson(self) -> None:
        path = self.folder / ABOUT
        if not path.is_file():
            write_whole(path, json.dumps({"lesson": self.lesson}).encode() + b"\n")
        try:
            found = json.loads(path.read_text(encoding="utf-8"))["lesson"]
        except (ValueError, KeyError, TypeError):
            raise CourseError(f"{path} is not what course grade writes: give another folder as --out") from None
        if found != self.lesson:
            raise CourseError(
                f"{self.folder} holds grades of lesson {found}: give lesson {self.lesson} a folder of its own"
            )

    def _add_to_journal(self, entry: dict[str, Any]) -> None:
        with (self.folder / JOURNAL).open("ab") as file:
            file.write(json.dumps(entry, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _mend_journal(self) -> None:
        """Cut off a line that a killed process began, and add the results that it wrote but did not note."""
        path = self.folder / JOURNAL
        data = path.read_bytes() if path.exists() else b""
        if not data.endswith(b"\n") and data:
            with path.open("r+b") as file:
                file.truncate(data.rfind(b"\n") + 1)
        for result in self.results():
            if digest_of(result).encode() not in data[: data.rfind(b"\n") + 1]:
                self._add_to_journal(describe(result))


def describe(result: SubmissionResult) -> dict[str, Any]:
    """Return the line of the journal."""
    names = ("key", "submission", "status", "earned", "points", "reason", "sha256")
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        **{name: getattr(result, name) for name in names},
        "result": digest_of(result),
    }


def digest_of(result: SubmissionResult) -> str:
    """Return the hash of the file of a result."""
    return hashlib.sha256(write_result(result)).hexdigest()


def explained(folder: Path) -> AbstractContextManager[None]:
    """Turn an error of the file system into a sentence about ``folder``, a `CourseError`."""
    advice = "make room, or give a folder of yours as --out; nothing that was written is lost, the next start goes on"
    return files.explained(folder, f"{advice} from there")
