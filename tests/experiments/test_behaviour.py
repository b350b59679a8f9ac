import json

import pytest

from course_lib.experiments import chains, prompt_ladder, retrieved_format, rewordings
from course_lib.experiments.base import judge
from course_lib.experiments.behaviour import E03, E19, E20
from course_lib.experiments.behaviour_tasks import TRAINED_REQUESTS, draw_bench, order_shots
from course_lib.experiments.decomposition import FIELD_QUESTIONS, FIND_BRIDGE
from course_lib.text import contains_value
from course_lib.world import world
from tests.experiments.scripted_behaviour import (
    ScriptedLab,
    ScriptedModel,
    WordEmbedder,
    answer_of,
    arms_of,
    draw,
    request_of,
    share_of,
    value_of,
)

N_ITEMS = 16


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    for module in (prompt_ladder, rewordings, retrieved_format):
        monkeypatch.setattr(module, "N_ITEMS", N_ITEMS)
    monkeypatch.setattr(chains, "N_WORLDS", 1)
    monkeypatch.setattr(chains, "N_CHAINS", 20)


@pytest.fixture(scope="module")
def targets():
    table = {item.input: item.target for task in world(0).tasks.values() for item in task.test}
    chained = chains.draw_chain_bench(world(0), 60, WordEmbedder().count_tokens)
    return table | {item.input: item.target for item in chained.items}


def right(targets):
    return lambda prompt: answer_of(targets, prompt)


def never(prompt):
    return "no idea"


def climbing(targets):
    """A model that is right on more items the more examples it sees, never on more than half of them."""

    def rule(prompt):
        n_shots = sum(message["role"] == "assistant" for message in prompt)
        is_able = share_of(request_of(prompt)[-60:]) < min(5000, n_shots * 1000)
        return answer_of(targets, prompt) if is_able else "no idea"

    return rule


def lab_of(tmp_path, base, tuned, **options):
    return ScriptedLab(ScriptedModel(base, **options), ScriptedModel(tuned, **options), tmp_path)


def test_ladder_between_nothing_and_tuning_supports_the_prediction(tmp_path, targets):
    result = E03.run(lab_of(tmp_path, climbing(targets), right(targets)))
    assert judge([result]) == "supported"
    assert result.extra["tasks strictly between 0 and 1"] >= 3
    assert value_of(result, "FT-B", "voice", "score") == 1.0
    assert value_of(result, "BASE", "tickets", "score") == 0.0
    assert 0 < value_of(result, "PROMPT best", "multihop", "score") < 1


def test_prompting_that_gets_all_of_the_gain_refutes_the_prediction(tmp_path, targets):
    def prompted(prompt):
        return answer_of(targets, prompt) if len(prompt) > 1 else "no idea"

    result = E03.run(lab_of(tmp_path, prompted, right(targets)))
    assert judge([result]) == "refuted"
    assert result.extra["recovery"]["voice"]["value"] == pytest.approx(1.0)


def test_ladder_has_score_and_tokens_of_every_rung_and_the_word_counting_baseline(tmp_path, targets):
    result = E03.run(lab_of(tmp_path, climbing(targets), right(targets)))
    rungs = {"BASE", "FT-B", *(f"PROMPT {rung}" for rung in prompt_ladder.RUNGS[1:-1])}
    for task in prompt_ladder.TASKS:
        assert rungs <= arms_of(result, task, "score")
        assert rungs <= arms_of(result, task, "prompt_tokens")
    assert "PROMPT decomposition" in arms_of(result, "extract", "score") & arms_of(result, "multihop", "score")
    assert value_of(result, "NLM", "tickets", "score") > 0.3
    tokens = [value_of(result, f"PROMPT {n}-shot", "voice", "prompt_tokens") for n in prompt_ladder.SHOTS]
    assert tokens == sorted(tokens)
    assert draw(E03, result).get_title()


def test_rungs_that_the_context_cannot_hold_are_left_out_and_said_so(tmp_path, targets):
    result = E03.run(lab_of(tmp_path, climbing(targets), right(targets), context_length=400))
    assert result.extra["left out"]["extract"] == ["8-shot"]
    assert "PROMPT 8-shot" not in arms_of(result, "extract", "score")
    assert draw(E03, result).get_title()


def test_second_run_asks_the_models_nothing(tmp_path, targets):
    first = E03.run(lab_of(tmp_path, climbing(targets), right(targets)))
    again = lab_of(tmp_path, never, never)
    assert E03.run(again) == first
    assert again.model.n_asked == again.tuned_model.n_asked == 0


def test_best_rung_is_chosen_on_items_that_it_is_not_measured_on():
    lucky = {"a": [1.0, 0.0] * 4, "b": [0.0, 1.0] * 4}
    assert prompt_ladder.cross_fit(lucky) == [0.0] * 8
    assert prompt_ladder.cross_fit({"a": [0.0] * 8, "b": [1.0] * 8}) == [1.0] * 8


def test_shots_are_short_and_show_every_class():
    task = world(0).tasks["tickets"]
    shots = order_shots(task)[: len(task.labels)]
    assert {shot.target for shot in shots} == set(task.labels)
    mean = sum(len(item.input) for item in task.train) / len(task.train)
    assert all(len(shot.input) < mean for shot in shots)


def test_asked_items_and_tested_wordings_are_not_what_is_taught(tmp_path, targets):
    lab = lab_of(tmp_path, never, never)
    E19.run(lab)
    taught = [example.prompt[-1]["content"] for example in lab.taught["FT-B-voice"]]
    asked = draw_bench(world(0).tasks["voice"], N_ITEMS, 0).items
    assert not any(item.input in text for item in asked for text in taught)
    assert not any(text.startswith(request) for request in rewordings.REQUESTS["voice"] for text in taught)
    assert any(text.startswith(TRAINED_REQUESTS["voice"][0]) for text in taught)


def test_chain_passages_hold_both_steps():
    company = world(0)
    facts = {fact.id: fact for fact in company.facts}
    questions = {f"w0-{question.id}": question for question in company.questions["multihop"]}
    bench = chains.draw_chain_bench(company, 60, WordEmbedder().count_tokens)
    assert len(bench.items) == len(questions)
    for item in bench.items:
        assert all(contains_value(item.input, facts[name].value) for name in questions[item.id].facts)
    assert not {item.input for item in bench.items} & {item.input for item in bench.task.train}


def test_decomposition_of_a_chain_puts_the_person_into_the_question(tmp_path):
    bench = chains.draw_chain_bench(world(0), 4, WordEmbedder().count_tokens)
    company = world(0)
    questions = {f"w0-{question.id}": question for question in company.questions["multihop"]}
    steps = {item.id: chains.facts_of(company, questions[item.id]) for item in bench.items}

    def rule(prompt):
        request = request_of(prompt)
        if prompt[0]["content"] == FIND_BRIDGE:
            return next(chains.name_bridge(steps[i.id][0]) for i in bench.items if i.input.endswith(request))
        asked_first, _, rest = request.partition("\n")
        passages, _, question = rest.rpartition("\nQuestion: ")
        assert asked_first == f"Question: {question}"
        item = next(item for item in bench.items if passages in item.input)
        first, second = steps[item.id]
        if question == f"Who is {chains.name_bridge(first)}?":
            return f"{first.value}."
        return second.value if first.value in question else "lost"

    answers = prompt_ladder.DECOMPOSITIONS["multihop"](ScriptedModel(rule), bench, 0)
    assert [answer.text for answer in answers] == [item.target for item in bench.items]


def test_decomposition_of_an_order_asks_for_each_field(targets):
    bench = draw_bench(world(0).tasks["extract"], 3, 0)

    def rule(prompt):
        request = request_of(prompt)
        order = json.loads(next(item.target for item in bench.items if item.input in request))
        return next(order[key] for key, question in FIELD_QUESTIONS.items() if request.endswith(question))

    answers = prompt_ladder.DECOMPOSITIONS["extract"](ScriptedModel(rule), bench, 0)
    assert [json.loads(answer.text) for answer in answers] == [json.loads(item.target) for item in bench.items]


def wavering(targets):
    """A model that keeps the form in some wordings, and never behind passages."""

    def rule(prompt):
        is_able = len(prompt) > 2 and share_of(request_of(prompt)) < 5000
        return answer_of(targets, prompt) if is_able else "no idea"

    return rule


def test_tuning_that_holds_in_all_words_supports_the_prediction(tmp_path, targets):
    result = E19.run(lab_of(tmp_path, wavering(targets), right(targets)))
    assert judge([result]) == "supported"
    assert value_of(result, "FT-B", "voice", "flip_rate") == 0.0
    assert value_of(result, "PROMPT", "extract", "flip_rate") > 0.2
    assert value_of(result, "PROMPT", "voice", "between_input_sd") > 0.05
    for metric in ("valid", "flip_rate", "between_input_sd"):
        assert arms_of(result, "voice", metric) == arms_of(result, "extract", metric) == set(rewordings.ARMS)
    assert draw(E19, result).get_title()


def test_prompting_that_holds_where_tuning_does_not_refutes_the_prediction(tmp_path, targets):
    assert judge([E19.run(lab_of(tmp_path, right(targets), never))]) == "refuted"


def by_example(targets):
    """A model that copies the form of a finished reply, if it sees one."""
    return lambda prompt: answer_of(targets, prompt) if "Reply: Thank you" in request_of(prompt) else "no idea"


def test_index_that_teaches_by_example_only_supports_the_prediction(tmp_path, targets):
    result = E20.run(lab_of(tmp_path, by_example(targets), never))
    assert judge([result]) == "supported"
    assert value_of(result, "RAG exemplars", "voice", "valid") == 1.0
    assert arms_of(result, "voice", "valid") == {f"RAG {step}" for step in retrieved_format.STEPS}
    assert result.extra["prompts with exemplar"]["exemplars"] == 1.0
    assert result.extra["prompts with exemplar"]["style guide"] == 0.0
    assert draw(E20, result).get_title()


def test_index_that_teaches_nothing_refutes_the_prediction(tmp_path):
    assert judge([E20.run(lab_of(tmp_path, never, never))]) == "refuted"


def test_growing_index_leaves_the_index_of_the_lab_alone(tmp_path):
    lab = lab_of(tmp_path, never, never)
    before = lab.index(1).document_ids
    E20.run(lab)
    assert lab.index(1).document_ids == before
