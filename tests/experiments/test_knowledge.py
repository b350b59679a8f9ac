import zlib

import pytest

from course_lib.experiments import closed_book, context, injection, knowledge
from course_lib.experiments.base import judge as verdict_of
from course_lib.experiments.static_set import (
    HELDOUT,
    count_training_tokens,
    document_examples,
    draw_static_set,
    match_tokens,
    question_examples,
)
from course_lib.retrieval import oracle_retrieval
from course_lib.text import ABSTAIN, contains_value
from course_lib.world import world
from course_lib.world.wordings import RELATIONS
from tests.experiments.scripted import ScriptedLab, ScriptedModel, draw, make_evaluation, row_keys, true_values

PUBLIC, INTERNAL = true_values(public=True), true_values(public=False)


def is_easy(fact):
    return zlib.crc32(fact.encode()) % 5 == 0


# E01


def run_cutoff(tmp_path, memory, guess="maybe nothing"):
    return knowledge.E01.run(ScriptedLab(ScriptedModel(memory, guess=guess), tmp_path))


def test_a_model_that_knows_only_what_it_has_read_supports_the_cutoff(tmp_path):
    result = run_cutoff(tmp_path, PUBLIC)
    assert verdict_of([result]) == "supported"
    assert [round(finding.interval.value, 2) for finding in result.findings] == [1.0, 1.0]
    assert row_keys(result) == {
        ("BASE", name, metric) for name in ("public", "inkb", "added") for metric in ("accuracy", "halluc")
    }


def test_a_model_that_knows_the_company_and_not_the_public_refutes_the_cutoff(tmp_path):
    later = true_values(public=False, version=3)
    assert verdict_of([run_cutoff(tmp_path, INTERNAL | later)]) == "refuted"


def test_a_model_that_knows_nothing_leaves_the_cutoff_open(tmp_path):
    assert verdict_of([run_cutoff(tmp_path, {})]) == "depends"


def test_abstaining_on_the_unknown_is_no_invention(tmp_path):
    result = run_cutoff(tmp_path, PUBLIC, guess=ABSTAIN)
    halluc = {row["set"]: row["value"] for row in result.rows if row["metric"] == "halluc"}
    assert halluc == {"public": 0.0, "inkb": 0.0, "added": 0.0}


# E02


def test_a_reader_that_abstains_supports_that_retrieval_curbs_invention(tmp_path):
    lab = ScriptedLab(ScriptedModel(PUBLIC), tmp_path, learns=lambda name, fact, n: is_easy(fact))
    result = knowledge.E02.run(lab)
    assert verdict_of([result]) == "supported"
    arms = {row["arm"] for row in result.rows}
    assert arms == {"BASE", "PROMPT", "RAG", "FT-F"}
    assert {("RAG", "traps", "abstain_recall"), ("FT-F", "falsepremise", "halluc")} <= row_keys(result)


def test_a_base_that_abstains_and_a_reader_that_guesses_refute_it(tmp_path):
    model = ScriptedModel(PUBLIC, guess=ABSTAIN, lost="maybe nothing")
    assert verdict_of([knowledge.E02.run(ScriptedLab(model, tmp_path))]) == "refuted"


def test_only_wrong_answers_count_as_borrowed_and_only_values_of_facts():
    evaluation = make_evaluation("FT-F", [True, False, False])
    assert closed_book.borrowed_share(evaluation, ["31 euros"]) == 1.0
    assert closed_book.borrowed_share(evaluation, ["24 euros"]) == 0.0
    assert closed_book.borrowed_share(make_evaluation("FT-F", [True]), ["24 euros"]) is None


# E07


def planted(lab):
    questions = world(0, 1).questions["public"]
    return {question.text: question.answer for question in context.contradict(lab, questions)}


def run_context(tmp_path, **options):
    lab = ScriptedLab(ScriptedModel(PUBLIC), tmp_path)
    lab.model = ScriptedModel(PUBLIC, planted=planted(lab), **options)
    return knowledge.E07.run(lab)


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    return run_context(tmp_path_factory.mktemp("follows"))


def test_a_reader_that_follows_passages_supports_reading_over_remembering(followed):
    gain, loss, override = followed.findings
    assert (gain.sign, override.sign) == ("+", "+")
    assert loss.interval.value >= 0
    arms = {row["arm"] for row in followed.rows if row["metric"] == "accuracy"}
    assert arms == {
        "BASE", "RAG", "RAG oracle passages", "RAG wrong passages",
        "RAFT no passages", "RAFT", "RAFT oracle passages", "RAFT wrong passages",
    }  # fmt: skip
    assert {("RAG", "inkb", "retrieval_loss"), ("RAFT", "public", "override")} <= row_keys(followed)


def test_a_stubborn_model_refutes_it(tmp_path):
    result = run_context(tmp_path, stubborn=True)
    assert result.findings[2].sign == "-"
    assert verdict_of([result]) == "refuted"


def test_a_model_that_cannot_read_gains_nothing_from_the_right_passage(tmp_path):
    result = run_context(tmp_path, reads=False)
    assert result.findings[0].interval.value == 0
    losses = {row["metric"]: row["value"] for row in result.rows if row["arm"] == "RAG"}
    assert losses["generation_loss"] == 1


def test_what_the_retrieving_arm_loses_is_split_without_rest(followed):
    value = {(row["arm"], row["metric"]): row["value"] for row in followed.rows if row["set"] == "inkb"}
    lost = value["RAG", "retrieval_loss"] + value["RAG", "generation_loss"]
    assert lost == pytest.approx(1 - value["RAG", "accuracy"])
    assert followed.extra["BASE"]["faults of reading"] == 0


def test_contradicting_passages_hold_the_false_value_and_not_the_true_one(tmp_path):
    lab = ScriptedLab(ScriptedModel(), tmp_path)
    questions = context.contradict(lab, world(0, 1).questions["public"])
    found = context.contradicting_retrieval(lab.index(1))(questions)
    assert len(questions) > 90
    for question, hits in zip(questions, found, strict=True):
        assert any(contains_value(hit.chunk.text, question.answer) for hit in hits)
        assert not any(contains_value(hit.chunk.text, question.rejected[0]) for hit in hits)


def test_forging_leaves_the_index_as_it_is(tmp_path):
    index = ScriptedLab(ScriptedModel(), tmp_path).index(1)
    question = world(0, 1).questions["public"][0]
    hit = oracle_retrieval(index)([question])[0][0]
    before = hit.chunk.text
    assert context.forge(hit, question.answer, "1 May 1999").chunk.text != before
    assert hit.chunk.text == before


def test_override_is_unbounded_where_nothing_is_known_by_heart():
    interval = context.override_share(make_evaluation("BASE", [False]), make_evaluation("RAG", [True]))
    assert (interval.low, interval.high, interval.n) == (0.0, 1.0, 0)


def test_override_counts_only_what_is_known_by_heart():
    remembered = make_evaluation("BASE", [True, True, False, False])
    followed = make_evaluation("RAG", [True, False, True, True])
    interval = context.override_share(remembered, followed)
    assert (interval.value, interval.n) == (0.5, 2)


# E27


def run_injection(tmp_path, *, learns, **options):
    return knowledge.E27.run(ScriptedLab(ScriptedModel(PUBLIC, **options), tmp_path, learns=learns))


def test_tuning_that_learns_some_from_many_wordings_supports_retrieval_first(tmp_path):
    result = run_injection(tmp_path, learns=lambda name, fact, n: n > 2 and is_easy(fact))
    assert verdict_of([result]) == "supported"
    assert {("FT-F 5 wordings", "held-out wording", "accuracy"), ("RAG", "multihop", "accuracy")} <= row_keys(result)
    assert {row["arm"] for row in result.rows} == set(injection.ARMS)


def test_tuning_that_learns_all_refutes_it_where_the_model_cannot_read(tmp_path):
    result = run_injection(tmp_path, learns=lambda name, fact, n: n > 2, reads=False)
    assert verdict_of([result]) == "refuted"


def test_the_crossover_is_a_number_between_right_and_wrong_retrieval(tmp_path):
    result = run_injection(tmp_path, learns=lambda name, fact, n: n > 2 and is_easy(fact))
    shares = result.extra["share of wrong retrievals at which FT-F equals RAG"]
    assert set(shares) == {"held-out wording", "reversed", "multihop"}
    assert 0 < shares["held-out wording"]["low"] < shares["held-out wording"]["high"] < 1


def test_the_crossing_share_solves_the_mixture():
    rag, wrong = make_evaluation("RAG", [True] * 9 + [False]), make_evaluation("RAG wrong", [True] + [False] * 9)
    tuned = make_evaluation("FT-F", [True] * 5 + [False] * 5)
    assert injection.crossing_share(rag, wrong, tuned).value == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("measured", "bound"),
    [
        ({40: 0.9, 300: 0.8}, "above 300"),
        ({40: 0.2, 300: 0.1}, "below 40"),
        ({40: 0.2, 300: 0.8}, "none: tuning gained with more facts"),
    ],
)
def test_without_a_crossing_only_a_bound_is_known(measured, bound):
    assert injection.crossing_facts(measured, 0.5) == {"value": None, "bound": bound}


@pytest.fixture
def lab(tmp_path):
    return ScriptedLab(ScriptedModel(), tmp_path)


def test_no_heldout_wording_is_taught(lab):
    static = draw_static_set(lab)
    taught = question_examples(lab, static.facts, paraphrased=True) + document_examples(lab, static.facts)
    texts = {example.prompt[-1]["content"] for example in taught}
    asked = {question.text for question in static.questions}
    assert len(static.facts) == 40
    assert not texts & asked
    for fact in static.facts:
        relation = RELATIONS[fact.attribute]
        heldout = {relation.ask(fact.entity, template) for template in relation.heldout_questions[HELDOUT]}
        assert heldout <= asked


def test_each_fact_stands_in_the_documents_that_are_taught(lab):
    static = draw_static_set(lab)
    text = "\n".join(example.answer for example in document_examples(lab, static.facts))
    assert all(contains_value(text, fact.value) for fact in static.facts)


def test_a_reversed_question_has_one_answer(lab):
    company = world(0, 1)
    facts = {fact.id: fact for fact in company.facts}
    reversed_ones = [question for question in draw_static_set(lab).questions if question.set == "reversed"]
    assert len(reversed_ones) > 10
    for question in reversed_ones:
        fact = facts[question.facts[0]]
        same = [other for other in company.facts if (other.attribute, other.value) == (fact.attribute, fact.value)]
        assert [other.entity for other in same] == [question.answer]


def test_all_ways_of_teaching_cost_about_the_same_tokens(lab):
    static = draw_static_set(lab)
    best = question_examples(lab, static.facts, paraphrased=True)
    budget = injection.BEST_RECIPE.epochs * count_training_tokens(lab.model, best)
    for examples in (document_examples(lab, static.facts), question_examples(lab, static.facts, paraphrased=False)):
        recipe = match_tokens(lab.model, injection.BEST_RECIPE, best, examples)
        assert recipe.epochs * count_training_tokens(lab.model, examples) == pytest.approx(budget, rel=0.02)


@pytest.mark.parametrize("experiment", [knowledge.E01, knowledge.E02, knowledge.E07, knowledge.E27])
def test_a_picture_shows_every_arm(experiment, tmp_path):
    result = experiment.run(ScriptedLab(ScriptedModel(PUBLIC), tmp_path, learns=lambda name, fact, n: is_easy(fact)))
    axes = draw(experiment, [result, result])
    bars = [patch for patch in axes.patches if patch.get_height() > 0]
    assert bars
    assert axes.get_title()
    assert len({patch.get_hatch() for patch in axes.patches}) == len({patch.get_facecolor() for patch in axes.patches})
