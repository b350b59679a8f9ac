"""Grades what was taken from one notebook."""

from contextlib import closing
from dataclasses import dataclass

from course_lib.grading.allowance import Allowance
from course_lib.grading.boundary import BoxEnded
from course_lib.grading.box.base import Box
from course_lib.grading.intake import Intake
from course_lib.grading.limits import Limits
from course_lib.grading.runner.names import NOTHING, Names
from course_lib.grading.session import Examine, Outcome, Session, start_worker
from course_lib.grading.transplant import Lesson, Program, build_program
from course_lib.grading.worker import Worker


@dataclass(frozen=True)
class Graded:
    """The outcome of one submission.

    Parameters
    ----------
    intake
        What was taken from the file; if it was refused, there are no outcomes.
    program
        What ran in the box; None if the file was refused.
    outcomes
        One for each exercise of the lesson, in order.
    public
        The same for a run on public inputs only, where there was one.
    """

    intake: Intake
    program: Program | None
    outcomes: tuple[Outcome, ...]
    public: tuple[Outcome, ...] = ()


def grade_intake(box: Box, lesson: Lesson, intake: Intake, examine: Examine, limits: Limits | None = None) -> Graded:
    """Run the answers of one submission in a box, and the checks outside of it.

    Parameters
    ----------
    box
        Makes the boxes.
    lesson
        The released lesson.
    intake
        What was taken from the submission.
    examine
        Runs the checks of an exercise.
    limits
        What the submission may use.

    Raises
    ------
    BoxError
        No box can be had: no submission is marked for that.
    """
    if intake.status == "refused":
        return Graded(intake, None, ())
    limits = limits or Limits()
    with closing(Scout(box, limits)) as scout:
        program = build_program(lesson, intake, scout.look)
        session = Session(box, program.cells, examine, limits, scout.take())
    return Graded(intake, program, tuple(session.run()))


class Scout:
    """Finds the names in student code, in a box: no code of the student's runs in it, so a session can begin in it.

    Parameters
    ----------
    box
        Makes the boxes.
    limits
        What the submission may use.
    """

    def __init__(self, box: Box, limits: Limits) -> None:
        self.box = box
        self.limits = limits
        self.worker: Worker | None = None

    def look(self, texts: list[str]) -> list[Names]:
        """Return the names in each text; what breaks its box has none."""
        self.worker = self.worker or start_worker(self.box, Allowance(self.limits))
        try:
            return self.worker.names(texts)
        except BoxEnded:
            self.close()
            return [NOTHING] if len(texts) == 1 else [self.look([text])[0] for text in texts]

    def take(self) -> Worker | None:
        """Return the box, if there is one; it is the caller's then."""
        worker, self.worker = self.worker, None
        return worker

    def close(self) -> None:
        """End the box that nobody has taken."""
        if worker := self.take():
            worker.close()
