"""The claims of the articles, as data, and the verdicts that a scoreboard allows on them."""

from course_lib.claims.judging import ClaimVerdict, Evidence, settle, verdicts
from course_lib.claims.ledger import LESSONS, Claim, Conflict, Figure, Side, claim, claims, claims_of, conflicts

__all__ = [
    "LESSONS",
    "Claim",
    "ClaimVerdict",
    "Conflict",
    "Evidence",
    "Figure",
    "Side",
    "claim",
    "claims",
    "claims_of",
    "conflicts",
    "settle",
    "verdicts",
]
