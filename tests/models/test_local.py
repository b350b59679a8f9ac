"""Local models: one answer whatever the batch, nothing forged, nothing cut in silence."""

import json
import shutil
import subprocess
import sys

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

from course_lib.errors import ContextOverflowError, CourseError, DataError
from course_lib.models.base import LanguageModel
from course_lib.models.local import LocalModel, hash_weights
from course_lib.models.settings import ROOT


def user(text):
    return [{"role": "user", "content": text}]


def generate_alone(folder, prompts, max_new_tokens):
    """Answer one by one with the library's own generate: the reference."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    module = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    rule = GenerationConfig(
        max_new_tokens=max_new_tokens, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id
    )
    texts = []
    for prompt in prompts:
        encoding = tokenizer.apply_chat_template(prompt, add_generation_prompt=True, return_tensors="pt")
        output = module.generate(**encoding, generation_config=rule, do_sample=False)
        texts.append(tokenizer.decode(output[0, encoding["input_ids"].shape[1] :], skip_special_tokens=True))
    return texts


def without_system(prompts):
    return [user(f"{prompt[0]['content']}\n\n{prompt[1]['content']}") for prompt in prompts]


def texts(completions):
    return [completion.text for completion in completions]


def test_answers_equal_the_library_one_by_one(tiny_model, tiny_checkpoint, prompts):
    answers = tiny_model.generate(prompts, max_new_tokens=30)
    assert texts(answers) == generate_alone(tiny_checkpoint, prompts, 30)
    assert {answer.finish for answer in answers} == {"stop", "length"}
    assert len({answer.output_tokens for answer in answers}) > 3


def test_other_architectures_answer_like_the_library_one_by_one(other_checkpoint, prompts):
    model = LocalModel.load(other_checkpoint)
    reference = without_system(prompts) if other_checkpoint.name == "gemma2" else prompts
    answers = texts(model.generate(prompts, max_new_tokens=24, batch_size=5))
    assert answers == generate_alone(other_checkpoint, reference, 24)
    assert len(set(answers)) > 3


@pytest.mark.parametrize("share_prefix", [False, True])
@pytest.mark.parametrize("batch_size", [1, 3, 14])
def test_answers_do_not_depend_on_batch_size_or_prefix_sharing(tiny_checkpoint, prompts, batch_size, share_prefix):
    opening = {"role": "system", "content": "Read these documents: " + "the archive opens at nine " * 4}
    longer = [[opening, *prompt[1:]] for prompt in prompts]
    plain = LocalModel.load(tiny_checkpoint, share_prefix=False)
    model = LocalModel.load(tiny_checkpoint, share_prefix=share_prefix)
    assert texts(model.generate(longer, batch_size=batch_size)) == texts(plain.generate(longer, batch_size=14))


def test_a_shared_beginning_is_read_only_once(tiny_checkpoint, monkeypatch):
    model = LocalModel.load(tiny_checkpoint)
    widths = []
    forward = model.module.forward
    monkeypatch.setattr(
        model.module, "forward", lambda **inputs: widths.append(inputs["input_ids"].shape) or forward(**inputs)
    )
    opening = "the archive opens at nine " * 6
    questions = [user(opening + end) for end in ("and", "or", "but")]
    model.generate(questions, max_new_tokens=1)
    (rows, prefix_width), (rest_rows, rest_width) = widths
    assert (rows, rest_rows) == (1, 3)
    assert prefix_width > 30 > 10 > rest_width
    model.share_prefix = False
    model.generate(questions, max_new_tokens=1)
    assert widths[2:] == [(3, prefix_width + rest_width)]


def test_a_sliding_window_is_never_shared(other_checkpoint, prompts):
    model = LocalModel.load(other_checkpoint)
    rows = [[9] * 40 + [8], [9] * 40 + [7, 6]]
    with torch.no_grad():
        shared = model._decoder.share_prefix(rows)
    assert (shared is None) == (other_checkpoint.name == "gemma2")


def test_a_token_budget_bounds_the_batches(tiny_checkpoint, prompts, monkeypatch):
    model = LocalModel.load(tiny_checkpoint, max_batch_tokens=300, share_prefix=False)
    cached = []
    forward = model.module.forward
    monkeypatch.setattr(
        model.module, "forward", lambda **inputs: cached.append(inputs["attention_mask"].numel()) or forward(**inputs)
    )
    answers = model.generate(prompts, max_new_tokens=20)
    assert max(cached) <= 300
    assert texts(answers) == texts(LocalModel.load(tiny_checkpoint).generate(prompts, max_new_tokens=20))


def test_the_end_token_is_counted_but_not_shown(tiny_model, prompts):
    for answer in tiny_model.generate(prompts, max_new_tokens=30):
        assert "<|" not in answer.text
        assert answer.finish == "stop" or answer.output_tokens == 30
        assert answer.seconds > 0


def test_an_answer_that_ends_on_the_last_token_has_stopped(tiny_model, prompts):
    stopped, prompt = next(
        (answer, prompt)
        for answer, prompt in zip(tiny_model.generate(prompts), prompts, strict=True)
        if answer.finish == "stop"
    )
    exact = tiny_model.generate([prompt], max_new_tokens=stopped.output_tokens)[0]
    assert (exact.text, exact.finish) == (stopped.text, "stop")


def test_no_prompts_give_no_answers(tiny_model):
    assert tiny_model.generate([]) == []
    assert tiny_model.log_probabilities([], []) == []


@pytest.mark.parametrize("limits", [{"max_new_tokens": 0}, {"batch_size": 0}])
def test_counts_below_one_are_refused_by_name(tiny_model, prompts, limits):
    with pytest.raises(CourseError, match=next(iter(limits))):
        tiny_model.generate(prompts, **limits)


def test_progress_reaches_the_end_in_rising_steps(tiny_model, prompts):
    seen = []
    tiny_model.generate(prompts, max_new_tokens=2, batch_size=4, progress=lambda done, n: seen.append((done, n)))
    assert seen == [(4, 14), (8, 14), (12, 14), (14, 14)]


def test_too_long_a_prompt_is_refused_with_both_numbers_before_anything_runs(tiny_checkpoint, monkeypatch):
    model = LocalModel.load(tiny_checkpoint)
    monkeypatch.setattr(model.module, "forward", lambda **inputs: pytest.fail("the model ran"))
    long = user("valve " * 300)
    with pytest.raises(ContextOverflowError) as caught:
        model.generate([user("short"), long], max_new_tokens=10)
    assert caught.value.n_tokens == model.count_tokens(long) + 10
    assert caught.value.context_length == model.context_length == 256
    with pytest.raises(ContextOverflowError):
        model.log_probabilities([long], ["24"])


def test_a_prompt_that_just_fits_is_answered(tiny_model):
    prompt = user("valve pump")
    room = tiny_model.context_length - tiny_model.count_tokens(prompt)
    assert tiny_model.generate([prompt], max_new_tokens=room)[0].output_tokens <= room
    with pytest.raises(ContextOverflowError):
        tiny_model.generate([prompt], max_new_tokens=room + 1)


def test_token_counts_are_those_of_the_template(tiny_model, prompts):
    tokenizer = tiny_model.tokenizer
    for prompt, answer in zip(prompts, tiny_model.generate(prompts, max_new_tokens=1), strict=True):
        text = f"<|system|>{prompt[0]['content']}<|end|><|user|>{prompt[1]['content']}<|end|><|assistant|>"
        assert tiny_model.count_tokens(prompt) == answer.prompt_tokens == len(tokenizer.encode(text))


def test_log_probabilities_equal_those_computed_one_by_one(tiny_model, prompts):
    answers = ["24 euros", "nine", "room 214 before March"] * 5
    together = tiny_model.log_probabilities(prompts, answers[: len(prompts)], batch_size=6)
    for prompt, answer, value in zip(prompts, answers, together, strict=False):
        head = tiny_model.tokenizer.apply_chat_template(prompt, add_generation_prompt=True)["input_ids"]
        tail = tiny_model.tokenizer.encode(answer)
        with torch.no_grad():
            logits = tiny_model.module(input_ids=torch.tensor([head + tail])).logits[0]
        steps = logits.log_softmax(-1)[torch.arange(len(head) - 1, len(head) + len(tail) - 1), torch.tensor(tail)]
        assert value == pytest.approx(steps.sum().item(), rel=1e-5, abs=1e-4)


def test_log_probabilities_of_other_architectures_do_not_depend_on_the_batch(other_checkpoint, prompts):
    model = LocalModel.load(other_checkpoint)
    answers = ["24 euros", "nine o'clock on working days"] * 7
    alone = model.log_probabilities(prompts, answers, batch_size=1)
    assert model.log_probabilities(prompts, answers, batch_size=14) == pytest.approx(alone, rel=1e-4, abs=1e-3)


def test_the_greedy_first_token_is_likelier_than_any_character(tiny_model):
    prompt = user("what does the valve cost?")
    first = tiny_model.generate([prompt], max_new_tokens=1)[0].text
    rivals = [chr(number) for number in range(ord("!"), ord("~")) if chr(number) != first]
    scores = tiny_model.log_probabilities([prompt] * (1 + len(rivals)), [first, *rivals])
    assert max(scores) == scores[0] < 0


def test_answers_to_score_must_match_the_prompts_and_have_text(tiny_model, prompts):
    with pytest.raises(CourseError, match="got 14 prompts and 1 answers"):
        tiny_model.log_probabilities(prompts, ["24"])
    with pytest.raises(CourseError, match="answer 1 is empty"):
        tiny_model.log_probabilities(prompts[:2], ["24", ""])


def test_the_module_keeps_its_mode_and_its_gradients(tiny_checkpoint, prompts):
    model = LocalModel.load(tiny_checkpoint)
    model.module.train()
    model.generate(prompts[:2], max_new_tokens=2)
    assert model.module.training
    ids = torch.tensor([[7, 8, 9]])
    model.module(input_ids=ids, labels=ids).loss.backward()
    assert all(parameter.grad is not None for parameter in model.module.parameters())


def adapt(module, *, zero):
    torch.manual_seed(0)
    config = LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=zero)
    return get_peft_model(module, config)


def test_a_fresh_adapter_changes_no_answer_and_a_used_one_does(tiny_checkpoint, prompts):
    base = LocalModel.load(tiny_checkpoint)
    before = texts(base.generate(prompts))
    fresh = base.with_module(adapt(LocalModel.load(tiny_checkpoint).module, zero=True), "fresh")
    used = base.with_module(adapt(LocalModel.load(tiny_checkpoint).module, zero=False), "used")
    assert texts(fresh.generate(prompts)) == before
    assert texts(used.generate(prompts)) != before
    assert (used.name, used.tokenizer) == ("used", base.tokenizer)
    assert len({base.fingerprint, fresh.fingerprint, used.fingerprint}) == 3
    assert used.n_parameters > base.n_parameters
    with used.module.disable_adapter():
        assert texts(used.generate(prompts)) == before


def test_another_module_keeps_the_settings(tiny_checkpoint):
    base = LocalModel.load(tiny_checkpoint, max_batch_tokens=999, share_prefix=False)
    other = base.with_module(base.module, "other")
    assert (other.max_batch_tokens, other.share_prefix) == (999, False)


def test_an_adapter_put_in_later_leaves_the_fingerprint_of_the_base(tiny_checkpoint):
    base = LocalModel.load(tiny_checkpoint)
    before = base.fingerprint
    adapt(base.module, zero=False)
    assert base.fingerprint == before == LocalModel.load(tiny_checkpoint).fingerprint != hash_weights(base.module)


def test_one_changed_weight_changes_the_fingerprint(tiny_checkpoint):
    model = LocalModel.load(tiny_checkpoint)
    with torch.no_grad():
        next(model.module.parameters())[0, 0] += 1e-3
    assert hash_weights(model.module) != model.fingerprint


def test_a_local_model_fulfils_the_interface(tiny_model, tiny_checkpoint):
    assert isinstance(tiny_model, LanguageModel)
    assert tiny_model.name == str(tiny_checkpoint)
    assert tiny_model.n_parameters == sum(parameter.numel() for parameter in tiny_model.module.parameters())


def test_the_embedded_model_is_verified_at_load(tiny_checkpoint, tmp_path):
    folder = shutil.copytree(tiny_checkpoint, tmp_path / "embedded_model")
    assert LocalModel.load_embedded(folder).name == "embedded"
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (folder / "model.safetensors").write_bytes(weights)
    with pytest.raises(DataError, match="embedded_model/model.safetensors is damaged"):
        LocalModel.load_embedded(folder)


def test_an_embedded_model_without_hashes_is_refused(tiny_checkpoint, tmp_path):
    folder = shutil.copytree(tiny_checkpoint, tmp_path / "embedded_model")
    (folder / "SHA256SUMS").unlink()
    with pytest.raises(DataError, match="has no SHA256SUMS"):
        LocalModel.load_embedded(folder)
    assert LocalModel.load(folder).n_parameters > 0


def test_a_name_that_is_no_model_gets_one_clear_sentence(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(CourseError, match="cannot load the model .*empty.* expected 'embedded', a folder") as caught:
        LocalModel.load(tmp_path / "empty")
    assert "\n" not in str(caught.value)


def test_a_checkpoint_without_chat_template_is_refused(tiny_checkpoint, tmp_path):
    folder = shutil.copytree(tiny_checkpoint, tmp_path / "plain")
    (folder / "chat_template.jinja").unlink()
    (folder / "SHA256SUMS").unlink()
    with pytest.raises(CourseError, match="has no chat template"):
        LocalModel.load(folder)


def test_all_end_tokens_of_a_checkpoint_stop_an_answer(tiny_checkpoint, tmp_path, prompts):
    folder = shutil.copytree(tiny_checkpoint, tmp_path / "two_ends")
    (folder / "SHA256SUMS").unlink()
    model = LocalModel.load(folder)
    prompt = next(
        prompt for prompt, answer in zip(prompts, model.generate(prompts), strict=True) if answer.output_tokens > 3
    )
    first = model.generate([prompt], max_new_tokens=1)[0].text
    rule = json.loads((folder / "generation_config.json").read_text())
    rule["eos_token_id"] = [model.tokenizer.eos_token_id, *model.tokenizer.encode(first)]
    (folder / "generation_config.json").write_text(json.dumps(rule))
    answer = LocalModel.load(folder).generate([prompt])[0]
    assert (answer.output_tokens, answer.finish) == (1, "stop")


def test_loading_and_generating_print_nothing(tiny_checkpoint):
    # A process of its own, because the libraries are silenced once and this one is already silent.
    script = (
        "import sys; from course_lib.models import load_model; "
        "load_model(sys.argv[1]).generate([[{'role': 'user', 'content': 'Hi'}]], max_new_tokens=3)"
    )
    command = [sys.executable, "-c", script, str(tiny_checkpoint)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
