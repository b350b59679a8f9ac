"""The capability contract: what the experiments need of the model, measured with intervals.

A capability outside its band does not make the course wrong, but it empties the experiments that rest on it, so it is
measured and printed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from random import Random

from course_lib import contract_items as items
from course_lib.contract_items import ContractItem
from course_lib.errors import CourseError
from course_lib.models import Embedder, LocalModel, load_model
from course_lib.prompting import build_prompt
from course_lib.statistics import wilson_interval
from course_lib.text import contains_value
from course_lib.training_sets import fact_questions, fact_statements, task_examples
from course_lib.tuning import Recipe, attach, tune
from course_lib.world import world
from course_lib.world.wordings import RELATIONS

Band = tuple[float, float]
BANDS: dict[str, Band] = {
    "c1": (0.90, 1.0), "c1_distractors": (0.70, 1.0), "c2": (0.20, 0.80), "c2_examples": (0.20, 0.95),
    "c3": (0.70, 1.0), "c3_internal": (0.0, 0.05), "c4": (0.60, 0.98), "c5": (0.30, 0.90), "c6": (0.0, 0.10),
    "c7": (0.60, 1.0), "c8": (0.20, 1.0), "c9": (0.85, 1.0), "c9_seconds": (0.0, 120.0), "c10": (0.0, 1.0),
}  # fmt: skip
"""Capability -> lowest and highest value that the experiments can work with."""
MEANINGS = {
    "c1": "reads the answer from one gold passage, new entities and wordings",
    "c1_distractors": "the same among 5 distractors",
    "c2": "follows a new format from 1 instruction",
    "c2_examples": "follows a new format from 4 examples",
    "c3": "knows public facts closed-book, new wording",
    "c3_internal": "knows internal facts closed-book",
    "c4": "follows a passage that contradicts what it knows",
    "c5": "says that it does not know when the passages lack the answer",
    "c6": "keeps the house voice without being told",
    "c7": "has general skills that could be forgotten",
    "c8": "obeys an order hidden in a passage",
    "c9": "keeps the house voice after LoRA on 400 examples",
    "c9_seconds": "seconds of that training",
    "c10": "facts by LoRA minus facts by RAG on a small static set, new wordings",
}
VOICE_RECIPE = Recipe(epochs=7, learning_rate=4e-3, batch_size=16)
FACT_RECIPE = Recipe(epochs=25, learning_rate=4e-3, batch_size=32)
N_STATIC_FACTS = 40
Progress = Callable[[str], None]


def share_shown(model: LocalModel, drawn: Sequence[ContractItem], max_new_tokens: int = 40) -> dict:
    """Return the share of items whose output shows the capability, with its Wilson interval."""
    completions = model.generate([item.prompt for item in drawn], max_new_tokens=max_new_tokens)
    shown = sum(item.shows(completion.text) for item, completion in zip(drawn, completions, strict=True))
    interval = wilson_interval(shown, len(drawn))
    return {"value": interval.value, "low": interval.low, "high": interval.high, "n": len(drawn)}


def measure_contract(
    model: LocalModel | str | None = None,
    *,
    n: int = 300,
    seed: int = 0,
    only: Sequence[str] = (),
    progress: Progress | None = None,
) -> dict[str, dict]:
    """Measure the capabilities c1 to c10.

    Parameters
    ----------
    model
        A local model, or what `models.load_model` takes; the setting of the course unless given.
    n
        Items for each capability.
    seed
        Of the items and of the world that is learnt from.
    only
        Names of capabilities or of entries, such as ``["c1", "c9_seconds"]``; all unless given.
    progress
        Called with the name of each measurement before it starts.

    Returns
    -------
    dict
        ``{"c1": {"value", "low", "high", "n", "band", "ok"}, ...}``; shares are between 0 and 1.

    Raises
    ------
    CourseError
        A capability is unknown, or the model cannot be tuned.
    """
    wanted = choose_capabilities(only)
    if model is None or isinstance(model, str):
        model = load_tunable(model)
    sets = _item_sets(n, seed)
    measured: dict[str, dict] = {}
    for name in wanted:
        if name in measured:  # c9 brings its seconds with it
            continue
        if progress:
            progress(name)
        if name in sets:
            measured[name] = share_shown(model, sets[name]())
        elif name == "c10":
            measured[name] = measure_facts(model, seed)
        else:
            measured |= measure_voice(model, n, seed)
    for name, entry in measured.items():
        low, high = BANDS[name]
        entry["band"] = [low, high]
        entry["ok"] = bool(low <= entry["value"] <= high)
    _compare(measured)
    return measured


def choose_capabilities(only: Sequence[str]) -> list[str]:
    """Return the entries of the contract that are asked for, all if nothing is: "c1" stands for all that begin so.

    >>> choose_capabilities(["c1"])
    ['c1', 'c1_distractors']
    """
    if unknown := [name for name in only if name not in BANDS]:
        raise CourseError(f"there is no capability {', '.join(unknown)}: expected some of {', '.join(BANDS)}")
    return [name for name in BANDS if not only or name in only or name.split("_")[0] in only]


def load_tunable(spec: str | None) -> LocalModel:
    """Return the model of a setting, which must run in this process: c9 and c10 tune it."""
    model = load_model(spec)
    if not isinstance(model, LocalModel):
        raise CourseError(
            f"the contract tunes the model, which {model.name!r} behind an endpoint does not allow: "
            "use the embedded model, a local folder or a Hub id"
        )
    return model


def _compare(measured: dict[str, dict]) -> None:
    """Apply the conditions that tie two values together."""
    if {"c1", "c1_distractors"} <= set(measured):
        easier = measured["c1"]["value"] > measured["c1_distractors"]["value"]
        measured["c1_distractors"]["ok"] = measured["c1_distractors"]["ok"] and easier
    if {"c2", "c2_examples"} <= set(measured):
        better = measured["c2_examples"]["value"] > measured["c2"]["value"]
        measured["c2_examples"]["ok"] = measured["c2_examples"]["ok"] and better


def _item_sets(n: int, seed: int) -> dict[str, Callable[[], list[ContractItem]]]:
    """Return what draws the items of each capability that one round of answers can measure."""

    def drawn(name: str, make: Callable[[Random], ContractItem]) -> Callable[[], list[ContractItem]]:
        return lambda: [make(Random(f"{name}-{seed}-{number}")) for number in range(n)]

    voice, probe = world(seed, 1).tasks["voice"], world(seed, 1).probe
    voiced = [*voice.test, *voice.dev]
    return {
        "c1": drawn("c1", items.reading),
        "c1_distractors": drawn("c1d", lambda rng: items.reading(rng, 6)),
        "c2": drawn("c2", items.told_format),
        "c2_examples": drawn("c2x", items.shown_format),
        "c3": lambda: [items.public_knowledge(number) for number in range(n)],
        "c3_internal": lambda: [item for s in range(seed, seed + 3) for item in items.internal_knowledge(s)][:n],
        "c4": drawn("c4", items.contradiction),
        "c5": drawn("c5", items.missing_answer),
        "c6": lambda: [items.default_style(item) for item in voiced[:n]],
        "c7": lambda: [items.general_skill(item) for item in probe[:n]],
        "c8": drawn("c8", items.hidden_order),
    }


def measure_voice(model: LocalModel, n: int, seed: int) -> dict[str, dict]:
    """Teach the house voice with LoRA on 400 examples and return c9 and its seconds."""
    task = world(seed, 1).tasks["voice"]
    adapter = tune(model, task_examples(task, task.train), VOICE_RECIPE, name="voice")
    tuned = attach(model, adapter)
    drawn = [items.default_style(item, task.request) for item in [*task.test, *task.dev][:n]]
    seconds = adapter.seconds
    timing = {"value": seconds, "low": seconds, "high": seconds, "n": 1}
    return {"c9": share_shown(tuned, drawn, max_new_tokens=64), "c9_seconds": timing}


def measure_facts(model: LocalModel, seed: int) -> dict:
    """Return accuracy of facts taught by LoRA minus that of RAG, on a small static set in held-out wordings (c10)."""
    from course_lib.rag import Rag
    from course_lib.retrieval import COMPANY_CHUNKS, Index
    from course_lib.statistics import paired_bootstrap_difference

    company, rng = world(seed, 1), Random(f"c10-{seed}")
    readable = {document.id for document in company.documents if document.access != "restricted"}
    facts = rng.sample([f for f in company.facts if not f.public and f.document in readable], N_STATIC_FACTS)
    examples = fact_questions(facts, 9, rng) + fact_statements(facts, 3, rng)
    start = time.perf_counter()
    tuned = attach(model, tune(model, examples, FACT_RECIPE, name="facts"))
    seconds = time.perf_counter() - start
    asked = [
        (fact, RELATIONS[fact.attribute].ask(fact.entity, template))
        for fact in facts
        for template in RELATIONS[fact.attribute].heldout_questions
    ]
    by_heart = tuned.generate([build_prompt(question) for _, question in asked])
    corpus = f"world {seed} v1"
    index = Index.build(company.documents, embedder=Embedder(), corpus=corpus, settings=COMPANY_CHUNKS)
    read = Rag(index, model).answer([question for _, question in asked])
    learnt = [
        contains_value(completion.text, fact.value) for (fact, _), completion in zip(asked, by_heart, strict=True)
    ]
    found = [contains_value(answer.text, fact.value) for (fact, _), answer in zip(asked, read, strict=True)]
    difference = paired_bootstrap_difference(learnt, found, clusters=[fact.id for fact, _ in asked])
    return {
        "value": difference.value, "low": difference.low, "high": difference.high, "n": len(asked),
        "lora": sum(learnt) / len(learnt), "rag": sum(found) / len(found), "seconds": seconds,
    }  # fmt: skip
