"""Runs the checks on functions of this process: practice, for people who want to learn and not to cheat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from course_lib.checks.cases import Cases
from course_lib.checks.core import Exercise
from course_lib.checks.handles import LocalHandle
from course_lib.checks.results import CheckResult
from course_lib.errors import CourseError


def practise(exercise: Exercise, functions: Sequence[Callable[..., Any]], cases: Cases | None = None) -> CheckResult:
    """Return what the checks of an exercise give for functions of this process.

    Raises
    ------
    CourseError
        There are more or fewer functions than the exercise has, or something else in their place.
    """
    names = exercise.functions
    if len(functions) != len(names):
        call = f'check("{exercise.id}", {", ".join(names)})'
        raise CourseError(f"{exercise.id} needs {len(names)} functions, got {len(functions)}: write {call}")
    handles = [LocalHandle(name, function) for name, function in zip(names, functions, strict=True)]
    result = exercise.run(*handles, cases=cases or Cases())
    n_lines = sum(handle.printed_lines for handle in handles)
    if not n_lines:
        return result
    lines = f"{n_lines:,} line{'' if n_lines == 1 else 's'}"
    note = f"your code printed {lines} while it was checked, which are not shown: call it yourself to read them"
    return replace(result, notes=(*result.notes, note))
