"""More wordings of the company's relations, for pre-training alone: breadth lets reading carry over to new ones.

The documents and questions of the company keep to the smaller banks of `course_lib.world.wordings`. No wording here
is a held-out one, or shares most of its words with one.
"""

from __future__ import annotations

import json
from pathlib import Path

PARAPHRASES: dict[str, dict[str, tuple[str, ...]]] = {
    name: {kind: tuple(texts) for kind, texts in bank.items()}
    for path in sorted(Path(__file__).parent.glob("*.json"))
    for name, bank in json.loads(path.read_text(encoding="utf-8")).items()
}
"""Name of a relation -> "statements" and "questions" -> templates, as in `course_lib.world.relations.Relation`."""
