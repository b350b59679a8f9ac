"""Gives one submission its mark, from the opened file to the written form."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from course_lib.checks.core import Exercise
from course_lib.checks.showing import clean
from course_lib.errors import CourseError
from course_lib.grading import feedback, keys
from course_lib.grading.assignment import Assignment, make_examine
from course_lib.grading.box.base import Box
from course_lib.grading.collecting.handed import Handed, Picked
from course_lib.grading.gate import Gate
from course_lib.grading.hints import read_hints
from course_lib.grading.intake import Found, Intake
from course_lib.grading.limits import Limits
from course_lib.grading.notebook_file import NotebookFile, RefusedError
from course_lib.grading.results import ExerciseResult, IgnoredCell, SubmissionResult, conclude
from course_lib.grading.session import Outcome, Session
from course_lib.grading.submission import Graded, grade_intake

MOST_ANSWER = 50_000  # characters of an answer that a result keeps
NO_FILE = NotebookFile()
# Returns the result of an earlier run under a key, if there is one that is final.
Earlier = Callable[[str, str], SubmissionResult | None]


class StoppedError(CourseError):
    """Nothing more can be graded now, and no submission is at fault: the batch ends, what is known stays."""


def nothing_before(_label: str, _key: str) -> None:
    """Say that nothing was graded before."""


@dataclass(frozen=True)
class Marker:
    """Grades submissions of one assignment.

    Parameters
    ----------
    assignment
        What is graded.
    box
        Where its code runs.
    seed
        Of the class: hidden inputs are drawn from it.
    limits
        What a submission may use.
    floor
        Limits as they are without a measured reference: the same on every run, so that keys are.
    gate
        Lets a second try run alone.
    """

    assignment: Assignment
    box: Box
    seed: str
    limits: Limits
    floor: Limits
    gate: Gate

    @cached_property
    def fixed(self) -> tuple[str, ...]:
        """What keys of all submissions share."""
        environment = keys.hash_environment(self.box, self.floor)
        return (self.assignment.digest, keys.hash_grader(), environment, self.seed)

    def key(self, label: str, file: NotebookFile, reason: str = "") -> str:
        """Return the key of a result: all that its mark depends on."""
        return keys.hash_parts(label, file.digest, reason, *self.fixed)

    def mark(self, handed: Handed, earlier: Earlier = nothing_before) -> SubmissionResult:
        """Return the result of a submission, whatever it does: a fault of the grader is no mark, never a zero."""
        started = time.perf_counter()
        try:
            return self._mark(handed, earlier, started)
        except RefusedError as refused:
            file = NotebookFile(fault=refused.fault, reason=str(refused))
            return self._without_mark(handed, file, "refused", str(refused), started)
        except StoppedError:
            raise
        except Exception as error:  # one submission must not end the grading of the others
            reason = clean(f"{type(error).__name__}: {error}")
            return self._without_mark(handed, NO_FILE, "grader error", reason, started)

    def _mark(self, handed: Handed, earlier: Earlier, started: float) -> SubmissionResult:
        picked = handed.pick(self.assignment)
        file = picked.intake.file
        if before := earlier(handed.label, self.key(handed.label, file)):
            return before
        if picked.intake.status == "refused":
            return self._without_mark(handed, file, "refused", file.reason, started, picked)
        return self.mark_picked(handed, picked, started)

    def mark_picked(self, handed: Handed, picked: Picked, started: float) -> SubmissionResult:
        """Run the answers of the notebook that was picked and return the result of its submission."""
        hints = {}
        with suppress(RefusedError):
            hints = read_hints(handed.record.read()) if handed.record else {}
        graded = self._grade(picked.intake)
        return self._describe(handed, picked, graded, hints if handed.record else None, started)

    def _grade(self, intake: Intake) -> Graded:
        """Run the answers; a second time, alone, if a neighbour may have ended one.

        A neighbour can have had the processor when the clock ran out, or have killed the process that all boxes are
        forked from.
        """
        examine = make_examine(self.assignment.exercises, self.seed)
        words = (self.box, self.assignment.parts, intake, examine, self.limits)
        with self.gate.shared():
            graded = grade_intake(*words)
        if any(outcome.starved or outcome.status == "crashed" for outcome in graded.outcomes):
            with self.gate.alone():
                graded = grade_intake(*words)
        return replace(graded, public=self._run_in_public(graded))

    def _run_in_public(self, graded: Graded) -> tuple[Outcome, ...]:
        """Return what the answers do on public inputs, where the student has something to read about them."""
        if not feedback.needs_second_run(graded.outcomes):
            return graded.outcomes
        examine = make_examine(self.assignment.exercises, feedback.PUBLIC)
        limits = replace(self.limits, submission_s=self.limits.exercise_s)  # texts are worth less time than marks
        with self.gate.shared():
            return tuple(Session(self.box, graded.program.cells, examine, limits).run())

    def _describe(
        self, handed: Handed, picked: Picked, graded: Graded, hints: Mapping[str, int] | None, started: float
    ) -> SubmissionResult:
        intake = picked.intake
        parts = zip(self.assignment.exercises, graded.outcomes, graded.public, strict=True)
        exercises = [
            describe_exercise(exercise, outcome, public, intake.found.get(exercise.id), hints)
            for exercise, outcome, public in parts
        ]
        helpers = [f"cell {cell} is the student's own and was run too" for cell in graded.program.helpers]
        return self._result(
            handed,
            intake.file,
            started,
            file=picked.name,
            **conclude(exercises),
            exercises=exercises,
            ignored=[IgnoredCell(cell=item.cell, why=clean(item.why)) for item in intake.ignored],
            notes=[clean(note) for note in (*late_words(handed), *intake.file.notes, *picked.notes, *helpers)],
        )

    def _without_mark(
        self,
        handed: Handed,
        file: NotebookFile,
        status: str,
        reason: str,
        started: float,
        picked: Picked | None = None,
    ) -> SubmissionResult:
        name, notes = (picked.name, [*file.notes, *picked.notes]) if picked else ("", [])
        words = {"status": status, "reason": reason, "earned": None, "exercises": [], "ignored": []}
        return self._result(handed, file, started, file=name, notes=[*late_words(handed), *map(clean, notes)], **words)

    def _result(self, handed: Handed, found: NotebookFile, started: float, **parts: object) -> SubmissionResult:
        """Return a result with what all of them say."""
        return SubmissionResult(
            key=self.key(handed.label, found, "" if found.digest else str(parts["reason"])),
            submission=handed.label,
            student=clean(handed.student),
            student_id=handed.student_id,
            lesson=self.assignment.lesson,
            sha256=found.digest,
            points=self.assignment.points,
            box=self.box.name,
            isolated=self.box.isolated,
            seconds=round(time.perf_counter() - started, 3),
            **(parts | {"file": clean(str(parts["file"]))}),
        )


def late_words(handed: Handed) -> list[str]:
    """Return what the platform's name says about the time."""
    return ["handed in late, as its name says"] if handed.is_late else []


def describe_exercise(
    exercise: Exercise, outcome: Outcome, public: Outcome, found: Found | None, hints: Mapping[str, int] | None
) -> ExerciseResult:
    """Return the form of one outcome; ``public`` is what the student may read of it."""
    result = outcome.result or exercise.not_run("not started")
    return ExerciseResult(
        exercise=exercise.id,
        title=exercise.title,
        status="grader error" if outcome.unsure else outcome.status,
        points=exercise.points,
        earned=None if outcome.unsure else outcome.earned,
        checks=feedback.mark_result(result, feedback.hidden_checks(exercise)),
        words=clean(outcome.words),
        feedback=feedback.write_feedback(exercise, outcome, public),
        printed=outcome.printed,
        answer=found.source[:MOST_ANSWER] if found else "",
        cells=list(found.cells) if found else [],
        cpu_s=round(max(0.0, outcome.cpu_s), 3),
        wall_s=round(max(0.0, outcome.wall_s), 3),
        peak_mb=round(max(0.0, outcome.peak_mb), 1),
        hints_used=None if hints is None else hints.get(exercise.id, 0),
    )
