from types import SimpleNamespace

import pytest

from course_lib.experiments import EXPERIMENTS
from course_lib.running import parts
from course_lib.running.parts import Part, arm_rows, list_parts, scoreboard_questions
from course_lib.world import QUESTION_SETS, Question, world


def test_a_run_has_the_arms_and_each_experiment_for_each_seed():
    chosen = [EXPERIMENTS["E03"], EXPERIMENTS["E33"]]
    assert list_parts(chosen, [4], with_arms=True) == [Part(4), Part(4, "E03"), Part(4, "E33")]
    assert list_parts(chosen[:1], [0, 7], with_arms=False) == [Part(0, "E03"), Part(7, "E03")]


def test_a_part_says_what_it_is_and_whether_it_must_be_alone():
    assert (Part(3).title, Part(3, "E03").title) == ("seed 3: the arms", "seed 3: E03 prompt ladder")
    assert [name for name in ("", *EXPERIMENTS) if Part(0, name).measures_time] == ["E33"]
    assert Part(0).minutes > Part(0, "E01").minutes > 0


@pytest.mark.parametrize(("experiment", "given"), [("", ["rows"]), ("E01", "result")])
def test_a_part_gives_the_rows_of_the_arms_or_the_result_of_its_experiment(monkeypatch, experiment, given):
    monkeypatch.setattr(parts, "arm_rows", lambda lab: [lab])
    monkeypatch.setattr(parts, "EXPERIMENTS", {"E01": SimpleNamespace(run=lambda lab: lab)})
    assert Part(0, experiment).do("rows" if not experiment else "result") == given


def test_the_arms_are_asked_questions_of_all_sets_and_each_question_once():
    questions = scoreboard_questions(SimpleNamespace(seed=0, world=lambda version=1: world(0, version)))
    assert {question.set for question in questions} == set(QUESTION_SETS)
    assert len({question.id for question in questions}) == len(questions)
    assert max(sum(q.set == name for q in questions) for name in QUESTION_SETS) == parts.QUESTIONS_PER_SET


def test_the_rows_of_the_arms_are_those_of_their_evaluations(monkeypatch):
    asked = []
    table = [
        {"arm": "x", "set": "inkb", "metric": "accuracy", "value": 1.0, "low": 1.0, "high": 1.0, "n": 1, "seed": 0}
    ]

    def ask(lab, name, questions, version):
        asked.append((name, questions, version))
        return SimpleNamespace(table=lambda: table)

    questions = [Question("q", "inkb", "Where?", "Oslo")]
    monkeypatch.setattr(parts, "scoreboard_questions", lambda lab, version: questions)
    monkeypatch.setattr(parts, "ask_arm", ask)
    assert arm_rows(None, 3) == table * len(parts.ARMS)
    assert asked == [(name, questions, 3) for name in parts.ARMS]
