"""What the model still reads badly: ``python -m tools.pretrain.failures`` prints 20 failures and their kinds.

The failures are the first ones among the items that the contract's c1_distractors is measured on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from course_lib import contract_items as items
from course_lib.models import LanguageModel, load_model
from course_lib.text import contains_value, is_abstention
from course_lib.world.entities import distinctive_word

KINDS = {
    "abstains": "it says that it does not know",
    "other attribute": "a value of the right entity, but of another attribute",
    "other entity": "a value of another entity",
    "no passage": "a value that stands in no passage: miscopied or made up",
}
N_FAILURES, N_PASSAGES, N_AT_ONCE, MOST_ITEMS = 20, 6, 60, 600


@dataclass(frozen=True)
class Failure:
    """A question on passages that was answered wrongly.

    Parameters
    ----------
    question, gold, output
        As asked, as it should be, as the model wrote it.
    sentence
        The passage that states the right answer.
    kind
        One of `KINDS`.
    """

    question: str
    gold: str
    output: str
    sentence: str
    kind: str


def find_failures(model: LanguageModel, n: int = N_FAILURES, seed: int = 0) -> tuple[list[Failure], int]:
    """Return the first ``n`` failures, fewer if the items run out, and the number of items that were asked."""
    failures: list[Failure] = []
    for start in range(0, MOST_ITEMS, N_AT_ONCE):
        drawn = [items.reading_case(Random(f"c1d-{seed}-{start + at}"), N_PASSAGES) for at in range(N_AT_ONCE)]
        written = model.generate([case.prompt for case in drawn])
        for at, (case, completion) in enumerate(zip(drawn, written, strict=True), 1):
            if not contains_value(completion.text, case.value):
                failures.append(describe(case, completion.text))
            if len(failures) == n:
                return failures, start + at
    return failures, MOST_ITEMS


def describe(case: items.ReadingCase, output: str) -> Failure:
    """Return the failure with its kind."""
    gold = next(passage for passage in case.passages if contains_value(passage, case.value))
    kind = classify(output, case.subject, case.passages)
    return Failure(case.question, case.value, output, gold, kind)


def classify(output: str, subject: str, passages: Sequence[str]) -> str:
    """Return what kind of failure an output is.

    Examples
    --------
    >>> passages = ["The Tarvo Lamp costs 24 euros. The Tarvo Lamp is red.", "The Belmo Hub is blue."]
    >>> classify("red", "Tarvo Lamp", passages), classify("blue.", "Tarvo Lamp", passages)
    ('other attribute', 'other entity')
    """
    if is_abstention(output):
        return "abstains"
    holders = [passage for passage in passages if contains_value(passage, output.strip().rstrip("."))]
    if not holders:
        return "no passage"
    name = distinctive_word(subject)
    return "other attribute" if any(name in passage for passage in holders) else "other entity"


def count_kinds(failures: Sequence[Failure]) -> dict[str, int]:
    """Return how many failures are of each kind, of all kinds, in the order of `KINDS`."""
    counts = Counter(failure.kind for failure in failures)
    return {kind: counts[kind] for kind in KINDS}


def main() -> None:
    """Print the failures of the model in the settings, and the counts."""
    failures, n_asked = find_failures(load_model(None))
    for failure in failures:
        print(f"{failure.question}\n  {failure.sentence}")
        print(f"  right {failure.gold!r}, got {failure.output!r}: {failure.kind}")
    print(f"\n{len(failures)} failures among {n_asked} questions: {count_kinds(failures)}")


if __name__ == "__main__":
    main()
