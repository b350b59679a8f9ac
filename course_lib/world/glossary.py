"""The company's jargon: invented words with their meanings, and the page that explains them."""

from __future__ import annotations

from random import Random

from course_lib.world.names import word

MEANINGS = (
    "an order that leaves the warehouse late",
    "a meeting without an agenda",
    "a customer who writes every week",
    "a parcel with a wrong label",
    "a refund that nobody has asked for",
    "a machine that runs hot",
    "the first hour of a shift",
    "a form that is filled in twice",
    "a visit that was not announced",
    "a shelf kept free for returns",
    "an invoice with a missing line",
    "a test that is run at night",
    "a colleague in their first month",
    "a delivery split over two vans",
    "a password that has run out",
    "the last item of a series",
    "a complaint that turns into praise",
    "a spare part kept for ten years",
    "a quote without a date",
    "a call that is put through three times",
)


def draw_glossary(seed: int) -> dict[str, str]:
    """Return 20 invented words, each with its meaning.

    >>> len(draw_glossary(0))
    20
    """
    rng = Random(f"glossary-{seed}")
    words: list[str] = []
    while len(words) < len(MEANINGS):
        candidate = word(rng)
        if candidate not in words:
            words.append(candidate)
    return dict(zip(words, rng.sample(MEANINGS, len(MEANINGS)), strict=True))


def write_glossary(glossary: dict[str, str]) -> str:
    """Return the glossary as Markdown."""
    lines = [f"- **{term}**: {meaning}." for term, meaning in sorted(glossary.items())]
    return "New colleagues ask what we mean. This is what we mean.\n\n" + "\n".join(lines) + "\n"
