"""What a lesson promises its learner, and what its solved run took."""

import json
import math
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from course_lib.errors import CourseError
from tools.authoring.tree import Tree, write_text

PROMISE = re.compile(
    r"^<!-- budget: (?P<minutes>\d+) minutes; run (?P<run_minutes>\d+) minutes?; memory (?P<memory_mb>\d+) MB -->$",
    re.MULTILINE,
)
HOW_TO_PROMISE = "<!-- budget: 80 minutes; run 3 minutes; memory 1500 MB -->"
# A new figure replaces the old one only when it is this far off: the noise of a computer is no news.
NOISE = 0.25


@dataclass(frozen=True)
class Promise:
    """The budget line of a header.

    Parameters
    ----------
    minutes
        Of the learner's time.
    run_minutes
        That all cells together may take.
    memory_mb
        That the kernel may use.
    """

    minutes: int
    run_minutes: int
    memory_mb: int


@dataclass(frozen=True)
class Measured:
    """What the solved run of a lesson took.

    Parameters
    ----------
    run_minutes
        Wall-clock time of all cells.
    memory_mb
        Largest memory of the kernel and the processes it started.
    cores
        Processor cores it could use.
    outputs
        Digest of the code cells and their outputs, by which an edit by hand is seen.
    """

    run_minutes: float
    memory_mb: int
    cores: int
    outputs: str


def read_promise(header: str) -> Promise | None:
    r"""Return the promise in the text of a header, None if there is not exactly one.

    Examples
    --------
    >>> read_promise("# 04 RAG\n<!-- budget: 95 minutes; run 2 minutes; memory 900 MB -->")
    Promise(minutes=95, run_minutes=2, memory_mb=900)
    """
    found = list(PROMISE.finditer(header))
    return Promise(**{key: int(value) for key, value in found[0].groupdict().items()}) if len(found) == 1 else None


def fill_header(header: str, promise: Promise, measured: Measured | None) -> str:
    """Return ``header`` with its budget line replaced by the sentence that the learner reads."""
    return PROMISE.sub(f"**{promise.minutes} minutes** of your time. {describe(measured)}", header)


def describe(measured: Measured | None) -> str:
    """Return the sentence about the run.

    Figures are rounded up, so that they stay true on a computer that is a little slower.

    Examples
    --------
    >>> describe(Measured(run_minutes=1.2, memory_mb=611, cores=2, outputs=""))
    'All cells together run in less than 2 minutes and use up to 650 MB of memory (measured on 2 processor cores).'
    """
    if measured is None:
        return "How long its cells run has not been measured yet."
    minutes, memory_mb = rounded(measured)
    return (
        f"All cells together run in less than {count(minutes, 'minute')} and use up to {memory_mb} MB of memory "
        f"(measured on {count(measured.cores, 'processor core')})."
    )


def rounded(measured: Measured) -> tuple[int, int]:
    """Return whole minutes and memory in steps of 50 MB, both above what was measured."""
    return math.floor(measured.run_minutes) + 1, math.ceil(measured.memory_mb / 50) * 50


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def broken_promises(promise: Promise, measured: Measured) -> list[str]:
    """Return a sentence for each figure that is above its promise."""
    pairs = (
        ("runs", measured.run_minutes, promise.run_minutes, "minutes"),
        ("uses", measured.memory_mb, promise.memory_mb, "MB"),
    )
    return [
        f"the solved edition {verb} {taken:g} {unit}, its header promises {promised}: make it lighter, measure again "
        "on a quiet computer, or change the promise"
        for verb, taken, promised, unit in pairs
        if taken > promised
    ]


def settle(old: Measured | None, new: Measured) -> Measured:
    """Return ``new``, with the figures of ``old`` where they differ by no more than noise."""
    if old is None or old.cores != new.cores:
        return new
    kept = {
        key: getattr(old, key) if abs(getattr(new, key) - getattr(old, key)) <= NOISE * getattr(old, key) else value
        for key, value in asdict(new).items()
        if key in ("run_minutes", "memory_mb")
    }
    return Measured(**kept, cores=new.cores, outputs=new.outputs)


def read_budgets(tree: Tree) -> dict[str, Measured]:
    """Return what was measured, by the stem of the lesson.

    Raises
    ------
    CourseError
        If the file is not what the builder writes.
    """
    if not tree.budgets.exists():
        return {}
    try:
        return {stem: Measured(**figures) for stem, figures in json.loads(read(tree.budgets)).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise CourseError(
            f"{tree.name_of(tree.budgets)} is not what the builder writes ({error}): delete it and build all lessons"
        ) from error


def read(path: Path) -> str:
    """Return the text of a file."""
    return path.read_text(encoding="utf-8")


def write_budgets(tree: Tree, budgets: dict[str, Measured]) -> None:
    """Write what was measured, without the lessons that are no more."""
    stems = {path.stem for path in tree.sources()}
    figures = {stem: asdict(measured) for stem, measured in sorted(budgets.items()) if stem in stems}
    write_text(tree.budgets, json.dumps(figures, indent=1) + "\n")
