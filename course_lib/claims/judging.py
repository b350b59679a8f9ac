"""What a scoreboard says of each claim.

An experiment's own verdict is on the prediction of that experiment, which may be the very opposite of a claim that it
tries, or of one among several that contradict each other. So a claim is judged by single figures, each with the sign
under which the claim holds, as written in the ledger beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from course_lib.claims.ledger import Claim, Figure, claims
from course_lib.errors import CourseError
from course_lib.statistics import Interval

INSIDE = " > "
"""Between the keys of a figure that stands among the further figures of an experiment."""

Verdict = Literal["supported", "refuted", "depends", "not tried yet"]
Bearing = Literal["for", "against", "open", "missing"]
VERDICT_OF: dict[frozenset[str], Verdict] = {frozenset({"for"}): "supported", frozenset({"against"}): "refuted"}
"""Figures that all bear one way; any other mixture depends."""
TO_CONFIRM = " | holds for this model; the claim's tier T+S asks for a small Hub model as well"


@dataclass(frozen=True)
class Evidence:
    """A figure, the signs that it has on a scoreboard (one a seed), and how it bears on its claim."""

    figure: Figure
    signs: tuple[str, ...]
    bears: Bearing


@dataclass(frozen=True)
class ClaimVerdict:
    """What a scoreboard says of a claim.

    Parameters
    ----------
    claim
        Its id.
    verdict
        "supported" or "refuted" when all its figures say so for every seed, "depends" when they differ or are open.
    why
        The reason in a few words.
    evidence
        The figures behind it.
    untried
        Experiments of the claim that the scoreboard lacks: with them the verdict can still change.
    """

    claim: str
    verdict: Verdict
    why: str
    evidence: tuple[Evidence, ...]
    untried: tuple[str, ...]


def settle(*figures: Interval) -> Verdict:
    """Return the verdict on a claim that holds if each of some figures lies above zero, interval and all.

    The rule of the ledger: "refuted" if each lies below zero, and any mixture depends.

    Examples
    --------
    >>> gain, loss = Interval(0.3, 0.1, 0.5, 40), Interval(-0.2, -0.3, -0.1, 40)
    >>> settle(gain), settle(loss), settle(gain, loss), settle(Interval(0.1, -0.1, 0.3, 40))
    ('supported', 'refuted', 'depends', 'depends')
    """
    bearing_of: dict[int, Bearing] = {1: "for", 0: "open", -1: "against"}
    return VERDICT_OF.get(frozenset(bearing_of[figure.sign] for figure in figures), "depends")


def verdicts(scoreboard: Mapping[str, Any]) -> dict[str, ClaimVerdict]:
    """Return what a scoreboard says of each claim, by id, in the order of the ledger.

    Raises
    ------
    CourseError
        What is given is no scoreboard.
    """
    if not isinstance(scoreboard, Mapping) or not {"seeds", "verdicts"} <= set(scoreboard):
        raise CourseError("expected a scoreboard with seeds and verdicts: read the scoreboard.json of a course run")
    ran = {entry["experiment"]: entry for entry in scoreboard["verdicts"]}
    return {entry.id: _judge(entry, ran, len(scoreboard["seeds"])) for entry in claims()}


def _judge(entry: Claim, ran: Mapping[str, Mapping[str, Any]], n_seeds: int) -> ClaimVerdict:
    """Return the verdict that the figures of one claim allow together."""
    evidence = tuple(_weigh(figure, ran, n_seeds) for figure in entry.figures)
    untried = tuple(name for name in entry.experiments if name not in ran)
    missing = [found.figure for found in evidence if found.bears == "missing"]
    if not evidence or missing:
        why = _lacking(missing) if missing else _undecidable(entry)
        return ClaimVerdict(entry.id, "not tried yet", why, evidence, untried)
    bearings = frozenset(found.bears for found in evidence)
    why = _tell(evidence) + (TO_CONFIRM if entry.tier == "T+S" else "")
    return ClaimVerdict(entry.id, VERDICT_OF.get(bearings, "depends"), why, evidence, untried)


def _weigh(figure: Figure, ran: Mapping[str, Mapping[str, Any]], n_seeds: int) -> Evidence:
    """Return how a figure bears on its claim: one way only if all seeds agree on the sign."""
    signs = find_signs(ran.get(figure.experiment, {}), figure.name)
    if not signs or len(signs) < n_seeds:
        return Evidence(figure, signs, "missing")
    if len(set(signs)) > 1 or "?" in signs:
        return Evidence(figure, signs, "open")
    return Evidence(figure, signs, "for" if signs[0] in figure.holds_if else "against")


def find_signs(entry: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return the signs of a figure, one a seed, from the entry of its experiment under "verdicts" of a scoreboard.

    Examples
    --------
    >>> find_signs({"figures": [{"name": "gain", "sign": "+"}, {"name": "loss", "sign": "?"}]}, "gain")
    ('+',)
    >>> find_signs({"extra": [{"gain": {"facts": {"low": -0.3, "high": -0.1}}}]}, "gain > facts")
    ('-',)
    """
    found = [figure for figure in entry.get("figures", ()) if figure.get("name") == name]
    if not found:
        reached = [_reach(extra, name.split(INSIDE)) for extra in entry.get("extra", ())]
        found = [figure for figure in reached if figure is not None]
    return tuple(figure.get("sign") or sign_of(figure) for figure in found)


def _reach(extra: Any, keys: Sequence[str]) -> Mapping[str, Any] | None:
    """Return the interval that stands under nested keys, None if there is none."""
    for key in keys:
        extra = extra.get(key) if isinstance(extra, Mapping) else None
    return extra if isinstance(extra, Mapping) and {"low", "high"} <= set(extra) else None


def sign_of(interval: Mapping[str, Any]) -> str:
    """Return the sign that an interval allows, "?" if it allows several; an open end is None.

    >>> sign_of({"low": 0.1, "high": None}), sign_of({"low": -0.1, "high": 0.2})
    ('+', '?')
    """
    low, high = interval["low"], interval["high"]
    if low is not None and low > 0:
        return "+"
    return "-" if high is not None and high < 0 else "?"


def _lacking(missing: Sequence[Figure]) -> str:
    """Return which figures the scoreboard lacks."""
    return "not on the scoreboard: " + "; ".join(f"{figure.experiment} {figure.name}" for figure in missing)


def _undecidable(entry: Claim) -> str:
    """Return why no figure decides a claim."""
    if "J" in entry.tier:
        return "a price or a judgement: it is read and reckoned, never measured"
    if not entry.experiments:
        return "no experiment tries it"
    return "no figure of its experiments decides it so far"


def _tell(evidence: Sequence[Evidence]) -> str:
    """Return the figures by how they bear."""
    parts = []
    for bears in ("for", "against", "open"):
        named = [f"{found.figure.experiment} {found.figure.name}" for found in evidence if found.bears == bears]
        if named:
            parts.append(f"{bears}: {'; '.join(named)}")
    return " | ".join(parts)
