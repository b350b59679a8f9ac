"""E41's systems: four ways to find the line that answers a question, alike enough that a small test confuses them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from course_lib.arms import line_finder
from course_lib.text import contains_value
from course_lib.world import World

VARIANTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "words": {},
        "pairs of words": {"ngram_range": (1, 2)},
        "parts of words": {"analyzer": "char_wb", "ngram_range": (3, 5)},
        "rare words only": {"stop_words": "english"},
    }
)
"""What a system counts -> options of scikit-learn's TfidfVectorizer; "words" is the arm NLM."""
QUESTION_SETS = ("inkb", "changed")


def score_line_finders(company: World) -> dict[str, list[float]]:
    """Return for each variant its score on each question of `QUESTION_SETS`: 1.0 if the nearest line holds the answer.

    >>> from course_lib.world import world
    >>> sorted(score_line_finders(world(0)))
    ['pairs of words', 'parts of words', 'rare words only', 'words']
    """
    questions = [question for name in QUESTION_SETS for question in company.questions[name]]
    scores = {}
    for name, options in VARIANTS.items():
        pairs = zip(line_finder(company, **options)(questions), questions, strict=True)
        scores[name] = [float(contains_value(answer.text, question.answer)) for answer, question in pairs]
    return scores
