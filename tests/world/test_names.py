from collections import Counter
from random import Random

from tokenizers import Tokenizer

from course_lib.models.settings import ROOT
from course_lib.world import names, world
from course_lib.world.entities import distinctive_word
from course_lib.world.names import FIRST, SECOND, TrainingRandom, word
from course_lib.world.public import public_facts


def words(rng, n=3000):
    return {word(rng) for _ in range(n)}


def test_no_word_of_pre_training_is_one_of_a_company_or_a_test():
    trained, kept = words(TrainingRandom(0), 40_000), words(Random(0), 40_000)
    assert not trained & kept
    assert len(trained) > 2 * len(kept) > 2000


def test_the_halves_are_all_different_so_that_a_word_has_one_reading():
    assert len(set(FIRST)) == len(FIRST)
    assert len(set(SECOND)) == len(SECOND)
    assert len({first + second for first in FIRST for second in SECOND}) == len(FIRST) * len(SECOND)


def test_what_companies_and_public_facts_call_things_is_never_drawn_for_pre_training():
    drawn = {text.capitalize() for text in words(TrainingRandom(1), 40_000)}
    invented = {first.capitalize() + second for first in FIRST for second in SECOND}
    for facts in (world(0).facts, world(7, 3).facts):
        called = {distinctive_word(fact.entity) for fact in facts} & invented
        assert len(called) > 20
        assert not called & drawn
    assert not {distinctive_word(fact.subject) for fact in public_facts()} & drawn


def test_nearly_every_name_is_two_tokens_of_the_embedded_model():
    tokenizer, rng = Tokenizer.from_file(str(ROOT / "embedded_model" / "tokenizer.json")), Random(0)
    lengths = Counter(len(tokenizer.encode(f" {names.name(rng)}").ids) for _ in range(500))
    assert lengths[2] > 0.9 * lengths.total()
