"""The side of a cluster that reads submissions and keeps results: it asks workers and checks what they say."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from pydantic import ValidationError

from course_lib.errors import CourseError
from course_lib.grading.assignment import Assignment
from course_lib.grading.cluster import worker
from course_lib.grading.cluster.connection import GOES_ON, Cluster
from course_lib.grading.cluster.messages import Greeting, Order, Reply, Work
from course_lib.grading.collecting.handed import Handed, Picked
from course_lib.grading.gate import Gate
from course_lib.grading.keys import hash_parts, list_environment
from course_lib.grading.limits import Limits
from course_lib.grading.marking import Marker, StoppedError
from course_lib.grading.notebook_file import RefusedError
from course_lib.grading.results import SubmissionResult

# What a result says about its submission and not about the answers.
IDENTITY = ("key", "submission", "student", "student_id", "lesson", "file", "sha256", "points", "box", "isolated")


@dataclass(frozen=True)
class BoxElsewhere:
    """Stands for the boxes of the workers where their kind counts: in keys and results."""

    name: str
    isolated: bool


@dataclass(frozen=True)
class ClusterMarker(Marker):
    """Picks and refuses submissions here, and has the others graded by a worker.

    Parameters
    ----------
    cluster
        Whom to ask.
    order
        What all submissions share, as it travels.
    """

    cluster: Cluster
    order: bytes

    def mark_picked(self, handed: Handed, picked: Picked, started: float) -> SubmissionResult:
        """Return the result that a worker gave, once it has been seen to be one of this very submission."""
        work = Work(
            conditions=hash_parts(*self.fixed),
            label=handed.label,
            student=handed.student,
            student_id=handed.student_id,
            is_late=handed.is_late,
            file=picked.name,
            notes=list(picked.notes),
            notebook=picked.data,
            record=read_record(handed),
        )
        reply = Reply.model_validate_json(self.cluster.ask(worker.grade, self.order, work.pack()))
        if reply.unfit:
            raise StoppedError(f"a worker that has joined cannot grade ({reply.unfit}): end it; {GOES_ON}")
        if reply.result is None:
            raise RuntimeError(reply.fault)
        blank = self._without_mark(handed, picked.intake.file, "refused", "", started, picked)
        if wrong := [name for name in IDENTITY if getattr(blank, name) != getattr(reply.result, name)]:
            raise RuntimeError(f"a worker gave the result of something else: {', '.join(wrong)} differ")
        return reply.result


def read_record(handed: Handed) -> bytes | None:
    """Return the student's record of hints; nothing is in one that cannot be read."""
    if handed.record is None:
        return None
    with suppress(RefusedError):
        return handed.record.read()
    return b""


@contextmanager
def open_marker(
    cluster: Cluster, assignment: Assignment, seed: str, trust_submissions: bool = False, floor: Limits | None = None
) -> Iterator[ClusterMarker]:
    """Give the block what grades submissions of one assignment, once all workers are ready.

    Raises
    ------
    CourseError
        There is no worker, or one of them cannot grade, or would grade otherwise than this computer.
    """
    floor = floor or Limits()
    order = Order(lesson=assignment.lesson, seed=seed, trust_submissions=trust_submissions, limits=vars(floor)).pack()
    greetings = greet(cluster, order)
    kinds = {BoxElsewhere(greeting.box, greeting.isolated) for greeting in greetings.values()}
    if len(kinds) > 1:
        names = ", ".join(f"{greeting.box} at {address}" for address, greeting in sorted(greetings.items()))
        raise CourseError(f"workers with different kinds of sandbox grade differently ({names}): give all the same one")
    marker = ClusterMarker(assignment, kinds.pop(), seed, floor, floor, Gate(), cluster, order)
    for address, greeting in greetings.items():
        if fault := find_difference(marker, greeting):
            raise CourseError(f"the worker {address} would grade otherwise than this computer: {fault}")
    yield marker
    with suppress(CourseError):  # where the batch did not come to its end, workers do this before the next one
        cluster.ask_each(worker.leave)


def greet(cluster: Cluster, order: bytes) -> dict[str, Greeting]:
    """Return what each worker is, once all have prepared; refuse if one cannot grade."""
    try:
        replies = cluster.ask_each(worker.greet, order)
        greetings = {address: Greeting.model_validate_json(reply) for address, reply in replies.items()}
    except (ImportError, AttributeError, RuntimeError, ValidationError) as error:
        raise CourseError(
            f"not all of {cluster.address} and its workers have this copy of the course "
            f"({str(error).splitlines()[0]}): start scheduler and workers in its folder, with its Python"
        ) from None
    for address, greeting in greetings.items():
        if greeting.unfit:
            raise CourseError(f"the worker {address} cannot grade: {greeting.unfit}")
    return greetings


def find_difference(marker: ClusterMarker, greeting: Greeting) -> str:
    """Return what a worker has otherwise than this computer, with what to do; empty if nothing."""
    if greeting.course != worker.course_of(marker):
        return "it has another copy of the course, its data or its model; copy this folder there and start it anew"
    differ = [
        f"{name} {greeting.environment.get(name)} there, {version} here"
        for name, version in list_environment().items()
        if greeting.environment.get(name) != version
    ]
    return f"{'; '.join(differ)}; install the same on both" if differ else ""
