"""The cross-encoder, started from the real embedder."""

import copy
import json
import shutil

import numpy as np
import pytest
import torch

from course_lib.errors import CourseError, DataError, RerankerMismatchError
from course_lib.models import CrossEncoder, Embedder
from course_lib.models.checksums import MANIFEST, hash_file
from course_lib.models.cross_encoder import RECORD_FILE, WEIGHTS_FILE

PRICES = {"lamp": "The lamp costs 24 euros.", "valve": "The valve costs 7 euros.", "hub": "The hub costs 90 euros."}
PAIRS = [(f"What is the price of the {name}?", right, f"The {name} is blue.") for name, right in PRICES.items()]


@pytest.fixture(scope="module")
def embedder():
    return Embedder()


def train(embedder, **options):
    encoder = CrossEncoder(embedder)
    encoder.fit(PAIRS * 2, batch_size=3, learning_rate=2e-4, **options)
    return encoder


@pytest.fixture(scope="module")
def untrained(embedder):
    return CrossEncoder(embedder)


@pytest.fixture(scope="module")
def trained(embedder):
    return train(embedder)


@pytest.fixture(scope="module")
def saved(trained, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cross_encoder") / "saved"
    trained.save(folder)
    yield folder
    shutil.rmtree(folder)  # 90 MB, and pytest would keep those of three runs


@pytest.fixture
def folder(saved, tmp_path):
    """Give a copy whose small files may be changed."""
    (tmp_path / WEIGHTS_FILE).hardlink_to(saved / WEIGHTS_FILE)
    for name in (RECORD_FILE, MANIFEST):
        (tmp_path / name).write_bytes((saved / name).read_bytes())
    yield tmp_path
    (tmp_path / WEIGHTS_FILE).unlink()


def margins(encoder):
    return np.array([np.subtract(*encoder.score(question, passages)) for question, *passages in PAIRS])


def test_two_steps_put_the_right_passages_above_the_wrong_ones(untrained, trained):
    assert margins(untrained).tolist() == [0.0, 0.0, 0.0]
    assert (margins(trained) > 0).all()


def test_no_passages_have_no_scores(trained):
    assert trained.score("Where?", []).shape == (0,)


def test_a_score_depends_neither_on_the_batch_nor_on_what_lies_beyond_the_limit(trained):
    question, *passages = PAIRS[0]
    together = trained.score(question, [*passages, "word " * 300])
    assert together.shape == (3,)
    assert together.dtype == np.float64
    assert together[:2] == pytest.approx(trained.score(question, passages), abs=1e-5)
    assert together[2] == pytest.approx(trained.score(question, ["word " * 250 + "lamp " * 50])[0], abs=1e-5)


def test_the_loss_is_the_pairwise_logistic_one(trained):
    shared = [PAIRS[0], (*PAIRS[0][:2], "Nothing.")]
    scores = trained.score(PAIRS[0][0], [PAIRS[0][1], PAIRS[0][2], "Nothing."])
    with torch.no_grad():
        loss = trained._pair_loss(shared).item()
    assert loss == pytest.approx(np.log1p(np.exp(scores[1:] - scores[0])).mean(), abs=1e-5)


def test_the_seed_decides_and_the_callers_random_numbers_are_left_alone(embedder, trained):
    state = torch.get_rng_state()
    steps = []
    again = train(embedder, on_step=lambda *step: steps.append(step))
    assert (margins(again) == margins(trained)).all()
    assert torch.equal(torch.get_rng_state(), state)
    assert [step[:2] for step in steps] == [(1, 2), (2, 2)]
    assert steps[0][2] == pytest.approx(np.log(2))
    assert (margins(train(embedder, seed=1)) != margins(trained)).any()


def test_a_loss_that_is_no_number_ends_the_training(untrained, monkeypatch):
    monkeypatch.setattr(untrained, "_pair_loss", lambda batch: torch.tensor(float("nan"), requires_grad=True))
    with pytest.raises(CourseError, match="the loss was nan in step 1 of 1: the training diverged, so lower"):
        untrained.fit(PAIRS)


def test_the_embedder_keeps_its_weights(embedder, trained):
    assert embedder.encode_queries(["lamp"]) == pytest.approx(Embedder().encode_queries(["lamp"]), abs=0)


def test_a_loaded_cross_encoder_scores_like_the_saved_one(embedder, trained, saved):
    assert (margins(CrossEncoder.load(saved, embedder)) == margins(trained)).all()


def test_another_embedder_is_refused_with_both_named(embedder, saved):
    other = copy.copy(embedder)
    other.fingerprint = "0" * 64
    with pytest.raises(RerankerMismatchError, match=rf"fingerprint {embedder.fingerprint[:12]}, but .* has 0{{12}}:"):
        CrossEncoder.load(saved, other)


def test_a_changed_file_is_refused(embedder, folder):
    record = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
    (folder / RECORD_FILE).write_text(json.dumps({**record, "base_fingerprint": "0" * 64}), encoding="utf-8")
    with pytest.raises(DataError, match=rf"{RECORD_FILE} is damaged"):
        CrossEncoder.load(folder, embedder)


def test_a_save_that_was_cut_short_is_refused(embedder, folder):
    (folder / MANIFEST).write_text(f"{'0' * 64}  {RECORD_FILE}\n", encoding="utf-8")
    with pytest.raises(DataError, match=rf"does not list {WEIGHTS_FILE}"):
        CrossEncoder.load(folder, embedder)


def test_another_format_is_refused(embedder, folder):
    (folder / RECORD_FILE).write_text('{"format": 99}', encoding="utf-8")
    lines = [f"{hash_file(folder / name)}  {name}\n" for name in (WEIGHTS_FILE, RECORD_FILE)]
    (folder / MANIFEST).write_text("".join(lines), encoding="utf-8")
    with pytest.raises(DataError, match="not in format 1"):
        CrossEncoder.load(folder, embedder)


def test_what_has_no_weights_is_refused():
    with pytest.raises(CourseError, match="starts from the weights of .*Embedder, got a str"):
        CrossEncoder("all-MiniLM-L6-v2")


@pytest.mark.parametrize(
    ("pairs", "options", "message"),
    [
        ([], {}, "pairs must be greater than 0, got 0"),
        (PAIRS, {"batch_size": 0}, "batch_size must be greater than 0, got 0"),
        (PAIRS, {"learning_rate": float("nan")}, "learning_rate must be greater than 0, got nan"),
    ],
)
def test_training_refuses_what_cannot_work(untrained, pairs, options, message):
    with pytest.raises(CourseError, match=message):
        untrained.fit(pairs, **options)
