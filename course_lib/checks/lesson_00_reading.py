"""Checks of lesson 00, second half: comparing answers, sorting claims, finding a home for a lost cell."""

from __future__ import annotations

from course_lib.checks import Exercise, expect_equal, expect_same, expect_true

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


@ex_00_3.check(after=equal_texts_are_the_same)
def sneaky_pairs_are_told_apart(same_value):
    """five sneaky pairs are told apart"""
    for given, wanted, words in SNEAKY:
        expect_equal(same_value, (given, wanted), expected=False, help=words)


@ex_00_3.check(after=sneaky_pairs_are_told_apart)
def commas_of_thousands_do_not_count(same_value, cases):
    """the comma of thousands does not count"""
    for *_, bare, with_comma in cases.draw(draw_disguises, n=2):
        expect_equal(same_value, (with_comma, bare), expected=True, help="1,250 is 1250: take the comma away")


@ex_00_3.check(after=equal_texts_are_the_same)
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
TIERS = ("M", "T", "M/T", "T/S", "T+S", "S", "J", "T/J")
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
def other_ledgers(sort_claims, cases):
    """sorts other ledgers, in their order"""
    for claims in cases.draw(draw_claims, n=3):
        expect_equal(sort_claims, (claims,), expected=sort_by_tier(claims))


@ex_00_4.check(after=has_all_three_kinds)
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


ex_00_5 = Exercise(
    "ex_00_5",
    "find the column that a lost cell belongs to",
    points=2,
    level="stretch",
    minutes=4,
    pattern="G1 G2",
    hints=(
        "Which words do the cell and a column have in common? A set of words for each makes that one operation.",
        "Lower case, cut into words, keep those of four letters or more, make a set; count the words that two sets "
        "share; take the column with most.",
        r'set(re.findall(r"[a-z]{4,}", text.lower())) is the set of words; max(columns, key=...) takes the first of '
        "equals.",
    ),
)
HOME = {"RAG": "Choose it for content that changes.", "fine-tuning": "Choose it for style, tone and format."}


def draw_columns(rng):
    """Return a cell and two columns: the right one shares three words with it, the other one only one, many times."""
    bank = "invoice parcel printer warehouse ticket manager supplier refund contract project border window".split()
    words = rng.sample(bank, 10)
    right = f"{words[0].capitalize()} and {words[1]}, then {words[2]}; {words[3]}."
    wrong = f"{words[4]} {words[5]} {words[0]}s {words[4]} {words[6]}, {words[6]}"
    cell = f"{words[2]} {words[6]} {words[6]} {words[6]} {words[6]}, {words[1].upper()} and {words[0]}"
    return cell, {"left": right, "middle": wrong, "right": f"{words[7]} {words[8]} and then {words[9]}"}


def column_by_words(cell, columns):
    """Return the name of the column that shares most words with the cell."""
    return max(columns, key=lambda name: len(_words(cell) & _words(columns[name])))


def _words(text):
    cleaned = "".join(char if char.isalpha() else " " for char in text.lower())
    return {word for word in cleaned.split() if len(word) > 3}


@ex_00_5.check
def finds_the_obvious_home(find_column):
    """finds the obvious column"""
    expect_true(
        find_column, ("tone and style", HOME), holds=lambda name: name in HOME, says="the name of a column, as text"
    )
    expect_equal(find_column, ("tone and style", HOME), expected="fine-tuning")


@ex_00_5.check(after=finds_the_obvious_home)
def marks_and_case_do_not_count(find_column):
    """punctuation and case are no part of a word"""
    words = "'FORMAT;' and 'format.' are the same word: keep the letters only, in lower case"
    expect_equal(find_column, ("FORMAT; changes fast, Tone!", HOME), expected="fine-tuning", help=words)


@ex_00_5.check(after=finds_the_obvious_home)
def short_words_do_not_count(find_column):
    """words of three letters or fewer do not count"""
    columns = {"one": "all of it and for you", "two": "one style"}
    expect_equal(find_column, ("style and all of it for you", columns), expected="two")


@ex_00_5.check(after=finds_the_obvious_home)
def whole_words_count_once(find_column, cases):
    """whole words count, each of them once"""
    words = "does a word count once, however often it comes, and only as a whole?"
    for cell, columns in cases.draw(draw_columns, n=3):
        expect_equal(find_column, (cell, columns), expected=column_by_words(cell, columns), help=words)


@ex_00_5.check(after=finds_the_obvious_home)
def order_of_columns_does_not_count(find_column, cases):
    """the order of the columns does not count"""
    for cell, columns in cases.draw(draw_columns, n=2):
        reversed_columns = dict(reversed(columns.items()))
        expect_same(find_column, (cell, columns), (cell, reversed_columns), why="there is no tie between the columns")
