"""Endpoints that refuse, stumble, lie and die: one clear error, and finished answers are kept."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import course_lib.models.endpoint as endpoint_module
from course_lib.errors import ContextOverflowError, CourseError, EndpointError
from course_lib.models.base import LanguageModel
from course_lib.models.endpoint import EndpointModel, InterruptedGenerationError

pytestmark = pytest.mark.loopback

KEY = "secret-key-1"


def reply(text="fine", finish="stop", **changes):
    usage = {"prompt_tokens": 11, "completion_tokens": 2, "total_tokens": 13}
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text}}
    return {"id": "1", "created": 0, "model": "m", "choices": [choice], "usage": usage, **changes}


class Stage(ThreadingHTTPServer):
    """A server that plays a list of scenes, then answers with the last word of the question."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Actor)
        self.scenes = []
        self.requests = []
        self.lock = threading.Lock()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def questions(self):
        return [body["messages"][-1]["content"] for _, body in self.requests]

    def handle_error(self, request, client_address):
        """Keep quiet about clients that hung up: the slow scenes make them."""


class Actor(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.requests.append(({key.lower(): self.headers[key] for key in self.headers}, body))
            scene = self.server.scenes.pop(0) if self.server.scenes else {}
        time.sleep(scene.get("wait", 0))
        if scene.get("die"):
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"choices": [')
            self.close_connection = True
            return
        echo = body["messages"][-1]["content"].split()[-1]
        content = scene.get("body", reply(echo))
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(scene.get("status", 200))
        for name, value in scene.get("headers", {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        """Keep the test output clean."""


@pytest.fixture
def stage():
    server = Stage()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def make(stage):
    """Make an endpoint that notes its pauses instead of sleeping."""

    def build(**options):
        pauses = []
        options = {"api_key": KEY, "sleep": pauses.append, "concurrency": 1, "timeout_s": 20.0, **options}
        model = EndpointModel("m", stage.url, **options)
        return model, pauses

    return build


def ask(*words):
    return [[{"role": "user", "content": f"say {word}"}] for word in words]


def texts(completions):
    return [completion.text for completion in completions]


def test_answers_keep_the_order_and_carry_the_counts_of_the_server(make):
    model, pauses = make(concurrency=3)
    words = [f"word{number}" for number in range(12)]
    answers = model.generate(ask(*words))
    assert texts(answers) == words
    assert {(answer.prompt_tokens, answer.output_tokens, answer.finish) for answer in answers} == {(11, 2, "stop")}
    assert all(answer.seconds > 0 for answer in answers)
    assert pauses == []
    assert isinstance(model, LanguageModel)


def test_the_request_is_greedy_and_names_model_length_and_extras(make, stage):
    model, _ = make(extra_body={"chat_template_kwargs": {"flag": True}})
    model.generate(ask("x"), max_new_tokens=7)
    headers, body = stage.requests[0]
    assert (body["model"], body["max_tokens"], body["temperature"]) == ("m", 7, 0.0)
    assert body["chat_template_kwargs"] == {"flag": True}
    assert headers["authorization"] == f"Bearer {KEY}"


def test_without_a_key_no_hub_token_leaves_the_machine(make, stage, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_do_not_send")
    model, _ = make(api_key=None)
    model.generate(ask("x"))
    assert "hf_do_not_send" not in str(stage.requests[0][0])


def test_too_many_requests_waits_as_long_as_the_server_says(make, stage):
    stage.scenes = [{"status": 429, "headers": {"Retry-After": "3"}}, {"status": 429}]
    model, pauses = make()
    assert texts(model.generate(ask("x"))) == ["x"]
    assert pauses == [3.0, 2.0]


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_is_retried_with_growing_pauses(make, stage, status):
    stage.scenes = [{"status": status, "body": b"oops"}] * 3
    model, pauses = make()
    assert texts(model.generate(ask("x"))) == ["x"]
    assert pauses == [1.0, 2.0, 4.0]


def test_a_server_that_stays_broken_is_given_up(make, stage):
    stage.scenes = [{"status": 500}] * 9
    model, pauses = make(retries=2)
    with pytest.raises(EndpointError, match="status 500; given up after 3 attempts .0 of 1 answers"):
        model.generate(ask("x"))
    assert len(pauses) == 2


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key_fails_at_once_and_is_not_printed(make, stage, status):
    stage.scenes = [{"status": status, "body": f"bad key {KEY}".encode()}]
    model, pauses = make()
    with pytest.raises(EndpointError, match=f"refused the key .status {status}.: set COURSE_API_KEY") as caught:
        model.generate(ask("x"))
    assert pauses == []
    assert len(stage.requests) == 1
    assert KEY not in str(caught.value)


def test_any_other_refusal_shows_the_words_of_the_server_without_the_key(make, stage):
    stage.scenes = [{"status": 404, "body": f"no such model, {KEY}".encode()}]
    model, pauses = make()
    with pytest.raises(EndpointError, match="status 404.*no such model.*check COURSE_BASE_URL") as caught:
        model.generate(ask("x"))
    assert KEY not in str(caught.value)
    assert pauses == []


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"choices": [', b"\xff\xfe", b"[]", b"3", b"null"])
def test_broken_json_is_no_completion(make, stage, body):
    stage.scenes = [{"body": body}]
    with pytest.raises(EndpointError, match="no JSON completion|without any choice"):
        make()[0].generate(ask("x"))


@pytest.mark.parametrize("choices", [[], None, [{"index": 0}], [{"finish_reason": "stop", "message": None}], "text"])
def test_empty_choices_are_no_completion(make, stage, choices):
    stage.scenes = [{"body": reply(choices=choices)}]
    with pytest.raises(EndpointError, match="without any choice|no JSON completion"):
        make()[0].generate(ask("x"))


def test_a_text_of_another_type_is_no_completion(make, stage):
    stage.scenes = [{"body": reply(text=[{"type": "text"}])}]
    with pytest.raises(EndpointError, match="list where text was expected"):
        make()[0].generate(ask("x"))


def test_missing_counts_are_estimated_and_no_text_is_an_empty_answer(make, stage):
    stage.scenes = [{"body": reply("four", usage=None)}, {"body": reply(None, "length")}]
    model, _ = make()
    first, second = model.generate(ask("one", "two"))
    assert (first.prompt_tokens, first.output_tokens) == (model.count_tokens(ask("one")[0]), 1)
    assert (second.text, second.finish) == ("", "length")


def test_a_slow_server_is_asked_again(make, stage):
    stage.scenes = [{"wait": 1.0}]
    model, pauses = make(timeout_s=0.3)
    assert texts(model.generate(ask("x"))) == ["x"]
    assert pauses == [1.0]


def test_a_server_that_stays_slow_is_given_up(make, stage):
    stage.scenes = [{"wait": 0.6}] * 2
    model, _ = make(timeout_s=0.2, retries=1)
    with pytest.raises(EndpointError, match="did not answer in time; given up after 2 attempts"):
        model.generate(ask("x"))


def test_an_answer_that_breaks_off_is_asked_for_again(make, stage):
    stage.scenes = [{"die": True}]
    model, pauses = make()
    assert texts(model.generate(ask("x"))) == ["x"]
    assert pauses == [1.0]


def test_a_server_that_dies_midway_costs_no_finished_answer_and_the_call_can_go_on(make, stage):
    stage.scenes = [{}, {}, {"die": True}, {"die": True}]
    model, _ = make(retries=1)
    prompts = ask("a", "b", "c", "d")
    with pytest.raises(InterruptedGenerationError, match="broke off .*2 of 4 answers are finished") as caught:
        model.generate(prompts)
    assert {position: answer.text for position, answer in caught.value.finished.items()} == {0: "a", 1: "b"}
    stage.requests.clear()
    assert texts(model.generate(prompts, finished=caught.value.finished)) == ["a", "b", "c", "d"]
    assert stage.questions() == ["say c", "say d"]


def test_after_a_failure_running_requests_are_kept_and_no_more_are_started(make, stage):
    stage.scenes = [{"wait": 0.5}, {"status": 401, "wait": 0.1}]
    model, _ = make(concurrency=2)
    with pytest.raises(InterruptedGenerationError) as caught:
        model.generate(ask(*[f"word{number}" for number in range(20)]))
    assert len(caught.value.finished) == 1
    assert len(stage.requests) == 2


def test_a_closed_port_gets_a_sentence(make, stage):
    model, pauses = make(retries=1)
    model = EndpointModel("m", "http://127.0.0.1:9/v1", retries=1, sleep=pauses.append)
    with pytest.raises(EndpointError, match="cannot be reached .*given up after 2 attempts"):
        model.generate(ask("x"))


def test_offline_mode_of_the_client_library_is_named(make, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EndpointError, match="HF_HUB_OFFLINE is set"):
        make()[0].generate(ask("x"))


def test_an_error_of_the_callers_own_callback_is_passed_on(make):
    def progress(done, n):
        raise RuntimeError("from the callback")

    with pytest.raises(RuntimeError, match="from the callback"):
        make()[0].generate(ask("x"), progress=progress)


def test_progress_counts_to_the_end(make):
    seen = []
    make()[0].generate(ask("a", "b", "c"), progress=lambda done, n: seen.append((done, n)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_a_prompt_over_the_context_is_refused_before_anything_is_sent(make, stage):
    model, _ = make(context_length=50)
    with pytest.raises(ContextOverflowError) as caught:
        model.generate([*ask("x"), *ask("long " * 100)], max_new_tokens=10)
    assert (caught.value.n_tokens, caught.value.context_length) == (model.count_tokens(ask("long " * 100)[0]) + 10, 50)
    assert stage.requests == []


def test_a_forged_role_is_refused_before_anything_is_sent(make, stage):
    with pytest.raises(CourseError, match="expected one of system, user, assistant"):
        make()[0].generate([[{"role": "tool", "content": "x"}]])
    assert stage.requests == []


def test_no_prompts_send_nothing(make, stage):
    assert make()[0].generate([]) == []
    assert stage.requests == []


def test_log_probabilities_are_refused_with_a_reason(make):
    with pytest.raises(CourseError, match="need a local model"):
        make()[0].log_probabilities(ask("x"), ["y"])


def test_only_the_failures_that_may_pass_are_retried():
    assert not {400, 401, 403, 404, 422} & endpoint_module._TEMPORARY_STATUS
