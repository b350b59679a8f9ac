"""What goes to workers and comes back: JSON text of these forms and nothing else, read strictly on both sides."""

from pydantic import BaseModel, ConfigDict

from course_lib.grading.results import SubmissionResult


class Message(BaseModel):
    """One form: no other fields, nothing converted; bytes are base64 in the JSON."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, ser_json_bytes="base64", val_json_bytes="base64"
    )

    def pack(self) -> bytes:
        """Return the message as it travels."""
        return self.model_dump_json(by_alias=True).encode("utf-8")


class Order(Message):
    """What all submissions of a batch share.

    Parameters
    ----------
    lesson
        Its number; the worker takes the lesson from its own copy of the course.
    seed
        Of the class.
    trust_submissions
        Whether to do without isolation.
    limits
        `course_lib.grading.limits.Limits`, before the reference is measured.
    """

    lesson: str
    seed: str
    trust_submissions: bool
    limits: dict[str, int | float]


class Greeting(Message):
    """What a worker is.

    Parameters
    ----------
    unfit
        Why it cannot grade; empty if it can.
    box, isolated
        Of the boxes that it makes.
    course
        Hash of the lesson, its checks and the grader.
    environment
        Versions, as in `course_lib.grading.keys.list_environment`.
    """

    unfit: str = ""
    box: str = ""
    isolated: bool = False
    course: str = ""
    environment: dict[str, str] = {}


class Work(Message):
    """One submission.

    Parameters
    ----------
    conditions
        Hash of all that marks of the batch depend on, as the coordinator has it.
    label, student, student_id, is_late
        Of the submission.
    file, notes
        Name of the notebook that was picked, and what was odd about the choice.
    notebook
        Its bytes.
    record
        Bytes of the student's record of hints; null where none was handed in.
    """

    conditions: str
    label: str
    student: str
    student_id: str
    is_late: bool
    file: str
    notes: list[str]
    notebook: bytes
    record: bytes | None


class Reply(Message):
    """What became of one submission: one of the three.

    Parameters
    ----------
    result
        Its result.
    fault
        What went wrong on the worker: no mark for this submission.
    unfit
        Why this worker cannot grade at all.
    """

    result: SubmissionResult | None = None
    fault: str = ""
    unfit: str = ""
