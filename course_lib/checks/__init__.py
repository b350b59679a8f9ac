"""Checks, hints and the learner's record: what the cells of a lesson call, and what its checks are written with."""

from course_lib.checks.checking import CheckFailed, check, hint, points
from course_lib.checks.compare import Rules
from course_lib.checks.core import Exercise
from course_lib.checks.expect import (
    expect_close,
    expect_equal,
    expect_length,
    expect_raises,
    expect_repeatable,
    expect_same,
    expect_true,
    expect_type,
    expect_unchanged,
)
from course_lib.checks.failures import SaysNo
from course_lib.checks.findings import add_row, judge, own_rows, own_verdicts
from course_lib.checks.overview import progress
from course_lib.checks.predictions import predict, reveal

__all__ = [
    "CheckFailed",
    "Exercise",
    "Rules",
    "SaysNo",
    "add_row",
    "check",
    "expect_close",
    "expect_equal",
    "expect_length",
    "expect_raises",
    "expect_repeatable",
    "expect_same",
    "expect_true",
    "expect_type",
    "expect_unchanged",
    "hint",
    "judge",
    "own_rows",
    "own_verdicts",
    "points",
    "predict",
    "progress",
    "reveal",
]
