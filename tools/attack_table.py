"""Grades all attacks of the tests as one class and writes ``docs/attacks.md``: what each of them got.

``python tools/attack_table.py`` writes the page, ``... --check`` writes nothing and proves that it is true. It needs
bubblewrap and takes about a minute and a half.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # called as a file, Python looks for the parts beside it only

from course_lib.grading.assignment import LIGHT  # noqa: E402
from course_lib.grading.box.base import BoxError  # noqa: E402
from course_lib.grading.box.choosing import try_bubblewrap  # noqa: E402

if TYPE_CHECKING:
    from tests.grading.attacks.battle import Battle, Verdict

PAGE = ROOT / "docs" / "attacks.md"
INTRODUCTION = """# What attacks on the grader get

Each line is a notebook, a file or an archive that was handed in and graded like any other: found in a folder, read,
put into a clean copy of the lesson, run in a sandbox, marked, stored, reported. All of them are graded as one class,
several at a time, in boxes forked from one process, with honest submissions between them. `tools/attack_table.py`
writes this page; CI proves it wherever bubblewrap works (`tests/grading/attacks`).

An attacker answers one exercise with the attack and the other four rightly, so {rest} of {points} points are honest.
What `course doctor --grading` tries on your own computer is a part of this.
"""
AIMS = {
    "forge": ("Forged marks", "no more than honest points"),
    "hang": ("Hangs and floods", "only its own exercise is lost, within its limits"),
    "leak": ("Leaks", "nothing is reached, and no hidden input comes to where a student reads"),
    "touch": ("Harm to others", "no file, process, box or mark of others is touched"),
    "read": ("Files that are hard to read", "graded where a person could read them, else refused with the reason"),
}
LONGEST_NAME = 40
TOTALS = ("forged", "hung", "leaked", "lost", "not tried")
FUZZ = """## Damaged notebooks

10,000 notebooks damaged at random, by parts that were replaced, deleted, doubled or renamed, by bytes that were cut,
changed or added, and by other encodings: each got a status, read or refused with a reason, and none ended in an error.
It took 37 s on one core; CI tries 300.

```
COURSE_FUZZ=10000 python -m pytest tests/grading/test_intake_fuzz.py
```
"""


def main(words: list[str] | None = None) -> int:
    """Run the command; return 0 if every attack failed and the page is true, 1 if not, 2 without bubblewrap."""
    parser = argparse.ArgumentParser(prog="attack_table.py", description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 unless the page is true")
    is_check = parser.parse_args(words).check
    try:
        battle = fight_all()
    except BoxError as error:
        print(f"attack_table: {error}", file=sys.stderr)
        return 2
    faults = [*battle.touched, *list_faults(battle)]
    text = make_page(battle)
    if not is_check:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        faults.append(f"{PAGE.relative_to(ROOT).as_posix()} is old: run tools/attack_table.py")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(battle.verdicts)} attacks in {battle.seconds:.0f} s, {len(faults)} to mend")
    return 1 if faults else 0


def fight_all() -> "Battle":
    """Grade all attacks.

    Raises
    ------
    BoxError
        Bubblewrap does not work here.
    """
    from tests.grading.attacks.battle import fight, list_attacks

    box, fault = try_bubblewrap(LIGHT)
    if box is None:
        raise BoxError(fault)
    box.close()  # what is kept ready was started before the traps are set
    try:
        with tempfile.TemporaryDirectory() as folder:
            return fight(box, Path(folder), list_attacks())
    finally:
        box.close()


def list_faults(battle: "Battle") -> Iterator[str]:
    """Yield what attacks have got."""
    for verdict in battle.verdicts:
        yield from (f"{ascii(verdict.attack.name)} {kind}: {words}" for kind, words in verdict.faults.items())


def make_page(battle: "Battle") -> str:
    """Return the text of ``docs/attacks.md``; nothing in it differs from run to run."""
    from tests.grading.attacks.attack import REST
    from tests.grading.tiny_lesson import POINTS

    counts = [sum(kind in verdict.faults for verdict in battle.verdicts) for kind in TOTALS]
    heads = ("attacks", "marks forged", "hung", "leaked", "others touched", "lost or judged otherwise", "did not run")
    total = (len(battle.verdicts), *counts[:3], len(battle.touched), *counts[3:])
    parts = [INTRODUCTION.format(rest=REST, points=POINTS), make_table(heads, [total])]
    for aim, (title, rule) in AIMS.items():
        verdicts = [verdict for verdict in battle.verdicts if verdict.attack.aim == aim]
        rows = [describe(verdict) for verdict in verdicts]
        heads = ("attack", "it tries", "must happen", "what happened")
        parts.append(
            f"## {title}: {len(verdicts)}\n\nA grader that can be trusted: {rule}.\n\n{make_table(heads, rows)}"
        )
    return "\n".join([*parts, FUZZ])


def describe(verdict: "Verdict") -> tuple[str, ...]:
    """Return the row of an attack."""
    attack = verdict.attack
    faults = "".join(f", {kind}: {words}" for kind, words in verdict.faults.items())
    return ascii(attack.name)[1:-1][:LONGEST_NAME], attack.tries, verdict.must_happen, f"{verdict.happened}{faults}"


def make_table(heads: tuple[object, ...], rows: list[tuple[object, ...]]) -> str:
    """Return a table of Markdown; nothing in a cell is taken for a part of it."""
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(quote, line))} |" for line in lines) + "\n"


def quote(cell: object) -> str:
    """Return the text of a cell."""
    return re.sub(r"([\\|<>*_`])", r"\\\1", str(cell))


if __name__ == "__main__":
    raise SystemExit(main())
