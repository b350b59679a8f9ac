"""Comparing texts: normal form, values inside answers, abstentions and citation marks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ABSTAIN = "I don't know."
"""The sentence with which an answer declines."""

_LOOKALIKES = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "–": "-", "−": "-", "—": " - ", "\u200b": None}
)
_MARKDOWN = re.compile(r"`+|(?<!\w)[*_]+|[*_]+(?!\w)|~~|^\s*(?:#+|>+|[-+])\s+", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)")
_GAPS = (
    (re.compile(r"(?<=\d),(?=\d{3}(?!\d))"), ""),  # 1,250 -> 1250
    (re.compile(r"(?<=\d)\s+(?=%)"), ""),  # 50 % -> 50%
    (re.compile(r"(?<=[$€£])\s+(?=\d)"), ""),  # $ 24 -> $24
)
_RIGHT = re.compile(r"[\s\"'.,;:!?()\[\]{}|-]+$")
_ARTICLE = re.compile(r"^(?:the|an?) (?=\w)")

_CITATION = re.compile(r"\[(\d+(?:\s*[,;]\s*\d+)*)\](?!\()")

_NEGATED = r"(?:do(?:es)? not|do(?:es)?n'?t|did not|didn'?t|can ?not|can'?t|could not|couldn'?t|(?:is|are) unable to)"
_SOURCE = r"(?:documents?|passages?|texts?|context|sources?|excerpts?|handbook|records?|files?)"
_TELL = r"(?:say|state|mention|contain|hold|include|give|specify|provide|tell|list|cover|answer|have|show)"
_TOLD = r"(?:stated|mentioned|given|specified|found|provided|included|contained|covered|listed|available|known)"
_ABSTENTIONS = re.compile(
    rf"\b(?:i|we) {_NEGATED} (?:\w+ ){{0,2}}(?:know|tell|say|answer|find|determine|see|have)\b"
    r"|\b(?:i'?m|i am|we are) (?:not (?:sure|certain|aware)|unsure|unable to)\b"
    r"|\b(?:i|we) have no (?:idea|information|answer|knowledge|record)\b"
    r"|^(?:unknown|not known|n/?a|no idea|no answer|not (?:sure|stated|given|specified|mentioned|available|found))$"
    rf"|\b(?:they|it) {_NEGATED} (?:say|state|mention|specify|tell)\b"
    rf"|\b{_SOURCE} {_NEGATED} (?:\w+ )?{_TELL}\b"
    r"|\b(?:is|are|was|were)(?: not|n'?t) (?:\w+ ){0,2}(?:in|part of) (?:the|these|any|my|our) (?:\w+ )?"
    rf"{_SOURCE}\b"
    rf"|\bnot (?:\w+ )?(?:{_TOLD} )?(?:in|by) (?:the|these|any) (?:\w+ )?{_SOURCE}\b"
    rf"|\b(?:is|are|was|were)(?: not|n'?t) (?:\w+ )?(?:stated|mentioned|specified|known)\b"
    r"|\b(?:there is|there's|contain|contains|found|holds?|find) no (?:\w+ )?(?:information|answer|mention|record)\b"
    r"|^no (?:\w+ )?(?:information|answer|mention|record)\b"
    r"|\b(?:can ?not|can'?t|could not) be (?:answered|determined|found)\b"
)
_GUESS = re.compile(
    r"\b(?:but|however|though|although|still)\b.*"
    r"\b(?:probably|likely|perhaps|maybe|i (?:think|guess|believe|would say)|it(?: is|'s)(?! not))\b"
    r"|\b(?:but|however)\b.*\b(?:(?:sh|w|c)ould|might) be\b"
)


@lru_cache(maxsize=2048)  # one document is searched for many values
def normalise(text: str) -> str:
    """Return the form in which two answers are compared.

    Case, runs of blanks, Markdown marks, typographic quotes and dashes, thousands separators and outer punctuation do
    not count; words, digits, signs, currency and units do. Applying it twice changes nothing.

    Examples
    --------
    >>> normalise(' **The Billing  Team**. ')
    'the billing team'
    >>> normalise("$24.50"), normalise("(KX-4821)"), normalise("50 %"), normalise("-5 °C!")
    ('$24.50', 'kx-4821', '50%', '-5 °c')
    """
    while (reduced := _reduce(text)) != text:  # taking one mark away can lay another one open
        text = reduced
    return text


def _reduce(text: str) -> str:
    """Return `text` with one layer of each kind of difference taken away."""
    text = unicodedata.normalize("NFC", text).translate(_LOOKALIKES).casefold()
    text = " ".join(_MARKDOWN.sub("", _LINK.sub(r"\1", text)).split())
    for pattern, replacement in _GAPS:
        text = pattern.sub(replacement, text)
    return _RIGHT.sub("", _strip_left(text))


def _strip_left(text: str) -> str:
    """Return `text` without leading punctuation, but with the sign or point of a leading number."""
    bare = text.lstrip(" \"'.,;:!?()[]{}|-")
    cut = len(text) - len(bare)
    keeps_mark = bare[:1].isdigit() and cut and text[cut - 1] in "-."
    return text[cut - 1 :] if keeps_mark else bare


def contains_value(text: str, value: str) -> bool:
    """Return whether `value` stands in `text`, both normalised, as whole words.

    A number must be the whole number: "24 euros" is not in "124 euros", nor "4821" in "KX-4821", nor "50" in "50%". A
    leading article of the value need not be there. An empty value is in no text.

    Examples
    --------
    >>> contains_value("It costs **24 euros**.", "24 Euros"), contains_value("It costs 124 euros.", "24 euros")
    (True, False)
    """
    wanted = _ARTICLE.sub("", normalise(value))
    if not wanted:
        return False
    before = r"(?<![\w$€£¥@])(?<!\w[-.])"
    if wanted[0].isdigit():
        before += r"(?<!-)(?<!\d[,:/])(?<!\.)"
    after = r"(?![\w%€£°])(?![-@.]\w)" + (r"(?![,:/]\d)" if wanted[-1].isdigit() else "")
    return re.search(before + re.escape(wanted) + after, normalise(text)) is not None


def is_abstention(text: str) -> bool:
    """Return whether a sentence of `text` says that the answer is not known or not in the documents.

    A guess after the disclaimer ("I don't know, but it is probably 24 euros") is an assertion and no abstention. An
    empty text is none either.

    Examples
    --------
    >>> is_abstention(ABSTAIN), is_abstention("The documents do not say."), is_abstention("If you don't know, ask.")
    (True, True, False)
    """
    whole = normalise(strip_citations(text))
    sentences = (normalise(sentence) for sentence in re.split(r"(?<=[.!?])\s+", whole))
    return any(_ABSTENTIONS.search(sentence) for sentence in sentences) and not _GUESS.search(whole)


def citations(text: str) -> list[int]:
    """Return the numbers cited as "[2]" or "[1, 3]", each once, in order of appearance.

    >>> citations("24 euros [2][1], see also [2, 3] and [the list].")
    [2, 1, 3]
    """
    marks = (int(number) for mark in _CITATION.findall(text) for number in re.findall(r"\d+", mark))
    return list(dict.fromkeys(marks))


def strip_citations(text: str) -> str:
    """Return `text` without its citation marks and the blanks before them.

    >>> strip_citations("It costs 24 euros [2].")
    'It costs 24 euros.'
    """
    return re.sub(r"[ \t]*" + _CITATION.pattern, "", text).strip()
