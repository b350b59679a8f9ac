"""Models behind an OpenAI-compatible server, with retries and nothing lost when the server dies."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import httpx2
from huggingface_hub import InferenceClient
from huggingface_hub.errors import HfHubHTTPError, InferenceTimeoutError, OfflineModeIsEnabled

from course_lib.errors import CourseError, EndpointError
from course_lib.models.base import Completion, Progress, Prompt, check_context, check_limits, check_prompt
from course_lib.models.quiet import silence_libraries
from course_lib.models.retrying import PermanentFailure, TemporaryFailure, call_with_retries, read_retry_after

_TEMPORARY_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
_NO_KEY = "none"
_CHARACTERS_PER_TOKEN = 4
_TOKENS_PER_MESSAGE = 4


class InterruptedGenerationError(EndpointError):
    """A server failed for good before all prompts were answered.

    Parameters
    ----------
    message
        What happened.
    finished
        The answers that had arrived, by position of the prompt. Hand them to ``generate(..., finished=...)`` to go on.
    """

    def __init__(self, message: str, finished: Mapping[int, Completion]) -> None:
        super().__init__(message)
        self.finished = dict(finished)


class EndpointModel:
    """A chat model on an OpenAI-compatible server, asked greedily (temperature 0).

    The server applies its own chat template, so neutralising control tokens in user text is its business; servers
    built on transformers do it for ``extra_body={"chat_template_kwargs": {"sanitize_control_tokens": True}}``.

    Parameters
    ----------
    name
        The server's name of the model.
    base_url
        Address up to ``/v1``.
    api_key
        Sent as a bearer token. Without one a placeholder goes out, never a Hub token that lies on this machine.
    context_length
        What the model can take; a server does not say, so prompts are compared with this figure by an estimate.
    timeout_s
        Longest silence of the server within one request.
    retries
        How often a request is repeated after a failure that may pass.
    backoff_s
        Pause before the first repetition; doubled each time. A ``Retry-After`` of the server wins.
    concurrency
        Most requests at the same time.
    extra_body
        Further fields of the request that this server understands.
    sleep
        Waits for some seconds; tests put their own here.
    """

    n_parameters: int | None = None

    def __init__(
        self,
        name: str,
        base_url: str,
        *,
        api_key: str | None = None,
        context_length: int = 32_768,
        timeout_s: float = 120.0,
        retries: int = 4,
        backoff_s: float = 1.0,
        concurrency: int = 4,
        extra_body: dict[str, Any] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        silence_libraries()
        self.name = name
        self.base_url = base_url.rstrip("/")
        self.context_length = context_length
        self.fingerprint = f"endpoint:{name}@{self.base_url}"
        self._api_key = api_key
        self._retrying = {"retries": retries, "backoff_s": backoff_s, "sleep": sleep}
        self._concurrency = concurrency
        self._extra_body = extra_body
        self._client = InferenceClient(base_url=self.base_url, api_key=api_key or _NO_KEY, timeout=timeout_s)

    def count_tokens(self, prompt: Prompt) -> int:
        """Estimate the tokens of ``prompt``: four characters each and four tokens per message."""
        check_prompt(prompt)
        n_characters = sum(len(message["content"]) for message in prompt)
        return -(-n_characters // _CHARACTERS_PER_TOKEN) + _TOKENS_PER_MESSAGE * len(prompt)

    def log_probabilities(self, prompts: Sequence[Prompt], answers: Sequence[str]) -> list[float]:
        """Refuse: servers do not score given answers.

        Raises
        ------
        CourseError
            Always.
        """
        raise CourseError("log-probabilities of given answers need a local model: an endpoint only generates")

    def generate(
        self,
        prompts: Sequence[Prompt],
        *,
        max_new_tokens: int = 48,
        batch_size: int = 32,
        progress: Progress | None = None,
        finished: Mapping[int, Completion] | None = None,
    ) -> list[Completion]:
        """Answer every prompt; answers stand in the order of the prompts.

        Parameters
        ----------
        finished
            Answers of an interrupted call for the same prompts, which are not asked for again.

        Raises
        ------
        ContextOverflowError
            A prompt is longer than the context by the estimate; nothing has been sent then.
        InterruptedGenerationError
            The server refused, failed or answered no completion; carries the finished answers.
        """
        check_limits(max_new_tokens, batch_size)
        check_context([self.count_tokens(prompt) for prompt in prompts], max_new_tokens, self.context_length)
        completions = dict(finished or {})
        waiting = [position for position in range(len(prompts)) if position not in completions]
        stop, lock = threading.Event(), threading.Lock()

        def ask(position: int) -> None:
            if stop.is_set():
                return
            try:
                completion = self._ask(prompts[position], max_new_tokens, stop)
                with lock:  # so that progress never counts backwards
                    completions[position] = completion
                    if progress:
                        progress(len(completions), len(prompts))
            except BaseException:
                stop.set()  # here and not in the waiting thread, or this worker would start another request first
                raise

        with ThreadPoolExecutor(min(self._concurrency, batch_size)) as pool:
            futures = [pool.submit(ask, position) for position in waiting]
            error = _first_error(futures, stop)
        if isinstance(error, (PermanentFailure, TemporaryFailure)):
            raise InterruptedGenerationError(
                f"{error} ({len(completions)} of {len(prompts)} answers are finished and kept)", completions
            ) from error
        if error:
            raise error
        return [completions[position] for position in range(len(prompts))]

    def _ask(self, prompt: Prompt, max_new_tokens: int, stop: threading.Event) -> Completion:
        """Send one prompt until it is answered, fails for good, or ``stop`` is set by another prompt's failure."""
        start = time.perf_counter()
        reply = call_with_retries(lambda: self._request(prompt, max_new_tokens), stop=stop, **self._retrying)
        return self._read(reply, prompt, time.perf_counter() - start)

    def _request(self, prompt: Prompt, max_new_tokens: int) -> Any:
        """Send one request; every way to fail becomes a temporary or a permanent failure."""
        try:
            return self._client.chat_completion(
                prompt, model=self.name, max_tokens=max_new_tokens, temperature=0.0, extra_body=self._extra_body
            )
        except OfflineModeIsEnabled as error:
            raise PermanentFailure(
                "HF_HUB_OFFLINE is set, which keeps this client from every server: unset it to use an endpoint"
            ) from error
        except InferenceTimeoutError as error:
            raise TemporaryFailure(f"{self.base_url} did not answer in time") from error
        except HfHubHTTPError as error:
            raise self._judge_status(error) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise TemporaryFailure(f"{self.base_url} cannot be reached or broke off ({error})") from error
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise PermanentFailure(f"{self.base_url} answered something that is no JSON completion") from error

    def _judge_status(self, error: HfHubHTTPError) -> Exception:
        """Turn an HTTP status into a failure with a sentence that says what to do."""
        status = error.response.status_code
        if status in (401, 403):
            return PermanentFailure(
                f"{self.base_url} refused the key (status {status}): set COURSE_API_KEY to a key that is valid there"
            )
        if status in _TEMPORARY_STATUS:
            pause_s = read_retry_after(error.response.headers.get("Retry-After"))
            return TemporaryFailure(f"{self.base_url} answered with status {status}", pause_s)
        return PermanentFailure(
            f"{self.base_url} refused the request (status {status}): {self._excerpt(error)!r}: "
            "check COURSE_BASE_URL and COURSE_MODEL"
        )

    def _excerpt(self, error: HfHubHTTPError) -> str:
        """Return the beginning of the server's own words, without the key."""
        try:
            text = error.response.text
        except httpx2.StreamError:  # the body was never read
            text = str(error)
        text = " ".join(text.split())
        return (text.replace(self._api_key, "***") if self._api_key else text)[:200]

    def _read(self, reply: Any, prompt: Prompt, seconds: float) -> Completion:
        """Turn a server's reply into a completion; missing counts are estimated.

        Raises
        ------
        PermanentFailure
            The reply holds no choice with a text.
        """
        try:
            choice = reply.choices[0]
            text = choice.message.content or ""
            finish = "length" if choice.finish_reason == "length" else "stop"
        except (AttributeError, IndexError, KeyError, TypeError) as error:
            raise PermanentFailure(f"{self.base_url} answered without any choice") from error
        if not isinstance(text, str):
            raise PermanentFailure(f"{self.base_url} answered with {type(text).__name__} where text was expected")
        usage = getattr(reply, "usage", None)
        n_prompt = getattr(usage, "prompt_tokens", None) or self.count_tokens(prompt)
        n_output = getattr(usage, "completion_tokens", None)
        n_output = -(-len(text) // _CHARACTERS_PER_TOKEN) if n_output is None else n_output
        return Completion(text, n_prompt, n_output, finish, seconds)


def _first_error(futures: Sequence[Future], stop: threading.Event) -> BaseException | None:
    """Wait until all requests have ended and return the first failure in the order of the prompts, if any."""
    try:
        wait(futures)
    except BaseException:  # a keyboard interrupt: let the pool close soon
        stop.set()
        raise
    return next((error for error in (future.exception() for future in futures) if error), None)
