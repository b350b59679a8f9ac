import dataclasses
import subprocess
import sys

import pytest

from course_lib.errors import CourseError
from course_lib.models.settings import ROOT
from course_lib.tuning import Recipe


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("method", "qlora"),
        ("schedule", "constant"),
        ("loss_on", "prompt"),
        ("rank", 0),
        ("alpha", -1),
        ("learning_rate", 0.0),
        ("epochs", 0),
        ("batch_size", 0),
        ("max_length", 0),
        ("max_steps", 0),
        ("warmup", 1.0),
        ("warmup", -0.1),
    ],
)
def test_a_field_that_makes_no_sense_is_named(field, value):
    with pytest.raises(CourseError, match=field):
        Recipe(**{field: value})


def test_a_learning_rate_that_is_no_number_is_refused():
    with pytest.raises(CourseError, match="learning_rate"):
        Recipe(learning_rate=float("nan"))


def test_recipes_are_values():
    assert Recipe() == Recipe()
    assert {Recipe(): "default"}[dataclasses.replace(Recipe(rank=2), rank=16)] == "default"


def test_recipes_can_be_written_without_torch():
    code = "import sys; from course_lib.tuning import Example, Recipe; Recipe(); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
