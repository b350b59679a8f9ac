import pytest

from course_lib.experiments import forgetting
from course_lib.experiments.base import judge
from course_lib.experiments.forgetting import E25, SETTINGS, taught_examples
from course_lib.prompting import build_prompt
from course_lib.world import world
from tests.experiments.scripted_behaviour import (
    ScriptedLab,
    ScriptedModel,
    arms_of,
    draw,
    request_of,
    share_of,
    value_of,
)


@pytest.fixture(scope="module")
def targets():
    company = world(0)
    voice = company.tasks["voice"]
    known = {item.input: item.target for item in company.probe}
    return known | {f"{voice.request}\n{item.input}": item.target for item in voice.test}


class SettingsLab(ScriptedLab):
    """Every setting gives a model of its own: ``kept[arm]`` is the share of the general skills that it still has."""

    def __init__(self, targets, kept, cache):
        self.targets, self.kept = targets, kept
        super().__init__(self.model_of("BASE"), self.model_of("BASE"), cache)

    def model_of(self, arm):
        def rule(prompt):
            request = request_of(prompt)
            is_kept = share_of(request) < self.kept.get(arm, 1.0) * 10_000
            return self.targets[request] if is_kept else "nothing"

        return ScriptedModel(rule)

    def tuned(self, name, examples, recipe):
        self.taught[name] = list(examples)
        return self.model_of(name)


def test_hot_training_that_forgets_and_rehearsal_that_helps_support_the_prediction(tmp_path, targets):
    kept = {"FT-B-hot": 0.2, "FT-B-hot-+-replay": 0.8}
    result = E25.run(SettingsLab(targets, kept, tmp_path))
    assert judge([result]) == "supported"
    assert value_of(result, "FT-B hot", "probe", "accuracy") < 0.4 < value_of(result, "BASE", "probe", "accuracy")
    assert value_of(result, "FT-B hot, adapter off", "probe", "accuracy") == 1.0


def test_training_that_forgets_nothing_does_not_support_it(tmp_path, targets):
    result = E25.run(SettingsLab(targets, {}, tmp_path))
    assert judge([result]) != "supported"


def test_rehearsal_that_makes_things_worse_refutes_it(tmp_path, targets):
    kept = {"FT-B-gentle": 0.3, "FT-B-hot-+-replay": 0.1}
    result = E25.run(SettingsLab(targets, kept, tmp_path))
    assert judge([result]) == "refuted"


def test_every_setting_has_both_measures_and_the_picture_a_title(tmp_path, targets):
    result = E25.run(SettingsLab(targets, {}, tmp_path))
    trained = {setting.arm for setting in SETTINGS}
    assert arms_of(result, "probe", "accuracy") == trained | {"BASE", "FT-B hot, adapter off"}
    assert arms_of(result, "voice", "valid") == trained | {"BASE"}
    assert draw(E25, result).get_title()


def test_rehearsal_adds_half_as_many_examples_and_none_of_the_probe_that_is_measured(tmp_path, targets):
    lab = SettingsLab(targets, {}, tmp_path)
    alone, rehearsed = taught_examples(lab, 0.0), taught_examples(lab, 0.5)
    assert len(alone) == forgetting.N_TAUGHT
    assert len(rehearsed) == forgetting.N_TAUGHT * 3 // 2
    assert rehearsed[: len(alone)] == alone
    measured = {str(build_prompt(item.input)) for item in lab.world().probe}
    assert not measured & {str(example.prompt) for example in rehearsed}
