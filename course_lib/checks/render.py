"""How a result looks: text and HTML, each a function of the result's dict and of nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from course_lib.checks.markup import BAD, GOOD, OPEN, UNSURE, box, element, pairs, plain
from course_lib.checks.showing import clean, printable

WIDTH = 78
LINE_ROOM = 100
WORDS_ROOM = 1000
_MARKS = {"yes": "yes", "no": "no", "waits": "-", "unknown": "?"}
_WORDS = {"yes": "yes", "no": "no", "waits": "waits", "unknown": "could not tell"}
_SIGNS = {"yes": "✓", "no": "✗", "waits": "–", "unknown": "?"}
_COLOURS = {"yes": GOOD, "no": BAD, "waits": OPEN, "unknown": UNSURE}
_STATUS_STATES = {"passed": "yes", "partly": "no", "failed": "no", "not started": "waits", "error": "unknown"}
_HEADING = "display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1em;margin:0 0 .3em 0"


def score_words(result: Mapping[str, Any]) -> str:
    """Return the points in words: ``"1 of 2 points"``, ``"not started"``."""
    if result["status"] == "not started":
        return "not started"
    return f"{result['earned']} of {result['points']} point{'' if result['points'] == 1 else 's'}"


def waiting_words(line: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> str:
    """Return what a check waits for; empty where nothing but the answer is missing."""
    index = next(index for index, other in enumerate(lines) if other["name"] == line["name"])
    if line["after"] is None or not any(other["state"] in ("yes", "no", "unknown") for other in lines):
        return ""
    if lines[index - 1]["name"] == line["after"]:
        return "waits for the line above"
    return "waits for: " + next(other["says"] for other in lines if other["name"] == line["after"])


def failure_parts(line: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what there is to say about a no or an unknown, as (label, text)."""
    parts = [(key, printable(line[key])) for key in ("call", "got", "expected") if line[key]]
    return [*parts, ("hint", clean(line["help"], WORDS_ROOM))] if line["help"] else parts


def render_text(result: Mapping[str, Any]) -> str:
    """Return a result as lines of text, the same each time."""
    heading = f"{result['exercise']}  {clean(result['title'])}"
    score = score_words(result)
    lines = [f"{heading:<{WIDTH - len(score) - 2}}  {score}"]
    says_width = max(len(line["says"]) for line in result["checks"])
    for line in result["checks"]:
        note = waiting_words(line, result["checks"]) if line["state"] == "waits" else ""
        lines.append(f" {_MARKS[line['state']]:<5}{clean(line['says']):<{says_width}}   {note}".rstrip())
        if line["state"] in ("no", "unknown"):
            lines += [f"{'':8}{text}" for text in _failure_lines(line)]
    lines += [f" note: {clean(note, WORDS_ROOM)}" for note in result["notes"]]
    if result["next"]:
        lines.append(f" next: {result['next']}")
    return "\n".join(lines)


def _failure_lines(line: Mapping[str, Any]) -> list[str]:
    """Return call, got and expected as one sentence where it fits, as three lines where not; then the help."""
    parts = dict(failure_parts(line))
    advice = [parts.pop("hint")] if "hint" in parts else []
    if set(parts) != {"call", "got", "expected"}:
        return [*parts.values(), *advice]
    sentence = f"{parts['call']} {parts['got']}, expected {parts['expected']}"
    if len(sentence) <= LINE_ROOM:
        return [sentence, *advice]
    return [parts["call"], parts["got"], f"expected {parts['expected']}", *advice]


def render_html(result: Mapping[str, Any]) -> str:
    """Return a result as HTML: every colour has a word beside it, all text is escaped, and no script is needed."""
    score, state = score_words(result), _STATUS_STATES[result["status"]]
    verdict = score if score == result["status"] else f"{result['status']}, {score}"
    title = element("strong", plain(f"{result['exercise']} {result['title']}"))
    heading = f"{title} {element('span', f'{_sign(state)} {plain(verdict)}')}"
    parts = [element("p", heading, style=_HEADING)]
    items = "".join(_html_line(line, result["checks"]) for line in result["checks"])
    parts.append(element("ul", items, role="list", style="list-style:none;margin:0;padding:0"))
    parts += [element("p", plain(f"note: {note}"), style="margin:.3em 0 0 0") for note in result["notes"]]
    if result["next"]:
        code = element("code", plain(result["next"]))
        parts.append(element("p", f"next: {code}", style="margin:.3em 0 0 0"))
    label = f"{result['exercise']} {result['title']}: {result['status']}, {score}"
    return box("".join(parts), label, _COLOURS[state])


def _sign(state: str) -> str:
    """Return the sign of a state, for the eye only: the word stands beside it."""
    style = f"color:{_COLOURS[state]};font-weight:bold;display:inline-block;flex:none;min-width:1em"
    return element("span", _SIGNS[state], style=style, **{"aria-hidden": "true"})


def _html_line(line: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> str:
    state = line["state"]
    word = element("span", plain(_WORDS[state]), style="flex:none;min-width:3.5em")
    says = plain(line["says"])
    if state == "waits" and (note := waiting_words(line, lines)):
        says += element("em", plain(f" ({note})"))
    content = element("div", f"{_sign(state)} {word} {element('span', says)}", style="display:flex;gap:.4em")
    if state in ("no", "unknown"):
        rows = [(label, _html_value(label, text)) for label, text in failure_parts(line)]
        content += element("div", pairs(rows), style="margin-left:1.5em")
    return element("li", content, style="margin:.1em 0")


def _html_value(label: str, text: str) -> str:
    return plain(text) if label == "hint" else element("code", plain(text), style="white-space:pre-wrap")
