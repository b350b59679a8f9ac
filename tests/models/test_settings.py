"""One place says which model is used."""

import pytest

from course_lib.errors import CourseError
from course_lib.models.settings import Settings, read_settings


@pytest.fixture
def write(tmp_path):
    def write_file(text):
        path = tmp_path / "course.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


def test_without_anything_the_embedded_model_is_used(tmp_path):
    assert read_settings({}, tmp_path / "course.toml") == Settings("embedded", None, None)


def test_the_file_is_read(write):
    path = write('model = "my/model"\nbase_url = "http://127.0.0.1:1/v1"\napi_key = "k"\n')
    assert read_settings({}, path) == Settings("my/model", "http://127.0.0.1:1/v1", "k")


def test_the_environment_wins_over_the_file_key_by_key(write):
    path = write('model = "from-file"\napi_key = "from-file"\n')
    settings = read_settings({"COURSE_MODEL": "from-environment"}, path)
    assert (settings.model, settings.api_key) == ("from-environment", "from-file")


def test_empty_values_count_as_not_set(write):
    path = write('model = "from-file"\nbase_url = ""\n')
    assert read_settings({"COURSE_MODEL": ""}, path) == Settings("from-file")


def test_the_process_environment_is_the_default(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_MODEL", "from-process")
    assert read_settings(path=tmp_path / "none.toml").model == "from-process"


def test_an_unknown_key_is_refused_with_the_nearest_known_one(write):
    with pytest.raises(CourseError, match="unknown key 'base-url': did you mean 'base_url'"):
        read_settings({}, write('base-url = "http://x"\n'))
    with pytest.raises(CourseError, match="the keys are model, base_url, api_key"):
        read_settings({}, write("colour = 3\n"))


def test_a_value_that_is_no_text_is_refused(write):
    with pytest.raises(CourseError, match="model must be text in quotes, got a value of type int"):
        read_settings({}, write("model = 3\n"))


def test_a_broken_file_is_refused_with_the_line(write):
    with pytest.raises(CourseError, match="cannot be read as TOML .*line 1"):
        read_settings({}, write("model = \n"))


def test_an_address_without_scheme_is_refused():
    with pytest.raises(CourseError, match="must begin with http:// or https://, got 'localhost:8000'"):
        read_settings({"COURSE_BASE_URL": "localhost:8000"})


def test_the_key_is_never_printed():
    assert "secret" not in repr(Settings(api_key="secret"))
