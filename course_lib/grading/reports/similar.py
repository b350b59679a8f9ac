"""Submissions that look alike: for a person to look at, never a reason for another mark."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from course_lib.grading.results import SubmissionResult

COMMENT, TOKEN = re.compile(r"#[^\n]*"), re.compile(r"\w+|[^\w\s]")
N_TOKENS = 5  # of one piece
FEWEST_PIECES = 30  # of one's own: short answers are alike because there are few ways to write them
ALIKE = 0.8
COMMON = 0.2  # what more than this share of a class has, and at least three of it, is nobody's own


@dataclass(frozen=True)
class Pair:
    """Two submissions that look alike.

    Parameters
    ----------
    first, second
        Their labels.
    share
        Pieces that both have, of those that either has, from 0 to 1.
    """

    first: str
    second: str
    share: float


def find_alike(results: Sequence[SubmissionResult]) -> list[Pair]:
    """Return the pairs that look alike, most alike first; comments and spaces do not count."""
    pieces = {result.submission: cut(answers_of(result)) for result in results}
    counts = Counter(piece for own in pieces.values() for piece in own)
    most = max(2, COMMON * len(pieces))
    own = {label: {piece for piece in found if counts[piece] <= most} for label, found in pieces.items()}
    kept = {label: found for label, found in own.items() if len(found) >= FEWEST_PIECES}
    pairs = [Pair(*labels, measure(*(kept[label] for label in labels))) for labels in combinations(sorted(kept), 2)]
    return sorted((pair for pair in pairs if pair.share >= ALIKE), key=lambda pair: (-pair.share, pair.first))


def answers_of(result: SubmissionResult) -> str:
    """Return what a student wrote, one answer after the other."""
    return "\n".join(exercise.answer for exercise in result.exercises)


def cut(text: str) -> set[tuple[str, ...]]:
    """Return all runs of five tokens.

    Examples
    --------
    >>> cut("a = b + c  # sum") == cut("a=b+c")
    True
    """
    tokens = TOKEN.findall(COMMENT.sub("", text))
    return {tuple(tokens[place : place + N_TOKENS]) for place in range(len(tokens) - N_TOKENS + 1)}


def measure(first: set[tuple[str, ...]], second: set[tuple[str, ...]]) -> float:
    """Return the share of pieces that both have."""
    return len(first & second) / len(first | second)
