"""Grades all attacks as one class, honest work among them, and says what each of them has got."""

import hashlib
import os
import re
import stat
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from course_lib.checks.cases import Cases
from course_lib.grading.assignment import number_of
from course_lib.grading.batch import grade_batch
from course_lib.grading.box.base import Box
from course_lib.grading.collecting import collect
from course_lib.grading.collecting.finding import make_handed
from course_lib.grading.gate import Gate
from course_lib.grading.isolation import set_traps
from course_lib.grading.limits import Limits
from course_lib.grading.marking import Marker
from course_lib.grading.reports.exports import EXPORTS
from course_lib.grading.reports.writing import write_reports
from course_lib.grading.results import SubmissionResult
from course_lib.grading.store import Store
from tests.grading.attacks.attack import FILE, INPUT, REACHED, TRIED, Attack, Files, Place
from tests.grading.attacks.forging import list_forging
from tests.grading.attacks.hanging import list_hanging
from tests.grading.attacks.leaking import list_leaking
from tests.grading.attacks.reading import list_reading
from tests.grading.attacks.touching import list_touching
from tests.grading.tiny_lesson import ANSWERS, POINTS, STEM, draw_value, make_assignment, notebook

SECRETS = ("seed-of-the-class", "secret-of-the-honest")
SEED = f"{SECRETS[0]}, autumn"  # its inputs are no public ones, which students may read
# Short, so that what hangs is soon ended; the clock leaves room for the neighbours that the honest have here.
LIMITS = Limits(
    call_s=0.4,
    cell_s=0.4,
    exercise_s=3.0,
    submission_s=15.0,
    patience=3.0,
    grace_s=1.0,
    memory_mb=300,
    tmp_mb=16,
    shared_mb=4,
    file_mb=4,
    files=500,
    print_mb=8,
    threads=64,
    open_files=64,
)
JOBS = 3
LONGEST_S = 60.0  # of one submission, the second try and the waiting for others included
# In what a student reads: an input, or a number that a process chose at its end.
NUMBER = re.compile(rf"(?:{INPUT}|exit status )(\d+)")
HIDDEN = set(Cases(number_of(SEED)).draw(draw_value, 3))
HONEST = ("a", "b", "f", "j", "n", "r", "v", "z")  # first letters: they are graded between the attackers
WORK = notebook(**ANSWERS | {"ex_98_3": "value + 3", "ex_98_4": "print('secret-of-the-honest') or value * 2"})
MARK = POINTS - 2


@dataclass(frozen=True)
class Verdict:
    """What an attack has got.

    Parameters
    ----------
    attack
        The attack.
    happened
        Status and points.
    faults
        By kind (``forged``, ``hung``, ``leaked``, ``lost``): what was wrong. A grader that can be trusted has none.
    """

    attack: Attack
    happened: str
    faults: dict[str, str]

    @property
    def must_happen(self) -> str:
        """Status and points as they have to be."""
        return describe(self.attack.status, self.attack.earned)


@dataclass(frozen=True)
class Battle:
    """How all attacks went.

    Parameters
    ----------
    verdicts
        One for each attack.
    touched
        What was changed of others, the honest submissions' marks among it.
    seconds
        It took.
    """

    verdicts: tuple[Verdict, ...]
    touched: tuple[str, ...]
    seconds: float


def list_attacks() -> list[Attack]:
    """Return all attacks."""
    return [*list_forging(), *list_hanging(), *list_leaking(), *list_touching(), *list_reading()]


def describe(status: str, earned: int | None) -> str:
    """Return status and points in words."""
    return f"{status}, {'no mark' if earned is None else f'{earned} of {POINTS}'}"


def fight(box: Box, folder: Path, attacks: Sequence[Attack]) -> Battle:
    """Grade all attacks in boxes forked from one warm process, honest submissions among them.

    Parameters
    ----------
    box
        Makes boxes; nothing may have been started in it, or it would not know the traps.
    folder
        Empty.
    attacks
        What is handed in.
    """
    started = time.perf_counter()
    handed_in, grades = folder / "class", folder / "grades"
    with set_traps() as traps:
        place = Place(handed_in, grades, own_pids(), traps)
        for attack in attacks:
            hand_in(handed_in / attack.name, attack.files(place))
        for letter in HONEST:
            hand_in(handed_in / f"{letter} honest", {FILE: WORK})
        before = {path: fingerprint(path) for path in sorted(handed_in.rglob("*"))}
        store = Store(grades, STEM[:2])
        marker = Marker(make_assignment(), box, store.seed(SEED), LIMITS, LIMITS, Gate())
        box.nursery_usage()
        warm = box._nursery.pid
        grade_batch(marker, collect([handed_in], STEM), store, JOBS, lambda *_: None)
        write_reports(store, EXPORTS)
    results = {result.submission: result for result in store.results()}
    verdicts = [judge(attack, results.get(label_of(attack.name)), read_pages(store, attack.name)) for attack in attacks]
    touched = [*find_changed(before), *find_odd_marks(results), *find_odd_files(store), *find_survivors(box, warm)]
    return Battle(tuple(verdicts), tuple(touched), time.perf_counter() - started)


def own_pids() -> tuple[int, ...]:
    """Return the numbers of this process and of its parent."""
    return os.getpid(), os.getppid()


def hand_in(folder: Path, files: Files) -> None:
    """Make what is handed in by one student."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content) if isinstance(content, bytes) else content(path)


def label_of(name: str) -> str:
    """Return the label of what was handed in in a folder."""
    return make_handed(f"class/{name}", "class", name, (), None, "").label


def read_pages(store: Store, name: str) -> str:
    """Return all that a student may read about a submission: the page, and what platforms are given."""
    stem = store.path_of(label_of(name)).stem
    paths = [
        store.folder / "students" / f"{stem}.html",
        store.folder / "exports" / "gradescope" / stem / "results.json",
    ]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths if path.exists())


def judge(attack: Attack, result: SubmissionResult | None, pages: str) -> Verdict:
    """Return what an attack has got, from its result and from what its author reads."""
    if result is None:
        return Verdict(attack, "nothing", {"lost": "there is no result"})
    first = result.exercises[0].status if result.exercises and attack.aim != "read" else result.status
    is_right = first in attack.status.split(" or ") and result.earned == attack.earned
    happened = describe(attack.status if is_right else first, result.earned)
    printed = "".join(exercise.printed for exercise in result.exercises)
    reached = [line for line in printed.splitlines() if line.startswith(REACHED)]
    found = {
        "forged": happened if (result.earned or 0) > (attack.earned or 0) else "",
        "hung": f"{result.seconds:.0f} s" if result.seconds > LONGEST_S else "",
        "leaked": "; ".join([*reached, *find_inputs(pages), *(word for word in SECRETS if word in printed + pages)]),
        "lost": "" if is_right else happened,
        "not tried": "it did not come to its end" if attack.says and TRIED not in printed else "",
    }
    return Verdict(attack, happened, {kind: words for kind, words in found.items() if words})


def find_inputs(pages: str) -> list[str]:
    """Return the hidden inputs of the class in what a student reads."""
    return [found[0] for found in NUMBER.finditer(pages) if int(found[1]) in HIDDEN]


def fingerprint(path: Path) -> str:
    """Return what tells whether a file was changed; a link or a pipe is not opened."""
    if not stat.S_ISREG(path.lstat().st_mode):
        return f"{path.lstat().st_mode}"
    return hashlib.sha256(path.read_bytes()).hexdigest()


def find_changed(before: dict[Path, str]) -> Iterator[str]:
    """Yield what was changed of what had been handed in."""
    (folder,) = {path.parent for path in before if path.parent.parent not in before and path.parent.name == "class"}
    after = {path: fingerprint(path) for path in sorted(folder.rglob("*"))}
    yield from (f"{path} was changed" for path in before | after if before.get(path) != after.get(path))


def find_odd_marks(results: dict[str, SubmissionResult]) -> Iterator[str]:
    """Yield honest submissions whose mark is not the one that they have without attackers beside them."""
    statuses = ["passed", "passed", "failed", "passed", "passed"]
    for letter in HONEST:
        result = results.get(label_of(f"{letter} honest"))
        if result is None or result.earned != MARK or [one.status for one in result.exercises] != statuses:
            yield f"{letter} honest: {result and describe(result.status, result.earned)}"


def find_odd_files(store: Store) -> Iterator[str]:
    """Yield what is in the folder of results and is not the grader's."""
    known = {"results", "report", "students", "exports", "grades.csv", "journal.jsonl", "cohort_seed.txt", "about.json"}
    yield from (f"{path} was put there" for path in store.folder.iterdir() if path.name not in known | {".lock"})
    stems = {store.path_of(result.submission).stem for result in store.results()}
    yield from (f"{path} was put there" for path in (store.folder / "results").iterdir() if path.stem not in stems)


def find_survivors(box: Box, warm: int) -> Iterator[str]:
    """Yield processes that outlived their box, and the end of the one that boxes are copies of."""
    if not psutil.pid_exists(warm) or box._nursery.pid != warm:
        yield "the process that boxes are copies of was ended"
        return
    deadline = time.monotonic() + 5  # keepers that have just ended may still be there
    while (left := psutil.Process(warm).children(recursive=True)) and time.monotonic() < deadline:
        time.sleep(0.05)
    yield from (f"process {process.pid} outlived its box" for process in left)
