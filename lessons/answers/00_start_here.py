"""Answers to the exercises of lesson 00 that its checks are tried on."""

import random
import re

import numpy as np

from course_lib.checks.answers import right, wrong
from course_lib.text import normalise

# ex_00_1: what_to_mend(findings)


@right("ex_00_1")
def with_a_loop(findings):
    names = []
    for finding in findings:
        if not finding["ok"]:
            names.append(finding["check"])
    return names


@right("ex_00_1")
def with_a_filter(findings):
    return [bad["check"] for bad in filter(lambda finding: finding["ok"] is False, findings)]


@wrong("ex_00_1", says="this is the check that is fine: keep those whose ok is False")
def the_good_ones(findings):
    return [finding["check"] for finding in findings if finding["ok"]]


@wrong("ex_00_1", says="return the name of the check, and not the whole finding")
def whole_findings(findings):
    return [finding for finding in findings if not finding["ok"]]


@wrong("ex_00_1", says="this is the advice: return the name of the check")
def the_advice(findings):
    return [finding["advice"] for finding in findings if not finding["ok"]]


@wrong("ex_00_1", says="these are the right items in")
def in_alphabetical_order(findings):
    return sorted(finding["check"] for finding in findings if not finding["ok"])


@wrong("ex_00_1", says="return a list, also when only one check is not ok")
def the_first_bad_one(findings):
    return next((finding["check"] for finding in findings if not finding["ok"]), [])


@wrong("ex_00_1", says="whether something must be mended is said by ok alone")
def all_that_carry_advice(findings):
    return [finding["check"] for finding in findings if finding["advice"]]


# ex_00_2: draw_tokens(weights, n, seed)


@right("ex_00_2")
def by_choices(weights, n, seed):
    return random.Random(seed).choices(range(len(weights)), weights=weights, k=n)


@right("ex_00_2")
def by_numpy(weights, n, seed):
    shares = np.array(weights) / sum(weights)
    return np.random.default_rng(seed).choice(len(weights), size=n, p=shares).tolist()


@right("ex_00_2")
def by_walking_along_the_weights(weights, n, seed):
    rng, drawn = random.Random(seed), []
    for _ in range(n):
        left, at = rng.random() * sum(weights), 0
        while left >= weights[at] and at < len(weights) - 1:
            left -= weights[at]
            at += 1
        drawn.append(at)
    return drawn


@wrong("ex_00_2", says="where does the chance come from? Only random.Random(seed) may decide")
def without_a_seed(weights, n, seed):
    return random.choices(range(len(weights)), weights=weights, k=n)


@wrong("ex_00_2", says="is the seed that you are given the one that you use?")
def with_a_seed_of_its_own(weights, n, seed):
    return random.Random(42).choices(range(len(weights)), weights=weights, k=n)


@wrong("ex_00_2", says="all draws are the same: make the generator once per call, not once per draw")
def a_generator_for_each_draw(weights, n, seed):
    return [random.Random(seed).choices(range(len(weights)), weights=weights)[0] for _ in range(n)]


@wrong("ex_00_2", says="the weights are not used")
def weights_forgotten(weights, n, seed):
    return random.Random(seed).choices(range(len(weights)), k=n)


@wrong("ex_00_2", says="only the proportions of the weights count")
def weights_that_must_sum_to_1(weights, n, seed):
    rng, drawn = random.Random(seed), []
    for _ in range(n):
        mark, at = rng.random(), 0
        while mark >= weights[at] and at < len(weights) - 1:
            mark -= weights[at]
            at += 1
        drawn.append(at)
    return drawn


@wrong("ex_00_2", says="positions in the list of weights")
def the_weights_themselves(weights, n, seed):
    return random.Random(seed).choices(weights, weights=weights, k=n)


@wrong("ex_00_2", says=".tolist() makes a list of a numpy array")
def a_numpy_array(weights, n, seed):
    return np.array(by_numpy(weights, n, seed))


@wrong("ex_00_2", says="do not deal out each position by its share")
def dealt_out_and_shuffled(weights, n, seed):
    dealt = [at for at, weight in enumerate(weights) for _ in range(round(n * weight / sum(weights)))]
    dealt = [*dealt, *[0] * n][:n]
    random.Random(seed).shuffle(dealt)
    return dealt


@wrong("ex_00_2", says="is the seed that you are given the one that you use?")
def only_two_seeds(weights, n, seed):
    return by_choices(weights, n, seed % 2)


# ex_00_3: same_value(given, wanted)


@right("ex_00_3")
def with_the_course_library(given, wanted):
    return normalise(given) == normalise(wanted)


@right("ex_00_3")
def by_hand(given, wanted):
    forms = []
    for text in (given, wanted):
        text = " ".join(text.casefold().strip(' .!?"').split())
        forms.append(re.sub(r"(?<=\d),(?=\d\d\d\b)", "", text))
    return forms[0] == forms[1]


@wrong("ex_00_3", says="case and the final stop")
def exactly_alike(given, wanted):
    return given == wanted


@wrong("ex_00_3", says="the one text stands inside the other")
def one_inside_the_other(given, wanted):
    return wanted.casefold().strip(' .!?"') in " ".join(given.casefold().split())


@wrong("ex_00_3", says="the unit does not, and units count")
def numbers_only(given, wanted):
    numbers = [re.findall(r"-?\d[\d.,]*(?<![.,])", text) for text in (given, wanted)]
    if numbers[0] and numbers[1]:
        return numbers[0] == numbers[1]
    return given.casefold().strip(" .") == wanted.casefold().strip(" .")


@wrong("ex_00_3", says="the sign is a part of the number")
def letters_and_digits_only(given, wanted):
    forms = [" ".join(re.sub(r"[^a-z0-9 .,]", "", text.lower()).strip(" .,").split()) for text in (given, wanted)]
    return forms[0] == forms[1]


@wrong("ex_00_3", says="the point inside a number is no full stop")
def all_points_gone(given, wanted):
    forms = [" ".join(re.sub(r'[.!?"]', "", text.casefold()).split()) for text in (given, wanted)]
    return forms[0] == forms[1]


@wrong("ex_00_3", says="this comma is none of thousands")
def all_commas_gone(given, wanted):
    forms = [" ".join(text.replace(",", "").casefold().strip(' .!?"').split()) for text in (given, wanted)]
    return forms[0] == forms[1]


@wrong("ex_00_3", says="1,250 is 1250: take the comma away")
def thousands_forgotten(given, wanted):
    forms = [" ".join(text.casefold().strip(' .!?"').split()) for text in (given, wanted)]
    return forms[0] == forms[1]


@wrong("ex_00_3", says="the two texts have equal rights")
def the_same_beginning_is_enough(given, wanted):
    forms = [" ".join(text.casefold().strip(' .!?"').split()) for text in (given, wanted)]
    bare, whole = (re.sub(r"(?<=\d),(?=\d\d\d\b)", "", form) for form in forms)
    return whole.startswith(bare)


@wrong("ex_00_3", says="no fourth digit may follow it")
def any_comma_before_three_digits(given, wanted):
    forms = [" ".join(text.casefold().strip(' .!?"').split()) for text in (given, wanted)]
    bare, other = (re.sub(r"(?<=\d),(?=\d{3})", "", form) for form in forms)
    return bare == other


@wrong("ex_00_3", says="whether there is one does")
def no_blanks_at_all(given, wanted):
    forms = ["".join(text.casefold().strip(' .!?"').split()) for text in (given, wanted)]
    bare, other = (re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", form) for form in forms)
    return bare == other


# ex_00_4: sort_claims(claims)


@right("ex_00_4")
def by_asking_for_letters(claims):
    found = {"here": [], "larger": [], "reckon": []}
    for claim in claims:
        if "J" in claim["tier"]:
            found["reckon"].append(claim["id"])
        elif "S" in claim["tier"]:
            found["larger"].append(claim["id"])
        else:
            found["here"].append(claim["id"])
    return found


@right("ex_00_4")
def by_sets_of_letters(claims):
    def kind(tier):
        letters = set(tier) & set("MTSJ")
        return "here" if letters <= {"M", "T"} else "reckon" if "J" in letters else "larger"

    return {name: [c["id"] for c in claims if kind(c["tier"]) == name] for name in ("here", "larger", "reckon")}


@wrong("ex_00_4", says="a T is in all of these: ask for J and S first")
def asks_for_t_first(claims):
    found = {"here": [], "larger": [], "reckon": []}
    for claim in claims:
        tier = claim["tier"]
        kind = "here" if "T" in tier or "M" in tier else "larger" if "S" in tier else "reckon"
        found[kind].append(claim["id"])
    return found


@wrong("ex_00_4", says="so that no kind is missing")
def empty_kinds_left_out(claims):
    found = {}
    for claim in claims:
        kind = "reckon" if "J" in claim["tier"] else "larger" if "S" in claim["tier"] else "here"
        found.setdefault(kind, []).append(claim["id"])
    return found


@wrong("ex_00_4", says="a tier may have two letters: ask whether a letter is in it")
def tiers_of_one_letter_only(claims):
    kinds = {"here": "MT", "larger": "S", "reckon": "J"}
    return {name: [c["id"] for c in claims if c["tier"] in list(letters)] for name, letters in kinds.items()}


@wrong("ex_00_4", says="returned")
def reckons_what_has_an_s(claims):
    found = {"here": [], "larger": [], "reckon": []}
    for claim in claims:
        kind = "larger" if "J" in claim["tier"] else "reckon" if "S" in claim["tier"] else "here"
        found[kind].append(claim["id"])
    return found


@wrong("ex_00_4", says="this is the last letter: ask whether J is in it")
def the_last_letter(claims):
    found = {"here": [], "larger": [], "reckon": []}
    for claim in claims:
        found[{"J": "reckon", "S": "larger"}.get(claim["tier"][-1], "here")].append(claim["id"])
    return found


@wrong("ex_00_4", says="J comes before S")
def asks_for_s_first(claims):
    found = {"here": [], "larger": [], "reckon": []}
    for claim in claims:
        tier = claim["tier"]
        found["larger" if "S" in tier else "reckon" if "J" in tier else "here"].append(claim["id"])
    return found


# ex_00_5: find_column(cell, columns)


@right("ex_00_5")
def by_sets_of_words(cell, columns):
    words = set(re.findall(r"[a-z]{4,}", cell.lower()))
    shared = {name: len(words & set(re.findall(r"[a-z]{4,}", text.lower()))) for name, text in columns.items()}
    return max(shared, key=shared.get)


@right("ex_00_5")
def by_going_through_the_words(cell, columns):
    def words_of(text):
        return {word for word in re.split(r"[^a-z]+", text.lower()) if len(word) > 3}

    best, most = None, -1
    for name, text in columns.items():
        n_shared = sum(word in words_of(text) for word in words_of(cell))
        if n_shared > most:
            best, most = name, n_shared
    return best


@wrong("ex_00_5", says="the same word: keep the letters only, in lower case")
def cut_at_blanks_only(cell, columns):
    words = {word for word in cell.split() if len(word) > 3}
    return max(columns, key=lambda name: len(words & set(columns[name].split())))


@wrong("ex_00_5", says="expected 'two'")
def short_words_too(cell, columns):
    words = set(re.findall(r"[a-z]+", cell.lower()))
    return max(columns, key=lambda name: len(words & set(re.findall(r"[a-z]+", columns[name].lower()))))


@wrong("ex_00_5", says="does a word count once, however often it comes")
def repeats_count(cell, columns):
    words = re.findall(r"[a-z]{4,}", cell.lower())
    return max(columns, key=lambda name: sum(w in re.findall(r"[a-z]{4,}", columns[name].lower()) for w in words))


@wrong("ex_00_5", says="the name of a column, as text")
def the_text_of_the_column(cell, columns):
    words = set(re.findall(r"[a-z]{4,}", cell.lower()))
    return max(columns.values(), key=lambda text: len(words & set(re.findall(r"[a-z]{4,}", text.lower()))))


@wrong("ex_00_5", says="does a word count once, however often it comes")
def repeats_of_the_column_count(cell, columns):
    words = set(re.findall(r"[a-z]{4,}", cell.lower()))
    return max(columns, key=lambda name: sum(w in words for w in re.findall(r"[a-z]{4,}", columns[name].lower())))


@wrong("ex_00_5", says="only as a whole")
def parts_of_longer_words(cell, columns):
    words = set(re.findall(r"[a-z]{4,}", cell.lower()))
    return max(columns, key=lambda name: sum(word in columns[name].lower() for word in words))


@wrong("ex_00_5", says="returned 'right'")
def the_share_instead_of_the_number(cell, columns):
    words = set(re.findall(r"[a-z]{4,}", cell.lower()))
    told = {name: set(re.findall(r"[a-z]{4,}", text.lower())) for name, text in columns.items()}
    return max(columns, key=lambda name: len(words & told[name]) / max(1, len(told[name])))


@wrong("ex_00_5", says="keep the letters only, in lower case")
def digits_and_underscores_are_letters(cell, columns):
    words = set(re.findall(r"\w{4,}", cell.lower()))
    return max(columns, key=lambda name: len(words & set(re.findall(r"\w{4,}", columns[name].lower()))))


@wrong("ex_00_5", says="of equals the first column wins")
def the_last_of_equals(cell, columns):
    return by_sets_of_words(cell, dict(reversed(columns.items())))
