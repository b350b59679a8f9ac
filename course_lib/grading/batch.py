"""Grades many submissions: several at a time, each result kept as soon as it is known."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

from course_lib.grading.assignment import Assignment
from course_lib.grading.box.base import Box
from course_lib.grading.collecting.handed import Handed
from course_lib.grading.gate import Gate
from course_lib.grading.limits import Limits
from course_lib.grading.marking import Earlier, Marker, nothing_before
from course_lib.grading.reference import measure_reference
from course_lib.grading.regrading import Again
from course_lib.grading.results import SubmissionResult
from course_lib.grading.store import Store

# Called with each result and whether it is new.
Tell = Callable[[SubmissionResult, bool], None]
NOTHING_AGAIN = Again()


@dataclass
class Counts:
    """How a batch went."""

    n_submissions: int = 0
    n_graded_now: int = 0
    statuses: dict[str, int] = field(default_factory=dict)

    def add(self, result: SubmissionResult, is_new: bool) -> None:
        """Count one result."""
        self.n_submissions += 1
        self.n_graded_now += is_new
        self.statuses[result.status] = self.statuses.get(result.status, 0) + 1

    @property
    def n_grader_errors(self) -> int:
        """Submissions without a mark through no fault of theirs."""
        return self.statuses.get("grader error", 0)


def make_marker(assignment: Assignment, box: Box, seed: str, floor: Limits | None = None) -> Marker:
    """Return what grades submissions, once the course's own answers have passed.

    Raises
    ------
    CourseError
        They do not.
    """
    floor = floor or Limits()
    return Marker(assignment, box, seed, measure_reference(assignment, box, seed, floor), floor, Gate())


def grade_batch(
    marker: Marker, submissions: Sequence[Handed], store: Store, jobs: int, tell: Tell, again: Again = NOTHING_AGAIN
) -> Counts:
    """Grade submissions and keep their results.

    Parameters
    ----------
    marker
        Grades one.
    submissions
        All of them; those with a result under their key are not graded again.
    store
        Where results are kept, by this thread only.
    jobs
        How many are graded at once.
    tell
        Hears of each result.
    again
        What is graded whether it has been graded before or not.
    """
    counts = Counts()
    with store.held():
        for result in mark_all(marker, submissions, nothing_before if again else store.earlier, jobs):
            is_new = bool(again) or store.keep(result)
            if again:
                stands = store.keep_again(result, again)
                result = stands if result.is_final else result  # a fault of the grader is told, whatever stands
            counts.add(result, is_new)
            tell(result, is_new)
    return counts


def mark_all(marker: Marker, submissions: Sequence[Handed], earlier: Earlier, jobs: int) -> Iterator[SubmissionResult]:
    """Yield results as they become known; the work is done in boxes, so threads are enough here."""
    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(mark_twice, marker, handed, earlier) for handed in submissions]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:  # stopped: what has not begun never will
            pool.shutdown(wait=False, cancel_futures=True)


def mark_twice(marker: Marker, handed: Handed, earlier: Earlier) -> SubmissionResult:
    """Return a result; what the grader could not grade is tried once more."""
    result = marker.mark(handed, earlier)
    return result if result.is_final else marker.mark(handed, earlier)
