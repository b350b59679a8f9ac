import sys
import types

import pytest

import course_lib
from course_lib.grading.runner import surroundings
from course_lib.grading.runner.surroundings import EMBEDDED_MODEL, SilentModule, prepare, warm_up


class LocalModel:
    """Stands in for the model's class and counts how often it loads."""

    n_loaded = 0

    @classmethod
    def load_embedded(cls, *_arguments):
        cls.n_loaded += 1
        return cls()


@pytest.fixture
def models(monkeypatch):
    """Put a fake of the part with the models in place of the real one; return its class."""
    fake = type("LocalModel", (LocalModel,), {"n_loaded": 0})
    module = types.ModuleType("course_lib.models")
    module.LocalModel = fake
    monkeypatch.setitem(sys.modules, "course_lib.models", module)
    return fake


def test_any_name_of_a_silent_module_does_nothing():
    module = SilentModule("quiet")
    assert module.check("ex_04_1", 1, loud=True) is None
    with pytest.raises(AttributeError):
        module.__wrapped__  # noqa: B018 - tools ask modules for such names


def test_checks_and_widgets_are_silent_and_the_codec_is_still_found(monkeypatch):
    for name in surroundings.SILENT:
        monkeypatch.setitem(sys.modules, name, sys.modules.get(name))
        monkeypatch.setattr(course_lib, name.rpartition(".")[2], None, raising=False)
    monkeypatch.setattr(sys, "path", list(sys.path))
    prepare(["/packages/0"])
    from course_lib import checks
    from course_lib.checks.codec import encode

    assert checks.hint("ex_04_1") is None
    assert encode((1,)) == {"$tuple": [1]}
    assert sys.path[-1] == "/packages/0"


def test_what_cannot_be_loaded_is_told_and_the_rest_is_loaded():
    failed = warm_up(["no_such_module", "fractions"])
    assert list(failed) == ["no_such_module"]
    assert "fractions" in sys.modules


def test_the_first_to_ask_gets_the_model_that_is_loaded_and_others_a_fresh_one(models):
    assert warm_up([EMBEDDED_MODEL]) == {}
    assert models.n_loaded == 1
    first, second = models.load_embedded(), models.load_embedded()
    assert (models.n_loaded, first is second) == (2, False)


def test_who_asks_for_another_folder_gets_it(models):
    warm_up([EMBEDDED_MODEL])
    models.load_embedded("elsewhere")
    assert models.n_loaded == 2
