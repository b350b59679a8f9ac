import matplotlib.pyplot as plt
import pytest

from course_lib.errors import CourseError
from course_lib.evaluation import Answer, evaluate
from course_lib.experiments.hybrid import ask_place
from course_lib.experiments.two_by_two import (
    Factorial,
    describe_two_by_two,
    draw_two_by_two,
    make_two_by_two,
    say_sign,
    store_cells,
    tabulate_runs,
)
from course_lib.statistics import Interval
from course_lib.world import Question, world
from tests.experiments.scripted_behaviour import ScriptedLab, ScriptedModel

QUESTIONS = [Question(f"q{at}", "inkb", "How much?", f"{at} euros", facts=(f"f{at}",)) for at in range(10, 16)]
VOICE = "Thank you for asking. It costs {} right now. Warmly, the Fennick team"


def answer_with(right, in_voice):
    """Return a system with the first ``right`` values right, in the house voice or bare."""

    def answer(questions):
        texts = [question.answer if at < right else "99 euros" for at, question in enumerate(questions)]
        return [Answer(VOICE.format(text) if in_voice else text) for text in texts]

    return answer


def evaluated(right, in_voice, questions=QUESTIONS):
    return evaluate(answer_with(right, in_voice), questions)


@pytest.fixture
def stored():
    cells = {(0, False): (0, False), (0, True): (0, True), (2, False): (5, False), (2, True): (4, True)}
    return store_cells({key: evaluated(*settings) for key, settings in cells.items()})


def test_cells_keep_facts_form_and_both(stored):
    assert stored.cells[(2, False)] == {"facts": [1] * 5 + [0], "valid": [0] * 6, "both_right": [0] * 6}
    assert sum(stored.cells[(2, True)]["both_right"]) == 4


def test_cells_of_different_questions_are_refused():
    with pytest.raises(CourseError, match=r"\(1, False\)"):
        store_cells({(0, False): evaluated(1, False), (1, False): evaluated(1, False, QUESTIONS[1:])})


def test_a_table_of_runs_has_a_line_each():
    lines = tabulate_runs({"RAG": evaluated(3, False), "HYB": evaluated(6, True)}).splitlines()
    assert lines[1].split() == ["RAG", "0.50", "0.00", "0.00", "0.50"]
    assert lines[2].split() == ["HYB", "1.00", "1.00", "1.00", "0.00"]


def test_ks_are_those_with_both_rows(stored):
    cells = {**stored.cells, (5, True): stored.cells[(2, True)]}
    assert Factorial(cells, stored.clusters).ks == (2,)


def test_the_2x2_holds_cells_gains_and_interaction(stored):
    found = make_two_by_two(stored, 2)
    assert {name: round(cell.value, 2) for name, cell in found.cells.items()} == {
        "BASE": 0.0,
        "FT-B": 0.0,
        "RAG": 0.0,
        "HYB": 0.67,
    }
    assert found.tuning.value == found.retrieval.value == 0
    assert found.interaction.value == pytest.approx(4 / 6)
    assert found.added_up == 0


def test_the_interaction_is_the_difference_of_the_gains(stored):
    found = make_two_by_two(stored, 2, "facts")
    assert found.interaction.value == pytest.approx(found.tuning_with_retrieval.value - found.tuning.value)
    assert found.interaction.value == pytest.approx(found.retrieval_with_tuning.value - found.retrieval.value)


@pytest.mark.parametrize(("k", "measure"), [(3, "facts"), (2, "speed"), (0, "facts")])
def test_a_missing_cell_or_measure_is_named(stored, k, measure):
    with pytest.raises(CourseError, match=r"k from \[2\]"):
        make_two_by_two(stored, k, measure)


def test_the_description_names_every_cell_and_the_sign(stored):
    text = describe_two_by_two(make_two_by_two(stored, 2))
    assert all(f"{arm} 0." in text for arm in ("BASE", "FT-B", "RAG", "HYB"))
    assert "interaction 0.67" in text
    assert text.endswith("above 0.")


def test_a_sign_is_said_only_where_the_interval_has_one():
    assert say_sign(Interval(-0.2, -0.3, -0.1, 9)) == "below 0"
    assert say_sign(Interval(0.1, -0.1, 0.3, 9)) == "not told from 0"


def test_the_picture_has_a_line_a_row_and_a_name_a_cell(stored):
    figure, axes = plt.subplots()
    draw_two_by_two(make_two_by_two(stored, 2), axes)
    labels = axes.get_legend_handles_labels()[1]
    assert sorted(labels) == ["gains added up", "with adapter", "without adapter"]
    assert {text.get_text() for text in axes.texts} == {"BASE", "RAG", "FT-B", "HYB"}
    plt.close(figure)


@pytest.fixture
def seen():
    return []


@pytest.fixture
def lab(tmp_path, seen):
    def rule(prompt):
        seen.append(prompt)
        return "no idea"

    return ScriptedLab(ScriptedModel(rule), ScriptedModel(rule), tmp_path)


def test_without_passages_the_bare_question_is_asked_in_the_house_voice(lab, seen):
    ask_place(lab, "FT-B", lambda: lab.model, world(0).questions["inkb"][:2], k=0)
    assert [prompt[-1]["content"] for prompt in seen] == [q.text for q in world(0).questions["inkb"][:2]]
    assert all("house voice" in prompt[0]["content"] for prompt in seen)


def test_with_passages_the_same_voice_is_asked_for(lab, seen):
    ask_place(lab, "HYB", lambda: lab.model, world(0).questions["inkb"][:2], k=2)
    assert all("[2]" in prompt[-1]["content"] and "[3]" not in prompt[-1]["content"] for prompt in seen)
    assert all("house voice" in prompt[0]["content"] for prompt in seen)


def test_the_retriever_can_be_replaced(lab, seen):
    ask_place(lab, "RAG", lambda: lab.model, world(0).questions["inkb"][:1], retriever=lambda asked: [[]], key="none")
    assert "[1]" not in seen[0][-1]["content"]


def test_a_place_is_asked_once(lab, seen):
    for _ in range(2):
        ask_place(lab, "RAG", lambda: lab.model, world(0).questions["inkb"][:1], k=1)
    assert len(seen) == 1
