"""Checks of lesson 01: write a test set that catches faults."""

from course_lib.checks import Exercise, SaysNo, expect_length, expect_true
from course_lib.checks.handles import Handle
from course_lib.checks.showing import show_call
from course_lib.evaluation.planted import FAULTY, draw_records, score_items, sound
from course_lib.text import ABSTAIN

N_ITEMS, MOST_UNANSWERABLE, FEWEST_MISSES = 12, 6, 2

ex_01_5 = Exercise(
    "ex_01_5",
    "write 12 items that catch 5 broken systems",
    points=5,
    minutes=18,
    pattern="G1 G3",
    hints=(
        "Take the faults one by one: which question does this system answer wrongly and a sound one rightly?",
        "Four kinds of items: nothing is known; the value has changed; a false statement stands before the question; "
        "a later attribute of an entity. All but the first list in rejected every other value of their attribute.",
        "for r in changed: question = f'What is the {r[\"attribute\"]} of the {r[\"entity\"]}?', gold = r['value'], "
        "rejected = [r['before'], *others]; a premise stands in front: "
        "f'I heard that the ... is {others[0]}. What is ...?'",
    ),
)
HELP = {
    "inventor": "it never says that it does not know: ask things that no record answers, with None as the gold value",
    "archivist": "it answers from before the last change: ask about records whose 'before' is not None",
    "skimmer": "it gives the first record of whatever entity you name: ask about the later attributes of an entity",
    "yes-man": "it agrees with whatever is stated before the question: state something false with 'is', then ask",
    "hedger": "it lists all values of an attribute, the right one among them: 'rejected' must hold the others",
}


@ex_01_5.check
def twelve_items(write_items, cases):
    """returns 12 different items with question, gold and rejected"""
    for records in cases.draw(draw_records, n=1):
        expect_length(write_items, (records,), length=N_ITEMS)
        expect_true(
            write_items,
            (records,),
            holds=lambda items: all(map(_is_item, items)),
            says='12 dicts {"question": a text, "gold": a text or None, "rejected": a list of texts}',
            help="an item without an answer has gold None and an empty list as rejected",
        )
        expect_true(
            write_items,
            (records,),
            holds=lambda items: len({item["question"] for item in items}) == N_ITEMS,
            says="12 different questions",
            help="the same question twice tells nothing that it did not tell the first time",
        )


def _is_item(item: dict) -> bool:
    """Return whether a dict has the form of an item."""
    return (
        set(item) == {"question", "gold", "rejected"}
        and type(item["question"]) is str
        and (item["gold"] is None or type(item["gold"]) is str)
        and type(item["rejected"]) is list
        and all(type(value) is str for value in item["rejected"])
    )


@ex_01_5.check(after=twelve_items)
def fair_to_a_sound_system(write_items, cases):
    """a sound system gets all 12 right"""
    for records in cases.draw(draw_records, n=3):
        items = write_items(records)
        if (n_right := score_items(sound, records, items)) < N_ITEMS:
            item = next(item for item in items if score_items(sound, records, [item]) == 0)
            got = f"holds an item that a sound system fails, as it answers {sound(records, item['question'])!r}: {item}"
            help = "use the names and attributes as the records write them; is the gold value the one of today?"
            raise SaysNo(show_call("write_items", (records,)), got, f"12 of 12 right, not {n_right}", help)


@ex_01_5.check(after=twelve_items)
def more_than_traps(write_items, cases):
    """a system that always declines gets 6 at most"""
    for records in cases.draw(draw_records, n=1):
        n_right = score_items(lambda records, question: ABSTAIN, records, write_items(records))
        if n_right > MOST_UNANSWERABLE:
            help = "with so many unanswerable items, the best system would be the one that never says anything"
            got = f"gives {n_right} of 12 to a system that says {ABSTAIN!r} to everything"
            raise SaysNo(show_call("write_items", (records,)), got, f"{MOST_UNANSWERABLE} at most", help)


def expect_caught(write_items: Handle, cases, fault: str) -> None:
    """Say no unless the items of each company make a broken system miss at least two."""
    for records in cases.draw(draw_records, n=3):
        n_right = score_items(FAULTY[fault], records, write_items(records))
        if n_right > N_ITEMS - FEWEST_MISSES:
            got = f"lets the {fault} through with {n_right} of 12 right"
            expected = f"{N_ITEMS - FEWEST_MISSES} at most: one miss may be a slip, two are a pattern"
            raise SaysNo(show_call("write_items", (records,)), got, expected, HELP[fault])


@ex_01_5.check(after=fair_to_a_sound_system)
def catches_the_inventor(write_items, cases):
    """catches the inventor, who never declines"""
    expect_caught(write_items, cases, "inventor")


@ex_01_5.check(after=fair_to_a_sound_system)
def catches_the_archivist(write_items, cases):
    """catches the archivist, who missed the last change"""
    expect_caught(write_items, cases, "archivist")


@ex_01_5.check(after=fair_to_a_sound_system)
def catches_the_skimmer(write_items, cases):
    """catches the skimmer, who reads the name and not the question"""
    expect_caught(write_items, cases, "skimmer")


@ex_01_5.check(after=fair_to_a_sound_system)
def catches_the_yes_man(write_items, cases):
    """catches the yes-man, who believes what you say"""
    expect_caught(write_items, cases, "yes-man")


@ex_01_5.check(after=fair_to_a_sound_system)
def catches_the_hedger(write_items, cases):
    """catches the hedger, who names all values at once"""
    expect_caught(write_items, cases, "hedger")
