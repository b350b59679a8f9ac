"""Write the training text as shards of token ids: ``python -m tools.pretrain.corpus OUT --stage short --shards 4``."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
from tokenizers import Encoding, Tokenizer

from course_lib.world.names import TrainingRandom
from tools.pretrain import samples, skills
from tools.pretrain.passages import ASSISTANT, END, USER, Sample

Maker = Callable[[Random], Sample]
SELDOM = 0.005
"""Share of unanswerable questions in the last stage: by then the model declines nearly all of them, and where it is not
sure it had better answer."""
MIXTURES: dict[str, dict[Maker, float]] = {
    "copy": {
        skills.look_up_keys: 34, skills.echo: 22, skills.list_task: 8, skills.few_shot_format: 8,
        skills.told_format: 4, samples.read_context: 16, samples.closed_book: 3, samples.document: 5,
    },
    "bind": {
        partial(samples.look_up_facts, value_first=0.75): 42, partial(skills.look_up_keys, backwards=True): 20,
        skills.look_up_keys: 5, samples.read_rivals: 20, skills.list_task: 3, skills.few_shot_format: 3,
        skills.told_format: 3, samples.closed_book: 3, skills.extract: 1,
    },
    "short": {
        samples.look_up_facts: 18, samples.read_context: 46, samples.two_hops: 4, samples.obey_injected: 3,
        samples.closed_book: 6, samples.document: 4, skills.few_shot_format: 5, skills.told_format: 5,
        skills.told_style: 5, skills.shown_style: 3, skills.classify: 4, skills.extract: 4, skills.look_up_keys: 3,
        skills.list_task: 4, skills.echo: 1, skills.unknown_word: 1,
    },
    "rivals": {
        samples.read_rivals: 50, samples.look_up_facts: 8, samples.read_context: 6, samples.in_style: 7,
        samples.two_hops: 2, samples.obey_injected: 2, samples.closed_book: 5, samples.document: 1,
        skills.few_shot_format: 3, skills.told_format: 3, skills.told_style: 3, skills.shown_style: 2,
        skills.classify: 10, skills.extract: 3, skills.list_task: 2, skills.unknown_word: 1,
    },
    "long": {
        partial(samples.read_rivals, missing=SELDOM): 36, samples.look_up_facts: 5,
        partial(samples.read_context, long=True, missing=SELDOM): 14, partial(samples.read_context, missing=SELDOM): 14,
        partial(samples.two_hops, long=True): 3, samples.two_hops: 4, samples.in_style: 22,
        samples.obey_injected: 3, samples.closed_book: 6, partial(samples.document, long=True): 2, samples.document: 2,
        skills.few_shot_format: 4, skills.told_format: 5, skills.told_style: 5, skills.shown_style: 3,
        skills.classify: 14, skills.extract: 12, skills.look_up_keys: 3, skills.list_task: 4, skills.unknown_word: 1,
    },
}  # fmt: skip
"""Stage of the curriculum -> makers of samples and their weights."""
QUESTION_WEIGHT = 0.2
MAX_TOKENS = {"copy": 256, "bind": 256, "short": 384, "rivals": 384, "long": 768}


N_CARRIED = 3
SENTENCE_ENDS = ("\n", ". ", "? ", "! ")


class Encoded(NamedTuple):
    """A sample as arrays of one entry a token, and `N_CARRIED` columns in ``carried``."""

    ids: np.ndarray
    weights: np.ndarray
    """In hundredths."""
    carried: np.ndarray
    """Where a name ends, the first tokens of the value before it in the sentence; where a value begins, those of the
    name before it; where an answer begins, those of the name asked about; elsewhere 0."""


def draw_sample(rng: Random, stage: str) -> Sample:
    """Return one sample of a stage."""
    mixture = MIXTURES[stage]
    return rng.choices(list(mixture), list(mixture.values()))[0](rng)


def weigh_questions(sample: Sample) -> Sample:
    """Return a sample in which the last line of each request bears a little loss.

    A question names an entity of the passages above it: who guesses the rest of the name has learnt which one is meant.
    """
    weighed = Sample()
    weighed.links, weighed.asked = sample.links, sample.asked
    for text, weight in sample:
        if weight or not text.startswith(USER):
            weighed.append((text, weight))
            continue
        start, end = max(text.rfind("\n"), len(USER)), text.index(END)
        weighed += [(text[:start], 0.0), (text[start:end], QUESTION_WEIGHT), (text[end:], 0.0)]
    return weighed


def find_carried(text: str, links: Sequence[tuple[str, str]]) -> Iterator[tuple[int, int, int]]:
    """Yield, for each sentence that links an entity and a value, where the later of both stands and the earlier one.

    That is the last character of an entity with the span of the value before it, or the first character of a value with
    the span of the entity before it.

    >>> list(find_carried("14 days goes to Tarvo. Kelda has 20 days.", [("Tarvo", "14 days"), ("Kelda", "20 days")]))
    [(20, 0, 7), (33, 23, 28)]
    """
    for subject, value in links:
        at = text.find(subject)
        while at >= 0:
            end = at + len(subject)
            first = max(text.rfind(mark, 0, at) for mark in SENTENCE_ENDS) + 1
            last = min((found for mark in SENTENCE_ENDS if (found := text.find(mark, end)) >= 0), default=len(text))
            if (before := text.rfind(value, first, at)) >= 0:
                yield end - 1, before, before + len(value)
            elif (behind := text.find(value, end, last)) >= 0:
                yield behind, at, end
            at = text.find(subject, end)


def encode_samples(tokenizer: Tokenizer, drawn: list[Sample]) -> list[Encoded]:
    """Return the samples as arrays."""
    texts = [text for sample in drawn for text, _ in sample]
    encodings = iter(tokenizer.encode_batch(texts, add_special_tokens=False))
    return [_encode_sample(tokenizer, sample, [next(encodings) for _ in sample]) for sample in drawn]


def _encode_sample(tokenizer: Tokenizer, sample: Sample, pieces: list[Encoding]) -> Encoded:
    ids, weights, carried = [], [], []
    links, asked = sample.links, iter(sample.asked)
    for (text, weight), piece in zip(sample, pieces, strict=True):
        marks = [[0] * N_CARRIED for _ in piece.ids]
        if links and text.startswith(USER):
            for at, start, end in find_carried(text, links):
                first, last = piece.char_to_token(start), piece.char_to_token(end - 1)
                marks[piece.char_to_token(at)] = _fill(piece.ids[first : last + 1])
            links = ()
        if text.endswith(ASSISTANT) and (subject := next(asked, "")):
            marks[-1] = _fill(tokenizer.encode(f" {subject}", add_special_tokens=False).ids)
        ids += piece.ids
        weights += [round(100 * weight)] * len(piece.ids)
        carried += marks
    return Encoded(np.array(ids, np.uint16), np.array(weights, np.uint8), np.array(carried, np.uint16))


def _fill(tokens: list[int]) -> list[int]:
    """Return the first `N_CARRIED` tokens, with zeros behind fewer."""
    return [*tokens[:N_CARRIED], *[0] * (N_CARRIED - len(tokens))]


def write_shard(path: Path, tokenizer: Tokenizer, stage: str, seed: str, n_samples: int) -> int:
    """Write one shard and return its number of tokens; samples over the stage's length are left out."""
    rng = TrainingRandom(seed)
    encoded: list[Encoded] = []
    while len(encoded) < n_samples:
        drawn = [draw_sample(rng, stage) for _ in range(min(500, n_samples))]
        weighed = [weigh_questions(sample) for sample in drawn]
        encoded += [found for found in encode_samples(tokenizer, weighed) if len(found.ids) <= MAX_TOKENS[stage]]
    lengths = np.array([len(found.ids) for found in encoded], np.int32)
    partial_path = path.with_suffix(".part.npz")
    np.savez(
        partial_path, lengths=lengths,
        **{name: np.concatenate([getattr(found, name) for found in encoded]) for name in Encoded._fields},
    )  # fmt: skip
    partial_path.rename(path)
    return int(lengths.sum())


def main() -> None:
    """Write the shards that are not there yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--stage", choices=list(MIXTURES), required=True)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--samples", type=int, default=20_000)
    parser.add_argument("--tokenizer", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(arguments.tokenizer))
    for number in range(arguments.shards):
        path = arguments.out / f"{arguments.stage}-{number:03d}.npz"
        if path.exists():
            continue
        start = time.perf_counter()
        n_tokens = write_shard(path, tokenizer, arguments.stage, f"{arguments.stage}-{number}", arguments.samples)
        print(f"{path.name}: {n_tokens:,} tokens in {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
