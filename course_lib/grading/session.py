"""Grades the exercises of one submission: one box for all, and a new one after each exercise that broke it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from course_lib.checks.failures import AnswerError
from course_lib.checks.handles import Handle
from course_lib.checks.results import CheckResult
from course_lib.grading.allowance import Allowance
from course_lib.grading.boundary import BoxEnded
from course_lib.grading.box.base import Box, BoxError
from course_lib.grading.limits import Limits
from course_lib.grading.worker import Worker

# Runs the checks of an exercise on handles that it makes from the names of functions.
Examine = Callable[[str, Callable[[str], Handle]], CheckResult]
STARTS = 3
SECONDS_BETWEEN_STARTS = 1.0
WITHOUT_ANSWER = ("failed", "not started")
ENDED_IN_BOX = ("error", "timeout", "out of memory", "crashed")


@dataclass(frozen=True)
class Cell:
    """One cell that runs in the box.

    Parameters
    ----------
    source
        Its text.
    exercise
        The exercise that it answers; empty for others.
    own
        Number of a cell that the student wrote besides the answers; 0 for others.
    """

    source: str
    exercise: str = ""
    own: int = 0

    @property
    def name(self) -> str:
        """What breaks a box when this cell does, and what errors call it; empty for a cell of the lesson."""
        return self.exercise or (f"cell {self.own}" if self.own else "")


@dataclass(frozen=True)
class Outcome:
    """What became of one exercise.

    Parameters
    ----------
    exercise
        Its id.
    status
        ``passed``, ``partly``, ``failed``, ``not started``, ``error`` (the cell raised and gives no answer),
        ``timeout``, ``out of memory`` or ``crashed``.
    result
        What the checks said; None if they were not run.
    words
        What happened, in one line; empty where the checks say it all.
    printed
        What the cell and its calls printed, cleaned and shortened. Never parsed.
    cpu_s, wall_s, peak_mb
        What they used.
    starved
        The time-out may be the fault of busy neighbours: try once more, alone, before it is final.
    unsure
        A check itself failed: no mark can be given.
    """

    exercise: str
    status: str
    result: CheckResult | None = None
    words: str = ""
    printed: str = ""
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_mb: float = 0.0
    starved: bool = False
    unsure: bool = False

    @property
    def earned(self) -> int:
        """Points; none for an exercise that broke its box, whatever the checks before had said."""
        return self.result.earned if self.result and self.status not in ENDED_IN_BOX else 0


class Session:
    """The grading of one submission.

    Parameters
    ----------
    box
        Makes the boxes.
    cells
        What to run, in order. An exercise whose cell is blank is not started.
    examine
        See `Examine`.
    limits
        What the submission may use.
    first
        A box to begin in, if one is at hand in which nothing has run; it ends with the session.
    """

    def __init__(
        self,
        box: Box,
        cells: Sequence[Cell],
        examine: Examine,
        limits: Limits | None = None,
        first: Worker | None = None,
    ) -> None:
        self.box = box
        self.cells = [cell for cell in cells if cell.source.strip()]
        self.examine = examine
        self.first = first
        self.allowance = first.allowance if first else Allowance(limits or Limits())
        self.order = list(dict.fromkeys(cell.exercise for cell in cells if cell.exercise))
        self.outcomes: dict[str, Outcome] = {}
        self.lost: set[str] = set()  # their cells are not run again: they broke a box

    def run(self) -> list[Outcome]:
        """Grade every exercise; return one outcome for each, in their order.

        Raises
        ------
        BoxError
            No box can be had: no submission is marked for that.
        """
        started = {cell.exercise for cell in self.cells}
        self.outcomes = {name: Outcome(name, "not started") for name in self.order if name not in started}
        while waiting := [name for name in self.order if name not in self.outcomes]:
            if self.allowance.used_up:
                words = f"the {self.allowance.limits.submission_s:g} s of the whole submission were used up before"
                self.outcomes.update({name: Outcome(name, "timeout", words=words) for name in waiting})
                break
            worker, self.first = self.first or start_worker(self.box, self.allowance), None
            with worker:
                self._use(worker, last=waiting[-1])
        if self.first:
            self.first.close()
        return [self.outcomes[name] for name in self.order]

    def _use(self, worker: Worker, last: str) -> None:
        """Run cells and checks in one box until everything up to the exercise ``last`` is done or the box ends."""
        at_work = ""
        for cell in self.cells:
            if cell.name in self.lost:
                continue
            at_work = cell.name or at_work
            self._run(worker, cell)
            if worker.ending:
                self._give_up(worker, at_work)
                return
            if last in self.outcomes:
                return

    def _run(self, worker: Worker, cell: Cell) -> None:
        """Run a cell and, the first time, the checks of its exercise."""
        self.allowance.begin_exercise()
        try:
            # What the lesson makes may take as long as everything: no answer is at fault for it.
            error = worker.run_cell(
                cell.source, cell.name or "lesson", 0.0 if cell.name else worker.limits.submission_s
            )
        except BoxEnded:
            return
        if cell.exercise and cell.exercise not in self.outcomes:
            worker.memory_errors = 0
            result = self.examine(cell.exercise, worker.handle)
            self.outcomes[cell.exercise] = self._judge(worker, cell.exercise, result, error)

    def _judge(self, worker: Worker, exercise: str, result: CheckResult, error: AnswerError | None) -> Outcome:
        """Return what became of an exercise whose checks were run."""
        status, words, spent = result.status, error.got if error else "", self.allowance.exercise
        if worker.ending:
            status, words = worker.ending.status, worker.ending.got
        elif worker.memory_errors and status != "passed":
            status, words = "out of memory", f"asked for more than {worker.limits.memory_mb} MB of memory"
        elif error and status in WITHOUT_ANSWER:
            status = "error"
        return Outcome(
            exercise,
            status,
            result,
            words,
            printed=worker.take_prints(),
            cpu_s=spent.cpu_s,
            wall_s=spent.wall_s,
            peak_mb=worker.peak_mb,
            starved=worker.starved,
            unsure=any(line.state == "unknown" for line in result.checks),
        )

    def _give_up(self, worker: Worker, exercise: str) -> None:
        """Note that ``exercise``, or a cell of the student's own, broke the box: the next box does without it."""
        if not exercise:
            raise BoxError(f"a box ended in a cell of the lesson: it {worker.ending.got}")
        self.lost.add(exercise)
        if exercise in self.order and exercise not in self.outcomes:
            spent, ending = self.allowance.exercise, worker.ending
            self.outcomes[exercise] = Outcome(
                exercise,
                ending.status,
                words=ending.got,
                printed=worker.take_prints(),
                cpu_s=spent.cpu_s,
                wall_s=spent.wall_s,
                peak_mb=worker.peak_mb,
                starved=worker.starved,
            )


def start_worker(box: Box, allowance: Allowance) -> Worker:
    """Start a box; a start that failed is tried again, because a busy machine is nobody's fault.

    Raises
    ------
    BoxError
        It did not start three times.
    """
    for _ in range(STARTS - 1):
        try:
            return Worker(box, allowance)
        except BoxError:
            time.sleep(SECONDS_BETWEEN_STARTS)
    return Worker(box, allowance)
