from course_lib.checks.cases import PRACTICE_SEED, Cases


def draw_number(rng):
    return rng.random()


def draw_other(rng):
    return rng.random()


def test_cases_are_the_same_each_time_and_differ_by_seed_by_place_and_by_purpose():
    first = list(Cases(1).draw(draw_number, 3))
    assert first == list(Cases(1).draw(draw_number, 3))
    assert len({*first, *Cases(2).draw(draw_number, 3), *Cases(1).draw(draw_other, 3)}) == 9


def test_more_cases_begin_with_the_fewer():
    assert list(Cases(1).draw(draw_number, 5))[:2] == list(Cases(1).draw(draw_number, 2))


def test_numbers_are_those_of_every_machine():
    assert round(Cases(7).rng("prices").random(), 6) == 0.946563


def test_world_is_that_of_the_seed():
    company = Cases(PRACTICE_SEED).world(version=2)
    assert (company.seed, company.version) == (PRACTICE_SEED, 2)
