"""Wrong and right answers that the checks are tried on: what they reject, with which words, is their own score.

``lessons/answers/NN_name.py`` holds them, marked by decorators. Importing the file is all it takes to collect them.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from course_lib.checks.cases import PRACTICE_SEED, Cases
from course_lib.checks.core import Exercise
from course_lib.checks.practice import practise
from course_lib.checks.render import render_text
from course_lib.errors import CourseError

SEEDS = (PRACTICE_SEED, 1, 2)
FEWEST_WRONG, FEWEST_RIGHT = 3, 2
_MARKS = "answers_to"


@dataclass(frozen=True)
class Answer:
    """One answer to one exercise.

    Parameters
    ----------
    exercise
        Its id.
    kind
        ``"right"`` or ``"wrong"``.
    name
        Of the function.
    function
        The answer; for an exercise with several functions a function without parameters that returns them in order.
    says
        Words that the learner must read when the answer is wrong.
    """

    exercise: str
    kind: str
    name: str
    function: Callable[..., Any]
    says: str = ""


@dataclass(frozen=True)
class Trial:
    """What the checks made of an answer.

    Parameters
    ----------
    answer
        The answer.
    fault
        What went wrong with it: a wrong one was accepted, a right one rejected; empty if all is well.
    """

    answer: Answer
    fault: str = ""


def right(exercise: str) -> Callable[[Callable], Callable]:
    """Mark a function as an answer that must pass."""
    return lambda function: _mark(function, Answer(exercise, "right", function.__name__, function))


def wrong(exercise: str, *, says: str) -> Callable[[Callable], Callable]:
    """Mark a function as an answer that must not pass.

    Parameters
    ----------
    exercise
        Its id.
    says
        A part of the text that the learner must read.

    Raises
    ------
    CourseError
        ``says`` is empty.
    """
    if not says.strip():
        raise CourseError(f"a wrong answer to {exercise} needs says=..., words that the learner must read")
    return lambda function: _mark(function, Answer(exercise, "wrong", function.__name__, function, says))


def _mark(function: Callable, answer: Answer) -> Callable:
    setattr(function, _MARKS, (*getattr(function, _MARKS, ()), answer))
    return function


def collect(path: Path) -> list[Answer]:
    """Return the answers of a file in order; none if there is no file."""
    if not path.exists():
        return []
    answers = [answer for value in vars(_load(path)).values() for answer in getattr(value, _MARKS, ())]
    return list(dict.fromkeys(answers))


def _load(path: Path) -> ModuleType:
    """Import a file whose name, beginning with a digit, no import statement could hold."""
    name = f"answers_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[name]
    return module


def try_answer(
    answer: Answer, exercise: Exercise, seeds: Sequence[int] = SEEDS, *, verdicts_only: bool = False
) -> Trial:
    """Run the checks on an answer, once for each seed, and say what is wrong with their verdicts.

    With ``verdicts_only`` a wrong answer may be rejected in any words.
    """
    functions = (answer.function,) if len(exercise.functions) == 1 else answer.function()
    for seed in seeds:
        result = practise(exercise, functions, Cases(seed)).as_dict()
        text = " ".join(render_text(result).split())
        if answer.kind == "right" and result["status"] != "passed":
            return Trial(answer, f"is right, but rejected (seed {seed}): {text}")
        if answer.kind == "wrong" and result["status"] not in ("failed", "partly"):
            return Trial(answer, f"is wrong, but {result['status']} (seed {seed}): {text}")
        if answer.kind == "wrong" and not verdicts_only and " ".join(answer.says.split()) not in text:
            return Trial(answer, f"is rejected without the words {answer.says!r} (seed {seed}): {text}")
    return Trial(answer)


def find_shortcomings(exercises: Iterable[Exercise], trials: Sequence[Trial]) -> list[str]:
    """Return a sentence for each wrong verdict, unknown exercise and exercise with too few answers."""
    sentences = [f"{trial.answer.exercise}: {trial.answer.name} {trial.fault}" for trial in trials if trial.fault]
    for exercise in exercises:
        for kind, fewest in (("wrong", FEWEST_WRONG), ("right", FEWEST_RIGHT)):
            n = sum(trial.answer.exercise == exercise.id and trial.answer.kind == kind for trial in trials)
            if n < fewest:
                sentences.append(f"{exercise.id}: {n} {kind} answers, at least {fewest} are needed")
    return sentences


def make_table(exercises: Sequence[Exercise], trials: Sequence[Trial]) -> str:
    """Return the table of ``docs/answers.md``, with its sum."""
    rows = []
    for exercise in exercises:
        wrong_ones = [trial for trial in trials if (trial.answer.exercise, trial.answer.kind) == (exercise.id, "wrong")]
        right_ones = [trial for trial in trials if (trial.answer.exercise, trial.answer.kind) == (exercise.id, "right")]
        names = ", ".join(trial.answer.name.replace("_", " ") for trial in wrong_ones)
        rows.append((exercise.id, exercise.title, names, _share(wrong_ones), _share(right_ones)))
    totals = [_share([trial for trial in trials if trial.answer.kind == kind]) for kind in ("wrong", "right")]
    lines = [
        "| exercise | | wrong answers tried | rejected, with the right words | right answers accepted |",
        "|---|---|---|---|---|",
        *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows),
        f"| **{len(rows)} exercises** | | | **{totals[0]}** | **{totals[1]}** |",
    ]
    return "\n".join(lines)


def _share(trials: Sequence[Trial]) -> str:
    return f"{sum(not trial.fault for trial in trials)} of {len(trials)}"
