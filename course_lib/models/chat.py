"""From prompts to token ids and back, through a tokenizer's own chat template."""

import inspect
from typing import Any

from jinja2.exceptions import TemplateError

from course_lib.errors import CourseError
from course_lib.models.base import Prompt, check_prompt

_PROBE = "Zq7"


class ChatCodec:
    """Renders prompts with a chat template so that no text of a user can become a control token.

    Parameters
    ----------
    tokenizer
        A transformers tokenizer with a chat template.
    name
        The model's name, for messages.

    Raises
    ------
    CourseError
        The tokenizer has no chat template, or its library version cannot neutralise control tokens.
    """

    def __init__(self, tokenizer: Any, name: str) -> None:
        if not getattr(tokenizer, "chat_template", None):
            raise CourseError(f"{name} has no chat template: choose a chat or instruct version of the model")
        # An older library would hand the argument to the template, which ignores it without a word.
        if "sanitize_control_tokens" not in inspect.signature(tokenizer.apply_chat_template).parameters:
            raise CourseError("this version of transformers cannot neutralise control tokens: install the pinned one")
        self.tokenizer = tokenizer
        self.name = name
        self._folds_system = not self._shows_system()

    def encode(self, prompt: Prompt) -> list[int]:
        """Return the ids of ``prompt``, up to where the assistant's answer begins.

        Raises
        ------
        CourseError
            The prompt is malformed, or the template refuses its order of roles.
        """
        check_prompt(prompt)
        return self._render(fold_system(prompt) if self._folds_system else prompt)

    def encode_answer(self, answer: str) -> list[int]:
        """Return the ids of an answer as text: a control token in it stays text."""
        return self.tokenizer.encode(answer, add_special_tokens=False, split_special_tokens=True)

    def decode(self, ids: list[int]) -> str:
        """Return the text of generated ids without control tokens."""
        return self.tokenizer.decode(ids, skip_special_tokens=True)

    def _render(self, prompt: Prompt) -> list[int]:
        """Apply the template; the library's error becomes a sentence."""
        try:
            encoding = self.tokenizer.apply_chat_template(
                prompt,
                add_generation_prompt=True,
                tokenize=True,
                return_dict=True,
                sanitize_control_tokens=True,
                enable_thinking=False,  # a variable of some templates; all others ignore it
            )
        except (TemplateError, ValueError) as error:
            raise CourseError(f"the chat template of {self.name} refuses this prompt: {error}") from error
        return list(encoding["input_ids"])

    def _shows_system(self) -> bool:
        """Tell whether the template takes a system message and really writes it."""
        probe = [{"role": "system", "content": _PROBE}, {"role": "user", "content": "Hi"}]
        try:
            return _PROBE in self.tokenizer.decode(self._render(probe))
        except CourseError:
            return False


def fold_system(prompt: Prompt) -> Prompt:
    r"""Move the system messages in front of the first user message, for templates without that role.

    Examples
    --------
    >>> fold_system([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}])
    [{'role': 'user', 'content': 'Be brief.\n\nWhy?'}]
    """
    instructions = [message["content"] for message in prompt if message["role"] == "system"]
    rest = [dict(message) for message in prompt if message["role"] != "system"]
    first_user = next((message for message in rest if message["role"] == "user"), None)
    if first_user is None:
        first_user = {"role": "user", "content": ""}
        rest.insert(0, first_user)
    first_user["content"] = "\n\n".join([*instructions, first_user["content"]]).rstrip()
    return rest
