import numpy as np
import pytest

from course_lib.experiments.blind_choice import QUESTION_SETS, VARIANTS, score_line_finders
from course_lib.statistics.choosing import choose_by_size
from course_lib.world import world


@pytest.fixture(scope="module", params=[0, 1])
def company(request):
    return world(request.param)


def test_every_variant_has_one_score_a_question(company):
    n_questions = sum(len(company.questions[name]) for name in QUESTION_SETS)
    scores = score_line_finders(company)
    assert scores.keys() == VARIANTS.keys()
    assert {len(column) for column in scores.values()} == {n_questions}
    assert all(0 < np.mean(column) < 1 for column in scores.values())


def test_five_questions_pick_a_wrong_system_often_and_more_questions_less_often(company):
    few, *_, many = choose_by_size(score_line_finders(company))
    assert few.wrong > 0.25
    assert many.wrong < few.wrong
