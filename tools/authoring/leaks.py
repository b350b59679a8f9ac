"""Looks for solution text where learners would see it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.authoring import regions
from tools.authoring.source import Lesson

# Shorter lines (`return result`, `for chunk in chunks:`) say nothing; a whole region that is short says something.
MEANINGFUL_LINE, MEANINGFUL_REGION = 24, 12
# What a solution imports, other lessons may import as well.
IMPORT = re.compile(r"(from [\w.]+ )?import [\w, ]+$")


@dataclass(frozen=True)
class Secret:
    """Solution text that must not be seen.

    Parameters
    ----------
    owner
        The exercise, or the words ``a solution cell``.
    line
        Where it stands in the source.
    text
        One line, or the lines of a short region joined by a blank.
    """

    owner: str
    line: int
    text: str


def squeeze(text: str) -> str:
    """Return ``text`` without the differences that blanks and quotes make.

    Examples
    --------
    >>> squeeze("  return  scores['a'] ")
    'return scores["a"]'
    """
    return re.sub(r"\s+", " ", text).strip().replace("'", '"')


def find_secrets(lesson: Lesson) -> Iterator[Secret]:
    """Yield what must not be seen of the solutions of ``lesson``: meaningful lines, and whole regions."""
    for cell in lesson.tagged("exercise"):
        for region in regions.solution_lines(cell.source):
            yield from secrets_in(cell.name, cell.line, region)
    for cell in lesson.tagged("solution"):
        yield from secrets_in("a solution cell", cell.line, list(enumerate(cell.lines)), whole=False)


def secrets_in(owner: str, first: int, lines: list[tuple[int, str]], whole: bool = True) -> Iterator[Secret]:
    """Yield the secrets in some lines: each long one and, if ``whole``, all of them together."""
    squeezed = [(first + number, squeeze(line)) for number, line in lines if line.strip()]
    for number, line in squeezed:
        if IMPORT.match(line):
            continue
        # The value alone gives a one-line answer away, whatever it is assigned to.
        expression = re.sub(r"^(return|yield|\w+ =) ", "", line)
        if len(expression) >= MEANINGFUL_LINE:
            yield Secret(owner, number, expression)
        elif len(line) >= MEANINGFUL_LINE:
            yield Secret(owner, number, line)
    together = " ".join(line for _, line in squeezed)
    if whole and len(together) >= MEANINGFUL_REGION:
        yield Secret(owner, squeezed[0][0], together)


def texts_in(value: object) -> Iterator[str]:
    """Yield every string in a notebook: sources, outputs, metadata, attachments."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from (key, *texts_in(part))
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part)


def find_leaks(secrets: list[Secret], notebook: dict) -> Iterator[Secret]:
    """Yield the secrets that ``notebook`` shows, one for each line of a solution.

    Parameters
    ----------
    secrets
        From `find_secrets`.
    notebook
        As read from its file, or as made by the builder.
    """
    shown = "\n".join(squeeze(text) for text in texts_in(notebook))
    seen = set()
    for secret in secrets:
        if secret.text in shown and (secret.owner, secret.line) not in seen:
            seen.add((secret.owner, secret.line))
            yield secret


def describe(secret: Secret, edition: str) -> str:
    """Return the sentence of a refusal."""
    return (
        f"{edition} shows this line of the solution of {secret.owner} ({secret.text[:60]!r}): "
        "learners would read the answer; reword the other place, or write the solution otherwise"
    )
