"""Proves that a lesson can be graded: its own answers pass, nothing else does, and nothing is given away."""

import json
from collections.abc import Iterable, Iterator, Sequence

from course_lib.checks.answers import Answer, try_answer
from course_lib.checks.catalogue import ROOT
from course_lib.grading.allowance import Allowance
from course_lib.grading.assignment import Assignment, number_of
from course_lib.grading.box.base import Box
from course_lib.grading.box.runtime import INSIDE
from course_lib.grading.isolation import Fact
from course_lib.grading.limits import Limits
from course_lib.grading.notebook_file import parse_notebook
from course_lib.grading.reference import grade_notebook
from course_lib.grading.session import Outcome
from course_lib.grading.worker import Worker

SEEDS = tuple(f"verify {number}" for number in range(20))
MEANINGFUL = 24  # characters; shorter lines stand in many places
IMPORTS = ("import ", "from ")
MOST_SHOWN = 3
LIBRARY = ROOT / "course_lib"
SEARCH = f"""
import os

def search(needles):
    found = []
    for folder, _, names in os.walk({INSIDE!r}):
        for name in names:
            if name.endswith((".py", ".ipynb", ".json", ".md")):
                with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                    text = file.read()
                found += [os.path.join(folder, name) for needle in needles if needle in text]
    return sorted(set(found))
"""


def prove_assignment(
    assignment: Assignment, answers: Sequence[Answer], box: Box, limits: Limits, seeds: Sequence[str] = SEEDS
) -> Iterator[Fact]:
    """Yield what holds of a lesson.

    Parameters
    ----------
    assignment
        With its solved edition.
    answers
        Wrong and right ones that are known; they are the course's own and run here.
    box
        Where the notebooks run.
    limits
        What they may use.
    seeds
        Classes that are tried.
    """
    yield prove_reference(assignment, box, limits, seeds)
    yield prove_stub(assignment, box, limits, seeds[0])
    yield prove_answers(assignment, answers, seeds)
    yield prove_repeatable(assignment, box, limits, seeds[0])
    yield make_fact("released notebook", "holds no line of a solution", find_leaks(assignment))
    if box.isolated:
        yield prove_box(find_solution_lines(assignment), box, limits)


def make_fact(name: str, says: str, faults: Iterable[str]) -> Fact:
    """Return a fact that holds if there are no faults."""
    faults = list(faults)
    more = f" and {len(faults) - MOST_SHOWN} more" if len(faults) > MOST_SHOWN else ""
    return Fact(name, says, not faults, "; ".join(faults[:MOST_SHOWN]) + more)


def prove_reference(assignment: Assignment, box: Box, limits: Limits, seeds: Sequence[str]) -> Fact:
    """Grade the course's own answers for each class."""
    faults = [
        f"{outcome.exercise} {outcome.status} with the seed {seed!r} {outcome.words}".strip()
        for seed in seeds
        for outcome in grade_notebook(assignment, assignment.solved, box, seed, limits)
        if outcome.status != "passed" or outcome.unsure
    ]
    if not assignment.solved:
        faults = [f"there is no solved edition of {assignment.name}: build it with tools/build_notebooks.py"]
    return make_fact("own answers", f"have full marks with each of {len(seeds)} seeds", faults)


def prove_stub(assignment: Assignment, box: Box, limits: Limits, seed: str) -> Fact:
    """Grade the notebook as it was released."""
    outcomes = grade_notebook(assignment, assignment.released, box, seed, limits)
    faults = [f"{outcome.exercise} {outcome.status}" for outcome in outcomes if outcome.status != "not started"]
    return make_fact("released stubs", "are not started and have no points", faults)


def prove_answers(assignment: Assignment, answers: Sequence[Answer], seeds: Sequence[str]) -> Fact:
    """Try each known answer with each seed."""
    exercises = {exercise.id: exercise for exercise in assignment.exercises}
    found: dict[tuple[str, str], str] = {}  # the first fault of each
    for seed in seeds:  # one after the other: what the checks draw from a seed is made once for all answers
        for answer in answers:
            trial = try_answer(answer, exercises[answer.exercise], [number_of(seed)], verdicts_only=True)
            if trial.fault:
                found.setdefault((answer.exercise, answer.name), trial.fault)
    faults = [f"{exercise}: {name} {fault}" for (exercise, name), fault in found.items()]
    faults += [f"there are no wrong answers to {name}" for name in exercises if not has_wrong(name, answers)]
    return make_fact("known answers", f"{len(answers)} of them are judged as they should be", faults)


def has_wrong(exercise: str, answers: Sequence[Answer]) -> bool:
    """Tell whether a wrong answer to an exercise is known."""
    return any((answer.exercise, answer.kind) == (exercise, "wrong") for answer in answers)


def prove_repeatable(assignment: Assignment, box: Box, limits: Limits, seed: str) -> Fact:
    """Grade the course's own answers twice."""
    first, second = (
        [what_counts(outcome) for outcome in grade_notebook(assignment, assignment.solved, box, seed, limits)]
        for _ in range(2)
    )
    faults = [before[0] for before, after in zip(first, second, strict=True) if before != after]
    return make_fact("two runs", "give the same", faults)


def what_counts(outcome: Outcome) -> tuple[object, ...]:
    """Return what must be the same on every run."""
    return (outcome.exercise, outcome.status, outcome.result, outcome.words, outcome.printed)


def find_solution_lines(assignment: Assignment) -> list[str]:
    """Return the lines of the solved exercises that are long enough to mean something and are in no stub.

    What a solution imports is none of it: whoever needs the same imports it in the same words. Nor is what the library
    says outside its checks, which every learner has.
    """
    stubs, solved = (lines_of_exercises(data, assignment) for data in (assignment.released, assignment.solved))
    modules = (path for path in LIBRARY.rglob("*.py") if "checks" not in path.relative_to(LIBRARY).parts)
    public = "\n".join(path.read_text(encoding="utf-8") for path in modules)
    meaningful = (line for line in solved - stubs if len(line) >= MEANINGFUL and not line.startswith(IMPORTS))
    return sorted(line for line in meaningful if line not in public)


def lines_of_exercises(data: bytes, assignment: Assignment) -> set[str]:
    """Return the lines in the cells of the exercises of a notebook."""
    names = {exercise.id for exercise in assignment.exercises}
    cells = [cell for cell in parse_notebook(data).cells if names & {cell.id, cell.name}]
    return {line.strip() for cell in cells for line in cell.source.splitlines()}


def find_leaks(assignment: Assignment) -> list[str]:
    """Return the lines of solutions that the released notebook shows."""
    shown = assignment.released.decode("utf-8")
    return [line for line in find_solution_lines(assignment) if line in shown or json.dumps(line)[1:-1] in shown]


def prove_box(secrets: list[str], box: Box, limits: Limits) -> Fact:
    """Let a box look for the checks and for lines of the solutions in all that it has of the course."""
    needles = [*secrets, "# BEGIN SOLUTION", "= Exercise("]
    with Worker(box, Allowance(limits)) as worker:
        error = worker.run_cell(SEARCH, "search")
        found = [str(error)] if error else worker.handle("search")(needles)
    return make_fact("box", "holds neither checks nor solutions", found)
