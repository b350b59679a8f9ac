"""A random Llama that can learn, and twenty things for it to learn."""

import pytest

from course_lib.models.local import LocalModel
from course_lib.tuning import Adapter, Example, Recipe, tune
from tests.checkpoints import make_learner

NAMES = "Abel Bora Cato Dima Edo Fara Goro Hilo Inga Jonah Kepa Luma Mira Nolo Opal Pavo Quin Rosa Sefa Tovi".split()


@pytest.fixture
def model() -> LocalModel:
    """Return a fresh base."""
    return make_learner()


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    """Return questions of different lengths, each with an answer of its own."""
    return [
        Example(
            [
                {"role": "system", "content": "Answer in few words." if number % 3 else "Be brief."},
                {"role": "user", "content": f"Where does {name} work?{' Please tell.' * (number % 4)}"},
            ],
            f"room {number * 37 % 100}",
        )
        for number, name in enumerate(NAMES)
    ]


@pytest.fixture(scope="session")
def short() -> Recipe:
    """Return a recipe that changes the answers but does not learn them."""
    return Recipe(rank=4, alpha=8, batch_size=8, max_steps=4, learning_rate=1e-2)


@pytest.fixture(scope="session")
def trained(examples: list[Example], short: Recipe) -> Adapter:
    """Return an adapter of a short training."""
    return tune(make_learner(), examples, short, name="short")


@pytest.fixture(scope="session")
def memorised(examples: list[Example]) -> Adapter:
    """Return an adapter that knows the examples by heart."""
    recipe = Recipe(rank=16, alpha=32, batch_size=10, epochs=50, learning_rate=1e-2)
    return tune(make_learner(), examples, recipe, name="rooms")
