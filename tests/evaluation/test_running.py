import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import metrics
from course_lib.errors import CourseError
from course_lib.evaluation import Answer, Evaluation, Result, evaluate
from course_lib.text import ABSTAIN

ROW = {"arm", "set", "metric", "value", "low", "high", "n", "seed"}


def oracle(questions):
    return [
        Answer(q.answer or ABSTAIN, citations=q.documents, prompt_tokens=20, output_tokens=3, seconds=0.1)
        for q in questions
    ]


def edited(**changes):
    """Return a system that answers as the oracle does, but with these fields replaced by functions of the question."""

    def system(questions):
        for question, answer in zip(questions, oracle(questions), strict=True):
            fields = vars(answer) | {name: change(question) for name, change in changes.items()}
            yield Answer(**fields)

    return lambda questions: list(system(questions))


def value_of(evaluation, metric, part="all"):
    found = [row["value"] for row in evaluation.table(n_resamples=50) if (row["set"], row["metric"]) == (part, metric)]
    return found[0] if found else None


def test_the_oracle_has_a_perfect_scoreboard(questions):
    evaluation = evaluate(oracle, questions, arm="ORACLE")
    expected = dict.fromkeys(["accuracy", "answer_f1", "abstain_precision", "abstain_recall"], 1.0)
    expected |= {"halluc": 0.0, "citation_precision": 1.0, "citation_recall": 1.0}
    expected |= {"prompt_tokens": 20.0, "output_tokens": 3.0}
    assert {name: value_of(evaluation, name) for name in expected} == expected


N, N_UNANSWERABLE = 32, 8
BROKEN = {  # system -> the metrics that must tell it from the oracle, with their values on all questions
    "states the old value": (
        edited(text=lambda q: q.rejected[0] if q.answer else ABSTAIN),
        {"accuracy": N_UNANSWERABLE / N, "halluc": 24 / N},
    ),
    "states both values": (
        edited(text=lambda q: f"{q.answer} or {q.rejected[0]}" if q.answer else ABSTAIN),
        {"accuracy": N_UNANSWERABLE / N, "halluc": 24 / N},
    ),
    "always abstains": (
        edited(text=lambda q: ABSTAIN),
        {"accuracy": N_UNANSWERABLE / N, "halluc": 0.0, "abstain_precision": N_UNANSWERABLE / N, "abstain_recall": 1.0},
    ),
    "never abstains": (
        edited(text=lambda q: q.answer or "24 euros"),
        {"accuracy": 24 / N, "halluc": N_UNANSWERABLE / N, "abstain_precision": None, "abstain_recall": 0.0},
    ),
    "says nothing": (edited(text=lambda q: ""), {"accuracy": 0.0, "halluc": 0.0, "abstain_recall": 0.0}),
    "recites many values": (
        edited(text=lambda q: f"{q.answer} 1 euros 2 euros 3 euros" if q.answer else ABSTAIN),
        {"accuracy": 1.0, "answer_f1": 0.4},
    ),
    "cites everything": (
        edited(citations=lambda q: (*q.documents, "doc-x") if q.answer else ()),
        {"citation_precision": 0.5, "citation_recall": 1.0},
    ),
    "cites another document": (
        edited(citations=lambda q: ("doc-x",)),
        {"citation_precision": 0.0, "citation_recall": 0.0},
    ),
    "cites nothing": (edited(citations=lambda q: ()), {"citation_precision": None, "citation_recall": None}),
    "pads its prompt": (edited(prompt_tokens=lambda q: 900), {"accuracy": 1.0, "prompt_tokens": 900.0}),
    "rambles": (edited(output_tokens=lambda q: 90), {"accuracy": 1.0, "output_tokens": 90.0}),
    "mixes up the order": (lambda questions: oracle(questions)[::-1], {"citation_recall": 0.0}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_metrics_tell_a_broken_system_from_the_oracle(name, questions):
    system, expected = BROKEN[name]
    broken, good = evaluate(system, questions), evaluate(oracle, questions)
    measured = {metric: value_of(broken, metric) for metric in expected}
    assert measured == {metric: value if value is None else pytest.approx(value) for metric, value in expected.items()}
    assert any(measured[metric] != value_of(good, metric) for metric in expected)


def test_no_two_broken_systems_have_the_same_scoreboard(questions):
    tables = []
    for system, _ in BROKEN.values():
        rows = evaluate(system, questions).table(n_resamples=50)
        tables.append(tuple(sorted((row["set"], row["metric"], row["value"]) for row in rows)))
    assert len(set(tables)) == len(tables)


def test_a_flag_does_not_hide_an_assertion(questions):
    never_abstains, _ = BROKEN["never abstains"]
    liar = edited(text=lambda q: q.answer or "24 euros", abstained=lambda q: True)
    assert evaluate(liar, questions).table() == evaluate(never_abstains, questions).table()


def some_right(questions):
    texts = [[q.answer or ABSTAIN, "7 euros", ABSTAIN][n % 3] for n, q in enumerate(questions)]
    cited = [(("doc-x",), q.documents, ())[n % 3] for n, q in enumerate(questions)]
    return [Answer(text, citations=names) for text, names in zip(texts, cited, strict=True)]


def test_the_scoreboard_equals_the_plain_metrics(questions):
    evaluation = evaluate(some_right, questions)
    results = evaluation.results
    right = [result.is_right for result in results]
    abstained = [result.outcome == "abstained" for result in results]
    abstain = metrics.abstention_precision_recall(abstained, [result.gold is not None for result in results])
    cited = metrics.citation_precision_recall(
        [result.answer.citations for result in results], [result.documents for result in results]
    )
    expected = {
        "accuracy": metrics.accuracy(right),
        "halluc": metrics.hallucination_rate([not silent for silent in abstained], right),
        "abstain_precision": abstain[0],
        "abstain_recall": abstain[1],
        "citation_precision": cited[0],
        "citation_recall": cited[1],
    }
    assert {name: value_of(evaluation, name) for name in expected} == pytest.approx(expected)


def test_rows_have_the_scoreboard_fields_and_an_interval_around_the_value(questions):
    rows = evaluate(some_right, questions, arm="X", seed=7).table(n_resamples=200)
    assert {frozenset(row) for row in rows} == {frozenset(ROW)}
    assert {(row["arm"], row["seed"]) for row in rows} == {("X", 7)}
    assert {row["set"] for row in rows} == {"changed", "unanswerable", "all"}
    assert all(row["low"] <= row["value"] <= row["high"] for row in rows)
    assert {row["n"] for row in rows if row["metric"] == "accuracy"} == {24, 8, 32}
    json.dumps(rows, allow_nan=False)


def test_a_perfect_share_is_not_certain_but_a_constant_count_is(questions):
    evaluation = evaluate(oracle, questions)
    assert evaluation.interval("accuracy").low < 1
    assert evaluation.interval("halluc").high > 0
    one_each = edited(prompt_tokens=lambda q: 1)
    assert evaluate(one_each, questions).interval("prompt_tokens").low == 1


def test_the_table_is_the_same_each_time(questions):
    evaluation = evaluate(some_right, questions)
    assert evaluation.table() == evaluation.table()


def test_questions_on_one_fact_are_resampled_together(questions):
    def knows_half_the_facts(asked):
        return [Answer(q.answer if q.answer and int(q.id.split()[1]) % 2 else "7 euros") for q in asked]

    evaluation = evaluate(knows_half_the_facts, questions).only("changed")
    by_fact = evaluation.interval("accuracy")
    by_question = evaluation.interval("accuracy", clusters=None)
    assert by_fact.high - by_fact.low > 1.1 * (by_question.high - by_question.low)


def test_the_empty_answers_and_seconds_can_be_asked_for(questions):
    evaluation = evaluate(edited(text=lambda q: "" if q.answer else ABSTAIN), questions)
    assert evaluation.interval("empty").value == 0.75
    assert evaluation.interval("seconds").value == pytest.approx(0.1)


def test_exact_match_reads_the_value_where_there_is_one(questions):
    sentence = edited(text=lambda q: f"It costs {q.answer}.")
    with_value = edited(text=lambda q: f"It costs {q.answer}.", value=lambda q: q.answer)
    assert evaluate(sentence, questions).interval("exact_match").value == 0.0
    assert evaluate(with_value, questions).interval("exact_match").value == 1.0


def test_unknown_metrics_and_sets_are_refused(questions):
    evaluation = evaluate(oracle, questions)
    with pytest.raises(CourseError, match="unknown metric 'f7': expected one of accuracy"):
        evaluation.interval("f7")
    with pytest.raises(CourseError, match="inkb"):
        evaluation.only("inkb")


def test_another_number_of_answers_is_refused(questions):
    with pytest.raises(CourseError, match="asked 32 questions and returned 31"):
        evaluate(lambda asked: oracle(asked)[1:], questions)


def test_repeated_ids_and_no_questions_are_refused(questions):
    with pytest.raises(CourseError, match="lamp 0 0"):
        evaluate(oracle, [*questions, questions[0]])
    with pytest.raises(CourseError, match="0 questions"):
        evaluate(oracle, [])


texts = st.text(max_size=10)
names = st.lists(texts, max_size=3).map(tuple)
answers = st.builds(
    Answer, texts, st.none() | texts, st.booleans(), names, st.integers(0), st.integers(0), st.floats(0, 1e9)
)
outcomes = st.sampled_from(["right", "wrong", "abstained", "empty"])
results = st.builds(Result, texts, texts, texts, st.none() | texts, names, names, names, answers, outcomes)


@given(st.builds(Evaluation, texts, st.integers(), st.lists(results, max_size=3).map(tuple)))
def test_json_gives_back_an_equal_evaluation(evaluation):
    assert Evaluation.from_json(evaluation.to_json()) == evaluation


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"arm": "X", "seed": 0, "results": [{}]}', '{"arm": 1}'])
def test_damaged_json_is_refused(text):
    with pytest.raises(CourseError, match="evaluate again"):
        Evaluation.from_json(text)
