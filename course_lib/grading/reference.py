"""The course's own answers, graded like a submission: they must pass, and they say how much time is enough."""

from course_lib.errors import CourseError
from course_lib.grading.assignment import Assignment, make_examine
from course_lib.grading.box.base import Box
from course_lib.grading.limits import Limits
from course_lib.grading.session import Outcome
from course_lib.grading.submission import grade_intake


def grade_notebook(assignment: Assignment, data: bytes, box: Box, seed: str, limits: Limits) -> tuple[Outcome, ...]:
    """Return what becomes of the exercises of a notebook."""
    examine = make_examine(assignment.exercises, seed)
    return grade_intake(box, assignment.parts, assignment.take_in(data), examine, limits).outcomes


def measure_reference(assignment: Assignment, box: Box, seed: str, floor: Limits) -> Limits:
    """Return limits that leave room above what the course's own answers take here.

    Raises
    ------
    CourseError
        They do not pass here, so that no mark would be right.
    """
    if not assignment.solved:
        return floor
    outcomes = grade_notebook(assignment, assignment.solved, box, seed, floor)
    if failed := [outcome for outcome in outcomes if outcome.status != "passed" or outcome.unsure]:
        words = ", ".join(f"{outcome.exercise} {outcome.status}" for outcome in failed) or "nothing was read"
        raise CourseError(
            f"the course's own answers do not pass here ({words}), so nobody was graded: course grade --verify "
            f"{assignment.lesson} says more"
        )
    slowest_s = max(outcome.cpu_s for outcome in outcomes)
    return floor.for_reference(slowest_s, slowest_s)
