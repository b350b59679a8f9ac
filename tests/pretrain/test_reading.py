from random import Random
from types import SimpleNamespace

import pytest
import torch

from course_lib.text import ABSTAIN, contains_value
from course_lib.world.wordings import RELATIONS
from tools.pretrain.corpus import encode_samples
from tools.pretrain.passages import PUBLIC, chat
from tools.pretrain.reading import ask_heldout, development_sets, heldout_reading, score_sets, state_heldout

N = 6


@pytest.fixture(scope="module")
def sets():
    return development_sets(N)


class Oracle:
    """Predicts the very next token, except where ``is_blind(row, position)`` says so."""

    def __init__(self, n_tokens, is_blind=lambda ids, at: False):
        self.n_tokens, self.is_blind = n_tokens, is_blind

    def __call__(self, input_ids, use_cache):
        following = input_ids.roll(-1, dims=1)
        for row, ids in enumerate(input_ids.tolist()):
            for at in range(len(ids)):
                if self.is_blind(ids, at):
                    following[row, at] = (following[row, at] + 1) % self.n_tokens
        return SimpleNamespace(logits=torch.nn.functional.one_hot(following, self.n_tokens).float())


def request_of(sample):
    return "".join(text for text, weight in sample if weight == 0)


def test_the_sets_are_the_same_each_time_and_of_the_size_asked_for(sets):
    assert {name: len(drawn) for name, drawn in sets.items()} == dict.fromkeys(sets, N)
    assert development_sets(N)["read5"] == sets["read5"]
    assert {"read1", "read5", "read_train", "closed", "missing"} <= set(sets)


def test_reading_is_asked_and_stated_in_the_first_held_out_wording():
    for fact in PUBLIC[:20]:
        relation = RELATIONS[fact.relation.name]
        assert ask_heldout(fact) == relation.ask(fact.subject, relation.heldout_questions[0])
        assert state_heldout(fact) == relation.state(fact.subject, fact.value, relation.heldout_statements[0])


@pytest.mark.parametrize("n_passages", [1, 5])
def test_the_answer_stands_in_the_passages(n_passages):
    for seed in range(30):
        *_, (request, _), (answer, weight) = heldout_reading(Random(seed), n_passages)
        assert weight == 1
        assert contains_value(request.split("\nQuestion: ")[0], answer.removesuffix("<|end|>"))
        assert f"[{n_passages}] " in request
        assert f"[{n_passages + 1}] " not in request


def test_a_missing_answer_is_to_abstain():
    for seed in range(30):
        *_, (request, _), (answer, _) = heldout_reading(Random(seed), 3, missing=True)
        assert answer == f"{ABSTAIN}<|end|>"
        assert "[3] " in request
        assert "[4] " not in request


def test_a_model_that_predicts_every_token_scores_one_on_all_sets(tokenizer, sets):
    scores = score_sets(Oracle(tokenizer.get_vocab_size()), tokenizer, sets)
    assert scores == dict.fromkeys(sets, 1.0)


def test_a_model_that_predicts_no_token_scores_zero(tokenizer, sets):
    blind = Oracle(tokenizer.get_vocab_size(), lambda ids, at: True)
    scores = score_sets(blind, tokenizer, {name: sets[name] for name in ("read1", "closed", "missing", "shots")})
    assert set(scores.values()) == {0.0}


def test_only_the_tokens_of_the_last_answer_count(tokenizer):
    drawn = [chat([("a?", "one"), ("b?", "two")]), chat([("c?", "three"), ("d?", "four")], "Read.")]
    encoded = {len(ids): ids.tolist() for ids, *_ in encode_samples(tokenizer, drawn)}
    starts = {n: n - ids[::-1].index(tokenizer.token_to_id("<|assistant|>")) - 1 for n, ids in encoded.items()}
    assert len(starts) == 2

    def start_of(ids):
        n = next(n for n, known in encoded.items() if ids[:n] == known)
        return starts[n]

    def outside(ids, at):
        return at < start_of(ids)

    def first_of_answer(ids, at):
        return at == start_of(ids)

    n_tokens = tokenizer.get_vocab_size()
    assert score_sets(Oracle(n_tokens, outside), tokenizer, {"x": drawn}) == {"x": 1.0}
    assert score_sets(Oracle(n_tokens, first_of_answer), tokenizer, {"x": drawn}) == {"x": 0.0}


def test_the_score_is_the_share_of_right_answers(tokenizer):
    drawn = [chat([("a?", word)]) for word in ("one", "two", "three", "four")]
    wrong = tokenizer.encode("two", add_special_tokens=False).ids

    def blind(ids, at):
        return ids[at + 1 : at + 1 + len(wrong)] == wrong

    assert score_sets(Oracle(tokenizer.get_vocab_size(), blind), tokenizer, {"x": drawn}) == {"x": 0.75}
