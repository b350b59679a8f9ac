"""All attacks against one grader: what each of them got, and whether the page about them is true."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from course_lib.checks.cases import Cases
from course_lib.grading import feedback
from course_lib.grading.assignment import LIGHT, number_of
from tests.grading.attacks.attack import REST, by_cells
from tests.grading.attacks.battle import HIDDEN, HONEST, SECRETS, fight, find_odd_marks, judge, label_of, list_attacks
from tests.grading.attacks.forging import list_forging
from tests.grading.attacks.leaking import list_leaking
from tests.grading.test_store import make_result
from tests.grading.tiny_lesson import draw_value
from tools.attack_table import PAGE, make_page

pytestmark = pytest.mark.loopback  # a trap listens on this computer
ATTACKS = list_attacks()


@pytest.fixture(scope="module")
def box(sandbox):
    made = type(sandbox)(LIGHT)  # of its own: nothing may have been started before the traps are set
    yield made
    made.close()


@pytest.fixture(scope="module")
def battle(box, tmp_path_factory):
    return fight(box, tmp_path_factory.mktemp("battle"), ATTACKS)


@pytest.mark.parametrize("number", range(len(ATTACKS)), ids=[ascii(attack.name) for attack in ATTACKS])
def test_an_attack_gets_what_it_deserves(battle, number):
    verdict = battle.verdicts[number]
    assert verdict.faults == {}, f"must be {verdict.must_happen}, was {verdict.happened}"


def test_no_attack_touches_others(battle):
    assert battle.touched == ()


def test_the_page_about_attacks_is_true(battle):
    assert PAGE.read_text(encoding="utf-8") == make_page(battle), "run tools/attack_table.py"


def test_hidden_inputs_are_no_public_ones():
    assert HIDDEN.isdisjoint({2, *Cases(number_of(feedback.PUBLIC)).draw(draw_value, 3)})


def test_attacks_have_names_of_their_own_and_every_aim_has_some():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 150
    assert {attack.aim for attack in ATTACKS} == {"forge", "hang", "leak", "touch", "read"}


# A judgement that cannot fail proves nothing.


def make_graded(**changed):
    exercise = SimpleNamespace(status="failed", printed="tried\n", **changed.pop("exercise", {}))
    return SimpleNamespace(**{"status": "partly", "earned": REST, "seconds": 1.0, "exercises": [exercise]} | changed)


@pytest.mark.parametrize(
    ("changed", "pages", "fault"),
    [
        ({"earned": REST + 1}, "", "forged"),
        ({"earned": REST - 1}, "", "lost"),
        ({"earned": None}, "", "lost"),
        ({"seconds": 1000.0}, "", "hung"),
        ({}, f"{SECRETS[0]}", "leaked"),
        ({}, f"raised input_{min(HIDDEN)}", "leaked"),
    ],
)
def test_each_kind_of_success_is_noticed(changed, pages, fault):
    attack = by_cells("x", "forge", "something", "\nprint('tried')")
    assert judge(attack, make_graded(), "raised input_2").faults == {}
    assert fault in judge(attack, make_graded(**changed), pages).faults


def test_a_lost_submission_and_an_attack_that_did_not_run_are_noticed():
    attack = by_cells("x", "leak", "something", "\nprint('tried')")
    assert judge(attack, None, "").faults == {"lost": "there is no result"}
    graded = make_graded(exercises=[SimpleNamespace(status="failed", printed="reached: x\n")])
    assert set(judge(attack, graded, "").faults) == {"leaked", "not tried"}


def test_an_honest_mark_that_changed_is_noticed():
    wrong = make_result(label_of(f"{HONEST[0]} honest"), earned=7)
    assert len(list(find_odd_marks({wrong.submission: wrong}))) == len(HONEST)


def test_texts_of_the_run_that_counts_would_carry_hidden_inputs_out(box, tmp_path, monkeypatch):
    attacks = [attack for attack in list_leaking() if attack.name.startswith("input ")]
    monkeypatch.setattr(feedback, "needs_second_run", lambda outcomes: False)
    leaked = [verdict.attack.name for verdict in fight(box, tmp_path, attacks).verdicts if "leaked" in verdict.faults]
    assert {"input in a class", "input in exit", "input in a later error", "input in a later value"} <= set(leaked)


def test_points_for_a_value_that_equals_everything_would_be_noticed(box, tmp_path):
    attacks = [attack for attack in list_forging() if attack.name == "public cases"]
    (verdict,) = fight(box, tmp_path, [replace(attack, earned=REST) for attack in attacks]).verdicts
    assert set(verdict.faults) == {"forged", "lost"}
