"""Prompts as data: lists of messages, built from an instruction, passages, examples and a question."""

from __future__ import annotations

from collections.abc import Sequence

Message = dict[str, str]
"""A turn of a conversation: ``{"role": "system" | "user" | "assistant", "content": text}``."""
Prompt = list[Message]
"""The turns that a model reads before it answers, oldest first."""

READ = "Answer the question from the documents."
ABSTAIN_RULE = "If the documents do not hold the answer, say: I don't know."
CITE_RULE = "Name the document in square brackets."
GROUNDED = f"{READ} {ABSTAIN_RULE}"
"""Instruction of the RAG arm: read, and abstain when the passages lack the answer."""
CLOSED_BOOK_ABSTAIN = "If you do not know the answer, say: I don't know."


def user(content: str) -> Message:
    """Return a user turn."""
    return {"role": "user", "content": content}


def assistant(content: str) -> Message:
    """Return an assistant turn, as in an example."""
    return {"role": "assistant", "content": content}


def system(content: str) -> Message:
    """Return a system turn."""
    return {"role": "system", "content": content}


def build_prompt(request: str, *, instruction: str = "", examples: Sequence[tuple[str, str]] = ()) -> Prompt:
    """Return the prompt for one request.

    Parameters
    ----------
    request
        What the user asks.
    instruction
        Goes into the system turn; left out when empty.
    examples
        Pairs of a request and its answer, shown as earlier turns ("shots").

    Examples
    --------
    >>> [turn["role"] for turn in build_prompt("How much?", instruction="Be brief.", examples=[("a", "b")])]
    ['system', 'user', 'assistant', 'user']
    """
    prompt = [system(instruction)] if instruction else []
    for example_request, answer in examples:
        prompt += [user(example_request), assistant(answer)]
    return [*prompt, user(request)]


def format_passages(passages: Sequence[str]) -> str:
    """Return the passages, each behind its number in square brackets.

    >>> print(format_passages(["The lamp is red.", "The hub is blue."]))
    [1] The lamp is red.
    [2] The hub is blue.
    """
    return "\n".join(f"[{number}] {passage.strip()}" for number, passage in enumerate(passages, 1))


def ask_about(context: str, question: str) -> str:
    r"""Return a request that asks the question, gives the context, and asks again.

    A causal model reads each passage knowing only what stands before it: with the question first it can look for the
    answer as it reads (Liu et al., arXiv 2307.03172, "query-aware contextualization").

    >>> ask_about("[1] The lamp is red.", "Which colour?")
    'Question: Which colour?\n[1] The lamp is red.\nQuestion: Which colour?'
    """
    asked = f"Question: {question}"
    return f"{asked}\n{context}\n{asked}"


def build_reading_prompt(
    question: str, passages: Sequence[str], *, instruction: str = GROUNDED, examples: Sequence[tuple[str, str]] = ()
) -> Prompt:
    """Return a prompt with numbered passages, the question before and behind them (see `ask_about`).

    Parameters
    ----------
    question
        The question as asked.
    passages
        Texts of the passages, best first; they are numbered from 1 in this order.
    instruction
        How to answer, for the system turn.
    examples
        Earlier turns, already formatted.
    """
    request = ask_about(format_passages(passages), question) if passages else question
    return build_prompt(request, instruction=instruction, examples=examples)
