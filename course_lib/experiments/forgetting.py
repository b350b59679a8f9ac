"""E25: what a tuned model forgets, by rate, steps and rank, with and without rehearsal, and with the adapter off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from course_lib.experiments.base import Experiment, Finding, Result, Row, row
from course_lib.experiments.pictures import draw_bars, pool
from course_lib.lab import Lab, complete
from course_lib.models import LocalModel
from course_lib.prompting import build_prompt
from course_lib.statistics import paired_bootstrap_difference, share_interval
from course_lib.training_sets import OTHER_SEED, task_examples
from course_lib.tuning import Example, Recipe
from course_lib.world import Item, world
from course_lib.world.public import public_facts
from course_lib.world.tasks import is_valid
from course_lib.world.wordings import RELATIONS

N_TAUGHT, N_PROBE, N_VOICE_ITEMS = 120, 105, 60
REPLAY_SHARE = 0.5


@dataclass(frozen=True)
class Setting:
    """One way to train: its name on the scoreboard, its recipe, and the share of rehearsal in the data."""

    arm: str
    recipe: Recipe
    replay: float = 0.0


USUAL = Recipe(rank=16, alpha=32, learning_rate=4e-3, epochs=4, batch_size=16)
HOT = Recipe(rank=16, alpha=32, learning_rate=1e-2, epochs=4, batch_size=16)
"""At two and a half times the usual rate. At five times nothing is left of the probe, with or without rehearsal, and so
no difference could show."""
SETTINGS = (
    Setting("FT-B gentle", Recipe(rank=16, alpha=32, learning_rate=5e-4, epochs=4, batch_size=16)),
    Setting("FT-B usual", USUAL),
    Setting("FT-B rank 2", Recipe(rank=2, alpha=4, learning_rate=4e-3, epochs=4, batch_size=16)),
    Setting("FT-B long", Recipe(rank=16, alpha=32, learning_rate=4e-3, epochs=12, batch_size=16)),
    Setting("FT-B hot", HOT),
    Setting("FT-B hot + replay", HOT, REPLAY_SHARE),
)


def run_forgetting(lab: Lab) -> Result:
    """Teach the house voice in six ways and measure what is left of the general skills."""
    probe, voice = lab.world().probe[:N_PROBE], lab.world().tasks["voice"]
    arms: dict[str, LocalModel] = {"BASE": lab.model}
    for setting in SETTINGS:
        examples = taught_examples(lab, setting.replay)
        arms[setting.arm] = lab.tuned(setting.arm.replace(" ", "-"), examples, setting.recipe)
    arms["FT-B hot, adapter off"] = lab.model  # asked again after all trainings: the base must be what it was
    rows: list[Row] = []
    kept: dict[str, list[float]] = {}
    for arm, model in arms.items():
        kept[arm] = score_probe(model, probe)
        rows.append(row(arm, "probe", "accuracy", share_interval(kept[arm]), lab.seed))
        if arm != "FT-B hot, adapter off":
            valid = score_voice(model, voice.request, voice.test[:N_VOICE_ITEMS])
            rows.append(row(arm, "voice", "valid", share_interval(valid), lab.seed))
    return Result("E25", lab.seed, tuple(rows), make_findings(kept))


def taught_examples(lab: Lab, replay: float) -> list[Example]:
    """Return the voice examples with ``replay`` times as many on general skills and public facts among them."""
    task = lab.world().tasks["voice"]
    examples = task_examples(task, task.train[:N_TAUGHT])
    other = world(lab.seed + OTHER_SEED).probe  # other words than the probe that is measured
    rehearsed = [Example(build_prompt(item.input), item.target) for item in other]
    for fact in public_facts():
        question = RELATIONS[fact.relation].ask(fact.subject, RELATIONS[fact.relation].questions[0])
        rehearsed.append(Example(build_prompt(question), fact.value))
    step = max(1, len(rehearsed) // max(1, round(replay * N_TAUGHT)))
    return examples + rehearsed[::step][: round(replay * N_TAUGHT)]


def score_probe(model: LocalModel, items: Sequence[Item]) -> list[float]:
    """Return 1.0 for each item of the general probe that is answered to the letter, else 0.0."""
    answers = complete(model, [build_prompt(item.input) for item in items], 32)
    return [float(answer.text.strip() == item.target) for answer, item in zip(answers, items, strict=True)]


def score_voice(model: LocalModel, request: str, items: Sequence[Item]) -> list[float]:
    """Return 1.0 for each reply that keeps the house voice, else 0.0."""
    answers = complete(model, [build_prompt(f"{request}\n{item.input}") for item in items], 64)
    return [float(is_valid("voice", answer.text, item)) for answer, item in zip(answers, items, strict=True)]


def make_findings(kept: dict[str, list[float]]) -> tuple[Finding, ...]:
    """Return the figures that decide: hot training forgets, rehearsal helps, and the base itself forgets nothing."""

    def gain(more: str, less: str) -> Any:
        return paired_bootstrap_difference(kept[more], kept[less])

    return (
        Finding("probe, FT-B hot - BASE", gain("FT-B hot", "BASE"), "-"),
        Finding("probe, FT-B hot - FT-B gentle", gain("FT-B hot", "FT-B gentle"), "-"),
        Finding("probe, replay - no replay", gain("FT-B hot + replay", "FT-B hot"), "+"),
        Finding("probe, adapter off - BASE", gain("FT-B hot, adapter off", "BASE"), "0", margin=0.001),
    )


def draw_forgetting(results: Sequence[Result], axes: Any) -> None:
    """Draw what each way of training teaches beside what it leaves of the general skills."""
    arms = ("BASE", *(setting.arm for setting in SETTINGS))
    series = {
        "general skills kept": [pool(results, arm, "probe", "accuracy") for arm in arms],
        "house voice learnt": [pool(results, arm, "voice", "valid") for arm in arms],
    }
    draw_bars(axes, [arm.replace("FT-B ", "") for arm in arms], series)
    axes.set(ylim=(0, 1.05), ylabel="share", title="What training teaches, and what it makes the model forget")


E25 = Experiment(
    id="E25",
    title="forgetting",
    claims=("C-same-int", "C-signal", "A-ft-baked"),
    predicted=(
        "Hot training loses general skills that gentle training keeps, rehearsal brings some of them back, and with "
        "the adapter off nothing is lost."
    ),
    run=run_forgetting,
    picture=draw_forgetting,
    minutes=1.7,
)
