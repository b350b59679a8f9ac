"""The two pages about one submission: all of it for the instructor, and what its student may read."""

from collections.abc import Iterator, Sequence

from course_lib.checks.markup import element, plain
from course_lib.grading.reports.page import make_page, make_table, paragraph, preformatted
from course_lib.grading.results import ExerciseResult, SubmissionResult

OVERVIEW = "../index.html"
OF_A_NO = ("call", "got", "expected", "help")
FACTS = ("submission", "student", "student_id", "file", "sha256", "key", "box")


def score_of(result: SubmissionResult | ExerciseResult) -> str:
    """Return status and points in words."""
    score = "no mark" if result.earned is None else f"{result.earned} of {result.points} points"
    return f"{result.status}, {score}"


def render_for_instructor(result: SubmissionResult) -> str:
    """Return the page with everything that is known."""
    facts = [(name.replace("_", " "), getattr(result, name)) for name in FACTS if getattr(result, name)]
    notes = [*result.notes, *(f"cell {item.cell} had no effect: {item.why}" for item in result.ignored)]
    return make_page(
        f"Lesson {result.lesson}: {result.student}",
        element("p", element("a", plain("the whole class"), href=OVERVIEW)),
        paragraph(score_of(result)),
        paragraph(result.reason) if result.reason else "",
        make_table("Exercises", ("exercise", "what to do", "status", "points"), list_exercises(result)),
        *map(show_exercise, result.exercises),
        make_table("Notes", ("what was odd",), [(note,) for note in notes]),
        make_table("Facts", ("what", "which"), facts),
    )


def list_exercises(result: SubmissionResult) -> Iterator[tuple[object, ...]]:
    """Yield a row for each exercise."""
    for one in result.exercises:
        yield one.exercise, one.title, one.status, None if one.earned is None else f"{one.earned} of {one.points}"


def show_exercise(exercise: ExerciseResult) -> str:
    """Return one exercise for the instructor."""
    hints = "" if exercise.hints_used is None else f", {exercise.hints_used} hints read"
    used = f"{exercise.cpu_s:g} s of the processor, {exercise.peak_mb:g} MB{hints}"
    columns = [name for name in OF_A_NO if any(getattr(line, name) for line in exercise.checks)]
    parts = [
        element("h2", plain(f"{exercise.exercise} {exercise.title}")),
        paragraph(f"{score_of(exercise)}; {used}"),
        paragraph(exercise.words) if exercise.words else "",
        make_table("Checks", ("check", "says", *columns), list_lines(exercise, columns)),
        f"{paragraph('Answer:')}{preformatted(exercise.answer)}" if exercise.answer else "",
        f"{paragraph('Printed:')}{preformatted(exercise.printed)}" if exercise.printed else "",
    ]
    return element("section", "".join(parts))


def list_lines(exercise: ExerciseResult, columns: Sequence[str]) -> Iterator[tuple[object, ...]]:
    """Yield a row for each check, with those ``columns`` that any of them fills."""
    for line in exercise.checks:
        hidden = " (hidden inputs)" if line.hidden else ""
        yield f"{line.says}{hidden}", line.state, *(getattr(line, name) for name in columns)


def render_for_student(result: SubmissionResult) -> str:
    """Return the page that may be handed back: no hidden input, nothing printed."""
    return make_page(
        f"Lesson {result.lesson}",
        paragraph(f"{result.student}: {score_of(result)}"),
        paragraph(result.reason) if result.reason else "",
        *(preformatted(exercise.feedback) for exercise in result.exercises),
    )
