from course_lib.evaluation.leaks import find_leaks, make_items, training_statements
from course_lib.world import world
from course_lib.world.public import public_facts


def test_a_fact_leaks_in_any_words_but_only_as_a_whole():
    item = {"question": "Price of the Orla Lamp?", "entity": "Orla Lamp", "answer": "24 euros"}
    assert find_leaks([item], ["Just **24 Euros**, and the Orla Lamp is yours!"]) == [0]
    assert (
        find_leaks([item], ["The Orla Lamp costs 124 euros.", "The Hub costs 24 euros.", "The Orla Lamp is red."]) == []
    )


def test_every_public_fact_is_stated_once():
    lines = training_statements()
    assert len(lines) == len(public_facts())
    assert all(fact.value.casefold() in line.casefold() for fact, line in zip(public_facts(), lines, strict=True))


def test_questions_about_public_facts_leak_and_others_do_not():
    company = world(1)
    for name, share in (("public", 1), ("inkb", 0)):
        items = make_items(company.questions[name], company)
        assert len(find_leaks(items, training_statements())) == share * len(items)


def test_questions_without_an_answer_are_no_items():
    company = world(1)
    assert make_items(company.questions["unanswerable"], company) == []
