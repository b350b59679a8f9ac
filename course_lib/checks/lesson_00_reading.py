"""Checks of lesson 00: comparing answers, sorting claims."""

from __future__ import annotations

from course_lib.checks import Exercise, expect_equal, expect_same

ex_00_3 = Exercise(
    "ex_00_3",
    "tell whether two answers are the same value",
    points=3,
    level="core",
    minutes=4,
    pattern="G1 G2",
    hints=(
        "Bring both texts into one form, then compare the forms: what does the form leave out, and what must it keep?",
        "casefold() for the case, split() and join() for the blanks, strip() for the marks at both ends, and one "
        "regular expression for the comma of thousands.",
        r're.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text) takes only the commas of thousands away; '
        "text.strip(' .!?\"') cleans both ends.",
    ),
)
SNEAKY = (
    ("124 euros", "24 euros", "the one text stands inside the other: compare whole values"),
    ("24 dollars", "24 euros", "the number agrees, the unit does not, and units count"),
    ("5 degrees", "-5 degrees", "the sign is a part of the number"),
    ("25 kg", "2.5 kg", "the point inside a number is no full stop"),
    ("125 kg", "1,25 kg", "this comma is none of thousands: three digits must follow it"),
    ("12345 kg", "1,2345 kg", "this comma is none of thousands: no fourth digit may follow it"),
    ("24euros", "24 euros", "how many blanks stand between two words does not count, whether there is one does"),
)
FIRST_MARKS = ("", " ", '"')
LAST_MARKS = (".", "!", " ", "  ", '"', ". ")


def draw_disguises(rng):
    """Return a value, one with a comma of thousands, and both as another hand would write them."""
    value = f"{rng.randint(2, 99)} {rng.choice(['Working Days', 'Euros', 'parcels', 'Square Metres'])}"
    amount = rng.randint(1_000, 9_999)
    noisy = value.upper().replace(" ", "  ") if rng.random() < 0.5 else value.lower()
    disguised = rng.choice(FIRST_MARKS) + noisy + rng.choice(LAST_MARKS)
    return value, disguised, f"{amount} euros", f"{amount:,} euros"


@ex_00_3.check
def equal_texts_are_the_same(same_value):
    """equal texts are the same value, other numbers are not"""
    expect_equal(same_value, ("24 euros", "24 euros"), expected=True)
    expect_equal(same_value, ("25 euros", "24 euros"), expected=False)


@ex_00_3.check(after=equal_texts_are_the_same)
def disguises_do_not_count(same_value, cases):
    """case, blanks and the marks at both ends do not count"""
    expect_equal(same_value, ("The Billing Team.", "the billing team"), expected=True, help="case and the final stop")
    expect_equal(same_value, (' 24   euros!"', "24 euros"), expected=True, help="blanks, and marks at the ends")
    for value, noisy, *_ in cases.draw(draw_disguises, n=4):
        expect_equal(same_value, (noisy, value), expected=True)


@ex_00_3.check(after=disguises_do_not_count)
def sneaky_pairs_are_told_apart(same_value):
    """sneaky pairs are told apart"""
    for given, wanted, words in SNEAKY:
        expect_equal(same_value, (given, wanted), expected=False, help=words)


@ex_00_3.check(after=sneaky_pairs_are_told_apart)
def commas_of_thousands_do_not_count(same_value, cases):
    """the comma of thousands does not count"""
    for *_, bare, with_comma in cases.draw(draw_disguises, n=2):
        expect_equal(same_value, (with_comma, bare), expected=True, help="1,250 is 1250: take the comma away")


@ex_00_3.check(after=disguises_do_not_count)
def which_comes_first_does_not_count(same_value, cases):
    """swapping the two texts changes nothing"""
    values = [fact.value for fact in cases.world().facts if not fact.public]
    pairs = [(cases.rng(f"pair/{at}").choice(values), cases.rng(f"other/{at}").choice(values)) for at in range(4)]
    for given, wanted in (*pairs, ("24 euros", "24 euros a year"), (pairs[0][0].upper(), pairs[0][0])):
        expect_same(same_value, (given, wanted), (wanted, given), why="the two texts have equal rights")


ex_00_4 = Exercise(
    "ex_00_4",
    "sort the claims by who can judge them",
    points=2,
    level="core",
    minutes=3,
    pattern="G1 G2",
    hints=(
        'A tier is a short text, such as "T/J". How do you ask whether a letter stands in it?',
        "Begin with a dict of three empty lists. For each claim ask first for J, then for S; the rest is left.",
        'kind = "reckon" if "J" in tier else "larger" if "S" in tier else "here"; then append the id to that list.',
    ),
)
TIERS = ("M", "T", "M/T", "T/S", "T+S", "S", "J", "T/J", "J/T", "S+T")
KINDS = ("here", "larger", "reckon")


def draw_claims(rng):
    """Return claims of every tier, in random order, some tiers twice."""
    tiers = [*TIERS, *rng.choices(TIERS, k=3)]
    rng.shuffle(tiers)
    return [{"id": f"{rng.choice('ABCD')}-{number:02}", "tier": tier} for number, tier in enumerate(tiers)]


def sort_by_tier(claims):
    """Return the ids of the claims by kind."""
    groups = {kind: [] for kind in KINDS}
    for claim in claims:
        kind = "reckon" if "J" in claim["tier"] else "larger" if "S" in claim["tier"] else "here"
        groups[kind].append(claim["id"])
    return groups


@ex_00_4.check
def has_all_three_kinds(sort_claims):
    """has all three kinds, also where one is empty"""
    wanted = {"here": ["A-x"], "larger": [], "reckon": []}
    words = 'begin with {"here": [], "larger": [], "reckon": []}, so that no kind is missing'
    expect_equal(sort_claims, ([{"id": "A-x", "tier": "T"}],), expected=wanted, help_if=[({"here": ["A-x"]}, words)])


@ex_00_4.check(after=has_all_three_kinds)
def mixed_tiers_go_where_they_should(sort_claims):
    """a tier of two letters goes to the stricter kind"""
    claims = [{"id": "B-y", "tier": "T/J"}, {"id": "C-z", "tier": "T+S"}, {"id": "D-w", "tier": "M/T"}]
    words = [
        ({"here": ["B-y", "C-z", "D-w"], "larger": [], "reckon": []}, "a T is in all of these: ask for J and S first"),
        ({"here": [], "larger": [], "reckon": []}, "a tier may have two letters: ask whether a letter is in it"),
    ]
    expect_equal(sort_claims, (claims,), expected=sort_by_tier(claims), help_if=words)


@ex_00_4.check(after=mixed_tiers_go_where_they_should)
def stricter_letter_decides_wherever_it_stands(sort_claims):
    """the stricter letter decides, wherever it stands"""
    claims = [{"id": "A-v", "tier": "S/J"}, {"id": "B-y", "tier": "J/T"}, {"id": "C-z", "tier": "S+M"}]
    words = [
        ({"here": ["B-y", "C-z"], "larger": [], "reckon": ["A-v"]}, "this is the last letter: ask whether J is in it"),
        ({"here": [], "larger": ["A-v", "C-z"], "reckon": ["B-y"]}, "J comes before S: ask for J first"),
    ]
    expect_equal(sort_claims, (claims,), expected=sort_by_tier(claims), help_if=words)


@ex_00_4.check(after=stricter_letter_decides_wherever_it_stands)
def other_ledgers(sort_claims, cases):
    """sorts other ledgers, in their order"""
    for claims in cases.draw(draw_claims, n=3):
        expect_equal(sort_claims, (claims,), expected=sort_by_tier(claims))


@ex_00_4.check(after=mixed_tiers_go_where_they_should)
def names_are_no_clue(sort_claims, cases):
    """other ids change nothing but the ids"""
    for claims in cases.draw(draw_claims, n=2):
        new = {claim["id"]: f"Z-{number:02}" for number, claim in enumerate(claims)}
        renamed = [claim | {"id": new[claim["id"]]} for claim in claims]
        expect_same(
            sort_claims,
            (claims,),
            (renamed,),
            change=lambda groups, new=new: {kind: [new[name] for name in names] for kind, names in groups.items()},
            why="the tier alone decides",
        )
