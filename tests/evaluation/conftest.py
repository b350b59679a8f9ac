from types import SimpleNamespace

import pytest

PRICES = {"lamp": ("24 euros", "19 euros"), "hub": ("31 euros", "30 euros"), "desk": ("80 euros", "85 euros")}


def make_question(id, set, text, answer, *, rejected=(), facts=(), documents=()):
    return SimpleNamespace(
        id=id, set=set, text=text, answer=answer, rejected=rejected, facts=facts, documents=documents
    )


@pytest.fixture
def questions():
    """Two wordings for each of 12 facts (4 makes of 3 things), and 8 questions without an answer."""
    made = []
    for make in range(4):
        for thing, (price, old) in PRICES.items():
            name = f"{thing} {make}"
            for wording, text in enumerate((f"What does the {name} cost?", f"Price of the {name}?")):
                made.append(
                    make_question(
                        f"{name} {wording}",
                        "changed",
                        text,
                        price,
                        rejected=(old,),
                        facts=(f"f-{name}",),
                        documents=(f"doc-{name}",),
                    )
                )
    made += [make_question(f"none {n}", "unanswerable", f"Who sells lamp {n}?", None) for n in range(8)]
    return made
