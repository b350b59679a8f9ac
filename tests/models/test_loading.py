"""From a name to the right kind of model."""

import subprocess
import sys

import pytest

import course_lib.models
from course_lib.errors import CourseError
from course_lib.models import EndpointModel, LocalModel, Settings, load_model
from course_lib.models import local as local_module


@pytest.fixture
def embedded(monkeypatch, tiny_checkpoint):
    """Let the tiny checkpoint stand in for the embedded one."""
    load = LocalModel.load_embedded
    monkeypatch.setattr(local_module.LocalModel, "load_embedded", lambda: load(tiny_checkpoint))


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("spec", [None, "embedded", "tiny"])
def test_the_embedded_model_is_the_default(spec):
    assert load_model(spec, settings=Settings()).name == "embedded"


@pytest.mark.usefixtures("embedded")
def test_the_embedded_model_can_be_asked_for_beside_an_endpoint():
    assert load_model("embedded", settings=Settings("m", "http://127.0.0.1:1/v1")).name == "embedded"


def test_a_folder_is_loaded_from_settings_or_argument(tiny_checkpoint):
    assert isinstance(load_model(str(tiny_checkpoint), settings=Settings()), LocalModel)
    assert load_model(settings=Settings(str(tiny_checkpoint))).name == str(tiny_checkpoint)


def test_an_address_makes_an_endpoint_with_the_named_model():
    settings = Settings("their/model", "http://127.0.0.1:1/v1/", "key")
    model = load_model(settings=settings)
    assert isinstance(model, EndpointModel)
    assert (model.name, model.fingerprint) == ("their/model", "endpoint:their/model@http://127.0.0.1:1/v1")
    assert load_model("other", settings=settings).name == "other"


def test_an_address_without_a_model_is_refused():
    with pytest.raises(CourseError, match="set COURSE_MODEL to the name"):
        load_model(settings=Settings(base_url="http://127.0.0.1:1/v1"))


def test_every_exported_name_exists():
    for name in course_lib.models.__all__:
        assert getattr(course_lib.models, name).__name__ if name not in ("Message", "Prompt") else True
    with pytest.raises(AttributeError, match="no_such_name"):
        course_lib.models.no_such_name  # noqa: B018


def test_the_package_and_the_settings_load_without_torch():
    script = (
        "import sys, course_lib.models; from course_lib.models import read_settings, Completion, load_model; "
        "assert not {'torch', 'transformers', 'huggingface_hub'} & set(sys.modules)"
    )
    root = local_module.ROOT
    subprocess.run([sys.executable, "-c", script], cwd=root, check=True, timeout=300)
