"""The score that picks the checkpoint: exact match under teacher forcing on wordings that training never shows.

An answer counts when each of its tokens is the most likely one given those before it, which is when greedy
decoding would print exactly this answer; one forward pass tells. The first held-out wording of each relation is used
here, the others are left to the capability contract.
"""

from __future__ import annotations

from random import Random

import numpy as np
import torch
from tokenizers import Tokenizer

from course_lib.prompting import GROUNDED, build_reading_prompt
from course_lib.text import ABSTAIN
from course_lib.world.genres import StatedFact
from tools.pretrain import samples, skills
from tools.pretrain.corpus import Maker, encode_samples
from tools.pretrain.passages import BY_SUBJECT, COMPANY_KINDS, PUBLIC, Sample, chat, draw_entity


def state_heldout(fact: StatedFact) -> str:
    """Return the fact in its first held-out statement."""
    return fact.relation.state(fact.subject, fact.value, fact.relation.heldout_statements[0])


def ask_heldout(fact: StatedFact) -> str:
    """Return the first held-out question for the fact."""
    return fact.relation.ask(fact.subject, fact.relation.heldout_questions[0])


def heldout_reading(rng: Random, n_passages: int, missing: bool = False) -> Sample:
    """Return a question on ``n_passages`` passages in held-out wordings, all about the same kind of entity."""
    kind = rng.choice(COMPANY_KINDS)
    shared = rng.sample(BY_SUBJECT[kind], 3)
    groups = [draw_entity(rng, kind, rng.randint(1, 3), shared) for _ in range(n_passages + missing)]
    gold = rng.choice(groups[0])
    shown = groups[1:] if missing else groups
    rng.shuffle(shown)
    passages = [" ".join(state_heldout(fact) for fact in facts) for facts in shown]
    request = build_reading_prompt(ask_heldout(gold), passages)[-1]["content"]
    return chat([(request, ABSTAIN if missing else gold.value)], GROUNDED)


def development_sets(n: int = 120) -> dict[str, list[Sample]]:
    """Return the sets that are scored, by name."""

    def draw(make: Maker, seed: str) -> list[Sample]:
        rng = Random(seed)
        return [make(rng) for _ in range(n)]

    return {
        "read1": draw(lambda rng: heldout_reading(rng, 1), "read1"),
        "read5": draw(lambda rng: heldout_reading(rng, 5), "read5"),
        "read_train": draw(lambda rng: Sample(samples.read_context(rng)[:3]), "train"),
        "missing": draw(lambda rng: heldout_reading(rng, 3, missing=True), "missing"),
        "closed": draw(lambda rng: (lambda f: chat([(ask_heldout(f), f.value)]))(rng.choice(PUBLIC)), "closed"),
        "hops": draw(lambda rng: Sample(samples.two_hops(rng)[:3]), "hops"),
        "format": draw(skills.told_format, "format"),
        "shots": draw(skills.few_shot_format, "shots"),
        "style": draw(skills.told_style, "style"),
        "classify": draw(skills.classify, "classify"),
        "extract": draw(skills.extract, "extract"),
        "keys": draw(skills.look_up_keys, "keys"),
        "bind": draw(samples.look_up_facts, "bind"),
        "lists": draw(skills.list_task, "lists"),
    }


@torch.inference_mode()
def score_sets(model: torch.nn.Module, tokenizer: Tokenizer, sets: dict[str, list[Sample]]) -> dict[str, float]:
    """Return, for each set, the share of last answers that greedy decoding would print exactly."""
    scores = {}
    for name, drawn in sets.items():
        right = 0
        encoded = sorted(encode_samples(tokenizer, drawn), key=lambda found: len(found.ids))
        for start in range(0, len(encoded), 8):
            batch = encoded[start : start + 8]
            width = max(len(found.ids) for found in batch)
            ids = torch.zeros(len(batch), width, dtype=torch.long)
            for row, (tokens, *_) in enumerate(batch):
                ids[row, : len(tokens)] = torch.from_numpy(tokens.astype(np.int64))
            best = model(input_ids=ids, use_cache=False).logits[:, :-1].argmax(-1)
            for row, (tokens, weights, _) in enumerate(batch):
                answer = np.flatnonzero(weights == 100)
                breaks = np.flatnonzero(np.diff(answer) > 1)
                answer = answer[breaks[-1] + 1 :] if len(breaks) else answer
                right += bool(all(int(best[row, at - 1]) == int(tokens[at]) for at in answer))
        scores[name] = right / len(drawn)
    return scores
