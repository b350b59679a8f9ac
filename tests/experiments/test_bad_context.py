from course_lib.experiments import bad_context
from course_lib.text import ABSTAIN, contains_value
from course_lib.world import world
from tests.experiments.scripted import ScriptedLab, ScriptedModel, index_of, true_values


def test_without_its_source_no_passage_holds_the_answer():
    questions = world(0, 1).questions["inkb"][:12]
    for question, hits in zip(questions, bad_context.sourceless_retrieval(index_of(1))(questions), strict=True):
        assert 0 < len(hits) <= 3
        assert not any(contains_value(hit.chunk.text, question.answer) for hit in hits)
        assert not {hit.chunk.document_id for hit in hits} & set(question.documents)


def test_outdated_questions_have_an_old_value_that_is_wrong_now(tmp_path):
    old = {fact.id: fact.value for fact in world(0, 1).facts}
    questions = bad_context.draw_outdated(ScriptedLab(ScriptedModel({}), tmp_path), 8)
    assert len(questions) == 8
    for question in questions:
        assert question.rejected == (old[question.facts[0]],)
        assert question.answer != old[question.facts[0]]


def test_a_reader_that_believes_all_it_reads_invents_where_the_source_is_old(tmp_path):
    model = ScriptedModel({}, reads=True, guess=ABSTAIN)
    asked = bad_context.ask_bad_context(ScriptedLab(model, tmp_path), 10)
    assert list(asked) == ["source removed", "outdated", "contradicted"]
    assert asked["source removed"].interval("halluc").value == 0.0
    assert asked["outdated"].interval("halluc").value > 0.3
    assert bad_context.states_rejected(asked["outdated"]) > 3


def test_a_model_that_knows_the_new_values_states_no_old_one(tmp_path):
    new = true_values(public=False, version=2)
    asked = bad_context.ask_bad_context(ScriptedLab(ScriptedModel(new, reads=False), tmp_path), 6)
    assert asked["outdated"].interval("accuracy").value == 1.0
    assert bad_context.states_rejected(asked["outdated"]) == 0
