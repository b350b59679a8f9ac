"""The page about the class: where it is stuck, and on what."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from course_lib.grading.reports.page import Link, make_page, make_table, paragraph
from course_lib.grading.reports.similar import Pair
from course_lib.grading.results import CheckLine, ExerciseResult, SubmissionResult

NOT_ISOLATED = "Nothing was isolated: the code of these submissions ran with the rights of whoever graded."
ALIKE = "Look at these yourself. Two people may have worked together, or have thought of the same thing."
MOST_WRONG = 20


def render_overview(results: Sequence[SubmissionResult], alike: Sequence[Pair], pages: dict[str, str]) -> str:
    """Return the page.

    Parameters
    ----------
    results
        Of the class.
    alike
        Submissions that look alike.
    pages
        Address of the page of each submission, by its label.
    """
    lesson = results[0].lesson if results else "none"
    isolated = "" if all(result.isolated for result in results) else paragraph(NOT_ISOLATED)
    return make_page(
        f"Lesson {lesson}: {len(results)} submissions",
        isolated,
        paragraph(sum_up(results)),
        make_table("Exercises", ("exercise", "what to do", "passed", "begun", "points, mean"), rate_exercises(results)),
        make_table("Checks", ("exercise", "check", "yes", "no", "not reached"), rate_checks(results)),
        make_table("Wrong answers that several gave", ("exercise", "check", "answer", "times"), count_wrong(results)),
        (paragraph(ALIKE) if alike else "") + make_table("Alike", ("one", "another", "share"), show_pairs(alike)),
        make_table("Submissions", ("submission", "student", "status", "points", "reason"), list_all(results, pages)),
    )


def sum_up(results: Sequence[SubmissionResult]) -> str:
    """Return one sentence about all."""
    counts = Counter(result.status for result in results)
    marks = [result.earned for result in results if result.earned is not None]
    words = ", ".join(f"{n} {status}" for status, n in sorted(counts.items()))
    return f"{words}. Mean of those with a mark: {sum(marks) / len(marks):.1f} points." if marks else f"{words}."


def by_exercise(results: Sequence[SubmissionResult]) -> dict[str, list[ExerciseResult]]:
    """Return what became of each exercise in all submissions."""
    found: dict[str, list[ExerciseResult]] = defaultdict(list)
    for result in results:
        for exercise in result.exercises:
            found[exercise.exercise].append(exercise)
    return found


def rate_exercises(results: Sequence[SubmissionResult]) -> Iterator[tuple[object, ...]]:
    """Yield a row for each exercise."""
    for name, found in by_exercise(results).items():
        n_passed = sum(one.status == "passed" for one in found)
        n_begun = sum(one.status != "not started" for one in found)
        mean = sum(one.earned or 0 for one in found) / len(found)
        yield name, found[0].title, n_passed, n_begun, f"{mean:.1f} of {found[0].points}"


def all_lines(results: Sequence[SubmissionResult]) -> Iterator[tuple[str, CheckLine]]:
    """Yield what each check said in each submission, with its exercise."""
    for result in results:
        for exercise in result.exercises:
            yield from ((exercise.exercise, line) for line in exercise.checks)


def rate_checks(results: Sequence[SubmissionResult]) -> Iterator[tuple[object, ...]]:
    """Yield a row for each check."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for exercise, line in all_lines(results):
        counts[exercise, line.says][line.state] += 1
    for (exercise, says), states in counts.items():
        yield exercise, says, states["yes"], states["no"], states["waits"] + states["unknown"]


def count_wrong(results: Sequence[SubmissionResult]) -> Iterator[tuple[object, ...]]:
    """Yield the answers that a check said no to more than once, the most frequent first."""
    counts = Counter(
        (exercise, line.says, f"{line.call} {line.got}, expected {line.expected}")
        for exercise, line in all_lines(results)
        if line.state == "no"
    )
    for words, n in counts.most_common(MOST_WRONG):
        if n > 1:
            yield *words, n


def show_pairs(alike: Sequence[Pair]) -> Iterator[tuple[object, ...]]:
    """Yield a row for each pair."""
    for pair in alike:
        yield pair.first, pair.second, f"{pair.share:.0%}"


def list_all(results: Sequence[SubmissionResult], pages: dict[str, str]) -> Iterator[tuple[object, ...]]:
    """Yield a row for each submission."""
    for result in results:
        score = None if result.earned is None else f"{result.earned} of {result.points}"
        label = Link(result.submission, pages[result.submission])
        yield label, result.student, result.status, score, result.reason or None
