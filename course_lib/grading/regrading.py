"""Grades some submissions again, as after an appeal, and leaves every other mark as it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from course_lib.errors import CourseError
from course_lib.grading.assignment import Assignment
from course_lib.grading.collecting.handed import Handed
from course_lib.grading.results import SubmissionResult, conclude

MOST_NAMED = 5


@dataclass(frozen=True)
class Again:
    """What is graded again although it has been graded before.

    Parameters
    ----------
    students
        Names, numbers or labels of submissions; none for everybody.
    exercises
        Whose marks are replaced; none for all of the lesson.
    """

    students: tuple[str, ...] = ()
    exercises: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.students or self.exercises)

    def refuse_unknown(self, assignment: Assignment) -> None:
        """Raise `CourseError` for an exercise that the lesson does not have."""
        known = [exercise.id for exercise in assignment.exercises]
        if unknown := [name for name in self.exercises if name not in known]:
            raise CourseError(f"lesson {assignment.lesson} has no {unknown[0]}: give --exercise one of {known}")

    def choose(self, handed: Sequence[Handed]) -> list[Handed]:
        """Return the submissions that are meant.

        Raises
        ------
        CourseError
            Somebody has handed in nothing, or a name stands for several submissions.
        """
        if not self.students:
            return list(handed)
        found = {}
        for wanted in self.students:
            meant = [one for one in handed if wanted in (one.label, one.student, one.student_id)]
            if not meant:
                some = ", ".join(one.student for one in handed[:MOST_NAMED])
                raise CourseError(f"nothing was handed in by {wanted!r}: give --only a student such as {some}")
            if len(meant) > 1:
                labels = " or ".join(repr(one.label) for one in meant[:MOST_NAMED])
                raise CourseError(f"{wanted!r} stands for {len(meant)} submissions: give --only {labels}")
            found[meant[0].label] = meant[0]
        return list(found.values())

    def replace(self, before: SubmissionResult | None, now: SubmissionResult) -> SubmissionResult:
        """Return what stands after a submission was graded again.

        Parameters
        ----------
        before, now
            What stood, and what came now. Where only some exercises are meant, the others and the key stay those of
            ``before``: a later run sees what they were graded with. If nothing came for them, all stays, as it does
            after a fault of the grader.
        """
        if before is not None and before.is_final and not now.is_final:
            return before
        if not self.exercises or before is None or not before.exercises:
            return now
        fresh = {one.exercise: one for one in now.exercises if one.exercise in self.exercises}
        if not fresh:
            return before
        exercises = [fresh.get(one.exercise, one) for one in before.exercises]
        note = f"graded again alone: {', '.join(fresh)}"
        if before.sha256 != now.sha256:
            note += ", from a file that had changed"
        notes = list(dict.fromkeys([*before.notes, note]))
        return before.model_copy(update={**conclude(exercises), "exercises": exercises, "notes": notes})
