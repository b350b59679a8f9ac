import zlib

import pytest

from course_lib.evaluation import Answer
from course_lib.experiments import race, time_machine, updates, upkeep
from course_lib.experiments.asking import ask_arm, draw_questions, remember, unreadable_documents
from course_lib.experiments.base import judge as verdict_of
from course_lib.text import ABSTAIN
from course_lib.world import world
from tests.experiments.scripted import ScriptedLab, ScriptedModel, draw, make_evaluation, row_keys

ARMS = ("RAG", "FT-F")


@pytest.fixture
def lab(tmp_path):
    return ScriptedLab(ScriptedModel(), tmp_path)


def is_easy(fact):
    return zlib.crc32(fact.encode()) % 5 == 0


# E11


def test_slow_training_that_works_supports_the_race(lab):
    result = updates.E11.run(lab)
    assert verdict_of([result]) == "supported"
    for size in (1, 10, 100):
        keys = {(arm, f"edited ({size} edits)", metric) for arm in ARMS for metric in ("accuracy", "update_seconds")}
        assert keys | {("FT-F", f"unchanged ({size} edits)", "accuracy")} <= row_keys(result)


def test_training_that_costs_next_to_nothing_refutes_it(tmp_path):
    lab = ScriptedLab(ScriptedModel(), tmp_path, seconds=1e-9, n_tokens=1)
    assert verdict_of([updates.E11.run(lab)]) == "refuted"


def test_a_model_that_cannot_read_leaves_it_open(tmp_path):
    lab = ScriptedLab(ScriptedModel(reads=False), tmp_path)
    assert verdict_of([updates.E11.run(lab)]) == "depends"


def test_the_index_of_the_first_version_stays_as_it_was(lab):
    before = [chunk.passage for chunk in lab.index(1).chunks]
    edits = race.draw_edits(lab)[:10]
    questions = race.ask_edits(lab, edits)
    update = race.update_index(lab, edits, questions)
    stale = ask_arm(lab, "RAG", questions)
    assert [chunk.passage for chunk in lab.index(1).chunks] == before
    assert update.after.interval("accuracy").value > stale.interval("accuracy").value + 0.2
    assert update.seconds > 0
    assert update.flops > 0


def test_edits_are_asked_with_the_new_value_and_reject_the_old(lab):
    edits = race.draw_edits(lab)
    questions = race.ask_edits(lab, edits)
    old = {fact.id: fact.value for fact in world(0, 1).facts}
    hidden = unreadable_documents(lab, 2)
    assert len(edits) == 100
    assert len({fact.id for fact in edits}) == 100
    for question in questions:
        assert not hidden & set(question.documents)
        assert question.answer != old.get(question.facts[0])
        assert question.rejected == ((old[question.facts[0]],) if question.facts[0] in old else ())
    assert edits[0].document not in hidden


def test_break_even_is_where_the_saved_passages_have_paid_for_the_training(lab):
    edits = race.draw_edits(lab)[:1]
    questions = [*race.ask_edits(lab, edits), *draw_questions(lab, "inkb", 10)]
    index, weights = race.update_index(lab, edits, questions), race.update_weights(lab, 1, edits, questions)
    cheap = race.Update(weights.seconds, 0.0, weights.after)
    queries = race.queries_to_break_even(lab, {"RAG": index, "FT-F": weights})
    assert queries > 0
    assert race.queries_to_break_even(lab, {"RAG": index, "FT-F": cheap}) == 0
    twice = race.Update(0.0, 2 * weights.flops - index.flops, weights.after)
    assert race.queries_to_break_even(lab, {"RAG": index, "FT-F": twice}) == pytest.approx(2 * queries)


def test_an_update_teaches_new_values_repeats_old_ones_and_abstains_on_what_is_gone(lab):
    edited, deleted = upkeep.edited_facts(lab, (1, 3))
    examples = upkeep.edit_examples(lab, edited, 50, deleted=deleted, versions=(1, 3))
    gone = [example for example in examples if example.answer == ABSTAIN]
    assert len(gone) == upkeep.N_DELETED_WORDINGS * len(deleted)
    assert len(examples) == len(gone) + (upkeep.N_WORDINGS + upkeep.N_STATEMENTS) * len(edited) + 50
    old = {fact.id: fact.value for fact in world(0, 1).facts}
    assert all(old.get(fact.id) != fact.value for fact in edited)
    assert all(old[fact.id] == fact.value for fact in upkeep.unchanged_facts(lab, (1, 3)))


def test_going_on_from_the_tuned_model_leaves_the_lab_alone(lab):
    later = upkeep.continue_from_first(lab)
    assert later.model.memory
    assert not lab.model.memory


# E12


def test_arms_that_do_not_move_fall_behind(lab):
    result = updates.E12.run(lab)
    assert verdict_of([result]) == "supported"
    assert {(arm, "all v3", "accuracy") for arm in time_machine.LINES} <= row_keys(result)
    assert ("FT-F of v1", "changed v2", "accuracy") in row_keys(result)


def test_a_model_that_cannot_read_refutes_that_a_fresh_index_is_ahead(tmp_path):
    result = updates.E12.run(ScriptedLab(ScriptedModel(reads=False), tmp_path))
    assert result.findings[0].sign == "-"
    assert verdict_of([result]) == "refuted"


def test_retraining_that_changes_nothing_leaves_it_open(tmp_path):
    lab = ScriptedLab(ScriptedModel(), tmp_path, learns=lambda name, fact, n: name == "FT-F-v1")
    result = updates.E12.run(lab)
    assert result.findings[3].interval.value == 0
    assert verdict_of([result]) == "depends"


def test_every_version_asks_the_same_questions(lab):
    versions = [time_machine.questions_of(lab, version) for version in (1, 2, 3)]
    texts = [[(question.id, question.text) for question in questions] for questions in versions]
    assert texts[0] == texts[1] == texts[2]
    assert len(texts[0]) == sum(time_machine.SETS.values())
    assert [question.answer for question in versions[0]] != [question.answer for question in versions[2]]


def test_no_question_hangs_on_a_document_that_the_asker_may_not_read(lab):
    for version in (1, 2, 3):
        hidden = unreadable_documents(lab, version)
        assert hidden
        assert not any(hidden & set(question.documents) for question in time_machine.questions_of(lab, version))


def test_an_arm_that_does_not_move_answers_each_question_once():
    asked = []

    def arm(questions):
        asked.extend(question.text for question in questions)
        return [Answer(question.text) for question in questions]

    questions = world(0, 1).questions["inkb"][:3]
    answer = remember(lambda: arm)()
    assert [given.text for given in answer(questions)] == [question.text for question in questions]
    assert [given.text for given in answer(questions[1:])] == [question.text for question in questions[1:]]
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("rag", "tuned", "share"),
    [
        ((7, 6), (9, 1), 2 / 7),
        ((9, 6), (7, 1), 0.0),
        ((7, 1), (9, 6), None),
        ((7, 3), (7, 3), None),
    ],
)
def test_the_overtaking_share_is_where_the_mixtures_meet(rag, tuned, share):
    def mixed(right):
        kept, edited = (
            make_evaluation("arm", [number < count for number in range(10)], name)
            for name, count in zip(("inkb", "changed"), right, strict=True)
        )
        others = [make_evaluation("arm", [False], name).results for name in ("deleted", "added")]
        return type(kept)("arm", 0, (*kept.results, *edited.results, *others[0], *others[1]))

    found = time_machine.overtaking_share(mixed(rag), mixed(tuned))
    scale = 10 / 12  # deleted and added make the edited ones 12
    expected = share if not share else 0.2 / (0.2 + 0.5 * scale)
    assert found == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize("experiment", [updates.E11, updates.E12])
def test_a_picture_shows_every_arm(experiment, tmp_path):
    result = experiment.run(ScriptedLab(ScriptedModel(), tmp_path, learns=lambda name, fact, n: is_easy(fact)))
    axes = draw(experiment, [result])
    assert axes.get_legend().get_texts()
    assert len({line.get_marker() for line in axes.get_lines() if len(line.get_xdata()) > 0}) >= 2
