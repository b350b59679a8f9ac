"""Grades what was taken from one notebook."""

from dataclasses import dataclass

from course_lib.grading.allowance import Allowance
from course_lib.grading.boundary import BoxEnded
from course_lib.grading.box.base import Box
from course_lib.grading.intake import Intake
from course_lib.grading.limits import Limits
from course_lib.grading.runner.names import NOTHING, Names
from course_lib.grading.session import Examine, Outcome, Session, start_worker
from course_lib.grading.transplant import Lesson, Look, Program, build_program


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
    """

    intake: Intake
    program: Program | None
    outcomes: tuple[Outcome, ...]


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
    program = build_program(lesson, intake, look_in_box(box, limits))
    return Graded(intake, program, tuple(Session(box, program.cells, examine, limits).run()))


def look_in_box(box: Box, limits: Limits) -> Look:
    """Return a function that finds the names in student code, in boxes; what breaks its box has none."""

    def look(texts: list[str]) -> list[Names]:
        try:
            with start_worker(box, Allowance(limits)) as worker:
                return worker.names(texts)
        except BoxEnded:
            return [NOTHING] if len(texts) == 1 else [look([text])[0] for text in texts]

    return look
