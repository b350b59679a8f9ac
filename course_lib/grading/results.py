"""The form of results: what `course grade` writes for each submission, and what reports and exports are made of."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA = 1
ExerciseStatus = Literal[
    "passed", "partly", "failed", "not started", "error", "timeout", "out of memory", "crashed", "grader error"
]
UNSURE = "a check failed itself, so that there is no mark: please report it"
SubmissionStatus = Literal[ExerciseStatus, "refused"]


class Strict(BaseModel):
    """A part of the form: no other fields, nothing converted, nothing changed later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class CheckLine(Strict):
    """What one check said."""

    name: str
    says: str = Field(description="What a right answer does.")
    state: Literal["yes", "no", "waits", "unknown"]
    after: str | None = Field(description="Name of the check that this one waits for.")
    call: str | None
    got: str | None
    expected: str | None
    help: str | None
    hidden: bool = Field(description="Its inputs come from the seed of the class: no student reads them.")


class ExerciseResult(Strict):
    """What became of one exercise."""

    exercise: str = Field(pattern="^ex_[0-9]{2}_[1-9][0-9]?$")
    title: str
    status: ExerciseStatus
    points: int = Field(ge=1)
    earned: int | None = Field(ge=0, description="Null when no mark can be given.")
    checks: list[CheckLine]
    words: str = Field(description="What else happened, in one line.")
    feedback: str = Field(description="What the student reads. No hidden input is in it.")
    printed: str = Field(description="What the code printed. Not for the student: it may print its inputs.")
    answer: str = Field(description="The text that was graded; empty when there was none.")
    cells: list[int] = Field(description="Numbers of the cells that it stood in, counted from 1.")
    cpu_s: float = Field(ge=0)
    wall_s: float = Field(ge=0)
    peak_mb: float = Field(ge=0)
    hints_used: int | None = Field(description="As the student's own record says; null without a record.")


class IgnoredCell(Strict):
    """A cell that had no effect."""

    cell: int
    why: str


class SubmissionResult(Strict):
    """What became of one submission."""

    schema_: Literal[1] = Field(SCHEMA, alias="schema", description="Version of this form.")
    key: str = Field(description="Hash of submission, assignment, grader, environment and seed.")
    submission: str = Field(description="Where it was found, from the folder or archive that was given.")
    student: str
    student_id: str = Field(description="Number of the student, where the learning platform put it into the name.")
    lesson: str
    file: str = Field(description="The notebook that was graded.")
    sha256: str = Field(description="Of that file; empty if none was read.")
    status: SubmissionStatus
    reason: str = Field(description="Why there is no mark; empty where there is one.")
    earned: int | None = Field(ge=0, description="Null when no mark can be given: never the same as 0.")
    points: int = Field(ge=1)
    box: str = Field(description="What kept the code from doing harm.")
    isolated: bool = Field(description="False: the code ran with the rights of whoever graded.")
    exercises: list[ExerciseResult]
    ignored: list[IgnoredCell]
    notes: list[str] = Field(description="What was odd about the file and read all the same.")
    seconds: float = Field(ge=0, description="From opening the file to the mark.")

    @property
    def is_final(self) -> bool:
        """Whether it need not be tried again."""
        return self.status != "grader error"


def sum_up(exercises: list[ExerciseResult]) -> SubmissionStatus:
    """Return the status of a submission: the one that all its exercises share, else what its points say.

    Examples
    --------
    >>> sum_up([])
    'not started'
    """
    statuses = {exercise.status for exercise in exercises}
    if "grader error" in statuses:
        return "grader error"
    if len(statuses) == 1:
        return statuses.pop()
    if not statuses:
        return "not started"
    return "partly" if any(exercise.earned for exercise in exercises) else "failed"


def conclude(exercises: list[ExerciseResult]) -> dict[str, Any]:
    """Return the status, the reason and the points that follow from the exercises of a submission."""
    status = sum_up(exercises)
    if status == "grader error":
        return {"status": status, "reason": UNSURE, "earned": None}
    return {"status": status, "reason": "", "earned": sum(exercise.earned for exercise in exercises)}


def write_result(result: SubmissionResult) -> bytes:
    """Return a result as the text of its file."""
    return (result.model_dump_json(by_alias=True, indent=1) + "\n").encode("utf-8")


def read_result(data: bytes) -> SubmissionResult:
    """Return the result in the text of a file; `pydantic.ValidationError` if it is none."""
    return SubmissionResult.model_validate_json(data)


def json_schema() -> dict[str, Any]:
    """Return what ``docs/grade_result.schema.json`` holds."""
    schema = SubmissionResult.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Result of one submission"}
