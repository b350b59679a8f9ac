"""What workers run. The scheduler loads this module too, so that what grading needs is imported only in functions."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from course_lib.errors import CourseError

if TYPE_CHECKING:
    from course_lib.grading.cluster.messages import Work
    from course_lib.grading.collecting.handed import Candidate
    from course_lib.grading.marking import Marker
    from course_lib.grading.results import SubmissionResult


class Places:
    """What a worker process keeps from one submission to the next: the boxes of a batch and how long its answers take.

    Several threads of the worker grade at once; the first one of a batch prepares, the others wait for it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._markers: dict[bytes, Marker] = {}
        self._n_inside: dict[bytes, int] = {}

    @contextmanager
    def at(self, order: bytes) -> Iterator[Marker]:
        """Give the block what grades the submissions of a batch.

        Raises
        ------
        CourseError
            This worker cannot grade them.
        """
        with self._lock:
            self._close_idle(order)
            if order not in self._markers:
                self._markers[order], self._n_inside[order] = prepare(order), 0
            self._n_inside[order] += 1
        try:
            yield self._markers[order]
        finally:
            with self._lock:
                self._n_inside[order] -= 1

    def leave(self) -> None:
        """Close the boxes of batches that nobody works on."""
        with self._lock:
            self._close_idle(b"")

    def _close_idle(self, kept: bytes) -> None:
        """Close what nobody uses, but for one batch: a coordinator that was killed could not say that it had ended."""
        for order in [order for order, n in self._n_inside.items() if not n and order != kept]:
            del self._n_inside[order]
            self._markers.pop(order).box.close()


PLACES = Places()  # of this process: between two calls Dask keeps nothing else that is not sent to others


def prepare(order: bytes) -> Marker:
    """Return what grades the submissions of a batch, once the course's own answers have passed here."""
    from course_lib.grading.assignment import load_assignment
    from course_lib.grading.batch import make_marker
    from course_lib.grading.box import choose_box
    from course_lib.grading.cluster.messages import Order
    from course_lib.grading.limits import Limits

    wanted = Order.model_validate_json(order)
    assignment = load_assignment(wanted.lesson)
    box = choose_box(warm=assignment.warm, trust_submissions=wanted.trust_submissions)
    try:
        return make_marker(assignment, box, wanted.seed, Limits(**wanted.limits))
    except BaseException:
        box.close()
        raise


def greet(order: bytes) -> bytes:
    """Prepare for a batch and say what this worker is."""
    from course_lib.grading.cluster.messages import Greeting
    from course_lib.grading.keys import list_environment

    try:
        with PLACES.at(order) as marker:
            box = marker.box
            greeting = Greeting(
                box=box.name, isolated=box.isolated, course=course_of(marker), environment=list_environment()
            )
    except CourseError as error:
        greeting = Greeting(unfit=str(error))
    return greeting.pack()


def course_of(marker: Marker) -> str:
    """Return the hash of the lesson, its checks and the grader: what a copy of the course has a say in."""
    from course_lib.grading.keys import hash_grader, hash_parts

    return hash_parts(marker.assignment.digest, hash_grader())


def grade(order: bytes, work: bytes) -> bytes:
    """Return the `Reply` for one submission; whatever happens, it is one."""
    from course_lib.grading.cluster.messages import Reply, Work
    from course_lib.grading.keys import hash_parts

    try:
        with PLACES.at(order) as marker:
            wanted = Work.model_validate_json(work)
            if wanted.conditions != hash_parts(*marker.fixed):
                return Reply(unfit="it has another copy of the course, other packages or another sandbox").pack()
            try:
                return Reply(result=mark(marker, wanted)).pack()
            except Exception as error:
                return Reply(fault=f"{type(error).__name__}: {error}").pack()
    except CourseError as error:
        return Reply(unfit=str(error)).pack()


def mark(marker: Marker, work: Work) -> SubmissionResult:
    """Return the result of one submission."""
    from course_lib.grading.collecting.handed import Handed, Picked

    started = time.perf_counter()
    picked = Picked(work.file, work.notebook, marker.assignment.take_in(work.notebook), tuple(work.notes))
    handed = Handed(work.label, work.student, work.student_id, work.is_late, record=record_of(work))
    return marker.mark_picked(handed, picked, started)


def record_of(work: Work) -> Candidate | None:
    """Return the student's record of hints, if there was one."""
    from course_lib.grading.collecting.handed import Candidate

    record = work.record
    return None if record is None else Candidate("record", lambda: record)


def leave() -> bytes:
    """End what a batch has left ready for the next submission; return nothing, as bytes."""
    PLACES.leave()
    return b""
