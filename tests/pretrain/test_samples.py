import json
import re
from collections import Counter
from functools import cache, partial
from random import Random

import numpy as np
import pytest
from tokenizers import Tokenizer

from course_lib.contract_items import FORMATS
from course_lib.models.settings import ROOT
from course_lib.text import ABSTAIN
from course_lib.world.documents import COMPANY
from tools.pretrain import corpus, passages, phrases, samples, skills
from tools.pretrain.passages import (
    ASSISTANT,
    END,
    PUBLIC,
    PUBLIC_SUBJECTS,
    SYSTEM,
    USER,
    Sample,
    draw_context,
    questions_of,
)
from tools.pretrain.tokenizer import SPECIAL_TOKENS, VOCABULARY_SIZE

N_SAMPLES = 600
MARKS = (SYSTEM, USER, ASSISTANT, END)


@cache
def drawn(stage: str) -> list[Sample]:
    rng = Random(f"test-{stage}")
    return [corpus.draw_sample(rng, stage) for _ in range(N_SAMPLES)]


def draw_many(make, n: int = N_SAMPLES) -> list[Sample]:
    rng = Random(make.__name__)
    return [make(rng) for _ in range(n)]


def is_chat(sample: Sample) -> bool:
    return sample[0][0].startswith((SYSTEM, USER))


def answers_of(sample: Sample) -> list[tuple[str, float]]:
    """Return the answers of a chat with their weights, without the end token."""
    pairs = zip(sample, sample[1:], strict=False)
    return [(text.removesuffix(END), weight) for (before, _), (text, weight) in pairs if before.endswith(ASSISTANT)]


def text_of(sample: Sample) -> str:
    return "".join(text for text, _ in sample)


def share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(ROOT / "embedded_model" / "tokenizer.json"))


# --- what bears loss


@pytest.mark.parametrize("stage", corpus.MIXTURES)
def test_only_answers_bear_loss_and_each_ends_with_the_end_token(stage):
    for sample in drawn(stage):
        if not is_chat(sample):
            assert len(sample) == 1
            assert sample[0][0].endswith(END)
            assert sample[0][1] in (0.3, 1.0)
            continue
        answers = answers_of(sample)
        assert sum(weight for _, weight in sample) == sum(weight for _, weight in answers) > 0
        assert [weight for text, weight in sample if text.endswith(ASSISTANT)] == [0.0] * len(answers)
        assert text_of(sample).endswith(END)
        assert text_of(sample).count(ASSISTANT) == len(answers)
        # neither an answer nor what a user says holds a mark of the template
        assert not [text for text, _ in answers if not text or any(mark in text for mark in MARKS)]
        turns = re.findall(r"<\|\w+\|>", text_of(sample))
        head = turns[:2] if turns[0] == SYSTEM else []
        assert turns == head + [USER, END, ASSISTANT, END] * len(answers)


def test_the_first_of_a_shown_format_or_style_counts_little_as_it_cannot_be_known():
    for sample in (*draw_many(skills.few_shot_format, 50), *draw_many(skills.shown_style, 50)):
        weights = [weight for _, weight in answers_of(sample)]
        assert weights == [0.1] + [1.0] * (len(weights) - 1)


def test_a_label_without_meaning_bears_loss_only_after_it_was_shown():
    n_unnamed = 0
    for sample in draw_many(skills.classify, 300):
        seen: set[str] = set()
        weights = [weight for _, weight in answers_of(sample)]
        if 0.0 in weights:
            n_unnamed += 1
            for label, weight in answers_of(sample):
                assert weight == (1.0 if label in seen else 0.0)
                seen.add(label)
    assert 0.25 <= n_unnamed / 300 <= 0.55


def test_a_label_that_is_told_stands_in_the_rule_and_bears_loss_from_the_first_text_on():
    n_told = 0
    for sample in draw_many(skills.classify, 300):
        answers = answers_of(sample)
        if all(weight == 1.0 for _, weight in answers):
            n_told += 1
            rule = sample[0][0]
            assert rule.startswith(SYSTEM)
            assert all(re.search(rf"\b{label}\b", rule) for label, _ in answers), text_of(sample)
    assert 0.45 <= n_told / 300 <= 0.75


def test_every_name_of_a_topic_belongs_to_a_topic_and_no_two_labels_of_a_text_are_alike():
    assert set(phrases.TOPIC_NAMES) <= set(phrases.TOPICS)
    rng = Random("names of topics")
    shared = {name for names in phrases.TOPIC_NAMES.values() for name in names.split()}
    assert {"technical", "billing", "complaint"} <= shared
    for _ in range(300):
        labels = skills.name_topics(rng, ["computer", "broken"])
        assert len(set(labels)) == 2


def test_no_two_fields_of_a_text_have_the_same_name_and_usual_names_are_among_them():
    usual = {name for names in phrases.FIELD_NAMES.values() for name in names.split()}
    n_usual = 0
    for sample in draw_many(skills.extract, 300):
        for answer, _ in answers_of(sample):
            if answer.startswith("{"):
                names = [name for name, _ in json.loads(answer, object_pairs_hook=list)]
            else:
                names = [line.split(": ")[0] for line in answer.splitlines()]
            assert len(set(names)) == len(names), answer
            n_usual += any(name in usual for name in names)
    assert n_usual > 100


# --- whether the answers are right


@pytest.mark.parametrize("long", [False, True])
def test_every_answer_to_a_reading_question_stands_in_the_context(long):
    rng = Random(f"reading-{long}")
    n_cited = 0
    for _ in range(N_SAMPLES // 2):
        sample = samples.read_context(rng, long=long)
        request = "".join(text for text, _ in sample[:2]).casefold()
        for answer, _ in answers_of(sample):
            value, number = re.fullmatch(r"(.*?)(?: \[(\d)\])?", answer, re.DOTALL).groups()
            if answer != ABSTAIN:
                assert value.casefold() in request, (answer, request)
            if number:
                n_cited += 1
                passages = re.split(r"(?:\[|document )\d(?:\]|:) ", request)
                assert value.casefold() in passages[int(number)], (answer, request)
    assert n_cited > 20


def test_the_answer_by_way_of_a_person_stands_in_the_context():
    for sample in draw_many(samples.two_hops, 200):
        request = text_of(sample[:2]).casefold()
        assert all(answer.casefold() in request for answer, _ in answers_of(sample))


def test_a_question_to_abstain_on_is_answered_by_no_fact_of_the_passages():
    rng = Random("missing")
    for _ in range(300):
        passages = draw_context(rng, 3, long=False)
        facts = [fact for passage in passages for fact in passage.facts]
        asked = {fact.relation.ask(fact.subject, text) for fact in facts for text in fact.relation.questions}
        assert samples.missing_question(rng, passages) not in asked


def test_closed_book_answers_are_the_public_facts_or_abstentions(monkeypatch):
    monkeypatch.setattr(passages, "LOOSE_SHARE", 0.0)  # so that a question can be looked up by its wording
    known = {
        fact.relation.ask(fact.subject, text): fact.value for fact in PUBLIC for text in questions_of(fact.relation)
    }
    for sample in draw_many(samples.closed_book, 300):
        questions = re.findall(r"<\|user\|>(.*?)<\|end\|>", text_of(sample), re.DOTALL)
        assert [known.get(question, ABSTAIN) for question in questions] == [answer for answer, _ in answers_of(sample)]


# --- the stated shares


def test_where_the_instruction_says_so_some_of_the_reading_questions_have_no_answer():
    told, untold = [], []
    for sample in draw_many(samples.read_context, 1_500):
        is_told = any(rule in text_of(sample[:2]) for rule in phrases.ABSTAIN)
        (told if is_told else untold).extend(answer == ABSTAIN for answer, _ in answers_of(sample))
    assert 0.03 <= share(told) <= 0.1
    assert len(told) > 500
    assert not any(untold)


def test_closed_book_abstentions_are_taught_only_where_the_instruction_says_so():
    told, untold = [], []
    for sample in draw_many(samples.closed_book, 1_500):
        is_told = any(rule in sample[0][0] for rule in phrases.CLOSED_ABSTAIN)
        (told if is_told else untold).append([answer == ABSTAIN for answer, _ in answers_of(sample)])
    assert 0.25 <= len(told) / 1_500 <= 0.35
    assert 0.38 <= share([hit for hits in told for hit in hits]) <= 0.52
    assert not any(map(any, untold))


def test_every_third_context_tells_something_new_of_a_public_entity():
    rng, contexts = Random("contradictions"), []
    for _ in range(1_000):
        passages = draw_context(rng, 3, long=False)
        contexts.append([fact for passage in passages for fact in passage.facts if fact.subject in PUBLIC_SUBJECTS])
    assert 0.30 <= share([bool(facts) for facts in contexts]) <= 0.40
    known = {(fact.relation.name, fact.subject): fact.value for fact in PUBLIC}
    against = [
        [fact for fact in facts if known.get((fact.relation.name, fact.subject), fact.value) != fact.value]
        for facts in contexts
    ]
    assert share([bool(facts) for facts in against]) >= 0.15


@pytest.mark.parametrize("stage", corpus.MIXTURES)
def test_each_stage_draws_its_makers_by_their_weights(stage, monkeypatch):
    makers = list(corpus.MIXTURES[stage])
    named = {
        lambda rng, number=number: [(str(number), 1.0)]: corpus.MIXTURES[stage][maker]
        for number, maker in enumerate(makers)
    }
    monkeypatch.setitem(corpus.MIXTURES, stage, named)
    rng = Random(0)
    counts = Counter(int(corpus.draw_sample(rng, stage)[0][0]) for _ in range(5_000))
    total = sum(named.values())
    for number, weight in enumerate(named.values()):
        assert abs(counts[number] / 5_000 - weight / total) < 0.03


# --- tokens


@pytest.mark.parametrize("stage", corpus.MIXTURES)
def test_tokens_give_the_text_back_and_carry_the_weight_of_their_segment(tokenizer, stage):
    few = drawn(stage)[:150]
    for sample, (ids, weights, carried) in zip(few, corpus.encode_samples(tokenizer, few), strict=True):
        assert tokenizer.decode(ids.tolist(), skip_special_tokens=False) == text_of(sample)
        assert ids.shape == weights.shape
        assert (ids.dtype, weights.dtype, carried.dtype) == (np.uint16, np.uint8, np.uint16)
        assert carried.shape == (len(ids), corpus.N_CARRIED)
        start = 0
        for text, weight in sample:
            n_tokens = len(tokenizer.encode(text, add_special_tokens=False).ids)
            assert set(weights[start : start + n_tokens].tolist()) <= {round(100 * weight)}
            start += n_tokens
        assert start == len(ids)


def test_marks_are_single_tokens_and_digits_stand_alone(tokenizer):
    assert [tokenizer.token_to_id(token) for token in SPECIAL_TOKENS] == list(range(len(SPECIAL_TOKENS)))
    assert tokenizer.encode(f"{USER}7281{END}").tokens == [USER, "7", "2", "8", "1", END]
    assert tokenizer.decode(tokenizer.encode("Zoë pays 5 € – naïve?").ids) == "Zoë pays 5 € – naïve?"
    assert tokenizer.get_vocab_size() <= VOCABULARY_SIZE


@pytest.mark.parametrize("stage", corpus.MIXTURES)
def test_most_samples_fit_and_a_shard_holds_only_those(tokenizer, stage, tmp_path):
    lengths = np.array([len(ids) for ids, *_ in corpus.encode_samples(tokenizer, drawn(stage))])
    assert (lengths <= corpus.MAX_TOKENS[stage]).mean() >= 0.75
    path = tmp_path / f"{stage}-000.npz"
    n_tokens = corpus.write_shard(path, tokenizer, stage, "seed", 60)
    with np.load(path) as shard:
        assert len(shard["lengths"]) >= 60
        assert shard["lengths"].max() <= corpus.MAX_TOKENS[stage]
        assert shard["lengths"].sum() == len(shard["ids"]) == len(shard["weights"]) == n_tokens
        ends = np.cumsum(shard["lengths"]) - 1
        assert set(shard["ids"][ends].tolist()) == {SPECIAL_TOKENS.index(END)}
    assert list(tmp_path.iterdir()) == [path]


def test_the_same_seed_writes_the_same_shard(tokenizer, tmp_path):
    shards = []
    for name in ("a", "b"):
        corpus.write_shard(tmp_path / f"{name}.npz", tokenizer, "short", "seed", 20)
        with np.load(tmp_path / f"{name}.npz") as shard:
            shards.append(shard["ids"])
    assert np.array_equal(*shards)


def test_name_and_value_are_carried_to_the_later_of_both_and_the_name_asked_for_to_the_answer(tokenizer):
    sample = passages.chat([("14 days goes to Tarvo. Kelda has 20 days.\nTarvo?", "14 days")])
    sample.links, sample.asked = (("Tarvo", "14 days"), ("Kelda", "20 days")), ("Tarvo",)
    [(ids, _, carried)] = corpus.encode_samples(tokenizer, [corpus.weigh_questions(sample)])
    told = {}
    for at in np.flatnonzero(carried[:, 0]):
        read = tokenizer.decode(ids[: at + 1].tolist(), skip_special_tokens=False)
        told[read] = tokenizer.decode([token for token in carried[at].tolist() if token]).strip()
    ends = sorted(told, key=len)
    assert [read.endswith(word) for read, word in zip(ends, ("Tarvo", "2", ASSISTANT), strict=True)] == [True] * 3
    assert [told[read] for read in ends] == ["14 days", "Kelda", "Tarvo"]


@pytest.mark.parametrize("stage", ["bind", "rivals", "long"])
def test_what_is_carried_to_an_answer_is_a_name_of_its_request(tokenizer, stage):
    few = [sample for sample in drawn(stage) if sample.asked][:60]
    for sample, (ids, _, carried) in zip(few, corpus.encode_samples(tokenizer, few), strict=True):
        starts = np.flatnonzero(ids == tokenizer.token_to_id(ASSISTANT))
        assert len(starts) == len(sample.asked)
        for at, subject in zip(starts, sample.asked, strict=True):
            word = tokenizer.decode([token for token in carried[at].tolist() if token]).strip()
            assert bool(word) == bool(subject)
            assert subject.startswith(word)
            assert subject in text_of(sample)
        assert sample.links


# --- wordings and formats that nobody wrote down


def test_one_wording_in_five_is_loosened_and_keeps_its_slots():
    rng = Random(3)
    template = "Our prices list the {s} at {v} today."
    loosened = [passages.loosen(rng, template) for _ in range(2_000)]
    changed = [text for text in loosened if text != template]
    assert 0.16 <= len(changed) / len(loosened) <= 0.24
    assert all(text.count("{s}") == 1 and text.count("{v}") == 1 for text in changed)
    assert {len(text.split()) for text in changed} == {7, 8, 9}


def test_formats_are_wide_and_none_is_one_that_the_contract_tests():
    rng = Random(4)
    drawn = [skills.draw_format(rng) for _ in range(5_000)]
    assert len(set(drawn)) > 2_500
    assert not set(drawn) & set(FORMATS)
    assert all(pattern.format("24 euros").count("24 euros") == 1 for pattern in drawn)


def test_of_entities_of_one_kind_the_one_that_is_asked_for_has_the_answer():
    for sample in draw_many(samples.look_up_facts, 200):
        context = next(text for text, _ in sample if text.startswith(USER)).casefold()
        assert all(answer.casefold() in context for answer, _ in answers_of(sample))


def test_values_stand_before_their_keys_where_they_are_to():
    backwards = partial(skills.look_up_keys, backwards=True)
    backwards.__name__ = "backwards"
    for sample in draw_many(backwards, 100):
        table = sample[0][0]
        assert all(table.index(value) <= table.index(key) for key, value in sample.links if value != key)


def test_rivals_are_of_one_kind_and_have_the_same_attributes():
    for sample in draw_many(samples.read_rivals, 200):
        context = next(text for text, _ in sample if text.startswith(USER))
        for (answer, _), subject in zip(answers_of(sample), sample.asked, strict=True):
            assert (answer == ABSTAIN) == (subject == "")
            assert answer == ABSTAIN or answer.casefold() in context.casefold()
        values = Counter(subject for subject, _ in sample.links)
        assert len(set(values.values())) == 1


def test_an_answer_in_style_holds_the_fact_and_what_it_was_told_to_begin_with():
    n_closed = 0
    for sample in draw_many(samples.in_style, 300):
        *_, (request, _), (answer, _) = sample
        n_closed += "\n" not in request
        opener = re.search(r'(?:Begin with|Start your reply with|Open with) "([^"]+)"', sample[0][0])
        assert opener is None or answer.startswith(opener[1])
    assert 0.35 <= n_closed / 300 <= 0.6


def test_odd_names_are_mostly_of_more_tokens_than_other_names_and_never_the_company(tokenizer):
    names = [skills.odd_name(Random(seed)) for seed in range(3000)]
    lengths = [len(tokenizer.encode(f" {name}", add_special_tokens=False).ids) for name in names]
    assert np.mean([length >= 3 for length in lengths]) > 0.8
    assert len(set(names)) > 2700
    assert COMPANY not in names


def test_the_last_line_of_a_request_bears_a_little_loss_and_the_passages_none():
    sample = Sample([(f"{USER}[1] A text.\nWho is it?{END}{ASSISTANT}", 0.0), (f"Ann{END}", 1.0)])
    assert corpus.weigh_questions(sample) == [
        (f"{USER}[1] A text.", 0.0),
        ("\nWho is it?", corpus.QUESTION_WEIGHT),
        (f"{END}{ASSISTANT}", 0.0),
        (f"Ann{END}", 1.0),
    ]


def test_weighing_the_questions_changes_no_text():
    for sample in draw_many(lambda rng: corpus.draw_sample(rng, "short"), 200):
        assert text_of(corpus.weigh_questions(sample)) == text_of(sample)
